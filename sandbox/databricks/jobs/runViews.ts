import { int64 } from '../ids';
import type { JsonObject } from '../json';
import type { Ending, JobRun, Repair, TaskRun } from './jobRun';
import { pageOfArrays } from './jobs';

/** What makes URLs of run pages: the workspace URL and its numeric id. */
export interface Workplace {
  readonly url: string;
  readonly workspaceId: string;
}

export interface RunDetails {
  readonly hasTasks: boolean;
  readonly hasHistory?: boolean;
  readonly pageToken?: string | undefined;
}

/** A run as `runs/get` and `runs/list` answer it. */
export function viewRun(
  run: JobRun,
  workplace: Workplace,
  { hasTasks, hasHistory, pageToken }: RunDetails,
): JsonObject {
  const arrays: JsonObject = {
    ...(hasTasks && {
      tasks: run.tasks.map((task) => viewTask(run, task, workplace)),
      job_clusters: run.settings.job_clusters,
    }),
    ...(run.jobParameters.length > 0 && { job_parameters: run.jobParameters.map((parameter) => ({ ...parameter })) }),
    ...(hasHistory && { repair_history: run.history.map(viewRepair) }),
  };
  const { fields, nextToken } = pageOfArrays(arrays, Object.keys(arrays), pageToken);
  return {
    ...identity(run.jobId, run.runId, workplace),
    number_in_job: int64(run.runId),
    original_attempt_run_id: int64(run.runId),
    job_run_id: int64(run.runId),
    run_name: run.name,
    run_type: run.runType,
    creator_user_name: run.creator,
    trigger: 'ONE_TIME',
    format: 'MULTI_TASK',
    ...(Object.keys(run.overrides).length > 0 && { overriding_parameters: run.overrides }),
    start_time: run.startTime,
    end_time: run.endTime,
    setup_duration: 0,
    execution_duration: 0,
    cleanup_duration: 0,
    ...(run.ending && { run_duration: run.endTime - run.startTime }),
    ...stateOf(run.state, run.ending, run.hidden),
    ...fields,
    ...(nextToken && { next_page_token: nextToken, has_more: true }),
  };
}

/** A task run inside of its run, and as the metadata of its output. */
export function viewTask(run: JobRun, task: TaskRun, workplace: Workplace): JsonObject {
  return {
    ...task.settings,
    ...identity(run.jobId, task.runId, workplace),
    task_key: task.taskKey,
    attempt_number: task.attemptNumber,
    original_attempt_run_id: int64(task.originalAttemptRunId),
    start_time: task.startTime,
    end_time: task.endTime,
    setup_duration: task.setupMilliseconds,
    execution_duration: task.executionMilliseconds,
    cleanup_duration: task.cleanupMilliseconds,
    ...(task.clusterId !== undefined && { cluster_instance: { cluster_id: task.clusterId } }),
    ...stateOf(task.state, task.ending),
  };
}

/**
 * The page URL has the old form with a fragment, as the API still answers it (databricks/cli issue 5142).
 */
function identity(jobId: string, runId: string, { url, workspaceId }: Workplace): JsonObject {
  return {
    job_id: int64(jobId),
    run_id: int64(runId),
    run_page_url: `${url}/?o=${workspaceId}#job/${jobId}/run/${runId}`,
  };
}

/** The state in both forms: the deprecated `state` and the newer `status`. */
function stateOf(lifeCycleState: string, ending: Ending | undefined, hidden?: 'state' | 'status'): JsonObject {
  const stopped = ending?.resultState === 'CANCELED' || ending?.resultState === 'TIMEDOUT';
  const state = {
    life_cycle_state: lifeCycleState,
    ...(ending?.resultState !== undefined && { result_state: ending.resultState }),
    state_message: ending?.message ?? '',
    user_cancelled_or_timedout: stopped,
  };
  const status = {
    state: newerState(lifeCycleState, ending),
    ...(ending && { termination_details: { code: ending.code, type: ending.type, message: ending.message } }),
  };
  return { ...(hidden !== 'state' && { state }), ...(hidden !== 'status' && { status }) };
}

function newerState(lifeCycleState: string, ending: Ending | undefined): string {
  if (ending) return 'TERMINATED';
  return lifeCycleState === 'WAITING_FOR_RETRY' ? 'WAITING' : lifeCycleState;
}

function viewRepair(repair: Repair): JsonObject {
  return {
    ...(repair.id !== undefined && { id: int64(repair.id) }),
    type: repair.id === undefined ? 'ORIGINAL' : 'REPAIR',
    start_time: repair.startTime,
    end_time: repair.endTime,
    task_run_ids: repair.taskRunIds.map(int64),
    ...stateOf(repair.ending?.lifeCycleState ?? 'RUNNING', repair.ending),
  };
}
