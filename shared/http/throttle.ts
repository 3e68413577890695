import type { Clock } from '../clock';

/** A limit that the service puts on an endpoint, shared by all calls that name it on one host. */
export interface RateLimit {
  readonly name: string;
  readonly requestsPerSecond: number;
}

/**
 * The pace for a whole host: no endpoint of Databricks is documented to bear more (jobs/runs/get, 100/s a workspace;
 * https://learn.microsoft.com/azure/databricks/resources/limits), so going faster could only earn refusals.
 */
const hostLimit: RateLimit = { name: '', requestsPerSecond: 100 };
/** A host bears a burst of calls after a quiet while; a limit that an endpoint names is taken by its word. */
const hostSavingsMilliseconds = 1000;

/**
 * How late a timer may be before time is lost to those who wait. More would let calls bunch up: with 33 ms, 29 a second
 * are still 30 in the fullest second.
 */
const catchUpMilliseconds = 33;
/** Refusals within this time tell of one and the same overload. */
const overloadMilliseconds = 1000;
/** A refusal that comes within this time after another is none by chance. */
const chanceMilliseconds = 5000;
/** The share of the full rate that comes back each second after an overload. */
const recoveryPerSecond = 0.05;

/**
 * Lets calls through one by one, evenly spaced. A refusal for going too fast lowers the rate, which then recovers
 * slowly. One may be chance, of calls that bunched up on their way; another soon after is an overload and halves it.
 */
class Pace {
  readonly #waiting = new Set<() => void>();
  #isRunning = false;
  #nextAt = -Infinity;
  #reducedRate: number;
  #reducedAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly fullRate: number,
    /** How much unused time is kept for later. */
    private readonly savingsMilliseconds: number,
  ) {
    this.#reducedRate = fullRate;
  }

  /** Resolves when it is this caller's turn: first come, first served. */
  turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const go = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.delete(go);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(go);
      if (!this.#isRunning) void this.#letThrough();
    });
  }

  slowDown(): void {
    const now = this.clock.now();
    if (now - this.#reducedAt < overloadMilliseconds) return;
    const keptShare = now - this.#reducedAt < chanceMilliseconds ? 0.5 : 0.9;
    this.#reducedRate = Math.max(this.#rateAt(now) * keptShare, Math.min(1, this.fullRate));
    this.#reducedAt = now;
  }

  #rateAt(now: number): number {
    const recovered = (this.fullRate * recoveryPerSecond * (now - this.#reducedAt)) / 1000;
    return Math.min(this.fullRate, this.#reducedRate + recovered);
  }

  async #letThrough(): Promise<void> {
    this.#isRunning = true;
    this.#nextAt = Math.max(this.#nextAt, this.clock.now() - this.savingsMilliseconds);
    const slack = Math.max(this.savingsMilliseconds, catchUpMilliseconds);
    for (;;) {
      const [first] = this.#waiting;
      if (!first) break;
      const now = this.clock.now();
      const interval = 1000 / this.#rateAt(now);
      // The upper bound matters when the machine's clock is set back.
      const at = Math.min(Math.max(this.#nextAt, now - slack), now + interval);
      if (at <= now) {
        this.#nextAt = at + interval;
        this.#waiting.delete(first);
        first();
      } else {
        this.#nextAt = at;
        await this.clock.sleep(Math.ceil(at - now));
      }
    }
    this.#isRunning = false;
  }
}

/** What a call to one host has to wait for. */
export interface Throttle {
  /** Resolves when the call may be sent; rejects with the signal's reason. */
  turn(limit: RateLimit | undefined, signal: AbortSignal): Promise<void>;
  /** The service said that calls come too fast. */
  slowDown(limit: RateLimit | undefined): void;
}

/** All clients of the process share the paces of a host; those of another clock live in another time. */
const pacesByClock = new WeakMap<Clock, Map<string, Pace>>();

/** The throttle of a host, which is the same for every client of the process. */
export function throttleOf(host: string, clock: Clock): Throttle {
  const paces = pacesByClock.get(clock) ?? new Map<string, Pace>();
  pacesByClock.set(clock, paces);
  const paceOf = (limit: RateLimit): Pace => {
    const key = `${host} ${limit.name}`;
    const savings = limit === hostLimit ? hostSavingsMilliseconds : 0;
    const pace = paces.get(key) ?? new Pace(clock, limit.requestsPerSecond, savings);
    paces.set(key, pace);
    return pace;
  };
  return {
    async turn(limit, signal) {
      if (limit) await paceOf(limit).turn(signal);
      await paceOf(hostLimit).turn(signal);
    },
    slowDown(limit = hostLimit) {
      paceOf(limit).slowDown();
    },
  };
}
