import { randomUUID } from 'node:crypto';
import { readListed } from '../../files/sourceFile';
import { withTimeout, type Context } from '../../agent/context';
import { messageOf, TaskError } from '../../errors';
import { withSignal } from '../../http/withSignal';
import type { Workspace } from '../connect';
import { PlanInProgress } from './applyPlan';
import { archiveNotebooks } from './archiveNotebooks';
import { Claim, leaseMilliseconds, refuseLarge } from './claim';
import { describePlan } from './describeImport';
import type { Holder } from './holder';
import { listFolders, type Listing, listTree, type Target } from './listTarget';
import { emptyManifest, largestManifest, type Manifest, manifestFile, manifestName } from './manifest';
import { hasWork, makePlan, type ImportOutcome, type Mode, type Plan, type Reason, type Send } from './plan';
import type { SourceItem } from './scanSource';
import { refuseEmptied, settleDoubts } from './settleDoubts';
import { pollMilliseconds, waitForTurn, type Found } from './waitForTurn';
import { below, foldersAbove } from './workspaceFolder';

export interface ImportOptions {
  readonly holder: Holder;
  /** The folder to import to, in its normal form. */
  readonly target: string;
  readonly mode: Mode;
  readonly dryRun: boolean;
  /** How many requests may be in flight. */
  readonly atOnce: number;
  /** The page of the pipeline run, for people who read the manifest. */
  readonly run?: string;
}

const longestWaitMinutes = 15;
/** How often an import may find its claim taken while the list shows nothing new: a list can be some seconds late. */
const mostClaims = 6;
const mostWarnings = 10;

/** What is to be imported, where the target now stands, and what that means. */
interface Prepared {
  readonly plan: Plan;
  readonly found: Found;
  readonly manifest: Manifest;
  readonly listing: Listing;
}

/**
 * Makes a folder of a workspace or volume match the source: docs/import-manifest.md says what is compared, and what is deleted. Items
 * that fail don't stop the others: they are in the outcome. Throws when nothing was begun: because of conflicts, an
 * unreadable manifest, or another pipeline that imports to the folder and does not end.
 * The context's signal ends the work; the connection must outlive it by some seconds, to record that in the manifest.
 */
export async function importNotebooks(
  workspace: Workspace,
  source: readonly SourceItem[],
  options: ImportOptions,
  context: Context,
): Promise<ImportOutcome> {
  const { holder, dryRun, atOnce } = options;
  const api = holder.open(withSignal(workspace.http, context.signal));
  const target: Target = { holder, api, folder: options.target, atOnce };
  const turn = withTimeout(context, longestWaitMinutes);

  let claimed: { readonly after: string; readonly times: number } | undefined;
  for (;;) {
    const prepared = await prepare(target, source, options, claimed !== undefined, turn);
    const { plan, found, manifest, listing } = prepared;
    const progress = new PlanInProgress(plan, manifest, listing);
    // Items that an interrupted run left pending must not stay in the manifest, even if there is nothing else to do.
    const isSettled = !manifest.isInProgress && manifest.pending.size === found.manifest.pending.size;
    if (dryRun || (!hasWork(plan) && isSettled)) {
      warnOfKept(plan, context);
      return progress.outcome();
    }
    const outcome = await carryOut(workspace, target, prepared, progress, options.run, context);
    if (outcome) return outcome;
    const after = JSON.stringify(found.generations);
    claimed = { after, times: claimed?.after === after ? claimed.times + 1 : 1 };
    if (claimed.times >= mostClaims) throw cannotClaim(target.folder, hiddenClaim);
    if (context.clock.now() > turn.deadline) throw cannotClaim(target.folder, fasterRuns);
    context.agent.log(`Another pipeline run started to import to ${target.folder} at the same moment.`);
    await context.clock.sleep(pollMilliseconds, context.signal);
  }
}

/** Reads the target once nobody else imports to it, and plans the import. Throws a TaskError when there are conflicts. */
async function prepare(
  target: Target,
  source: readonly SourceItem[],
  { mode, dryRun }: ImportOptions,
  isRepeated: boolean,
  context: Context,
): Promise<Prepared> {
  // Once something has come between, one after the other.
  const folders = isRepeated ? undefined : foldersOf(source, emptyManifest);
  const found = await waitForTurn(target, folders, dryRun, context);
  if (found.isDamaged && mode === 'mirror') await refuseUnknown(target, source, found);
  const { listing, listed } = found;
  await listFolders(target, listing, foldersOf(source, found.manifest), listed);
  await refuseEmptied(target, found.manifest, listing);
  const manifest = await settleDoubts(target, source, found.manifest, listing);
  const plan = makePlan(source, manifest, listing, { mode, noun: target.holder.noun });
  if (dryRun || hasWork(plan) || plan.conflicts.length + plan.kept.length > 0)
    context.agent.group(...describePlan(plan, target.folder, dryRun));
  if (plan.conflicts.length > 0) throw conflictError(plan.conflicts, target.folder);
  return { plan, found, manifest, listing };
}

/**
 * Refuses to mirror with a damaged manifest while the target has objects that the source does not have: nobody knows
 * whether they were imported, and the next manifest would not know it either.
 */
