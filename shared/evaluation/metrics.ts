import { isList, isMap, type Json, type JsonMap } from '../json';

/** Metrics by name. A value that is not a finite number is kept as it is: the rule that names it reports it. */
export type Metrics = ReadonlyMap<string, Json>;

export interface ReadMetrics {
  readonly metrics: Metrics;
  /** The names that two different values have. */
  readonly repeated: readonly string[];
}

/**
 * The values of a document; those of nested maps have names joined by dots: `validation.accuracy`. A list of metrics as
 * MLflow writes them, `[{key, value, step, timestamp}]`, has the last value of each. A number that is written as text is
 * a number.
 */
export function readMetrics(document: Json): ReadMetrics {
  const metrics = new Map<string, Json>();
  const repeated = new Set<string>();
  for (const [name, value] of valuesIn(document, '')) {
    if (metrics.has(name)) repeated.add(name);
    metrics.set(name, numberIn(value));
  }
  return { metrics, repeated: [...repeated] };
}

export function metricsIn(document: Json): Metrics {
  return readMetrics(document).metrics;
}

/** Whether a value is a list of metrics as MLflow writes them. */
export function isMetricList(value: Json | undefined): value is readonly LoggedMetric[] {
  return isList(value) && value.length > 0 && value.every(isLogged);
}

/** A metric of MLflow's REST API: https://mlflow.org/docs/latest/rest-api.html#metric. */
type LoggedMetric = JsonMap & { readonly key: string; readonly value: Json };

function isLogged(entry: Json): entry is LoggedMetric {
  return isMap(entry) && typeof entry['key'] === 'string' && entry['value'] !== undefined;
}

function* valuesIn(value: Json, path: string): Generator<readonly [name: string, value: Json]> {
  const inner = path === '' ? '' : `${path}.`;
  if (isMetricList(value)) {
    for (const { key, value: metric } of lastOfEach(value)) yield [inner + key, metric];
  } else if (isMap(value)) {
    for (const [name, part] of Object.entries(value)) if (part !== undefined) yield* valuesIn(part, inner + name);
  } else if (path !== '') yield [path, value];
}

/** By step and time, as MLflow determines the value of a metric. Two values at the same step and time are kept. */
function lastOfEach(list: readonly LoggedMetric[]): readonly LoggedMetric[] {
  const last = new Map<string, readonly LoggedMetric[]>();
  for (const metric of list) {
    const known = last.get(metric.key) ?? [];
    const isLater = known[0] ? later(metric, known[0]) : 1;
    if (isLater >= 0) last.set(metric.key, isLater > 0 ? [metric] : [...known, metric]);
  }
  return [...last.values()].flat();
}

function later(one: LoggedMetric, other: LoggedMetric): number {
  for (const field of ['step', 'timestamp']) {
    const difference = Number(one[field] ?? 0) - Number(other[field] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numberIn(value: Json): Json {
  const isNumber = typeof value === 'string' && /^\s*[-+]?(\d+(?:\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$/i.test(value);
  return isNumber ? Number(value) : value;
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

/** A value as a number; undefined for what is not a finite number. */
export function finiteNumber(value: unknown): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
