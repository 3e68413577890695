import type { Traffic } from '../endpoints/endpointBody';

/**
 * Chooses a deployment for each request: smooth weighted round robin, so that of any hundred requests in a row each gets
 * exactly its percentage. Azure chooses at random.
 */
export class TrafficSplit {
  readonly #credits = new Map<string, number>();

  /** Undefined when no deployment has a positive share. */
  next(traffic: Traffic): string | undefined {
    const shares = Object.entries(traffic).filter(([, share]) => share > 0);
    for (const name of this.#credits.keys()) if (!(name in traffic)) this.#credits.delete(name);
    for (const [name, share] of shares) this.#credits.set(name, (this.#credits.get(name) ?? 0) + share);
    const credit = (name: string): number => this.#credits.get(name) ?? 0;
    const [chosen] = shares.map(([name]) => name).sort((one, other) => credit(other) - credit(one));
    const total = shares.reduce((sum, [, share]) => sum + share, 0);
    if (chosen !== undefined) this.#credits.set(chosen, credit(chosen) - total);
    return chosen;
  }
}

/** Which of so many requests are copied: as many of any hundred as the percentage says. */
export class MirrorSplit {
  #credit = 0;

  isNext(share: number): boolean {
    this.#credit += share;
    if (this.#credit < 100) return false;
    this.#credit -= 100;
    return true;
  }
}
