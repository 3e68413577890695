import { isMap, type Json } from '../json';

/** Metrics by name. What is no finite number is kept as it came: a rule that asks for it says so. */
export type Metrics = ReadonlyMap<string, Json>;

/** The values of a document; those of maps in it by names joined by dots: `validation.accuracy`. */
export function metricsIn(document: Readonly<Record<string, Json | undefined>>, prefix = ''): Metrics {
  const metrics = new Map<string, Json>();
  for (const [name, value] of Object.entries(document)) {
    if (value === undefined) continue;
    if (isMap(value)) for (const [inner, metric] of metricsIn(value, `${prefix}${name}.`)) metrics.set(inner, metric);
    else metrics.set(prefix + name, value);
  }
  return metrics;
}

/** A number in as few digits as people need: six of them count. */
export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Two numbers that are compared, in as many digits as tell them apart. */
export function formatCompared(left: number | undefined, right: number | undefined): readonly [string, string] {
  const isClose =
    left !== undefined && right !== undefined && left !== right && formatNumber(left) === formatNumber(right);
  const [one, other] = [left, right].map((side) =>
    side === undefined ? undefined : isClose ? String(side) : formatNumber(side),
  );
  return [one ?? '–', other ?? '–'];
}
