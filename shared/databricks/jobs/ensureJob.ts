import { isDeepStrictEqual } from 'node:util';
import type { Context } from '../../agent/context';
import { differenceLine, type Difference } from '../../comparison/difference';
import { TaskError } from '../../errors';
import { poll, TimedOutError } from '../../http/poll';
import { withSignal } from '../../http/withSignal';
import { JobsApi, type JobSettings, type ListedJob } from '../api/jobs';
import { PermissionsApi } from '../api/permissions';
import type { Workspace } from '../connect';
import { createJob, findJob } from './createJob';
import type { JobDefinition } from './definition';
import { jobDifferences } from './differences';
import { grantDifferences, withOwner } from './grants';
import { isOurs } from './ownership';
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
  readonly ofSettings: readonly Difference[];
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
 * but does not return it; a ForeignJobError when the job was created by somebody else and may not be adopted.
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

  const found = await findJob(work.jobs, definition.name);
  if (found) known(found.id);
  const before = await look(work, found?.id);
  const differences = [...before.ofSettings, ...before.ofGrants];
  reportDifferences(work, found, differences);
  if (found && !isOurs(before.settings)) adoptForeign(work, found, adopt);
  if (dryRun || (found && differences.length === 0)) return ensured(found, differences);

  const id = found?.id ?? (await createJob(work.jobs, definition, known, context));
  if (found && before.ofSettings.length > 0) await work.jobs.resetJob(id, definition.settings);
  if (before.ofGrants.length > 0) await setGrants(work, id);
  const kept = await settle(work, id);
  const made = differences.filter(({ path }) => !kept.some((other) => isDeepStrictEqual(other.path, path)));
  return ensured(found, made);
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
    ofSettings: jobDifferences(settings, present),
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

/** Reads the job until it is as defined; resolves with what it still has beyond its definition, which Databricks adds. */
async function settle(work: Work, id: string): Promise<readonly Difference[]> {
  const { name } = work.definition;
  const { agent, clock, signal } = work.context;
  const begin = clock.now();
  let now: Look | undefined;
  try {
    await poll({
      clock,
      signal,
      deadline: begin + secondsToSettle * 1000,
      awaited: `the job '${name}' to be as defined`,
      probe: async () => (now = await look(work, id)),
      isDone: ({ ofSettings, ofGrants }) =>
        ofGrants.length === 0 &&
        ofSettings.every(({ wanted }) => wanted === undefined && clock.now() >= begin + secondsToLetGo * 1000),
      onTransient: (error) => agent.log(error.message),
    });
  } catch (error) {
    if (!(error instanceof TimedOutError) || !now) throw error;
    const lines = [...now.ofSettings, ...now.ofGrants].map(differenceLine).join('\n  ');
    const problem = `Databricks accepted the definition of the job '${name}' (${id}), but these settings differ:`;
    throw new TaskError(`${problem}\n  ${lines}\nWrite these settings as Databricks returns them, or remove them.`);
  }
  const kept = now?.ofSettings ?? [];
  for (const difference of kept)
    agent.log(`Databricks keeps a setting that is not in the definition: ${differenceLine(difference)}`);
  return kept;
}
