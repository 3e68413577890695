import type { OrganizationState } from '../../organizationState';
import type { Build } from '../builds/build';
import { Builds } from '../builds/builds';
import { addRecord, recordStageEnd } from '../builds/timeline';
import type { Definition } from '../definitions/definition';
import type { RunEnd, StageEnd } from './pipelineRunner';

/** A run of a pipeline that is over, wherever it ran. */
export interface FinishedRun extends RunEnd {
  readonly commit: string;
  /** Such as `refs/heads/main`. */
  readonly branch: string;
  /** The storage key of the identity for whom it ran. */
  readonly requestedForId: string;
  readonly stages: readonly StageEnd[];
  readonly lines: readonly string[];
  /** In epoch milliseconds. */
  readonly startTime: number;
  readonly finishTime: number;
}

/** Adds a run as if the organization had run it. */
export function addFinishedRun(state: OrganizationState, definition: Definition, run: FinishedRun): Build {
  const build = state.of(Builds).add({
    projectId: definition.projectId,
    definition: { ...definition },
    sourceBranch: run.branch,
    sourceVersion: run.commit,
    reason: 'manual',
    priority: 'normal',
    requestedForId: run.requestedForId,
    requestedById: run.requestedForId,
    queueId: definition.content.queueId,
    parameters: {},
    variables: {},
    stages: undefined,
    triggerInfo: {},
    triggeredById: undefined,
    validationResults: [],
    pipeline: undefined,
  });
  const newId = () => state.newId();
  for (const stage of run.stages) {
    addRecord(build.records, newId, { parent: undefined, type: 'Stage', name: stage.name });
    recordStageEnd({ clock: { now: () => run.finishTime }, newId }, build.records, stage);
  }
  for (const tag of run.tags) build.tags.add(tag);
  build.log.push(...run.lines);
  const { startTime, finishTime } = run;
  return Object.assign(build, {
    status: 'completed' as const,
    result: run.result,
    buildNumber: run.buildNumber,
    artifacts: run.artifacts,
    startTime,
    finishTime,
    queueTime: startTime,
    lastChangedOn: finishTime,
  });
}
