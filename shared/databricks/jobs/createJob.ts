import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { isTransient } from '../../http/errors';
import { poll, TimedOutError } from '../../http/poll';
import type { JobsApi, ListedJob } from '../api/jobs';
import type { JobDefinition } from './definition';

const secondsToAppear = 15;
const mostCreations = 3;
/** How long a list may show neither a new job nor the end of a deleted one. */
const secondsToBeListed = 90;
/** A job of that age may be about to be deleted by the step that created it. */
const recentMilliseconds = 120_000;

/**
 * The only job with this name; undefined when there is none. Waits while several exist of which one is new: the steps
 * that have just created them delete all but the oldest. Throws a TaskError when several remain.
 */
export async function findJob(jobs: JobsApi, name: string, { clock, signal }: Context): Promise<ListedJob | undefined> {
  let found = await jobsNamed(jobs, name);
  const isRecent = ({ createdTime }: ListedJob): boolean => clock.now() - createdTime < recentMilliseconds;
  if (found.length > 1 && found.some(isRecent))
    await untilListed({
      clock,
      signal,
      deadline: clock.now() + secondsToBeListed * 1000,
      awaited: `all but one job '${name}' to be deleted`,
      probe: async () => (found = await jobsNamed(jobs, name)),
      isDone: () => found.length <= 1,
    });
  if (found.length > 1) throw severalJobs(name, found);
  return found[0];
}

/**
 * Creates a job and resolves with its id, or with undefined when a pipeline that did the same at the same time was
 * faster: then this job was deleted again. Throws a TaskError when a job of the same name remains beside it.
 */
export async function createJob(
  jobs: JobsApi,
  definition: JobDefinition,
  onKnown: (id: string) => void,
  context: Context,
): Promise<string | undefined> {
  const { id, isOwn } = await createOnce(jobs, definition, context);
  onKnown(id);
  if (isOwn) return await keepOldest(jobs, definition.name, id, context);
  await findJob(jobs, definition.name, context);
  return id;
}

/** The API has no idempotency token for this call: when its answer is lost, the job is looked up before it is sent again. */
async function createOnce(
  jobs: JobsApi,
  { name, settings }: JobDefinition,
  context: Context,
): Promise<{ readonly id: string; readonly isOwn: boolean }> {
  for (let creations = 1; ; creations++) {
    try {
      return { id: await jobs.createJob(settings), isOwn: true };
    } catch (error) {
      if (!isTransient(error)) throw error;
      context.agent.log(`${error.message} Checking whether the job was created anyway.`);
      const job = await appeared(jobs, name, context);
      if (job) return { id: job.id, isOwn: false };
      if (creations === mostCreations) throw error;
    }
  }
}

/** Undefined when the job certainly does not exist; throws when that could not be found out. */
async function appeared(jobs: JobsApi, name: string, context: Context): Promise<ListedJob | undefined> {
  const { clock, signal } = context;
  return await untilListed({
    clock,
    signal,
    deadline: clock.now() + secondsToAppear * 1000,
    awaited: `the job '${name}' to appear`,
    probe: () => findJob(jobs, name, context),
    isDone: (job) => job !== undefined,
  });
}

/**
 * Names are not unique, and a list can be late, so that several steps can create a job of one name. The list shows a new
 * job together with those that are older: once it does, each step deletes its own job unless that is the oldest, and no
 * other job.
 */
async function keepOldest(
  jobs: JobsApi,
  name: string,
  id: string,
  { agent, clock, signal }: Context,
): Promise<string | undefined> {
  let found: readonly ListedJob[] = [];
  let isDeleted = false;
  const end = await untilListed<'kept' | 'deleted' | undefined>({
    clock,
    signal,
    deadline: clock.now() + secondsToBeListed * 1000,
    awaited: `the job '${name}' (${id}) to be listed as the only one`,
    probe: async () => {
      found = await jobsNamed(jobs, name);
      const isListed = found.some((job) => job.id === id);
      if (isDeleted) return isListed ? undefined : 'deleted';
      const [oldest, ...others] = found;
      if (!isListed || oldest?.id === id) return isListed && others.length === 0 ? 'kept' : undefined;
      agent.log(`The job '${name}' (${oldest?.id ?? ''}) was created at the same time. Deleting the newer job ${id}.`);
      await jobs.deleteJob(id);
      isDeleted = true;
      return undefined;
    },
    isDone: (known) => known !== undefined,
  });
  if (end !== undefined) return end === 'kept' ? id : undefined;
  if (found.length > 1) throw severalJobs(name, found);
  throw new TaskError(
    `The job '${name}' (${id}) was created, but Databricks has not listed it for ${secondsToBeListed} s, so that a second one could exist. ` +
      'Check that this identity may view the jobs, and run again.',
  );
}

/** Polls; undefined at the deadline, unless the last attempt failed: then nothing is known. */
async function untilListed<T>(options: Parameters<typeof poll<T>>[0]): Promise<T | undefined> {
  try {
    return await poll(options);
  } catch (error) {
    if (error instanceof TimedOutError && error.cause === undefined) return undefined;
    throw error;
  }
}

/** The oldest first, in the same order for everybody who looks. */
async function jobsNamed(jobs: JobsApi, name: string): Promise<readonly ListedJob[]> {
  const found = (await jobs.listJobs(name)).filter((job) => job.name === name);
  const digits = ({ id }: ListedJob): string => id.padStart(20, '0');
  return found.sort((a, b) => a.createdTime - b.createdTime || (digits(a) < digits(b) ? -1 : 1));
}

function severalJobs(name: string, found: readonly ListedJob[]): TaskError {
  const all = found.map(({ id, creator }) => `${id} (created by ${creator || 'a deleted user'})`);
  return new TaskError(`${all.length} jobs are named '${name}': ${all.join(', ')}. Delete or rename all but one.`);
}
