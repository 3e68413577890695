/** One line of the bench. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: '×' | 'requests' | 'MB' | 'ms' | 's' | 'bytes' | 'polls' | 'round trips';
  /** The maximum; above it, the bench fails. */
  readonly limit?: number;
}

export function brokenFigures(figures: readonly Figure[]): readonly Figure[] {
  return figures.filter(({ value, limit }) => limit !== undefined && !(value <= limit));
}

/** The figures as a table for people. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, limit }) => [
    name,
    `${round(value)} ${unit}`,
    limit === undefined ? '' : `≤ ${limit}${value <= limit ? '' : '  EXCEEDED'}`,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      ([name = '', value = '', limit = '']) =>
        `${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${limit}`,
    )
    .join('\n');
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1);
}
