import { randomUUID } from 'node:crypto';
import type { Agent } from '../../agent/agent';
import { messageOf, TaskError } from '../../errors';
import { WorkspaceApi, type WorkspaceObject } from '../api/workspace';
import type { Surroundings, Workspace } from '../connect';
import { PlanInProgress } from './applyPlan';
import { Claim, type Generation, generationsIn, leaseMilliseconds } from './claim';
import { describePlan } from './describePlan';
import { listFolders } from './listTarget';
import { emptyManifest, type Manifest, manifestFile, readManifest } from './manifest';
import { makePlan, type Mode, type Plan, type Reason, type Send } from './plan';
import type { SourceItem } from './scanSource';
import { settleDoubts } from './settleDoubts';
import { below, foldersAbove } from './workspaceFolder';

export interface ImportOptions {
  /** Where to, in its normal form. */
  readonly target: string;
  readonly mode: Mode;
  readonly dryRun: boolean;
  /** How many requests may be in flight. */
  readonly atOnce: number;
  /** The pipeline run, for people who meet its manifest. */
  readonly run?: string;
}

export interface ImportOutcome {
  readonly plan: Plan;
  readonly imported: readonly Send[];
  readonly deleted: readonly string[];
  readonly failures: readonly Reason[];
  /** What ended the import before its end, such as a cancellation. */
  readonly stoppedBy?: Error;
}

export interface ImportSurroundings extends Surroundings {
  readonly report: Pick<Agent, 'log' | 'group' | 'warning' | 'progress'>;
}

/** How often, and how long, to look whether another pipeline has finished. */
const pollMilliseconds = 5_000;
const longestWaitMilliseconds = 15 * 60_000;
/** A manifest that old was left behind, however wrong this machine's clock is. */
const longAgoMilliseconds = 15 * 60_000;
const mostWarnings = 10;

/**
 * Makes a workspace folder hold what the source has: see docs/import-manifest.md for what is compared, and for what is
 * deleted. Items that fail don't stop the others: they are in the outcome. Throws when nothing was begun: because of
 * conflicts, an unreadable manifest, or another pipeline that imports to the folder and does not end.
 * `signal` gives up the work; the connection must outlive it by some seconds, to say so in the manifest.
 */
export async function importNotebooks(
  workspace: Workspace,
  source: readonly SourceItem[],
  options: ImportOptions,
  { clock, signal, report }: ImportSurroundings,
): Promise<ImportOutcome> {
  const { target, mode, dryRun, atOnce, run } = options;
  const api = new WorkspaceApi(workspace.http, signal);
  const lastingApi = new WorkspaceApi(workspace.http);
  const writer = randomUUID();
  const deadline = clock.now() + longestWaitMilliseconds;

  for (;;) {
    const found = await waitForTurn(api, options, deadline, { clock, signal, report });
    const listing = await listFolders(api, target, found.top, foldersOf(source, found.manifest), atOnce);
    const manifest = await settleDoubts(api, target, source, found.manifest, listing, atOnce);
    const plan = makePlan(source, manifest, listing, mode);
    if (dryRun || hasWork(plan) || plan.conflicts.length + plan.kept.length > 0)
      report.group(...describePlan(plan, target, dryRun));
    if (plan.conflicts.length > 0) throw conflictError(plan.conflicts, target);

    const progress = new PlanInProgress(plan, manifest, listing);
    // What a dead run left in the manifest must not stay there, even if there is nothing else to do.
    const isSettled = !manifest.isInProgress && manifest.pending.size === found.manifest.pending.size;
    if (dryRun || (!hasWork(plan) && isSettled)) {
      warnOfKept(plan, report);
      return outcome(plan, progress);
    }
    if (!found.exists) await api.makeFolder(target);
    const state = { writer, ...(run !== undefined && { run }) };
    const claim = await Claim.take(
      { api, lastingApi, target, clock },
      found.generations,
      progress.manifest({ ...state, isInProgress: true }),
    );
    if (!claim) {
      report.log(`Another pipeline run began to import to ${target} at the same moment.`);
      await clock.sleep(pollMilliseconds, signal);
      continue;
    }
    warnOfKept(plan, report);
    let stoppedBy: Error | undefined;
    try {
      await claim.during(signal, (held) =>
        progress.carryOut({ api: new WorkspaceApi(workspace.http, held), target, atOnce, clock, signal: held, report }),
      );
    } catch (error) {
      stoppedBy = asError(error);
    }
    try {
      await claim.end(progress.manifest({ ...state, isInProgress: false }), { isCancelled: signal.aborted });
    } catch (error) {
      stoppedBy ??= asError(error);
    }
    return outcome(plan, progress, stoppedBy);
  }
}

function outcome(plan: Plan, { imported, deleted, failures }: PlanInProgress, stoppedBy?: Error): ImportOutcome {
  return { plan, imported, deleted, failures, ...(stoppedBy !== undefined && { stoppedBy }) };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new TaskError(messageOf(error));
}

