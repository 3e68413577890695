/**
 * What a step records of a run for pages that show it: the format 1 of `docs/run-attachments.md`. Only declarations: tasks
 * write it, and pages read it from the attachments of this and of other versions, so that they check each field.
 */
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

export type RuleOutcome = 'passed' | 'failed' | 'notCompared';

export interface RecordedRule {
  readonly rule: string;
  readonly outcome: RuleOutcome;
  /** The sign between the two sides, such as `>=`. */
  readonly comparison: string;
  /** The metrics of the model that it names. */
  readonly metrics: readonly string[];
  /** The left and the right side as numbers. */
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
  readonly registry?: RecordedRegistry | undefined;
}

/** The revisions of the hub that were read. */
export interface RecordedRegistry {
  readonly model?: RecordedRevision | undefined;
  readonly base?: RecordedRevision | undefined;
  /** Why the files alone were used. */
  readonly unavailable?: string | undefined;
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
  readonly target: 'kubernetes' | 'containerInstances' | 'databricksServing' | 'azureMl';
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

export type JobOutcome = 'active' | 'succeeded' | 'partial' | 'failed';

/** A run of Databricks that was waited for. */
export interface JobRunRecord {
  readonly kind: 'run';
  readonly runId: string;
  readonly jobId: string;
  readonly name: string;
  readonly url: string;
  /** The state of Databricks, such as `SUCCESS` or `TIMEDOUT`. */
  readonly state: string;
  readonly outcome: JobOutcome;
  /** ISO 8601. */
  readonly startedOn?: string | undefined;
  readonly endedOn?: string | undefined;
  readonly tasks: readonly RecordedTask[];
}

export interface RecordedTask {
  readonly name: string;
  readonly state: string;
  readonly outcome: JobOutcome;
  readonly startedOn?: string | undefined;
  readonly endedOn?: string | undefined;
  readonly attempts: number;
  readonly url: string;
}
