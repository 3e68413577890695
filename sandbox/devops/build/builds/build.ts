import type { JsonObject } from '../../rest/requestBody';
import type { ValidationResult } from '../buildErrors';
import type { Definition } from '../definitions/definition';
import type { DescribedPipeline, RunResult } from '../running/pipelineRunner';
import type { TimelineRecord } from './timeline';

export type BuildReason = 'manual' | 'individualCI' | 'pullRequest' | 'buildCompletion' | 'resourceTrigger';

/** A run of a pipeline. */
export interface Build {
  readonly id: number;
  readonly projectId: string;
  /** As it was when the run was queued. */
  readonly definition: Definition;
  buildNumber: string;
  readonly buildNumberRevision: number;
  status: 'notStarted' | 'inProgress' | 'cancelling' | 'completed';
  result: RunResult | undefined;
  readonly queueTime: number;
  startTime: number | undefined;
  finishTime: number | undefined;
  readonly sourceBranch: string;
  readonly sourceVersion: string;
  readonly reason: BuildReason;
  readonly priority: string;
  readonly requestedForId: string;
  readonly requestedById: string;
  lastChangedOn: number;
  lastChangedById: string;
  readonly planId: string;
  readonly queueId: number | undefined;
  readonly tags: Set<string>;
  readonly parameters: JsonObject;
  readonly variables: Readonly<Record<string, string>>;
  readonly stages: readonly string[] | undefined;
  readonly triggerInfo: Readonly<Record<string, string>>;
  readonly triggeredById: number | undefined;
  validationResults: readonly ValidationResult[];
  readonly records: TimelineRecord[];
  readonly log: string[];
  artifacts: readonly string[];
  keepForever: boolean;
  readonly cancellation: AbortController;
  /** Undefined where there is no agent to run it. */
  readonly pipeline: DescribedPipeline | undefined;
}
