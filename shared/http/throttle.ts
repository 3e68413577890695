import type { Clock } from '../clock';
import { Pace } from './pace';

/** A limit that the service puts on an endpoint, shared by all calls that name it on one host. */
export interface RateLimit {
  readonly name: string;
  /** What the service accepts. */
  readonly requestsPerSecond: number;
}

/** A host accepts a burst of calls after a quiet period; a limit that an endpoint names is kept to the letter. */
const hostSavingsMilliseconds = 1000;
/** Others, such as people, use the same limit: one of 30 calls is left to them. */
const usedShare = 29 / 30;
/** A longer pause is not honoured: the step would seem to hang. */
const longestPauseMilliseconds = 300_000;

/** What the calls to one host have to wait for. */
export class Throttle {
  readonly #clock: Clock;
  readonly #host: Pace;
  readonly #limits = new Map<string, Pace>();
  #pausedUntil = -Infinity;

  constructor(clock: Clock, requestsPerSecond: number) {
    this.#clock = clock;
    this.#host = new Pace(clock, requestsPerSecond, {
      savingsMilliseconds: hostSavingsMilliseconds,
      mostInASecond: Infinity,
    });
  }

  /** Resolves when the call may be sent; rejects with the signal's reason. */
  async turn(limit: RateLimit | undefined, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#host.turn(signal);
      // Last, so that nothing comes between the turn and the call.
      if (limit) await this.#paceOf(limit).turn(signal);
      const pause = this.#pauseMilliseconds();
      if (pause === 0) return;
      // Then another turn: all that waited would go at once.
      await this.#clock.sleep(pause, signal);
    }
  }

  /** Follows a call whose turn it was, as soon as it is sent; `isTooFast` tells whether it was refused for too many calls. */
  follow<T>(limit: RateLimit | undefined, call: Promise<T>, isTooFast: (answer: T) => boolean): Promise<T> {
    return (limit ? this.#paceOf(limit) : this.#host).follow(call, isTooFast);
  }

  /** The service asked for no calls for so long. */
  pause(seconds: number): void {
    const until = this.#clock.now() + Math.min(seconds * 1000, longestPauseMilliseconds);
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }

  /** What is left of the pause. */
  #pauseMilliseconds(): number {
    return Math.max(0, this.#pausedUntil - this.#clock.now());
  }

  #paceOf({ name, requestsPerSecond }: RateLimit): Pace {
    const pace =
      this.#limits.get(name) ??
      new Pace(this.#clock, requestsPerSecond * usedShare, {
        savingsMilliseconds: 0,
        mostInASecond: Math.max(1, Math.floor(requestsPerSecond * usedShare)),
      });
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
