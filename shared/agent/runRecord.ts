import { createHash } from 'node:crypto';
import type { Json, JsonMap } from '../json';
import { runRecordType, type RunRecord } from '../records/runRecord';
import type { TaskAgent } from './agent';

/** Longer lists and texts are cut: a record is read by a page at once. */
const mostItems = 300;
const mostCharacters = 1000;

/**
 * Attaches what a step did to its record in the run. An attempt of the same step replaces the record of the one before.
 * Lists of more than 300 items and texts of more than 1,000 characters are cut; `cut` says how many items each list lacks.
 */
export async function attachRecord(agent: Pick<TaskAgent, 'attach' | 'run'>, record: RunRecord): Promise<void> {
  const cut: Record<string, number> = {};
  const shown = shortened(record as unknown as Json, cut, '') as JsonMap;
  const step = createHash('sha256').update(agent.run.seed).digest('hex').slice(0, 16);
  const document: JsonMap = { format: 1, ...shown, ...(Object.keys(cut).length > 0 && { cut }) };
  await agent.attach(runRecordType, `${record.kind}-${step}.json`, document);
}

function shortened(value: Json, cut: Record<string, number>, path: string): Json {
  if (typeof value === 'string') return value.length > mostCharacters ? `${value.slice(0, mostCharacters)}…` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    if (items.length > mostItems) cut[path] = Math.max(cut[path] ?? 0, items.length - mostItems);
    return items.slice(0, mostItems).map((item) => shortened(item, cut, path));
  }
  const entries = Object.entries(value as JsonMap).flatMap(([name, each]) =>
    each === undefined ? [] : [[name, shortened(each, cut, path === '' ? name : `${path}.${name}`)] as const],
  );
  return Object.fromEntries(entries);
}

/** A time in milliseconds since 1970 as a record has it; undefined for 0, which stands for no time. */
export function recordedTime(milliseconds: number): string | undefined {
  return milliseconds > 0 ? new Date(milliseconds).toISOString() : undefined;
}
