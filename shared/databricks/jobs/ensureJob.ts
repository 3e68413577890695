import { isDeepStrictEqual } from 'node:util';
import type { Agent } from '../../agent/agent';
import { TaskError } from '../../errors';
import { isTransient } from '../../http/errors';
import { poll, TimedOutError } from '../../http/poll';
import { JobsApi, type JobSettings, type ListedJob } from '../api/jobs';
import { PermissionsApi } from '../api/permissions';
import type { Surroundings, Workspace } from '../connect';
import { differenceLine, type Difference } from '../../comparison/difference';
import type { JobDefinition } from './definition';
import { jobDifferences } from './differences';
import { grantDifferences, withOwner } from './grants';
import { isOurs } from './ownership';
import { jobPage } from './page';

export interface EnsureJobOptions {
  /** Whether a job of that name which somebody else made may be changed. */
  readonly adopt: boolean;
  /** Changes nothing, and says what would change. */
  readonly dryRun: boolean;
  /** Told as soon as the job's id is known. */
  readonly onKnown: (id: string, url: string) => void;
}

export interface JobSurroundings extends Surroundings {
  readonly report: Pick<Agent, 'log'>;
}

export interface EnsuredJob {
  /** What was done, or would be in a dry run. */
  readonly change: 'created' | 'updated' | 'unchanged';
  /** Where the job was, or is, not as it is to be. */
  readonly differences: readonly Difference[];
}

const secondsToAppear = 15;
const secondsToSettle = 60;
const secondsToLetGo = 5;
const mostCreations = 3;

/**
 * Makes sure that there is one job of this name, and that it is exactly as defined. Changes nothing in one that is.
 * Resolves when the job reads as defined. Throws a TaskError when several jobs have the name, when the job is somebody
 * else's and not to be adopted, or when Databricks takes the definition but does not show it.
 */
export async function ensureJob(
  { url, http }: Workspace,
  { name, settings, grants }: JobDefinition,
  { adopt, dryRun, onKnown }: EnsureJobOptions,
  { clock, signal, report }: JobSurroundings,
): Promise<EnsuredJob> {
  const jobs = new JobsApi(http, signal);
  const permissions = new PermissionsApi(http, signal);

  const found = await theJob();
  if (found) onKnown(found.id, jobPage(url, found.id));
  const before = await look(found?.id);
  const differences = [...before.ofSettings, ...before.ofGrants];
  if (differences.length > 0) {
    const what = found
      ? `The job '${name}' differs from its definition:`
      : `There is no job '${name}' yet. It will have:`;
    report.log([what, ...differences.map(differenceLine)].join('\n  '));
  }
  if (found && !isOurs(before.settings)) {
    const whose = `The job '${name}' (${found.id}, made by ${found.creator || 'a user who is gone'}) was not made by this task`;
    if (!adopt)
      throw new TaskError(
        `${whose}, which would overwrite it. Adopt it, or give the job of this definition another name.`,
      );
    report.log(`${whose}, and is adopted.`);
  }
  if (dryRun || (found && differences.length === 0)) return { change: changeBy(differences), differences };

  const id = found?.id ?? (await create());
  if (found && before.ofSettings.length > 0) await jobs.resetJob(id, settings);
  if (grants && before.ofGrants.length > 0)
    await permissions.setJobGrants(id, withOwner(grants, await permissions.jobGrants(id)));
  const kept = await settle(id);
  const made = differences.filter(({ path }) => !kept.some((other) => isDeepStrictEqual(other.path, path)));
  return { change: changeBy(made), differences: made };

  function changeBy(made: readonly Difference[]): EnsuredJob['change'] {
    if (!found) return 'created';
    return made.length > 0 ? 'updated' : 'unchanged';
  }

  /** The only job of the name; undefined when there is none. */
  async function theJob(): Promise<ListedJob | undefined> {
    const [job, ...more] = (await jobs.listJobs(name)).filter((one) => one.name === name);
    if (job && more.length > 0) {
      const all = [job, ...more].map(({ id, creator }) => `${id} (made by ${creator || 'a user who is gone'})`);
      throw new TaskError(`${all.length} jobs are named '${name}': ${all.join(', ')}. Delete or rename all but one.`);
    }
    return job;
  }

  /** The job as it is, and where that is not as defined; one that is not there has nothing. */
  async function look(id: string | undefined): Promise<Look> {
    const present = id === undefined ? {} : await jobs.getSettings(id);
    const held = id === undefined || !grants ? [] : await permissions.jobGrants(id);
    return {
      settings: present,
      ofSettings: jobDifferences(settings, present),
      ofGrants: grants ? grantDifferences(grants, held) : [],
    };
  }

  async function create(): Promise<string> {
    const id = await createOnce();
    onKnown(id, jobPage(url, id));
    await theJob(); // refuses a second one, should others have made it meanwhile
    return id;
  }

  /** The API knows no idempotency token for this call: when its answer is lost, the job is looked for before it is sent again. */
  async function createOnce(): Promise<string> {
    for (let creations = 1; ; creations++) {
      try {
        return await jobs.createJob(settings);
      } catch (error) {
        if (!isTransient(error)) throw error;
        report.log(`${error.message} Looking whether the job is there all the same.`);
        const job = await appeared();
        if (job) return job.id;
        if (creations === mostCreations) throw error;
      }
    }
  }

  /** Undefined when it is surely not there; throws when that could not be seen. */
  async function appeared(): Promise<ListedJob | undefined> {
    try {
      const deadline = clock.now() + secondsToAppear * 1000;
      const awaited = `the job '${name}' to appear`;
      return await poll({ clock, signal, deadline, awaited, probe: theJob, isDone: (job) => job !== undefined });
    } catch (error) {
      if (error instanceof TimedOutError && error.cause === undefined) return undefined;
      throw error;
    }
  }

  /** Reads the job until it is as defined; gives what it still has beyond its definition, as Databricks' own. */
  async function settle(id: string): Promise<readonly Difference[]> {
    const begin = clock.now();
    let now: Look | undefined;
    try {
      await poll({
        clock,
        signal,
        deadline: begin + secondsToSettle * 1000,
        awaited: `the job '${name}' to be as defined`,
        probe: async () => (now = await look(id)),
        isDone: ({ ofSettings, ofGrants }) =>
          ofGrants.length === 0 &&
          ofSettings.every(({ wanted }) => wanted === undefined && clock.now() >= begin + secondsToLetGo * 1000),
        onTransient: (error) => report.log(error.message),
      });
    } catch (error) {
      if (!(error instanceof TimedOutError) || !now) throw error;
      const lines = [...now.ofSettings, ...now.ofGrants].map(differenceLine).join('\n  ');
      const problem = `Databricks took the definition of the job '${name}' (${id}), but the job differs from it:`;
      throw new TaskError(`${problem}\n  ${lines}\nWrite these settings as Databricks has them, or leave them out.`);
    }
    const kept = now?.ofSettings ?? [];
    for (const difference of kept)
      report.log(`Databricks keeps what the definition does not have: ${differenceLine(difference)}`);
    return kept;
  }
}

interface Look {
  readonly settings: JobSettings;
  readonly ofSettings: readonly Difference[];
  readonly ofGrants: readonly Difference[];
}
