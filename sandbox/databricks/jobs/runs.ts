import { invalidParameter, invalidState } from '../apiError';
import type { SandboxClock } from '../../clock';
import { idempotencyTokenOf } from '../idempotencyToken';
import type { Ids } from '../ids';
import { isJsonObject, type Json, type JsonObject, objectsOf, textOf, textsOf, toJson, without } from '../json';
import { isActive, type JobParameter, type JobRun, latestAttempts, skipped, type TaskRun } from './jobRun';
import type { Job } from './jobs';
import { checkSettings, dependenciesOf, keyOf, tasksOf } from './jobSettings';
import { withDefaults } from './returnedSettings';
import { endInterrupted, type RunEngine } from './runEngine';

const parameterNames = [
  'jar_params',
  'notebook_params',
  'python_params',
  'spark_submit_params',
  'python_named_params',
  'sql_params',
  'dbt_commands',
];

/** The runs of the workspace and the rules by which new ones come to be. */
export class Runs {
  readonly #runs = new Map<string, JobRun>();
  /** Tokens stay taken when their run is deleted. */
  readonly #runIdByToken = new Map<string, string>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly ids: Ids,
    private readonly engine: RunEngine,
    private readonly changed: () => void,
  ) {}

  /** @throws ApiError as Databricks does: 400, not 404. */
  get(id: string): JobRun {
    const run = this.#runs.get(id);
    if (!run) throw invalidParameter(`Run ${id} does not exist.`);
    return run;
  }

  /** A run or a task run by its id. */
  find(id: string): { readonly run: JobRun; readonly task?: TaskRun } {
    const run = this.#runs.get(id);
    if (run) return { run };
    for (const other of this.#runs.values()) {
      const task = other.tasks.find(({ runId }) => runId === id);
      if (task) return { run: other, task };
    }
    throw invalidParameter(`Run ${id} does not exist.`);
  }

  /** Newest first. */
  list(): JobRun[] {
    return [...this.#runs.values()].reverse();
  }

  /** `jobs/run-now`: with a known idempotency token it returns the run of that token. */
  runNow(job: Job, request: JsonObject, creator: string): JobRun {
    return this.#once(request, () => {
      if (request.only !== undefined) throw invalidParameter("The sandbox does not run a selection of tasks ('only')");
      const limit = Number(job.settings.max_concurrent_runs ?? 1);
      const run = this.#newRun(
        'JOB_RUN',
        job.id,
        textOf(job.settings.name) ?? 'Untitled',
        job.settings,
        request,
        creator,
      );
      const queue = isJsonObject(request.queue) ? request.queue : job.settings.queue;
      const isQueued = isJsonObject(queue) && queue.enabled === true;
      const isFull = () => this.#activeBefore(run) >= limit;
      if (isFull() && !isQueued) this.#skip(run, limit);
      else this.#start(run, isFull);
      return run;
    });
  }

  /** `jobs/runs/submit`, with the same rule for the token. */
  submit(request: JsonObject, creator: string): JobRun {
    return this.#once(request, () => {
      checkSettings(request);
      if (tasksOf(request).length === 0) throw invalidParameter('One of tasks must be specified');
      const settings = without(request, 'idempotency_token', 'access_control_list');
      const run = this.#newRun(
        'SUBMIT_RUN',
        this.ids.next(),
        textOf(request.run_name) ?? 'Untitled',
        withDefaults(settings),
        {},
        creator,
      );
      this.#start(run, () => false);
      return run;
    });
  }

  /** `jobs/runs/repair`: runs tasks again as a part of the run; returns the id of the repair. */
  repair(run: JobRun, request: JsonObject, currentSettings: JsonObject): string {
    if (isActive(run)) throw invalidState(`Run ${run.runId} is active and can not be repaired.`);
    const latest = run.history.at(-1)?.id;
    if (latest !== textOf(request.latest_repair_id)) {
      throw invalidParameter('The latest repair ID needs to be provided in order to create a new repair');
    }
    const keys = this.#keysToRepair(run, request);
    const { overrides, jobParameters } = readParameters(currentSettings, request);
    run.settings = currentSettings;
    run.overrides = { ...run.overrides, ...overrides };
    run.jobParameters = run.jobParameters.map(
      (parameter) =>
        jobParameters.find(({ name, value }) => name === parameter.name && value !== parameter.default) ?? parameter,
    );
    const id = this.ids.next();
    const repaired = tasksOf(run.settings).filter((task) => keys.includes(keyOf(task)));
    const attempts = latestAttempts(run);
    const tasks = repaired.map((task) =>
      this.engine.newTask(task, (attempts.get(keyOf(task))?.attemptNumber ?? -1) + 1),
    );
    run.tasks.push(...tasks);
    run.history.push({ id, startTime: this.clock.now(), endTime: 0, taskRunIds: tasks.map(({ runId }) => runId) });
    delete run.ending;
    delete run.scriptedEnding;
    run.endTime = 0;
    run.state = 'PENDING';
    this.engine.start(run, keys, () => false);
    return id;
  }

  remove(run: JobRun): void {
    if (isActive(run)) throw invalidState(`Run ${run.runId} is active and can not be deleted.`);
    this.#runs.delete(run.runId);
    this.changed();
  }

  /** Puts back saved runs; those that were active have ended. */
  restore(runs: readonly JobRun[], tokens: Readonly<Record<string, string>>): void {
    for (const run of runs) {
      endInterrupted(run, this.clock.now());
      this.#runs.set(run.runId, run);
    }
    for (const [token, runId] of Object.entries(tokens)) this.#runIdByToken.set(token, runId);
  }

  get tokens(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#runIdByToken);
  }

  #once(request: JsonObject, create: () => JobRun): JobRun {
    const token = idempotencyTokenOf(request);
    const known = token === undefined ? undefined : this.#runIdByToken.get(token);
    if (known !== undefined) {
      const run = this.#runs.get(known);
      if (!run) throw invalidParameter(`The run with the idempotency token ${token} has been deleted`);
      return run;
    }
    const run = create();
    if (token !== undefined) this.#runIdByToken.set(token, run.runId);
    this.changed();
    return run;
  }

  #newRun(
    runType: JobRun['runType'],
    jobId: string,
    name: string,
    settings: JsonObject,
    request: JsonObject,
    creator: string,
  ): JobRun {
    const parameters = readParameters(settings, request);
    const now = this.clock.now();
    const tasks = tasksOf(settings).map((task) => this.engine.newTask(task));
    const run: JobRun = {
      runId: this.ids.next(),
      jobId,
      name,
      runType,
      creator,
      settings,
      ...parameters,
      startTime: now,
      endTime: 0,
      state: 'PENDING',
      tasks,
      history: [{ startTime: now, endTime: 0, taskRunIds: tasks.map(({ runId }) => runId) }],
    };
    this.#runs.set(run.runId, run);
    return run;
  }

  #start(run: JobRun, isFull: () => boolean): void {
    if (isFull()) run.state = 'QUEUED';
    this.engine.start(
      run,
      run.tasks.map(({ taskKey }) => taskKey),
      isFull,
    );
  }

  #skip(run: JobRun, limit: number): void {
    for (const item of [run, ...run.tasks]) {
      item.ending = skipped(limit);
      item.state = item.ending.lifeCycleState;
      item.endTime = item.startTime;
    }
  }

  /** Active runs of the same job that came earlier. */
  #activeBefore(run: JobRun): number {
    const all = [...this.#runs.values()];
    return all.slice(0, all.indexOf(run)).filter((other) => other.jobId === run.jobId && isActive(other)).length;
  }

  #keysToRepair(run: JobRun, request: JsonObject): string[] {
    const named = Array.isArray(request.rerun_tasks) ? (request.rerun_tasks as readonly Json[]).map(String) : undefined;
    if (named && request.rerun_all_failed_tasks === true) {
      throw invalidParameter('Only one of rerun_tasks and rerun_all_failed_tasks can be used');
    }
    const attempts = latestAttempts(run);
    const unknown = named?.find((key) => !attempts.has(key));
    if (unknown !== undefined) throw invalidParameter(`Run ${run.runId} has no task '${unknown}'`);
    const isGood = (task: TaskRun) => ['SUCCESS', 'EXCLUDED', 'DISABLED'].includes(task.ending?.resultState ?? '');
    const failed = [...attempts.values()].filter((task) => !isGood(task)).map(({ taskKey }) => taskKey);
    const keys = new Set(named ?? (request.rerun_all_failed_tasks === true ? failed : []));
    if (keys.size === 0)
      throw invalidParameter('There are no tasks to repair: rerun_tasks or rerun_all_failed_tasks is needed');
    if (request.rerun_dependent_tasks === true) {
      // Tasks come before those that depend on them only by chance, so this goes on until nothing is added.
      for (let size = -1; size !== keys.size;) {
        size = keys.size;
        for (const task of tasksOf(run.settings))
          if (dependenciesOf(task).some((key) => keys.has(key))) keys.add(keyOf(task));
      }
    }
    return [...keys];
  }
}

