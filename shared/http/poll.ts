import type { Clock } from '../clock';
import { TaskError } from '../errors';
import { HttpError, isTransient, type CallError } from './errors';

/** What was waited for did not happen in time. */
export class TimedOutError extends TaskError {
  override readonly name = 'TimedOutError';
}

export interface PollOptions<T> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When to give up, by the clock's `now()`. It is read at each probe: it may move. */
  readonly deadline: number;
  /** What is waited for: the words after "Timed out waiting for", such as `run 12 to end`. */
  readonly awaited: string;
  /** Reads the state once. The seconds are the budget of its call, so that a call that hangs ends with the deadline. */
  probe(budgetSeconds: number): Promise<T>;
  isDone(state: T): boolean;
  /** Called for every transient fault. */
  onTransient?(error: CallError): void;
}

const shortestPause = 1000;
const longestPause = 15_000;
/** A pause is this share of the time waited so far: an end is noticed after 5 % of the duration. */
const pauseShare = 0.05;
/**
 * The longest pause that a service may ask for: an end is still noticed within a minute, with the time of the look itself,
 * and no service is burdened by two looks a minute, even if it asked for a day.
 */
export const longestPauseAskedFor = 30_000;
const leastBudgetSeconds = 5;
const mostBudgetSeconds = 120;

/**
 * Probes until the state is done, first every second and later every 15, and resolves with the last state. Transient
 * faults don't end the wait; `Retry-After` prolongs a pause to 30 s at most. Rejects with the probe's other errors; with the signal's reason; and at the deadline, after
 * one more probe, with a TimedOutError.
 */
export async function poll<T>(options: PollOptions<T>): Promise<T> {
  const { clock, signal, awaited } = options;
  const startedAt = clock.now();
  for (;;) {
    let fault: CallError | undefined;
    try {
      const secondsLeft = (options.deadline - clock.now()) / 1000;
      const state = await options.probe(Math.min(Math.max(secondsLeft, leastBudgetSeconds), mostBudgetSeconds));
      if (options.isDone(state)) return state;
    } catch (error) {
      if (!isTransient(error)) throw error;
      options.onTransient?.(error);
      fault = error;
    }
    const now = clock.now();
    const { deadline } = options;
    if (now >= deadline) throw timedOut(awaited, now - startedAt, fault);
    const pause = Math.min(Math.max((now - startedAt) * pauseShare, shortestPause), longestPause);
    const asked = fault instanceof HttpError ? (fault.retryAfterSeconds ?? 0) * 1000 : 0;
    const askedFor = Math.min(asked, longestPauseAskedFor);
    await clock.sleep(Math.min(Math.max(pause, askedFor), deadline - now), signal);
  }
}

function timedOut(awaited: string, milliseconds: number, fault: CallError | undefined): TimedOutError {
  const minutes = Math.round(milliseconds / 6000) / 10;
  const last = fault ? ` The last attempt failed: ${fault.message}` : '';
  return new TimedOutError(`Timed out waiting for ${awaited}, after ${minutes} min.${last}`, { cause: fault });
}
