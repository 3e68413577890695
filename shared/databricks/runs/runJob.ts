import { CancelledError, messageOf, TaskError } from '../../errors';
import { JobsApi, type Run } from '../api/jobs';
import type { Workspace } from '../connect';
import { runPage } from './page';
import { runRequest, type RunSource } from './request';
import { startRun, type StartOptions } from './startRun';
import { watchRun, type RunSurroundings, type WatchedRun, type WatchOptions } from './watchRun';

export interface RunJobOptions extends Pick<StartOptions, 'seed'>, Omit<WatchOptions, 'url'> {
  /** Otherwise it is enough that the run was accepted. */
  readonly waitForCompletion: boolean;
  /** Told at once when it is known which run it is. */
  readonly onStarted: (run: Run, url: string) => void;
}

export interface RunJobOutcome extends WatchedRun {
  /** Its page in the workspace. */
  readonly url: string;
}

/** Less than the connection outlives the signal by, so that the reason is known when it fails. */
const secondsToCancel = 4;

/**
 * Has something run: see `startRun` and `watchRun` for what that promises. When the signal aborts meanwhile, the run is
 * cancelled; the connection must outlive the signal by 5 s for that.
 */
export async function runJob(
  workspace: Workspace,
  source: RunSource,
  options: RunJobOptions,
  surroundings: RunSurroundings,
): Promise<RunJobOutcome> {
  const { signal, report } = surroundings;
  const lastingJobs = new JobsApi(workspace.http);
  const request = await runRequest(workspace, source, signal);
  let accepted: string | undefined;
  let isSeen = false;
  const onAccepted = (runId: string): void => void (accepted = runId);

  try {
    const { run, isEarlier } = await startRun(lastingJobs, request, { ...options, signal, onAccepted });
    isSeen = true;
    const url = runPage(workspace.url, run);
    const how = isEarlier ? 'Attached to the run that an earlier try of this step started' : 'Started the run';
    report.log(`${how}: ${run.id}\n${url}`);
    options.onStarted(run, url);
    signal.throwIfAborted();
    if (!options.waitForCompletion) return { run, url };
    const jobs = new JobsApi(workspace.http, signal);
    return { ...(await watchRun(jobs, run, { ...options, url }, surroundings)), url };
  } catch (error) {
    if (accepted === undefined) throw error;
    if (signal.aborted) throw await cancelled(lastingJobs, accepted, error);
    if (isSeen || !(error instanceof TaskError)) throw error;
    throw new TaskError(`${error.message} Run ${accepted} was accepted, and goes on.`, { cause: error });
  }
}

async function cancelled(jobs: JobsApi, runId: string, cause: unknown): Promise<CancelledError> {
  try {
    await jobs.cancelRun(runId, secondsToCancel);
    return new CancelledError(`Cancelled. Run ${runId} was cancelled too.`, { cause });
  } catch (error) {
    return new CancelledError(`Cancelled, but run ${runId} may continue. ${messageOf(error)}`, {
      cause,
    });
  }
}
