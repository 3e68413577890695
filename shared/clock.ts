import { setTimeout as delay } from 'node:timers/promises';

/** Time as the product sees it; tests pass one that needs no waiting. */
export interface Clock {
  /**
   * Milliseconds since some moment, for durations and deadlines: it runs evenly, whatever happens to the date of the
   * machine, which time synchronization and people set forward and back.
   */
  now(): number;
  /** The date of this machine in milliseconds since 1970, only to compare with a date of a service or to write one down. */
  date(): number;
  /** Resolves after that many milliseconds; rejects with the signal's reason as soon as the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Math.floor(performance.now()),
  date: () => Date.now(),
  async sleep(milliseconds, signal) {
    signal?.throwIfAborted();
    try {
      await delay(milliseconds, undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
