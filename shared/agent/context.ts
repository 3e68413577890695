import type { Clock } from '../clock';
import type { TaskAgent } from './agent';

/** What all work is done within, handed down as one object: the agent that it reports to, its time, and when it ends. */
export interface Context {
  readonly agent: TaskAgent;
  readonly clock: Clock;
  /** Aborts when the work is cancelled. */
  readonly signal: AbortSignal;
  /** When to give up, by the clock's `now()`. */
  readonly deadline: number;
}

/** The same context, to be given up after so many minutes from now. Clients that are opened with it end with it. */
export function withTimeout<C extends Context>(context: C, minutes: number): C {
  return { ...context, deadline: context.clock.now() + minutes * 60_000 };
}
