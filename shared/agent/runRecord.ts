import { createHash } from 'node:crypto';
import type { Json, JsonMap } from '../json';
import type { TaskAgent } from './agent';

/** What a step records of a run for pages that show it: the format 1 of `docs/run-attachments.md`. */
export type RunRecord = EvaluationRecord | VariablesRecord | DeploymentRecord | JobRunRecord;

/** The type of the attachment that has a record. */
export const runRecordType = 'model-pipelines.run';

/** A model that was checked against rules. */
export interface EvaluationRecord {
  readonly kind: 'evaluation';
  readonly result: 'passed' | 'failed';
  readonly model: EvaluatedModel;
  readonly champion?: EvaluatedModel | undefined;
  readonly metrics: readonly RecordedMetric[];
  readonly rules: readonly RecordedRule[];
  /** Sentences, such as that the alias was moved. */
  readonly notes: readonly string[];
}

export interface EvaluatedModel {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly mlflowRunId?: string | undefined;
  /** Where its metrics come from, in words. */
  readonly source: string;
}

/** A metric of the model or of the champion; numbers are finite. */
export interface RecordedMetric {
  readonly name: string;
  readonly value?: number | undefined;
  readonly champion?: number | undefined;
  /** Whether a rule names it. */
  readonly isInRule: boolean;
}

export interface RecordedRule {
  readonly rule: string;
  readonly outcome: 'passed' | 'failed' | 'notCompared';
  readonly comparison: string;
  /** The metrics of the model that it names. */
  readonly metrics: readonly string[];
  readonly actual?: number | undefined;
  readonly required?: number | undefined;
  /** Why it failed or was not compared; may be empty. */
  readonly note: string;
}

/** Variables that were loaded for a model. */
export interface VariablesRecord {
  readonly kind: 'variables';
  readonly environment?: string | undefined;
  readonly variables: readonly RecordedVariable[];
  /** The revisions of the hub that were read. */
  readonly registry?: {
    readonly model?: RecordedRevision | undefined;
    readonly base?: RecordedRevision | undefined;
    /** Why the files alone were used. */
    readonly unavailable?: string | undefined;
  };
}

export interface RecordedVariable {
  /** With dots: `training.epochs`. */
  readonly name: string;
  /** As text; null where it is unset. */
  readonly value: string | null;
  /** Such as `hub r7:13`. */
  readonly source: string;
  /** The sources whose values it replaced, the nearest first. */
  readonly overridden: readonly string[];
}

export interface RecordedRevision {
  /** The id of the model in the hub. */
  readonly id: string;
  readonly revision: number;
  readonly hash: string;
  readonly savedBy: string;
  /** ISO 8601. */
  readonly savedOn: string;
  readonly isPinned: boolean;
}

/** A scoring service that was deployed, promoted, rejected or deleted. */
export interface DeploymentRecord {
  readonly kind: 'deployment';
  readonly target: 'kubernetes' | 'containerInstances';
  readonly service: string;
  readonly action: string;
  /** Such as `Deployed`, `RolledBack`, `created`, `Failed`. */
  readonly result: string;
  readonly isSuccessful: boolean;
  readonly resourceGroup?: string | undefined;
  readonly cluster?: string | undefined;
  readonly namespace?: string | undefined;
  readonly location?: string | undefined;
  readonly model?: { readonly name?: string | undefined; readonly version?: string | undefined } | undefined;
  readonly image?: string | undefined;
  readonly digest?: string | undefined;
  readonly previousImage?: string | undefined;
  readonly scoringUri?: string | undefined;
  readonly strategy?: string | undefined;
  readonly canaryPercent?: number | undefined;
  readonly replicas?: number | undefined;
  /** Of an autoscaler. */
  readonly minReplicas?: number | undefined;
  readonly maxReplicas?: number | undefined;
}

/** A run of Databricks that was waited for. */
export interface JobRunRecord {
  readonly kind: 'run';
  readonly runId: string;
  readonly jobId: string;
  readonly name: string;
  readonly url: string;
  /** The state of Databricks, such as `SUCCESS` or `TIMEDOUT`. */
  readonly state: string;
  readonly outcome: 'active' | 'succeeded' | 'partial' | 'failed';
  /** ISO 8601; undefined while it is not known. */
  readonly startedOn?: string | undefined;
  readonly endedOn?: string | undefined;
  readonly tasks: readonly RecordedTask[];
}

export interface RecordedTask {
  readonly name: string;
  readonly state: string;
  readonly outcome: 'active' | 'succeeded' | 'partial' | 'failed';
  readonly startedOn?: string | undefined;
  readonly endedOn?: string | undefined;
  readonly attempts: number;
  readonly url: string;
}

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
