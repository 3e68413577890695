import type { Clock } from '../clock';
import { type Outcome, RecentCalls } from './recentCalls';

/** How late a timer may be before time is lost to those who wait, as a share of the shortest interval: no two calls go at once. */
const catchUpShare = 0.95;
/** The least rate, as a share of the full one: some call must find out when the service accepts more again. */
const leastShare = 1 / 20;
/**
 * After so many refusals in a row the least rate falls, too, but not further than to a tenth: if the service counts refused
 * calls, it would accept none at all.
 */
const mostInARow = 6;
/** A refusal leaves a rate of at least this share, so that those who have little don't lose all. */
const keptShare = 0.5;
/** After repeated refusals, no rate is much higher than so many times what the service accepted in the last second. */
const mostOfAccepted = 2;
/** What comes back in the first second without a refusal, as a share of the full rate; in two seconds four times as much. */
const growthShare = 1 / 15;

/**
 * Lets calls through one by one, evenly spaced, and adapts to others that use the same limit, none of whom knows the others.
 *
 * - It stays below the limit: never more than the full rate, nor more than `mostInASecond` calls within a second. Calls that
 *   are delayed, as when this process stands still, count until the service has taken note of them.
 * - It shares: each refused call was one too many, so it takes one call a second off the rate. Whoever sends more is refused
 *   more often, so that all come to the same rate, whatever they began with.
 * - It uses the limit: when a call is accepted the rate rises, the faster the longer none was refused.
 *
 * When a refused call is sent again is not decided here: `Retry-After` says so.
 */
export class Pace {
  readonly #waiting = new Set<() => void>();
  readonly #recent: RecentCalls;
  #isRunning = false;
  #nextAt = -Infinity;
  #rate: number;
  /** The rate after the last refusal. */
  #reducedRate: number;
  #reducedAt = 0;
  #refusedInARow = 0;

  constructor(
    private readonly clock: Clock,
    private readonly fullRate: number,
    private readonly options: {
      /** How much unused time may be used later. */
      readonly savingsMilliseconds: number;
      readonly mostInASecond: number;
    },
  ) {
    this.#rate = this.#reducedRate = fullRate;
    this.#recent = new RecentCalls(clock);
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

  /** Follows a call that has just been sent, and learns from its answer. */
  async follow<T>(call: Promise<T>, isTooFast: (answer: T) => boolean): Promise<T> {
    const end = this.#recent.begin();
    let outcome: Outcome | undefined;
    try {
      const answer = await call;
      outcome = isTooFast(answer) ? 'refused' : 'accepted';
      return answer;
    } finally {
      end(outcome);
      if (outcome === 'refused') this.#slowDown();
      if (outcome === 'accepted') this.#speedUp();
    }
  }

  #slowDown(): void {
    const [accepted, refused] = [this.#recent.count('accepted'), this.#recent.count('refused')];
    const most = mostOfAccepted * accepted + this.fullRate / refused;
    this.#refusedInARow += 1;
    const least = (this.fullRate * leastShare) / Math.min(10, Math.max(1, this.#refusedInARow / mostInARow));
    const lowered = Math.max(this.#rate - 1, this.#rate * keptShare, least);
    this.#rate = this.#reducedRate = Math.min(lowered, most);
    this.#reducedAt = this.clock.now();
  }

  #speedUp(): void {
    this.#refusedInARow = 0;
    const quietSeconds = (this.clock.now() - this.#reducedAt) / 1000;
    this.#rate = Math.min(this.fullRate, this.#reducedRate + this.fullRate * growthShare * quietSeconds ** 2);
  }

  async #letThrough(): Promise<void> {
    const { clock } = this;
    const { savingsMilliseconds, mostInASecond } = this.options;
    this.#isRunning = true;
    this.#nextAt = Math.max(this.#nextAt, clock.now() - savingsMilliseconds);
    const slack = Math.max(savingsMilliseconds, (catchUpShare * 1000) / this.fullRate);
    for (;;) {
      if (await this.#recent.fewerThan(mostInASecond)) this.#nextAt = Math.max(this.#nextAt, clock.now());
      const [first] = this.#waiting;
      if (!first) break;
      const now = clock.now();
      const interval = 1000 / this.#rate;
      // The upper bound lets a rate that has risen take effect at once.
      const at = Math.min(Math.max(this.#nextAt, now - slack), now + interval);
      if (at <= now) {
        this.#nextAt = at + interval;
        this.#waiting.delete(first);
        first();
      } else {
        this.#nextAt = at;
        await clock.sleep(Math.ceil(at - now));
      }
    }
    this.#isRunning = false;
  }
}
