import { invalidParameter } from '../apiError';
import { int64 } from '../ids';
import { isJsonObject, type JsonObject, textOf } from '../json';
import { checkLimit, pageOf } from '../pages';
import type { JobRight, Permissions } from '../permissions';
import type { ApiRequest, Router } from '../router';
import { toHtml } from '../workspace/notebookFormats';
import { nameOf, normalPath, type WorkspaceTree } from '../workspace/workspaceTree';
import { isActive, type JobRun, type TaskRun } from './jobRun';
import type { Jobs } from './jobs';
import { kindOf } from './jobSettings';
import type { RunEngine } from './runEngine';
import type { Runs } from './runs';
import { viewRun, viewTask, type Workplace } from './runViews';

/** "Databricks restricts this API to returning the first 5 MB of the output", and the last 5 MB of logs. */
const outputLimitCharacters = 5 * 1024 * 1024;

export interface RunRouteParts {
  readonly jobs: Jobs;
  readonly runs: Runs;
  readonly permissions: Permissions;
  readonly engine: RunEngine;
  readonly workspace: WorkspaceTree;
  readonly workplace: Workplace;
}

/** Jobs API 2.2, the runs (https://docs.databricks.com/api/workspace/jobs). */
export function addRunRoutes(
  router: Router,
  { jobs, runs, permissions, engine, workspace, workplace }: RunRouteParts,
): void {
  const base = '/api/2.2/jobs/';
  /** The job that decides about a run; a one-time run, and one whose job was deleted, belongs to who started it. */
  const jobOf = ({ jobId, creator }: JobRun) => jobs.find(jobId) ?? { id: jobId, creator };
  const findJob = (request: ApiRequest, right: JobRight) =>
    permissions.checked(request.user, jobs.get(request.required('job_id')), right);
  const find = (request: ApiRequest, right: JobRight) => {
    const found = runs.find(request.required('run_id'));
    permissions.checked(request.user, jobOf(found.run), right);
    return found;
  };
  const findRun = (request: ApiRequest, right: JobRight) => {
    const run = runs.get(request.required('run_id'));
    permissions.checked(request.user, jobOf(run), right);
    return run;
  };

  router.add('POST', `${base}run-now`, (request) => {
    const run = runs.runNow(findJob(request, 'run'), request.json, request.user.userName);
    return { run_id: int64(run.runId), number_in_job: int64(run.runId) };
  });

  router.add('POST', `${base}runs/submit`, (request) => ({
    run_id: int64(runs.submit(request.json, request.user.userName).runId),
  }));

  router.add('GET', `${base}runs/get`, (request) => {
    const { run, task } = find(request, 'view');
    if (task)
      return {
        ...viewTask(run, task, workplace),
        job_run_id: int64(run.runId),
        run_name: task.taskKey,
        run_type: run.runType,
      };
    return viewRun(run, workplace, {
      hasTasks: true,
      hasHistory: request.flag('include_history'),
      pageToken: request.text('page_token'),
    });
  });

  router.add('GET', `${base}runs/list`, (request) => {
    const found = runs
      .list()
      .filter(filterOf(request))
      .filter((run) => permissions.hasJobRight(request.user, jobOf(run), 'view'))
      .sort((a, b) => (b.endTime || b.startTime) - (a.endTime || a.startTime));
    const limit = checkLimit(request.integer('limit') || undefined, 20, 25);
    const page = pageOf(found, limit, request.text('page_token'), request.integer('offset'));
    const hasTasks = request.flag('expand_tasks');
    return {
      ...(page.items.length > 0 && { runs: page.items.map((run) => viewRun(run, workplace, { hasTasks })) }),
      has_more: page.nextToken !== undefined,
      ...(page.nextToken && { next_page_token: page.nextToken }),
      ...(page.previousToken && { prev_page_token: page.previousToken }),
    };
  });

  router.add('GET', `${base}runs/get-output`, (request) => {
    const { run, task } = find(request, 'view');
    if (!task) {
      throw invalidParameter(
        'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.',
      );
    }
    return { metadata: viewTask(run, task, workplace), ...output(task) };
  });

  router.add('GET', `${base}runs/export`, (request) => {
    const { task } = find(request, 'view');
    const details = task?.settings.notebook_task;
    const path = isJsonObject(details) ? textOf(details.notebook_path) : undefined;
    if (path === undefined) throw invalidParameter('Only runs of notebook tasks can be exported');
    const node = workspace.get(normalPath(path));
    const name = nameOf(path);
    const views = node?.type === 'NOTEBOOK' ? [{ type: 'NOTEBOOK', name, content: toHtml(name, node) }] : [];
    return { views };
  });

  router.add('POST', `${base}runs/cancel`, (request) => {
    find(request, 'run');
    engine.cancel(request.required('run_id'));
    return {};
  });

  router.add('POST', `${base}runs/cancel-all`, (request) => {
    const jobId = request.text('job_id');
    const onlyQueued = request.flag('all_queued_runs');
    if (jobId === undefined && !onlyQueued)
      throw invalidParameter('One of job_id and all_queued_runs must be specified');
    if (jobId !== undefined) findJob(request, 'run');
    for (const run of runs.list()) {
      if ((jobId === undefined || run.jobId === jobId) && (!onlyQueued || run.state === 'QUEUED'))
        engine.cancel(run.runId);
    }
    return {};
  });

  router.add('POST', `${base}runs/repair`, (request) => {
    const run = findRun(request, 'run');
    // "They use the current job and task settings."
    const settings = run.runType === 'JOB_RUN' ? jobs.get(run.jobId).settings : run.settings;
    return { repair_id: int64(runs.repair(run, request.json, settings)) };
  });

  router.add('POST', `${base}runs/delete`, (request) => {
    runs.remove(findRun(request, 'manage'));
    return {};
  });
}

function filterOf(request: ApiRequest): (run: JobRun) => boolean {
  const [isOnlyActive, isOnlyCompleted] = [request.flag('active_only'), request.flag('completed_only')];
  if (isOnlyActive && isOnlyCompleted) throw invalidParameter('active_only and completed_only cannot both be true');
  const [jobId, runType] = [request.text('job_id'), request.text('run_type')];
  const [from, to] = [request.integer('start_time_from') ?? 0, request.integer('start_time_to') ?? Infinity];
  return (run) =>
    (jobId === undefined || run.jobId === jobId) &&
    (runType === undefined || run.runType === runType) &&
    (!isOnlyActive || isActive(run)) &&
    (!isOnlyCompleted || !isActive(run)) &&
    run.startTime >= from &&
    run.startTime <= to;
}

function output(task: TaskRun): JsonObject {
  const { result, error, errorTrace, logs } = task.output ?? {};
  const message = error ?? (task.ending?.resultState === 'SUCCESS' ? undefined : task.ending?.message);
  return {
    ...(kindOf(task.settings) === 'notebook_task' && {
      notebook_output:
        result === undefined
          ? {}
          : { result: result.slice(0, outputLimitCharacters), truncated: result.length > outputLimitCharacters },
    }),
    ...(message !== undefined && { error: message }),
    ...(errorTrace !== undefined && { error_trace: errorTrace }),
    ...(logs !== undefined && {
      logs: logs.slice(-outputLimitCharacters),
      logs_truncated: logs.length > outputLimitCharacters,
    }),
  };
}
