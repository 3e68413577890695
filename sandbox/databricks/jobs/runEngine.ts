import type { SandboxClock } from '../../clock';
import type { Cluster } from '../compute/cluster';
import type { Clusters } from '../compute/clusters';
import type { Libraries } from '../compute/libraries';
import type { Ids } from '../ids';
import { textOf, type JsonObject } from '../json';
import type { NotebookRunner } from '../notebooks/notebookRunner';
import type { Scripts } from '../scripts';
import type { WorkspaceTree } from '../workspace/workspaceTree';
import {
  canceled,
  couldNotRun,
  disabled,
  type Ending,
  isActive,
  type JobRun,
  latestAttempts,
  succeeded,
  type TaskRun,
  timedOut,
} from './jobRun';
import { dependenciesOf, keyOf, tasksOf } from './jobSettings';
import { performTask, type RunAccess, type TaskResult } from './performTask';
import { prepareCompute } from './prepareCompute';
import { matchesRun, type RunScript } from './runScripts';
import { endingFromUpstream, endingOfRun } from './upstream';

export interface RunDurations {
  readonly taskSetupSeconds: number;
  readonly taskCleanupSeconds: number;
}

export interface RunEngineParts {
  readonly clock: SandboxClock;
  readonly ids: Ids;
  readonly workspace: WorkspaceTree;
  readonly clusters: Clusters;
  readonly libraries: Libraries;
  readonly scripts: Scripts<RunScript>;
  readonly notebooks: () => Promise<NotebookRunner>;
  readonly signIn: (userName: string) => RunAccess;
  readonly durations: RunDurations;
  readonly failedRunState: 'INTERNAL_ERROR' | 'TERMINATED';
  readonly changed: () => void;
}

type StopReason = 'canceled' | 'timedOut';

/** Takes runs through their life: queue, dependencies, compute, attempts, timeouts, cancellation, verdict. */
export class RunEngine {
  /** By run id and by task run id. */
  readonly #stops = new Map<string, AbortController>();
  readonly #running = new Set<Promise<void>>();

  constructor(private readonly parts: RunEngineParts) {}

  /** Starts the tasks with these keys; the others count as they ended before. Waits in the queue while `isFull`. */
  start(run: JobRun, keys: readonly string[], isFull: () => boolean): void {
    const stop = new AbortController();
    this.#stops.set(run.runId, stop);
    const running = this.#run(run, keys, isFull, stop).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Cancels a run or a task run; one that has ended stays as it is. */
  cancel(id: string, reason: StopReason = 'canceled'): void {
    this.#stops.get(id)?.abort(reason);
  }

  /** Cancels everything and waits for the end. */
  async close(): Promise<void> {
    for (const stop of this.#stops.values()) stop.abort('canceled');
    await Promise.all(this.#running);
  }

  newTask(settings: JsonObject, attemptNumber = 0, original?: string): TaskRun {
    const runId = this.parts.ids.next();
    return {
      runId,
      taskKey: keyOf(settings),
      settings,
      attemptNumber,
      originalAttemptRunId: original ?? runId,
      state: dependenciesOf(settings).length > 0 ? 'BLOCKED' : 'PENDING',
      startTime: this.parts.clock.now(),
      endTime: 0,
      setupMilliseconds: 0,
      executionMilliseconds: 0,
      cleanupMilliseconds: 0,
    };
  }

  async #run(run: JobRun, keys: readonly string[], isFull: () => boolean, stop: AbortController): Promise<void> {
    const { clock } = this.parts;
    while (isFull() && !stop.signal.aborted) await clock.sleep(1000, stop.signal);
    const timer = new AbortController();
    const limitSeconds = Number(run.settings.timeout_seconds ?? 0);
    if (limitSeconds > 0)
      void clock.sleep(limitSeconds * 1000, timer.signal).then(() => !timer.signal.aborted && stop.abort('timedOut'));
    this.#enter(run, 'RUNNING');

    const jobClusters = new Map<string, Cluster>();
    const settings = new Map(tasksOf(run.settings).map((task) => [keyOf(task), task]));
    const before = latestAttempts(run);
    const endings = new Map<string, Promise<Ending>>();
    const endingOf = (key: string): Promise<Ending> => {
      const known =
        endings.get(key) ??
        (keys.includes(key)
          ? this.#task(run, settings.get(key) ?? {}, endingOf, stop.signal, jobClusters)
          : Promise.resolve(before.get(key)?.ending ?? succeeded));
      endings.set(key, known);
      return known;
    };
    await Promise.all(keys.map(endingOf));
    timer.abort();

    for (const cluster of jobClusters.values())
      this.parts.clusters.terminate(cluster, { code: 'JOB_FINISHED', type: 'SUCCESS' });
    this.#finish(run, stop.signal.reason as unknown);
  }

  #finish(run: JobRun, stop: unknown): void {
    const endings = new Map([...latestAttempts(run)].map(([key, task]) => [key, task.ending ?? succeeded]));
    const ending = endingOfRun(tasksOf(run.settings), endings, stop, this.parts.failedRunState);
    run.ending = { ...ending, ...run.scriptedEnding };
    run.endTime = this.parts.clock.now();
    const item = run.history.at(-1);
    if (item) {
      item.ending = run.ending;
      item.endTime = run.endTime;
    }
    this.#stops.delete(run.runId);
    this.#enter(run, run.ending.lifeCycleState);
  }

  /** One task with all its attempts. */
  async #task(
    run: JobRun,
    settings: JsonObject,
    endingOf: (key: string) => Promise<Ending>,
    runSignal: AbortSignal,
    jobClusters: Map<string, Cluster>,
  ): Promise<Ending> {
    const upstream = await Promise.all(dependenciesOf(settings).map(endingOf));
    let task = latestAttempts(run).get(keyOf(settings));
    if (!task) throw new Error(`Run ${run.runId} has no task ${keyOf(settings)}`);
    const withoutRun =
      settings.disabled === true ? disabled : endingFromUpstream(textOf(settings.run_if) ?? 'ALL_SUCCESS', upstream);
    if (withoutRun && !runSignal.aborted) return this.#end(task, withoutRun);
    for (;;) {
      const ending = await this.#attempt(run, task, runSignal, jobClusters);
      const retries = Number(settings.max_retries ?? 0);
      const mayRetry =
        ending.resultState === 'FAILED' || (ending.resultState === 'TIMEDOUT' && settings.retry_on_timeout === true);
      if (runSignal.aborted || !mayRetry || (retries >= 0 && task.attemptNumber >= retries)) return ending;
      task = this.newTask(settings, task.attemptNumber + 1, task.originalAttemptRunId);
      run.tasks.push(task);
      this.#enter(task, 'WAITING_FOR_RETRY');
      await this.parts.clock.sleep(Number(settings.min_retry_interval_millis ?? 0), runSignal);
    }
  }

