import type { Clock } from '../clock';
import { TaskError } from '../errors';
import { HttpError, isTransient, type CallError } from './errors';

/** What was waited for did not come about in time. */
export class TimedOutError extends TaskError {
  override readonly name = 'TimedOutError';
}

export interface PollOptions<T> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When to give up, in milliseconds since 1970. */
  readonly deadline: number;
  /** What is waited for, in the words that follow "Timed out waiting for": `run 12 to end`. */
  readonly awaited: string;
  /** Looks once. The seconds are a budget for its call, so that one that hangs doesn't outlast the deadline. */
  probe(budgetSeconds: number): Promise<T>;
  isDone(state: T): boolean;
  /** Told of every fault that the wait survives. */
  onTransient?(error: CallError): void;
}

const shortestPause = 1000;
const longestPause = 15_000;
/** A pause is this share of the time waited so far: the end of anything is noticed after 5 % of its duration. */
const pauseShare = 0.05;
const leastBudgetSeconds = 5;
const mostBudgetSeconds = 120;

/**
 * Looks until done, at first every second and in the end every 15, and resolves with the last state. Passing faults
 * don't end it. Rejects with the probe's other errors; with the signal's reason; and at the deadline, having looked
 * once more, with a TimedOutError.
 */
export async function poll<T>(options: PollOptions<T>): Promise<T> {
  const { clock, signal, deadline, awaited } = options;
  const startedAt = clock.now();
  for (;;) {
    let fault: CallError | undefined;
    try {
      const secondsLeft = (deadline - clock.now()) / 1000;
      const state = await options.probe(Math.min(Math.max(secondsLeft, leastBudgetSeconds), mostBudgetSeconds));
      if (options.isDone(state)) return state;
    } catch (error) {
      if (!isTransient(error)) throw error;
      options.onTransient?.(error);
      fault = error;
    }
    const now = clock.now();
    if (now >= deadline) throw timedOut(awaited, now - startedAt, fault);
    const pause = Math.min(Math.max((now - startedAt) * pauseShare, shortestPause), longestPause);
    const askedFor = fault instanceof HttpError ? (fault.retryAfterSeconds ?? 0) * 1000 : 0;
    await clock.sleep(Math.min(Math.max(pause, askedFor), deadline - now), signal);
  }
}

function timedOut(awaited: string, milliseconds: number, fault: CallError | undefined): TimedOutError {
  const minutes = Math.round(milliseconds / 6000) / 10;
  const last = fault ? ` The last look failed: ${fault.message}` : '';
  return new TimedOutError(`Timed out waiting for ${awaited}, after ${minutes} min.${last}`, { cause: fault });
}
