import { setTimeout as delay } from 'node:timers/promises';

/** Time as the local agent sees it: real time, but for tests. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after that many milliseconds; rejects with the signal's reason as soon as the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
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

interface Timer {
  readonly due: number;
  readonly run: () => void;
}

/**
 * The sandbox's own time. It runs `timeScale` times as fast as real time (0: stands still) and can be moved
 * forward; clusters, runs and timestamps live on it. HTTP latency and rate limits are on real time.
 */
export class SandboxClock {
  readonly #startReal = performance.now();
  readonly #timers = new Set<Timer>();
  #skipped = 0;
  #wakeUp: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param start what time it is first, in epoch milliseconds */
  constructor(
    readonly timeScale = 1,
    private readonly start = Date.now(),
  ) {}

  /** Sandbox time in epoch milliseconds. */
  now(): number {
    const flowed = this.timeScale === 0 ? 0 : (performance.now() - this.#startReal) * this.timeScale;
    return Math.floor(this.start + this.#skipped + flowed);
  }

  /** Resolves when the sandbox time has passed, or at once when `signal` aborts. Never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isClosed || signal?.aborted || milliseconds <= 0) {
        resolve();
        return;
      }
      const timer: Timer = { due: this.now() + milliseconds, run: finish };
      const clear = () => this.#timers.delete(timer);
      function finish() {
        clear();
        signal?.removeEventListener('abort', finish);
        resolve();
      }
      signal?.addEventListener('abort', finish);
      this.#timers.add(timer);
      this.#schedule();
    });
  }

  /** Moves the time forward; everything due on the way happens in order, each step at its own moment. */
  async advance(milliseconds: number): Promise<void> {
    const target = this.now() + milliseconds;
    await settle();
    for (let next = this.#next(); next && next.due <= target; next = this.#next()) {
      this.#skipped += Math.max(0, next.due - this.now());
      next.run();
      await settle();
    }
    this.#skipped += Math.max(0, target - this.now());
    this.#schedule();
  }

  /** Ends all waits at once, also those still to come. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#wakeUp);
    for (const timer of [...this.#timers]) timer.run();
  }

  #next(): Timer | undefined {
    return [...this.#timers].sort(byDue)[0];
  }

  #schedule(): void {
    clearTimeout(this.#wakeUp);
    const next = this.#next();
    if (!next || this.timeScale === 0) return;
    const realMilliseconds = Math.max(0, (next.due - this.now()) / this.timeScale);
    this.#wakeUp = setTimeout(
      () => {
        const due = [...this.#timers].filter((timer) => timer.due <= this.now());
        for (const timer of due.sort(byDue)) timer.run();
        this.#schedule();
      },
      Math.min(realMilliseconds, 2 ** 31 - 1),
    );
  }
}

/** Lets everything that follows from the last step run before the next one. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Sorting is stable and the set keeps the order of arrival, so equal times run first come, first served. */
const byDue = (a: Timer, b: Timer) => a.due - b.due;
