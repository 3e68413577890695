import type { Clock } from '../../shared/clock';

interface Sleeper {
  readonly wakesAt: number;
  wake(): void;
}

/**
 * A clock on which nobody waits: time jumps to the moment at which the earliest sleeper wakes. Sleeps that overlap
 * pass together, as they do in life, and wake in the order of their ends.
 */
export class FakeClock implements Clock {
  /** Every duration that was asked for, in milliseconds, oldest first. */
  readonly sleeps: number[] = [];
  #now: number;
  #dateIsAhead = 0;
  #sleepers: Sleeper[] = [];

  constructor(startMilliseconds = Date.UTC(2025, 0, 1)) {
    this.#now = startMilliseconds;
  }

  now(): number {
    return this.#now;
  }

  date(): number {
    return this.#now + this.#dateIsAhead;
  }

  /** Sets the date of the machine forward, or back by a negative number, as time synchronization does. */
  setDate(milliseconds: number): void {
    this.#dateIsAhead += milliseconds;
  }

  /** Lets time pass without anybody sleeping, such as the time that a server takes to answer. */
  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason as Error);
      };
      const sleeper: Sleeper = {
        wakesAt: this.#now + Math.max(0, milliseconds),
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.sleeps.push(milliseconds);
      this.#sleepers.push(sleeper);
      // Not sooner: whatever happens at this same moment may start a sleep that ends before this one.
      setImmediate(() => this.#wakeEarliest());
    });
  }

  #wakeEarliest(): void {
    const earliest = this.#sleepers.reduce<Sleeper | undefined>(
      (found, sleeper) => (found && found.wakesAt <= sleeper.wakesAt ? found : sleeper),
      undefined,
    );
    if (!earliest) return;
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== earliest);
    this.#now = Math.max(this.#now, earliest.wakesAt);
    earliest.wake();
  }
}
