import { isDeepStrictEqual } from 'node:util';
import type { Context } from '../../agent/context';
import { differenceLine, type Difference } from '../../comparison/difference';
import { digestIn, digestTag, withDigest } from '../../comparison/unreturned';
import { TaskError } from '../../errors';
import { poll, TimedOutError } from '../../http/poll';
import { withSignal } from '../../http/withSignal';
import { JobsApi, type JobSettings, type ListedJob } from '../api/jobs';
import { PermissionsApi } from '../api/permissions';
import type { Workspace } from '../connect';
import { createJob, findJob } from './createJob';
import type { JobDefinition } from './definition';
import { compareJob, expectedDigest, secretNotice, type JobComparison } from './differences';
import { grantDifferences, withOwner } from './grants';
import { isOurs, mostTags } from './ownership';
import { jobPage } from './page';

export interface EnsureJobOptions {
  /** Whether a job of that name which was not created by this task may be changed. */
  readonly adopt: boolean;
  /** Changes nothing, and logs what would change. */
  readonly dryRun: boolean;
  /** Called as soon as the job's id is known. */
  readonly onKnown: (id: string, url: string) => void;
}

export interface EnsuredJob {
  /** What was done, or would be in a dry run. */
  readonly change: 'created' | 'updated' | 'unchanged';
  /** Where the job differed, or differs, from its definition. */
  readonly differences: readonly Difference[];
}

/** There is a job of that name that was not created by this task, and it may not be changed. */
export class ForeignJobError extends TaskError {
  override readonly name = 'ForeignJobError';
}

const secondsToSettle = 60;
const secondsToLetGo = 5;

/** A job as it is, and where that is not as defined. */
interface Look {
  readonly settings: JobSettings;
  readonly comparison: JobComparison;
  readonly ofGrants: readonly Difference[];
}

/** What the steps share. */
interface Work {
  readonly jobs: JobsApi;
  readonly permissions: PermissionsApi;
  readonly definition: JobDefinition;
  readonly context: Context;
}

/**
 * Creates or updates a job by name to match its definition, and resolves when the job reads as defined. A job that
 * matches is not changed. Throws a TaskError when several jobs have the name, or when Databricks accepts the definition
 * but returns other values; a ForeignJobError when the job was created by somebody else and may not be adopted.
 */
export async function ensureJob(
  workspace: Workspace,
  definition: JobDefinition,
  { adopt, dryRun, onKnown }: EnsureJobOptions,
  context: Context,
): Promise<EnsuredJob> {
  const http = withSignal(workspace.http, context.signal);
  const work: Work = { jobs: new JobsApi(http), permissions: new PermissionsApi(http), definition, context };
  const known = (id: string): void => onKnown(id, jobPage(workspace.url, id, workspace.id));

  const found = await findJob(work.jobs, definition.name, context);
  if (found) known(found.id);
  const before = await look(work, found?.id);
  const differences = [...before.comparison.differences, ...before.ofGrants];
  reportDifferences(work, found, differences);
  const notice = secretNotice(definition.settings);
  if (notice) context.agent.log(notice);
  if (found && !isOurs(before.settings)) adoptForeign(work, found, adopt);
  if (dryRun || (found && differences.length === 0)) return ensured(found, differences);

  const { digest, remembered } = before.comparison;
  const sent = remembering(definition.settings, digest === remembered ? digest : expectedDigest(definition.settings));
  const id = found?.id ?? (await createJob(work.jobs, { ...definition, settings: sent }, known, context));
  if (id === undefined) return ensureJob(workspace, definition, { adopt, dryRun, onKnown }, context);
  if (found && before.comparison.differences.length > 0) await work.jobs.resetJob(id, sent);
  if (before.ofGrants.length > 0) await setGrants(work, id);
  const { unconfirmed } = await remember(work, id, await settle(work, id, sent));
  const added = unconfirmed.filter(({ wanted }) => wanted === undefined);
  const made = differences.filter(({ path }) => !added.some((other) => isDeepStrictEqual(other.path, path)));
  return ensured(found, made);
}

function remembering({ tags, ...settings }: JobSettings, digest: string | undefined): JobSettings {
  return { ...settings, tags: withDigest(tags, digest, mostTags) };
}

