import type { Context } from '../../agent/context';
import { CancelledError, messageOf, TaskError } from '../../errors';
import { withSignal } from '../../http/withSignal';
import { RunsApi, type Run } from '../api/runs';
import type { Workspace } from '../connect';
import { runPage } from './page';
import { runRequest, type RunSource } from './request';
import { startRun, type StartOptions } from './startRun';
import { watchRun, type WatchedRun, type WatchOptions } from './watchRun';

export interface RunJobOptions extends Pick<StartOptions, 'seed'>, Omit<WatchOptions, 'url'> {
  /** Whether to wait for the run to end; otherwise it only has to be accepted. */
  readonly waitForCompletion: boolean;
  /** Called as soon as the run is known. */
  readonly onStarted: (run: Run, url: string) => void;
}

export interface RunJobOutcome extends WatchedRun {
  /** Its page in the workspace. */
  readonly url: string;
}

/** Less than the time by which the connection outlives the signal, so that a failure is reported with its reason. */
const secondsToCancel = 4;

/**
 * Starts a run and, if asked to, waits for it; `startRun` and `watchRun` say how. When the signal aborts meanwhile, the
 * run is cancelled; the connection must outlive the signal by 5 s for that.
 */
export async function runJob(
  workspace: Workspace,
  source: RunSource,
  options: RunJobOptions,
  context: Context,
): Promise<RunJobOutcome> {
  const { agent, signal } = context;
  const http = withSignal(workspace.http, signal);
  const request = await runRequest(http, source);
  const jobId = request.call === 'run-now' ? request.jobId : undefined;
  const lastingRuns = new RunsApi(workspace.http, jobId);
  let accepted: string | undefined;
  let isSeen = false;
  const onAccepted = (runId: string): void => void (accepted = runId);

  try {
    const { run, isEarlier } = await startRun(lastingRuns, request, {
      ...options,
      words: agent.words,
      signal,
      onAccepted,
    });
    isSeen = true;
    const url = runPage(workspace.url, run);
    const how = isEarlier
      ? `Attached to the run that an earlier attempt of ${agent.words.thisStep} started`
      : 'Started the run';
    agent.log(`${how}: ${run.id}\n${url}`);
    options.onStarted(run, url);
    signal.throwIfAborted();
    if (!options.waitForCompletion) return { run, url };
    return { ...(await watchRun(new RunsApi(http, jobId), run, { ...options, url }, context)), url };
  } catch (error) {
    if (accepted === undefined) throw error;
    if (signal.aborted) throw await cancelled(lastingRuns, accepted, error);
    if (isSeen || !(error instanceof TaskError)) throw error;
    throw new TaskError(`${error.message} Run ${accepted} was accepted and continues.`, { cause: error });
  }
}

async function cancelled(runs: RunsApi, runId: string, cause: unknown): Promise<CancelledError> {
  try {
    await runs.cancelRun(runId, secondsToCancel);
    return new CancelledError(`Cancelled. Run ${runId} was cancelled too.`, { cause });
  } catch (error) {
    return new CancelledError(`Cancelled, but run ${runId} may continue. ${messageOf(error)}`, {
      cause,
    });
  }
}