async function refuseUnknown(target: Target, source: readonly SourceItem[], { generations }: Found): Promise<void> {
  const wanted = new Set(source.flatMap(({ path }) => [path, ...foldersAbove(path)]));
  const archives = source.filter(({ kind }) => kind === 'archive').map(({ path }) => `${path}/`);
  const others = [...(await listTree(target, '')).keys()].filter(
    (path) => !wanted.has(path) && !manifestName.test(path) && !archives.some((folder) => path.startsWith(folder)),
  );
  if (others.length === 0) return;
  const manifest = below(target.folder, manifestFile(generations[0]?.generation ?? 0));
  const shown = others.sort().slice(0, mostWarnings);
  const more = others.length > shown.length ? [`and ${others.length - shown.length} more`] : [];
  throw new TaskError(
    `${manifest} is damaged, so it is not known which objects of ${target.folder} this task imported. Nothing was changed, because these objects, which are not in the source, would be kept:\n` +
      `${[...shown, ...more].map((line) => `  - ${line}`).join('\n')}\n` +
      'Delete those that are not needed, then delete the manifest, and run again.',
  );
}

/** What the archives that are sent become, by their paths: their folders and notebooks, relative to them. */
function archivedObjects(sends: readonly Send[]): ReadonlyMap<string, ReadonlySet<string>> {
  const objects = new Map<string, ReadonlySet<string>>();
  for (const { item } of sends) {
    if (item.kind !== 'archive') continue;
    const notebooks = [...(archiveNotebooks(readListed(item.file, item.size)) ?? [])];
    objects.set(item.path, new Set(notebooks.flatMap((path) => [path, ...foldersAbove(path)])));
  }
  return objects;
}

/** Undefined when another run was faster: the plan is outdated then. */
async function carryOut(
  workspace: Workspace,
  target: Target,
  { plan, found }: Prepared,
  progress: PlanInProgress,
  run: string | undefined,
  context: Context,
): Promise<ImportOutcome | undefined> {
  const state = { writer: randomUUID(), ...(run !== undefined && { run }) };
  const place = { ...target, lastingApi: target.holder.open(workspace.http), clock: context.clock };
  const begin = progress.manifest({ ...state, isInProgress: true });
  refuseLarge(largestManifest(begin, archivedObjects(plan.sends)), target.holder);
  if (!found.exists) await target.api.makeFolder(target.folder);
  const claim = await Claim.take(place, found, begin);
  if (!claim) return undefined;
  warnOfKept(plan, context);
  let stoppedBy: Error | undefined;
  try {
    await claim.during(context.signal, (signal) => {
      const api = target.holder.open(withSignal(workspace.http, signal));
      return progress.carryOut({ ...target, api }, { ...context, signal });
    });
  } catch (error) {
    stoppedBy = asError(error);
  }
  try {
    const isCancelled = context.signal.aborted;
    await claim.end(progress.manifest({ ...state, isInProgress: false }), { isCancelled });
  } catch (error) {
    if (stoppedBy) context.agent.warning(unrecordedEnd(target.folder, error));
    stoppedBy ??= asError(error);
  }
  return progress.outcome(stoppedBy);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new TaskError(messageOf(error));
}

function unrecordedEnd(folder: string, error: unknown): string {
  return `The end of this import to ${folder} was not recorded, so the next one waits for up to ${leaseMilliseconds / 1000} s. ${messageOf(error)}`;
}

const hiddenClaim =
  'Databricks reports that its import manifest exists already, but does not list it. Check that this identity may view everything in the folder, and run again.';
const fasterRuns = `other pipeline runs were faster for ${longestWaitMinutes} minutes. Run again when they have ended, or import to separate folders.`;

function cannotClaim(folder: string, reason: string): TaskError {
  return new TaskError(`Could not import to ${folder}, and nothing was imported: ${reason}`);
}

/** The folders whose contents must be known. */
function foldersOf(
  source: readonly SourceItem[],
  { items, pending, folders }: Pick<Manifest, 'items' | 'pending' | 'folders'>,
): ReadonlySet<string> {
  const archives = source.filter(({ kind }) => kind === 'archive').map(({ path }) => path);
  const recorded = [...items].flatMap(([path, item]) =>
    [...item.objects.keys()].map((part) => (part === '' ? path : `${path}/${part}`)),
  );
  const paths = [...source.map(({ path }) => path), ...recorded, ...pending.keys()];
  const archiveFolders = [...items].filter(([, { kind }]) => kind === 'archive').map(([path]) => path);
  return new Set([...paths.flatMap(foldersAbove), ...folders, ...archives, ...archiveFolders]);
}

function warnOfKept({ kept }: Plan, { agent }: Context): void {
  for (const { path, reason } of kept.slice(0, mostWarnings)) agent.warning(`${path}: ${reason}`);
  if (kept.length > mostWarnings)
    agent.warning(`${kept.length - mostWarnings} more were kept for similar reasons: see the plan.`);
}

function conflictError(conflicts: readonly Reason[], folder: string): TaskError {
  const lines = conflicts.map(({ path, reason }) => `  - ${path}: ${reason}`).sort();
  return new TaskError(`Nothing was imported to ${folder}, because of what exists there:\n${lines.join('\n')}`);
}
