/** Where numbers are on a bar. */
export interface Scale {
  /** The part of the length at which a number is, in percent from the left. Numbers beyond the ends are at the ends. */
  position(value: number): number;
  readonly start: number;
  readonly end: number;
}

/** The first digits that an end of a scale can have. */
const steps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** Smaller numbers, half of which can be zero, are drawn as zero. */
const least = 1e-300;

/** A scale from zero, on which bars have comparable lengths, that has room for all of the numbers. */
export function scaleFor(values: readonly number[]): Scale {
  const end = roundUp(Math.max(0, ...values));
  const start = 0 - roundUp(-Math.min(0, ...values));
  const isEmpty = start === 0 && end === 0;
  const last = isEmpty ? 1 : end;
  // Halved, because the distance between the largest numbers is not a number.
  const length = last / 2 - start / 2;
  return {
    start,
    end: last,
    position: (value) => {
      const share = (value / 2 - start / 2) / length;
      return Number((Math.min(Math.max(share, 0), 1) * 100).toFixed(2));
    },
  };
}

/** The next number above that has one of the first digits of `steps`. */
function roundUp(value: number): number {
  if (value < least) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = steps.find((each) => each * power >= value);
  const rounded = step === undefined ? value : Number((step * power).toPrecision(2));
  return Number.isFinite(rounded) && rounded > 0 ? rounded : value;
}
