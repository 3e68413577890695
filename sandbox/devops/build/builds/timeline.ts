import type { OrganizationState } from '../../organizationState';
import type { Attachment, StageEnd } from '../running/pipelineRunner';

/** A part of a run: a stage, a check, a job or a task. */
export interface TimelineRecord {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly type:
    | 'Stage'
    | 'Checkpoint'
    | 'Checkpoint.Authorization'
    | 'Checkpoint.Approval'
    | 'Checkpoint.ExclusiveLock'
    | 'Checkpoint.TaskCheck'
    | 'Phase'
    | 'Job'
    | 'Task';
  readonly name: string;
  readonly identifier: string;
  state: 'pending' | 'inProgress' | 'completed';
  result: string | undefined;
  startTime: number | undefined;
  finishTime: number | undefined;
  readonly order: number;
  issues: readonly { readonly type: 'error' | 'warning'; readonly message: string }[];
  attachments: readonly Attachment[];
}

const results: Readonly<Record<string, string>> = {
  Succeeded: 'succeeded',
  SucceededWithIssues: 'succeededWithIssues',
  Failed: 'failed',
  Canceled: 'canceled',
  Skipped: 'skipped',
};

export interface NewRecord {
  readonly id?: string;
  readonly parent: TimelineRecord | undefined;
  readonly type: TimelineRecord['type'];
  readonly name: string;
}

/** Adds a record that is not started. */
export function addRecord(
  records: TimelineRecord[],
  newId: () => string,
  { id, parent, type, name }: NewRecord,
): TimelineRecord {
  const record: TimelineRecord = {
    id: id ?? newId(),
    parentId: parent?.id,
    type,
    name,
    identifier: parent ? `${parent.identifier}.${name}` : name,
    state: 'pending',
    result: undefined,
    startTime: undefined,
    finishTime: undefined,
    order: records.filter(({ parentId }) => parentId === parent?.id).length + 1,
    issues: [],
    attachments: [],
  };
  records.push(record);
  return record;
}

export const stageRecord = (records: readonly TimelineRecord[], stage: string): TimelineRecord | undefined =>
  records.find(({ type, name }) => type === 'Stage' && name === stage);

/** Adds what became of the jobs and tasks of a stage. */
export function recordStageEnd(
  { clock, newId }: { readonly clock: OrganizationState['clock']; readonly newId: () => string },
  records: TimelineRecord[],
  stage: StageEnd,
): void {
  const parent = stageRecord(records, stage.name);
  if (!parent) return;
  const now = clock.now();
  const end = (record: TimelineRecord, result: string, milliseconds: number): TimelineRecord =>
    Object.assign(record, {
      state: 'completed' as const,
      result: results[result] ?? 'failed',
      startTime: record.startTime ?? now - milliseconds,
      finishTime: now,
    });
  end(parent, stage.result, stage.milliseconds);
  parent.issues = stage.notes.map((message) => ({ type: stage.result === 'Failed' ? 'error' : 'warning', message }));
  for (const job of stage.jobs) {
    const phase = end(
      addRecord(records, newId, { parent, type: 'Phase', name: job.name }),
      job.result,
      job.milliseconds,
    );
    const record = end(
      addRecord(records, newId, { parent: phase, type: 'Job', name: job.name }),
      job.result,
      job.milliseconds,
    );
    for (const step of job.steps) {
      const task = end(
        addRecord(records, newId, { parent: record, type: 'Task', name: step.name }),
        step.result,
        step.milliseconds,
      );
      task.issues = step.issues;
      task.attachments = step.attachments ?? [];
    }
  }
}
