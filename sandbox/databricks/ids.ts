/**
 * Makes int64 ids as decimal text. Three of four are odd numbers above 2^53, which a client that reads them as
 * doubles gets wrong. Without `hasLarge` a double can hold all of them.
 */
export class Ids {
  constructor(
    private count = 0,
    private readonly hasLarge = true,
  ) {}

  next(): string {
    this.count += 1;
    const base = this.count % 4 === 0 || !this.hasLarge ? 410_000_000_000_000n : 9_007_199_254_740_993n;
    return String(base + BigInt(this.count) * 7_922n);
  }

  /** How many were made: the whole state. */
  get made(): number {
    return this.count;
  }
}

/** An id as the number it is on the wire. */
export const int64 = (id: string) => BigInt(id);
