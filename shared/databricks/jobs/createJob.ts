import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { isTransient } from '../../http/errors';
import { poll, TimedOutError } from '../../http/poll';
import type { JobsApi, ListedJob } from '../api/jobs';
import type { JobDefinition } from './definition';

const secondsToAppear = 15;
const mostCreations = 3;

/** The only job with this name; undefined when there is none. Throws a TaskError when there are several. */
export async function findJob(jobs: JobsApi, name: string): Promise<ListedJob | undefined> {
  const [job, ...more] = (await jobs.listJobs(name)).filter((one) => one.name === name);
  if (!job || more.length === 0) return job;
  const all = [job, ...more].map(({ id, creator }) => `${id} (created by ${creator || 'a deleted user'})`);
  throw new TaskError(`${all.length} jobs are named '${name}': ${all.join(', ')}. Delete or rename all but one.`);
}

/** Creates a job and resolves with its id. Throws a TaskError when somebody else created one of the same name meanwhile. */
export async function createJob(
  jobs: JobsApi,
  definition: JobDefinition,
  onKnown: (id: string) => void,
  context: Context,
): Promise<string> {
  const id = await createOnce(jobs, definition, context);
  onKnown(id);
  await findJob(jobs, definition.name);
  return id;
}

/** The API has no idempotency token for this call: when its answer is lost, the job is looked up before it is sent again. */
async function createOnce(jobs: JobsApi, { name, settings }: JobDefinition, context: Context): Promise<string> {
  for (let creations = 1; ; creations++) {
    try {
      return await jobs.createJob(settings);
    } catch (error) {
      if (!isTransient(error)) throw error;
      context.agent.log(`${error.message} Checking whether the job was created anyway.`);
      const job = await appeared(jobs, name, context);
      if (job) return job.id;
      if (creations === mostCreations) throw error;
    }
  }
}

/** Undefined when the job certainly does not exist; throws when that could not be found out. */
async function appeared(jobs: JobsApi, name: string, { clock, signal }: Context): Promise<ListedJob | undefined> {
  try {
    return await poll({
      clock,
      signal,
      deadline: clock.now() + secondsToAppear * 1000,
      awaited: `the job '${name}' to appear`,
      probe: () => findJob(jobs, name),
      isDone: (job) => job !== undefined,
    });
  } catch (error) {
    if (error instanceof TimedOutError && error.cause === undefined) return undefined;
    throw error;
  }
}
