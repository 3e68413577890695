import type { Clock } from '../clock';

/** A limit that the service puts on an endpoint, shared by all calls that name it on one host. */
export interface RateLimit {
  readonly name: string;
  readonly requestsPerSecond: number;
}

/** A host accepts a burst of calls after a quiet period; a limit that an endpoint names is kept to the letter. */
const hostSavingsMilliseconds = 1000;

/**
 * How late a timer may be before time is lost to those who wait. More would let calls bunch up: with 33 ms, 29 a second
 * are still 30 in the fullest second.
 */
const catchUpMilliseconds = 33;
/** Refusals within this time belong to one overload. */
const overloadMilliseconds = 1000;
/** A refusal within this time after another is no coincidence. */
const chanceMilliseconds = 5000;
/** The share of the full rate that comes back each second after an overload. */
const recoveryPerSecond = 0.05;
/** A longer pause is not honoured: the step would seem to hang. */
const longestPauseMilliseconds = 300_000;

/**
 * Lets calls through one by one, evenly spaced. A refusal for too many calls lowers the rate, which then recovers
 * slowly. The first may be a coincidence, of calls that bunched up on their way; another soon after it halves the rate.
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
    /** How much unused time may be used later. */
    private readonly savingsMilliseconds: number,
  ) {
    this.#reducedRate = fullRate;
  }

  /** Resolves when it is this caller's turn, in the order of the calls. */
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

/** What the calls to one host have to wait for. */
export class Throttle {
  readonly #clock: Clock;
  readonly #host: Pace;
  readonly #limits = new Map<string, Pace>();
  #pause = { from: -Infinity, until: -Infinity };

  constructor(clock: Clock, requestsPerSecond: number) {
    this.#clock = clock;
    this.#host = new Pace(clock, requestsPerSecond, hostSavingsMilliseconds);
  }

  /** Resolves when the call may be sent; rejects with the signal's reason. */
  async turn(limit: RateLimit | undefined, signal: AbortSignal): Promise<void> {
    for (;;) {
      if (limit) await this.#paceOf(limit).turn(signal);
      await this.#host.turn(signal);
      const pause = this.#pauseMilliseconds();
      if (pause === 0) return;
      // Then another turn: all that waited would go at once.
      await this.#clock.sleep(pause, signal);
    }
  }

  /** The service refused a call because there were too many. */
  slowDown(limit: RateLimit | undefined): void {
    (limit ? this.#paceOf(limit) : this.#host).slowDown();
  }

  /** The service asked for no calls for so long. */
  pause(seconds: number): void {
    const from = this.#clock.now();
    const until = from + Math.min(seconds * 1000, longestPauseMilliseconds);
    this.#pause = { from, until: Math.max(until, from + this.#pauseMilliseconds()) };
  }

  /** What is left of the pause. It is over when the machine's clock is set back to before it. */
  #pauseMilliseconds(): number {
    const now = this.#clock.now();
    return now < this.#pause.from ? 0 : Math.max(0, this.#pause.until - now);
  }

  #paceOf({ name, requestsPerSecond }: RateLimit): Pace {
    const pace = this.#limits.get(name) ?? new Pace(this.#clock, requestsPerSecond, 0);
    this.#limits.set(name, pace);
    return pace;
  }
}

/** A pace that a service with no known limit can bear. */
const defaultRequestsPerSecond = 100;

/** All clients of the process share the throttle of a host; tests have one for each clock. */
const throttlesByClock = new WeakMap<Clock, Map<string, Throttle>>();

/** The throttle of a host, which is the same for every client of the process; the first one sets the rate. */
export function throttleOf(host: string, clock: Clock, requestsPerSecond = defaultRequestsPerSecond): Throttle {
  const throttles = throttlesByClock.get(clock) ?? new Map<string, Throttle>();
  throttlesByClock.set(clock, throttles);
  const throttle = throttles.get(host) ?? new Throttle(clock, requestsPerSecond);
  throttles.set(host, throttle);
  return throttle;
}
