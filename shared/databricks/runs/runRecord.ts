import { recordedTime } from '../../agent/runRecord';
import type { JobRunRecord } from '../../records/runRecord';
import type { Run } from '../api/runs';
import { runPage } from './page';
import { lastAttempts, runVerdict } from './verdict';

/** A run as pages that show the pipeline run see it; without parameters, whose values may be secret. */
export function jobRunRecord(workspaceUrl: string, run: Run): JobRunRecord {
  const { outcome, word: state } = runVerdict(run);
  return {
    kind: 'run',
    runId: run.id,
    jobId: run.jobId,
    name: run.name,
    url: runPage(workspaceUrl, run),
    state,
    outcome,
    ...times(run),
    tasks: lastAttempts(run.tasks).map((task) => {
      const verdict = runVerdict(task);
      return {
        name: task.taskKey,
        state: verdict.word,
        outcome: verdict.outcome,
        ...times(task),
        attempts: task.attemptNumber + 1,
        url: runPage(workspaceUrl, run, task.id),
      };
    }),
  };
}

function times({
  startTime,
  endTime,
}: Pick<Run, 'startTime' | 'endTime'>): Pick<JobRunRecord, 'startedOn' | 'endedOn'> {
  return { startedOn: recordedTime(startTime), endedOn: recordedTime(endTime) };
}
