import { isMap, type Json } from '../json';

/** Metrics by name. A value that is not a finite number is kept as it is: the rule that names it reports it. */
export type Metrics = ReadonlyMap<string, Json>;

/** The values of a document; those of nested maps have names joined by dots: `validation.accuracy`. */
export function metricsIn(document: Readonly<Record<string, Json | undefined>>, prefix = ''): Metrics {
  const metrics = new Map<string, Json>();
  for (const [name, value] of Object.entries(document)) {
    if (value === undefined) continue;
    if (isMap(value)) for (const [inner, metric] of metricsIn(value, `${prefix}${name}.`)) metrics.set(inner, metric);
    else metrics.set(prefix + name, value);
  }
  return metrics;
}

/** A number with six significant digits. */
export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Two numbers that are compared, with as many digits as distinguish them. */
export function formatCompared(left: number | undefined, right: number | undefined): readonly [string, string] {
  const isClose =
    left !== undefined && right !== undefined && left !== right && formatNumber(left) === formatNumber(right);
  const [one, other] = [left, right].map((side) =>
    side === undefined ? undefined : isClose ? String(side) : formatNumber(side),
  );
  return [one ?? '–', other ?? '–'];
}
