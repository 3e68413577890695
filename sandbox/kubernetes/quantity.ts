const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number that a quantity such as `250m` or `1.5Gi` stands for; `undefined` when it isn't one. */
export function parseQuantity(text: string): number | undefined {
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text);
  if (!found) return undefined;
  const [, digits = '', exponent = '', suffix = ''] = found;
  return Number(digits + exponent) * (factors[suffix] ?? 1);
}

export const quantityOf = (text: string | undefined): number => parseQuantity(text ?? '0') ?? 0;

/** A number of cores, pods or bytes in the form of the API: `250m`, `2`, `512Mi`. */
export function formatQuantity(amount: number, resource: string): string {
  if (resource.endsWith('memory') || resource.endsWith('storage')) {
    for (const suffix of ['Gi', 'Mi', 'Ki']) {
      const factor = factors[suffix] ?? 1;
      if (amount > 0 && Number.isInteger(amount / factor)) return `${amount / factor}${suffix}`;
    }
    return String(Math.round(amount));
  }
  const milli = Math.round(amount * 1000);
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

/** `1`, `"25%"` of a total as a whole number; percentages of a surge are rounded up, of missing pods down. */
export function scaledValue(value: number | string | undefined, total: number, rounding: 'up' | 'down'): number {
  if (typeof value !== 'string') return value ?? 0;
  const share = (Number.parseInt(value, 10) * total) / 100;
  return rounding === 'up' ? Math.ceil(share) : Math.floor(share);
}
