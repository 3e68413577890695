import type { JsonObject } from '../json';

/** How a run or task run ended. The words are free: a script may use any, also ones that Databricks adds later. */
export interface Ending {
  /** `TERMINATED`, `SKIPPED` or `INTERNAL_ERROR`. */
  readonly lifeCycleState: string;
  readonly resultState?: string;
  /** Termination code and type of the newer `status` field. */
  readonly code: string;
  readonly type: string;
  readonly message: string;
}

export interface TaskOutput {
  /** What `dbutils.notebook.exit` was given. */
  readonly result?: string;
  readonly error?: string;
  readonly errorTrace?: string;
  readonly logs?: string;
}

export interface TaskRun {
  readonly runId: string;
  readonly taskKey: string;
  readonly settings: JsonObject;
  readonly attemptNumber: number;
  readonly originalAttemptRunId: string;
  /** Life cycle state while the run is active. */
  state: string;
  ending?: Ending;
  output?: TaskOutput;
  taskValues?: JsonObject;
  clusterId?: string;
  startTime: number;
  endTime: number;
  setupMilliseconds: number;
  executionMilliseconds: number;
  cleanupMilliseconds: number;
}

export interface Repair {
  /** Absent for the original run. */
  readonly id?: string;
  readonly startTime: number;
  endTime: number;
  readonly taskRunIds: string[];
  ending?: Ending;
}

export interface JobRun {
  readonly runId: string;
  readonly jobId: string;
  readonly name: string;
  readonly runType: 'JOB_RUN' | 'SUBMIT_RUN';
  readonly creator: string;
  readonly idempotencyToken?: string;
  settings: JsonObject;
  /** Parameters of `run-now`, as they were sent. */
  overrides: JsonObject;
  jobParameters: readonly JobParameter[];
  readonly startTime: number;
  endTime: number;
  state: string;
  ending?: Ending;
  tasks: TaskRun[];
  /** The original run and its repairs. */
  readonly history: Repair[];
  /** From `RunScript.run`. */
  scriptedEnding?: Partial<Ending>;
  hidden?: 'state' | 'status';
}

export interface JobParameter {
  readonly name: string;
  readonly default?: string;
  readonly value: string;
}

export const isActive = (run: { readonly ending?: Ending }) => run.ending === undefined;

/** The latest attempt of each task. */
export function latestAttempts(run: JobRun): Map<string, TaskRun> {
  return new Map(run.tasks.map((task) => [task.taskKey, task]));
}

export const succeeded: Ending = {
  lifeCycleState: 'TERMINATED',
  resultState: 'SUCCESS',
  code: 'SUCCESS',
  type: 'SUCCESS',
  message: '',
};

export const canceled: Ending = {
  lifeCycleState: 'TERMINATED',
  resultState: 'CANCELED',
  code: 'USER_CANCELED',
  type: 'CLIENT_ERROR',
  message: 'Run cancelled.',
};

/** `CANCELED` is the documented code when "the maximum run duration was exceeded". */
export const timedOut: Ending = {
  lifeCycleState: 'TERMINATED',
  resultState: 'TIMEDOUT',
  code: 'CANCELED',
  type: 'CLIENT_ERROR',
  message: 'Run timed out.',
};

export const disabled: Ending = {
  lifeCycleState: 'SKIPPED',
  resultState: 'DISABLED',
  code: 'DISABLED',
  type: 'CLIENT_ERROR',
  message: 'The task is disabled.',
};

export function skipped(maximumRuns: number): Ending {
  return {
    lifeCycleState: 'SKIPPED',
    resultState: 'MAXIMUM_CONCURRENT_RUNS_REACHED',
    code: 'MAX_CONCURRENT_RUNS_EXCEEDED',
    type: 'CLIENT_ERROR',
    message: `Skipping this run because the limit of ${maximumRuns} maximum concurrent runs has been reached.`,
  };
}

/** A task whose own work failed: measured on serverless (libs/testserver of databricks/cli). */
export const workloadFailed: Ending = {
  lifeCycleState: 'TERMINATED',
  resultState: 'FAILED',
  code: 'RUN_EXECUTION_ERROR',
  type: 'CLIENT_ERROR',
  message: 'Workload failed, see run output for details',
};

/** A task that could not run at all. */
export function couldNotRun(code: string, message: string, type = 'CLIENT_ERROR'): Ending {
  return { lifeCycleState: 'INTERNAL_ERROR', resultState: 'FAILED', code, type, message };
}
