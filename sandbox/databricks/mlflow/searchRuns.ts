import { invalidParameter } from '../apiError';
import type { TrackedRun } from './tracking';

type Value = string | number | undefined;

const column = String.raw`(attributes?|metrics|params|tags)\.(?:"([^"]+)"|${'`([^`]+)`'}|([\w./-]+))`;
const condition = new RegExp(
  String.raw`^\s*${column}\s*(=|!=|>=|<=|>|<)\s*(?:'([^']*)'|"([^"]*)"|(-?[\d.]+))\s*$`,
  'i',
);
const order = new RegExp(String.raw`^\s*${column}(?:\s+(ASC|DESC))?\s*$`, 'i');

/** Runs that meet all conditions ("Search Runs" of the MLflow documentation). @throws ApiError for anything else */
export function matchingRuns(runs: readonly TrackedRun[], filter: string): readonly TrackedRun[] {
  if (!filter.trim()) return runs;
  const conditions = filter.split(/\s+and\s+/i).map((part) => {
    const [, kind = '', quoted, ticked, bare, operator = '', single, double, digits] = condition.exec(part) ?? [];
    if (kind === '') throw invalidParameter(`Invalid clause(s) in filter string: '${part}'`);
    const wanted = digits === undefined ? (single ?? double ?? '') : Number(digits);
    return (run: TrackedRun) => holds(valueOf(run, kind, quoted ?? ticked ?? bare ?? ''), operator, wanted);
  });
  return runs.filter((run) => conditions.every((one) => one(run)));
}

/** The newest first where nothing else is asked for. @throws ApiError for an order that can't be read */
export function orderedRuns(runs: readonly TrackedRun[], orderBy: readonly string[]): readonly TrackedRun[] {
  const columns = [...orderBy, 'attributes.start_time DESC'].map((clause) => {
    const [, kind = '', quoted, ticked, bare, direction = 'ASC'] = order.exec(clause) ?? [];
    if (kind === '') throw invalidParameter(`Invalid order_by clause '${clause}'`);
    return { kind, name: quoted ?? ticked ?? bare ?? '', sign: direction.toUpperCase() === 'DESC' ? -1 : 1 };
  });
  return [...runs].sort((one, other) => {
    for (const { kind, name, sign } of columns) {
      const [left, right] = [valueOf(one, kind, name), valueOf(other, kind, name)];
      if (left === right) continue;
      if (left === undefined || right === undefined) return left === undefined ? 1 : -1;
      return sign * (left < right ? -1 : 1);
    }
    return 0;
  });
}

function valueOf(run: TrackedRun, kind: string, name: string): Value {
  if (/^metrics$/i.test(kind)) return run.metrics[name] && Number(run.metrics[name].value);
  if (/^params$/i.test(kind)) return run.params[name];
  if (/^tags$/i.test(kind)) return run.tags[name];
  const attributes: Readonly<Record<string, Value>> = {
    status: run.status,
    start_time: run.startTime,
    end_time: run.endTime,
    run_id: run.id,
    run_name: run.name,
  };
  if (!(name in attributes)) throw invalidParameter(`Invalid attribute key '${name}' specified.`);
  return attributes[name];
}

function holds(value: Value, operator: string, wanted: string | number): boolean {
  if (value === undefined) return false;
  if (operator === '=') return value === wanted;
  if (operator === '!=') return value !== wanted;
  if (operator === '>=') return value >= wanted;
  if (operator === '<=') return value <= wanted;
  return operator === '>' ? value > wanted : value < wanted;
}