function ensured(found: ListedJob | undefined, differences: readonly Difference[]): EnsuredJob {
  if (!found) return { change: 'created', differences };
  return { change: differences.length > 0 ? 'updated' : 'unchanged', differences };
}

/** Reads the job; one that does not exist has no settings. */
async function look({ jobs, permissions, definition }: Work, id: string | undefined): Promise<Look> {
  const { settings, grants } = definition;
  const present = id === undefined ? {} : await jobs.getSettings(id);
  const held = id === undefined || !grants ? [] : await permissions.jobGrants(id);
  return {
    settings: present,
    comparison: compareJob(settings, present),
    ofGrants: grants ? grantDifferences(grants, held) : [],
  };
}

function reportDifferences(
  { definition: { name }, context }: Work,
  found: ListedJob | undefined,
  differences: readonly Difference[],
): void {
  if (differences.length === 0) return;
  const what = found ? `The job '${name}' differs from its definition:` : `There is no job '${name}'. It will have:`;
  context.agent.log([what, ...differences.map(differenceLine)].join('\n  '));
}

function adoptForeign({ definition: { name }, context }: Work, { id, creator }: ListedJob, mayAdopt: boolean): void {
  const whose = `The job '${name}' (${id}, created by ${creator || 'a deleted user'}) was not created by this task`;
  if (!mayAdopt) throw new ForeignJobError(`${whose}, so it is not changed.`);
  context.agent.log(`${whose}. Taking it over.`);
}

async function setGrants({ permissions, definition: { grants } }: Work, id: string): Promise<void> {
  if (grants) await permissions.setJobGrants(id, withOwner(grants, await permissions.jobGrants(id)));
}

/** Reads the job until no setting has another value than the one that was sent; resolves with how it then compares. */
async function settle(work: Work, id: string, sent: JobSettings): Promise<JobComparison> {
  const { name } = work.definition;
  const { agent, clock, signal } = work.context;
  const begin = clock.now();
  let now: Look | undefined;
  try {
    const { comparison } = await poll({
      clock,
      signal,
      deadline: begin + secondsToSettle * 1000,
      awaited: `the job '${name}' to be as defined`,
      probe: async () => (now = await look(work, id)),
      isDone: ({ comparison: { other, unconfirmed, digest, remembered }, ofGrants }) =>
        ofGrants.length === 0 &&
        other.length === 0 &&
        remembered === digestIn(sent['tags']) &&
        (unconfirmed.length === 0 || digest === remembered || clock.now() >= begin + secondsToLetGo * 1000),
      onTransient: (error) => agent.log(error.message),
    });
    return comparison;
  } catch (error) {
    // Where the last read failed, nobody knows how the job is now.
    if (!(error instanceof TimedOutError) || error.cause !== undefined || !now) throw error;
    const { other, unconfirmed, remembered } = now.comparison;
    const ofTag = { path: ['tags', digestTag], wanted: digestIn(sent['tags']), found: remembered };
    const isTagOther = ofTag.wanted !== ofTag.found;
    const left = [...other, ...unconfirmed, ...(isTagOther ? [ofTag] : []), ...now.ofGrants];
    const lines = left.map(differenceLine);
    const problem = `Databricks accepted the definition of the job '${name}' (${id}), but these settings differ:`;
    throw new TaskError(
      `${problem}\n  ${lines.join('\n  ')}\nWrite these settings as Databricks returns them, or remove them.`,
    );
  }
}

/** Logs what Databricks does not return or adds, and updates the tag that remembers it, if the job has another one. */
async function remember(work: Work, id: string, comparison: JobComparison): Promise<JobComparison> {
  const { jobs, definition, context } = work;
  const { unconfirmed, digest, remembered } = comparison;
  for (const difference of unconfirmed) {
    const isAdded = difference.wanted === undefined;
    const what = isAdded ? 'keeps a setting that is not in' : 'does not return a setting of';
    context.agent.log(`Databricks ${what} the definition: ${differenceLine(difference)}`);
  }
  const sent = remembering(definition.settings, digest);
  if (digestIn(sent['tags']) === remembered) return comparison;
  await jobs.resetJob(id, sent);
  return settle(work, id, sent);
}
