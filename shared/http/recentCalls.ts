import type { Clock } from '../clock';

const second = 1000;
/** The usual duration is the median of so many calls: those that a standstill delays don't change it. */
const mostDurations = 100;
/** A call that takes so much longer than usual was delayed on its way; less is the work of the service. */
const delayedShare = 1.5;

export type Outcome = 'accepted' | 'refused';

interface RecentCall {
  readonly sentAt: number;
  endedAt: number | undefined;
  /** Undefined while it has no answer, and when it got none. */
  outcome: Outcome | undefined;
}

/**
 * The calls that the service may have taken note of within the last second. A call counts from when it is sent until one
 * second later; one that is delayed, as when this process, the network or the service stands still, counts longer by as
 * much as it takes longer than the fastest.
 */
export class RecentCalls {
  readonly #calls = new Set<RecentCall>();
  readonly #durations: number[] = [];
  #fastest = 0;
  #usual = 0;

  constructor(private readonly clock: Clock) {}

  /** Notes that a call is sent; the result is to be called when it has ended. */
  begin(): (outcome: Outcome | undefined) => void {
    this.#forget();
    const call: RecentCall = { sentAt: this.clock.now(), endedAt: undefined, outcome: undefined };
    this.#calls.add(call);
    return (outcome) => {
      call.outcome = outcome;
      call.endedAt = this.clock.now();
      this.#learn(call.endedAt - call.sentAt);
    };
  }

  /** How many of them had this outcome. */
  count(outcome: Outcome): number {
    this.#forget();
    return [...this.#calls].filter((call) => call.outcome === outcome).length;
  }

  /** Resolves when there are fewer than so many, with whether that took time. */
  async fewerThan(most: number): Promise<boolean> {
    for (let hasWaited = false; ; hasWaited = true) {
      this.#forget();
      if (this.#calls.size < most) return hasWaited;
      const ends = [...this.#calls].map((call) => this.#until(call));
      await this.clock.sleep(Math.ceil(Math.min(...ends) - this.clock.now()));
    }
  }

  #learn(duration: number): void {
    this.#durations.push(duration);
    if (this.#durations.length > mostDurations) this.#durations.shift();
    const sorted = this.#durations.toSorted((a, b) => a - b);
    this.#fastest = sorted[0] ?? 0;
    this.#usual = sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  /** Until when a call counts, by what is known of it now. */
  #until({ sentAt, endedAt = this.clock.now() }: RecentCall): number {
    const duration = endedAt - sentAt;
    return sentAt + second + (duration > delayedShare * this.#usual ? duration - this.#fastest : 0);
  }

  #forget(): void {
    const now = this.clock.now();
    for (const call of this.#calls) if (now >= this.#until(call)) this.#calls.delete(call);
  }
}
