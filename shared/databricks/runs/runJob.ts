import type { Context } from '../../agent/context';
import type { Clock } from '../../clock';
import { CancelledError, TaskError } from '../../errors';
import { HttpError } from '../../http/errors';
import { withSignal } from '../../http/withSignal';
import { RunsApi, type Run } from '../api/runs';
import type { Workspace } from '../connect';
import { cancelRun, type Cancellation } from './cancelRun';
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

/** Together less than the time by which the connection outlives the signal, so that a failure is reported with its reason. */
const secondsToCancel = 2;
const secondsToEnd = 2;

/**
 * Starts a run and, if asked to, waits for it; `startRun` and `watchRun` say how. When the signal aborts meanwhile, the
 * run is cancelled and read back, and the error says what is known of it; the connection must outlive the signal by 5 s
 * for that.
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
  const start = { isSent: false };
  let isSeen = false;
  const onSending = (): void => {
    start.isSent = true;
    accepted = undefined;
  };
  let isResumable = false;
  const canResume = (): void => {
    if (!isResumable) agent.canResume();
    isResumable = true;
  };
  const onAccepted = (runId: string): void => {
    accepted = runId;
    canResume();
  };

  try {
    const { run, isEarlier } = await startRun(lastingRuns, request, {
      ...options,
      words: agent.words,
      signal,
      onSending,
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
    if (!options.waitForCompletion) {
      if (!run.status && !run.state)
        throw new TaskError(`Databricks accepted run ${run.id}, but does not show its state: ${url}`);
      return { run, url };
    }
    return { ...(await watchRun(new RunsApi(http, jobId), run, { ...options, url }, context)), url };
  } catch (error) {
    // Without an answer, the run may have been started all the same.
    if (start.isSent && !(error instanceof HttpError && !error.isTransient)) canResume();
    if (accepted === undefined) throw start.isSent && error instanceof CancelledError ? unanswered(error) : error;
    if (signal.aborted) throw await cancelled(lastingRuns, accepted, context.clock, error);
    if (isSeen || !(error instanceof TaskError)) throw error;
    throw new TaskError(`${error.message} Run ${accepted} was accepted and continues.`, { cause: error });
  }
}

/** Cancels the run of a step that is cancelled. */
async function cancelled(runs: RunsApi, runId: string, clock: Clock, cause: unknown): Promise<CancelledError> {
  // The signal of the step has aborted; the connection ends soon.
  const { signal } = new AbortController();
  const cancellation = await cancelRun(runs, runId, { clock, signal, secondsToCancel, secondsToEnd });
  return new CancelledError(sentenceOf(runId, cancellation), { cause });
}

function sentenceOf(runId: string, { is, word, problem, isAccepted }: Cancellation): string {
  switch (is) {
    case 'cancelled':
      return `Cancelled. Run ${runId} was cancelled too.`;
    case 'ended':
      return `Cancelled. Run ${runId} had already ended as ${word}.`;
    case 'ending':
      return `Cancelled. Run ${runId} is being cancelled too.`;
    case 'active':
      if (!isAccepted) return `Cancelled, but run ${runId} continues (${word}). ${problem}`;
      return `Cancelled. Databricks accepted to cancel run ${runId}, which is still ${word}.`;
    case 'unknown':
      if (!isAccepted) return `Cancelled, but run ${runId} may continue. ${problem}`;
      return `Cancelled. Databricks accepted to cancel run ${runId}, but it could not be read since. ${problem}`;
  }
}

function unanswered(cause: CancelledError): CancelledError {
  const message =
    'Cancelled. The request to start the run was not answered before that, so it is not known whether it started. Look for it in the runs of the workspace.';
  return new CancelledError(message, { cause });
}