  async #attempt(
    run: JobRun,
    task: TaskRun,
    runSignal: AbortSignal,
    jobClusters: Map<string, Cluster>,
  ): Promise<Ending> {
    const { clock, durations } = this.parts;
    const stop = new AbortController();
    this.#stops.set(task.runId, stop);
    const signal = AbortSignal.any([runSignal, stop.signal]);
    task.startTime = clock.now();
    this.#enter(task, 'PENDING');
    const compute = await prepareCompute(this.parts, run, task, signal, jobClusters);
    let result: TaskResult;
    if (signal.aborted) {
      result = { ending: signal.reason === 'timedOut' ? timedOut : canceled };
    } else if ('lifeCycleState' in compute) {
      result = { ending: compute };
    } else {
      if (compute.cluster) task.clusterId = compute.cluster.id;
      task.setupMilliseconds = clock.now() - task.startTime;
      result = await this.#execute(run, task, signal, stop);
    }
    task.executionMilliseconds = clock.now() - task.startTime - task.setupMilliseconds;
    this.#enter(task, 'TERMINATING');
    await clock.sleep(durations.taskCleanupSeconds * 1000, signal);
    task.cleanupMilliseconds = clock.now() - task.startTime - task.setupMilliseconds - task.executionMilliseconds;
    this.#stops.delete(task.runId);
    if (result.output) task.output = result.output;
    if (result.taskValues) task.taskValues = result.taskValues;
    return this.#end(task, result.ending);
  }

  async #execute(run: JobRun, task: TaskRun, signal: AbortSignal, stop: AbortController): Promise<TaskResult> {
    const script = this.parts.scripts.take((waiting) => matchesRun(waiting, run, task));
    if (script) return this.#play(script, run, task, signal, stop);
    this.#enter(task, 'RUNNING');
    try {
      const { workspace, notebooks, libraries, signIn } = this.parts;
      const wheels = task.clusterId === undefined ? [] : libraries.wheels(task.clusterId);
      return await performTask(workspace, await notebooks(), run, task, { wheels, signIn }, signal);
    } catch (error) {
      return {
        ending: couldNotRun('INTERNAL_ERROR', `The sandbox could not run the task: ${String(error)}`, 'INTERNAL_ERROR'),
      };
    }
  }

  async #play(
    script: RunScript,
    run: JobRun,
    task: TaskRun,
    signal: AbortSignal,
    stop: AbortController,
  ): Promise<TaskResult> {
    const { clock } = this.parts;
    const limitSeconds = Number(task.settings.timeout_seconds ?? 0);
    const end = new AbortController();
    if (limitSeconds > 0)
      void clock.sleep(limitSeconds * 1000, end.signal).then(() => !end.signal.aborted && stop.abort('timedOut'));
    for (const { state, seconds } of script.states ?? [{ state: 'RUNNING', seconds: script.durationSeconds ?? 0 }]) {
      this.#enter(task, state);
      await clock.sleep(seconds * 1000, signal);
    }
    end.abort();
    if (signal.aborted) return { ending: signal.reason === 'timedOut' ? timedOut : canceled };
    const { notebookResult, error, errorTrace, logs, taskValues, ...ending } = script.result ?? {};
    if (script.run) {
      const { hidden, ...scriptedEnding } = script.run;
      if (hidden) run.hidden = hidden;
      run.scriptedEnding = scriptedEnding;
    }
    return {
      ending: { ...succeeded, ...ending },
      output: {
        ...(notebookResult !== undefined && { result: notebookResult }),
        ...(error !== undefined && { error }),
        ...(errorTrace !== undefined && { errorTrace }),
        ...(logs !== undefined && { logs }),
      },
      ...(taskValues && { taskValues }),
    };
  }

  #end(task: TaskRun, ending: Ending): Ending {
    task.ending = ending;
    task.endTime = this.parts.clock.now();
    this.#enter(task, ending.lifeCycleState);
    return ending;
  }

  #enter(item: JobRun | TaskRun, state: string): void {
    item.state = state;
    this.parts.changed();
  }
}

/** Ends what was active when the sandbox was stopped. */
export function endInterrupted(run: JobRun, now: number): void {
  const ending = couldNotRun('INTERNAL_ERROR', 'The sandbox was stopped while this run was active.', 'INTERNAL_ERROR');
  for (const item of [run, ...run.tasks]) {
    if (!isActive(item)) continue;
    item.ending = ending;
    item.state = ending.lifeCycleState;
    item.endTime = now;
  }
}
