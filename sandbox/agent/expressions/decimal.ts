/** The largest number without a sign, as for `System.Decimal`: 96 bits. */
const largest = 2n ** 96n - 1n;
const maxScale = 28;
/** Digits after the decimal point that a text shows; the service formats numbers as `0.#######`. */
const shownDecimals = 7;

/** A number of an expression, exact as the service's own numbers are: 28 to 29 significant digits. */
export class Decimal {
  /** The number is `units` divided by ten to the power of `scale`. */
  private constructor(
    readonly units: bigint,
    readonly scale: number,
  ) {}

  static of(integer: number): Decimal {
    return new Decimal(BigInt(integer), 0);
  }

  /** Digits with an optional sign and decimal point; undefined when the text is anything else or too large. */
  static parse(text: string): Decimal | undefined {
    const match = /^([-+]?)(?:(\d+)\.?(\d*)|\.(\d+))$/.exec(text);
    if (!match) return undefined;
    const [, sign, whole = '', fraction = '', bare = ''] = match;
    const decimals = fraction + bare;
    return Decimal.#fit(BigInt(whole + decimals), decimals.length, sign === '-');
  }

  /** Digits that do not fit are rounded, to the even one when it lies exactly between two. */
  static #fit(units: bigint, scale: number, isNegative: boolean): Decimal | undefined {
    for (let dropped = Math.max(scale - maxScale, 0); dropped <= scale; dropped += 1) {
      const rounded = divide(units, 10n ** BigInt(dropped), 'even');
      if (rounded <= largest) return new Decimal(isNegative ? -rounded : rounded, scale - dropped);
    }
    return undefined;
  }

  get isZero(): boolean {
    return this.units === 0n;
  }

  /** Negative, zero or positive. */
  compareTo(other: Decimal): number {
    const scale = Math.max(this.scale, other.scale);
    const difference = this.#unitsAt(scale) - other.#unitsAt(scale);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  /** The integer at or below it. */
  floor(): number {
    const divisor = 10n ** BigInt(this.scale);
    const quotient = this.units / divisor;
    return Number(this.units < 0n && quotient * divisor !== this.units ? quotient - 1n : quotient);
  }

  /** Without the decimals. */
  truncate(): number {
    return Number(this.units / 10n ** BigInt(this.scale));
  }

  toString(): string {
    const magnitude = this.units < 0n ? -this.units : this.units;
    const dropped = Math.max(this.scale - shownDecimals, 0);
    const rounded = divide(magnitude, 10n ** BigInt(dropped), 'up');
    const digits = String(rounded).padStart(this.scale - dropped + 1, '0');
    const point = digits.length - (this.scale - dropped);
    const decimals = digits.slice(point).replace(/0+$/, '');
    const text = decimals === '' ? digits.slice(0, point) : `${digits.slice(0, point)}.${decimals}`;
    return this.units < 0n && rounded !== 0n ? `-${text}` : text;
  }

  #unitsAt(scale: number): bigint {
    return this.units * 10n ** BigInt(scale - this.scale);
  }
}

/** Rounds a quotient of two numbers that are not negative; `half` says where one halfway between two goes. */
function divide(dividend: bigint, divisor: bigint, half: 'even' | 'up'): bigint {
  const quotient = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  const isUp = twice > divisor || (twice === divisor && (half === 'up' || quotient % 2n === 1n));
  return isUp ? quotient + 1n : quotient;
}