interface Found {
  /** What the target folder shows. */
  readonly top: readonly WorkspaceObject[];
  readonly exists: boolean;
  readonly generations: readonly Generation[];
  readonly manifest: Manifest;
}

/** Reads what is known of the target, once nobody else is importing to it. */
async function waitForTurn(
  api: WorkspaceApi,
  { target, dryRun }: ImportOptions,
  deadline: number,
  { clock, signal, report }: ImportSurroundings,
): Promise<Found> {
  let watched: { readonly sign: string; readonly since: number } | undefined;
  let isSaid = false;
  for (;;) {
    const top = await api.list(target);
    if (top?.some(({ path, object_type: type }) => type !== 'DIRECTORY' && isSamePlace(path, target)))
      throw new TaskError(
        `Could not import to ${target}: that is not a folder in the workspace. Choose another workspace folder.`,
      );
    const generations = generationsIn(top ?? []);
    const found = { top: top ?? [], exists: top !== undefined, generations };
    const [newest] = generations;
    if (!newest) return { ...found, manifest: { ...emptyManifest, isInProgress: false, writer: '' } };

    const manifest = await read(api, below(target, manifestFile(newest.generation)), report);
    if (manifest && (!manifest.isInProgress || dryRun)) return { ...found, manifest };
    const sign = `${newest.generation} ${newest.modifiedAt}`;
    if (watched?.sign !== sign) watched = { sign, since: clock.now() };
    const isLeftBehind =
      clock.now() - watched.since >= leaseMilliseconds ||
      clock.now() - (newest.modifiedAt ?? clock.now()) > longAgoMilliseconds;
    if (manifest && isLeftBehind) {
      report.log('An earlier import to this folder was interrupted: going on from where it stopped.');
      return { ...found, manifest };
    }
    if (clock.now() > deadline)
      throw new TaskError(
        `Could not import to ${target}: ${nameOf(manifest)} is still importing to it after ${longestWaitMilliseconds / 60_000} minutes. ` +
          'Run again when it has ended, or let the two import to folders of their own.',
      );
    if (!isSaid) report.log(`Waiting: ${nameOf(manifest)} is importing to ${target}.`);
    isSaid = true;
    await clock.sleep(pollMilliseconds, signal);
  }
}

function nameOf(manifest: Manifest | undefined): string {
  return manifest?.run === undefined ? 'another pipeline run' : `the pipeline run ${manifest.run}`;
}

/** Undefined when another run deleted it at this very moment. */
async function read(
  api: WorkspaceApi,
  path: string,
  report: ImportSurroundings['report'],
): Promise<Manifest | undefined> {
  // What was cut off on its way looks damaged too, so that is believed at the second look only.
  for (let look = 1; look <= 2; look++) {
    const content = await api.export(path);
    if (!content) return undefined;
    const manifest = readManifest(Buffer.from(content).toString('utf8'), path);
    if (manifest) return manifest;
  }
  report.warning(
    `${path} is damaged, so it is not known what this task imported here: everything is sent again, and nothing is deleted.`,
  );
  return { ...emptyManifest, isInProgress: false, writer: '' };
}

function isSamePlace(path: string, target: string): boolean {
  return path.replace(/^\/Workspace(?=\/)/, '') === target;
}

/** The folders whose contents matter. */
function foldersOf(source: readonly SourceItem[], { items, pending, folders }: Manifest): ReadonlySet<string> {
  const archives = source.filter(({ kind }) => kind === 'archive').map(({ path }) => path);
  const recorded = [...items].flatMap(([path, item]) =>
    [...item.objects.keys()].map((part) => (part === '' ? path : `${path}/${part}`)),
  );
  const paths = [...source.map(({ path }) => path), ...recorded, ...pending.keys()];
  const archiveFolders = [...items].filter(([, { kind }]) => kind === 'archive').map(([path]) => path);
  return new Set([...paths.flatMap(foldersAbove), ...folders, ...archives, ...archiveFolders]);
}

function hasWork({ sends, deletions, folderDeletions, clearings }: Plan): boolean {
  return [sends, deletions, folderDeletions, clearings].some((list) => list.length > 0);
}

function warnOfKept({ kept }: Plan, report: ImportSurroundings['report']): void {
  for (const { path, reason } of kept.slice(0, mostWarnings)) report.warning(`${path}: ${reason}`);
  if (kept.length > mostWarnings)
    report.warning(`${kept.length - mostWarnings} more stay for such reasons: see the plan.`);
}

function conflictError(conflicts: readonly Reason[], target: string): TaskError {
  const lines = conflicts.map(({ path, reason }) => `  - ${path}: ${reason}`).sort();
  return new TaskError(`Nothing was imported to ${target}, because of what is there already:\n${lines.join('\n')}`);
}