/** The parameters of `run-now` and `repair`, checked: at most 10,000 bytes each. */
function readParameters(
  settings: JsonObject,
  request: JsonObject,
): { overrides: JsonObject; jobParameters: JobParameter[] } {
  const overrides = Object.fromEntries(
    parameterNames.filter((name) => request[name] !== undefined).map((name) => [name, request[name]]),
  );
  for (const [name, value] of [...Object.entries(overrides), ['job_parameters', request.job_parameters] as const]) {
    const bytes = Buffer.byteLength(toJson({ [name]: value }));
    if (bytes > 10_000)
      throw invalidParameter(`The JSON representation of ${name} cannot exceed 10,000 bytes, got ${bytes}`);
  }
  if (overrides.notebook_params !== undefined && overrides.jar_params !== undefined) {
    throw invalidParameter('notebook_params cannot be specified in conjunction with jar_params');
  }
  const given = textsOf(request.job_parameters);
  const defined = objectsOf(settings.parameters).map((parameter) => {
    const name = textOf(parameter.name) ?? '';
    const byDefault = textOf(parameter.default) ?? '';
    return { name, default: byDefault, value: given[name] ?? byDefault };
  });
  const extra = Object.entries(given).filter(([name]) => !defined.some((parameter) => parameter.name === name));
  return { overrides, jobParameters: [...defined, ...extra.map(([name, value]) => ({ name, value }))] };
}
