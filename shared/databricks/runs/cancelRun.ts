import type { Clock } from '../../clock';
import { messageOf, TaskError } from '../../errors';
import { poll } from '../../http/poll';
import { joined } from '../../sentences';
import type { Run, RunsApi } from '../api/runs';
import { runVerdict } from './verdict';

/** As which a run ends that was cancelled. */
const wordsOfCancellation = ['CANCELED', 'USER_CANCELED'];
/** What a run is in while it is being cancelled. */
const endingWord = 'TERMINATING';

export interface CancelOptions {
  readonly clock: Clock;
  /** Ends the wait: its reason is thrown. */
  readonly signal: AbortSignal;
  /** The budget of the request to cancel. */
  readonly secondsToCancel: number;
  /** From then on, for the run to end. */
  readonly secondsToEnd: number;
  /** Called with the run whenever it was read. */
  readonly onSeen?: (run: Run) => void;
}

/** What is known of a run that was to be cancelled. */
export interface Cancellation {
  /**
   * `cancelled`: it ended because it was cancelled. `ended`: it ended with another result. `ending`: it is being cancelled.
   * `active`: it still runs. `unknown`: it could not be read.
   */
  readonly is: 'cancelled' | 'ended' | 'ending' | 'active' | 'unknown';
  /** The word that Databricks has for its state; empty where it is unknown. */
  readonly word: string;
  /** Why the run could not be cancelled, or not be read, in sentences. */
  readonly problem: string;
  /** Whether Databricks accepted to cancel it. */
  readonly isAccepted: boolean;
}

/**
 * Cancels a run and reads it back, also if the request to cancel it fails: it may have ended, or been cancelled by a
 * request whose answer was lost. Throws nothing but the reason of the signal and internal errors.
 */
export async function cancelRun(runs: RunsApi, runId: string, options: CancelOptions): Promise<Cancellation> {
  const { secondsToCancel, signal } = options;
  const refusal = await problemOf(() => runs.cancelRun(runId, secondsToCancel), signal);
  const isAccepted = refusal === undefined;
  let seen: Run | undefined;
  const onSeen = (run: Run): void => {
    seen = run;
    options.onSeen?.(run);
  };
  const unread = await problemOf(() => readUntilEnd(runs, runId, isAccepted, { ...options, onSeen }), signal);
  if (!seen) return { is: 'unknown', word: '', problem: joined(refusal ?? '', unread ?? ''), isAccepted };
  const { outcome, word } = runVerdict(seen);
  const problem = refusal ?? '';
  if (outcome !== 'active')
    return { is: wordsOfCancellation.includes(word) ? 'cancelled' : 'ended', word, problem, isAccepted };
  return { is: word === endingWord ? 'ending' : 'active', word, problem, isAccepted };
}

/** Whether somebody cancelled a run. */
export function wasCancelled(run: Run): boolean {
  return wordsOfCancellation.includes(runVerdict(run).word);
}

/** A run that is not being cancelled is read once. */
async function readUntilEnd(
  runs: RunsApi,
  runId: string,
  isEnding: boolean,
  { clock, signal, secondsToEnd, onSeen }: CancelOptions,
): Promise<void> {
  const until = clock.now() + secondsToEnd * 1000;
  await poll({
    clock,
    signal,
    deadline: isEnding ? until : clock.now(),
    awaited: `run ${runId} to end`,
    async probe() {
      const secondsLeft = (until - clock.now()) / 1000;
      const run = await runs.getRun(runId, Math.max(secondsLeft, 1));
      onSeen?.(run);
      return run;
    },
    isDone: (run) => runVerdict(run).outcome !== 'active',
  });
}

/** What went wrong, in sentences. */
async function problemOf(work: () => Promise<void>, signal: AbortSignal): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (signal.aborted || !(error instanceof TaskError)) throw error;
    return messageOf(error);
  }
}
