import type { HttpClient, HttpRequest } from '../../http/httpClient';
import type { Json } from '../../json';
import { answerPages, nextPageToken } from './answerPages';
import * as shape from '../../http/shape';

/**
 * How far a run, or one task of it, has come. `state` is the older form of `status`; a workspace may send either or both.
 * Source of all shapes here: https://docs.databricks.com/api/azure/workspace/jobs (Jobs API 2.2).
 */
export interface Standing {
  readonly status?:
    | {
        readonly state?: string | undefined;
        readonly termination_details?:
          { readonly code?: string | undefined; readonly message?: string | undefined } | undefined;
        readonly queue_details?: { readonly message?: string | undefined } | undefined;
      }
    | undefined;
  readonly state?:
    | {
        readonly life_cycle_state?: string | undefined;
        readonly result_state?: string | undefined;
        readonly state_message?: string | undefined;
      }
    | undefined;
}

/** One attempt at one task of a run. A task that was retried or repaired is there once for each attempt. */
export interface TaskRun extends Standing {
  /** Its own run id, by which its output is asked for. */
  readonly id: string;
  readonly taskKey: string;
  /** 0 for the first. */
  readonly attemptNumber: number;
  readonly isNotebook: boolean;
  /** Milliseconds since 1970; 0 when it has not started, or has not ended. */
  readonly startTime: number;
  readonly endTime: number;
}

/** A run with all its tasks. */
export interface Run extends Standing {
  readonly id: string;
  /** Empty where it is not known. */
  readonly jobId: string;
  readonly name: string;
  /** The address that the service gives, in its legacy form; empty when it gives none. */
  readonly pageUrl: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly tasks: readonly TaskRun[];
  /** The ids of its repairs, oldest first. */
  readonly repairIds: readonly string[];
}

/** A run as lists show it. */
export interface ListedRun {
  readonly id: string;
  readonly startTime: number;
}

/** The output of a task. */
export interface TaskOutput {
  readonly notebookResult: string | undefined;
  /** Whether the service cut the result off (at 5 MB). */
  readonly isTruncated: boolean;
  readonly error: string | undefined;
  readonly errorTrace: string | undefined;
}

/** A call that starts a run: which one, and its body without the idempotency token. */
export type RunRequest =
  | { readonly call: 'run-now'; readonly jobId: string; readonly body: Readonly<Record<string, Json | undefined>> }
  | { readonly call: 'submit'; readonly body: Readonly<Record<string, Json | undefined>> };

/** The runs of the Jobs API 2.2. Every method throws what `HttpClient.json` throws. */
export class RunsApi {
  constructor(
    private readonly http: HttpClient,
    /** The job whose runs are read, for answers that leave it out. */
    private readonly jobId = '',
  ) {}

  /** The newest runs by start time, at most 20: of one job, or those that were submitted without one. */
  async newestRuns(jobId: string | undefined): Promise<readonly ListedRun[]> {
    const list = await this.http.json(
      {
        method: 'GET',
        path: '/api/2.2/jobs/runs/list',
        query: jobId === undefined ? { run_type: 'SUBMIT_RUN', limit: 20 } : { job_id: jobId, limit: 20 },
        purpose: jobId === undefined ? 'look for earlier runs' : `look for earlier runs of the job ${jobId}`,
      },
      listedRuns,
    );
    return list.runs.map(({ run_id, start_time }) => ({ id: run_id, startTime: start_time }));
  }

  /**
   * Starts a run and returns its id. The service starts exactly one run for a token (at most 64 characters) and returns
   * the id of that run from then on, so repeating the call is safe.
   */
  async startRun(request: RunRequest, idempotencyToken: string): Promise<string> {
    const isJob = request.call === 'run-now';
    const { run_id } = await this.http.json(
      {
        method: 'POST',
        path: isJob ? '/api/2.2/jobs/run-now' : '/api/2.2/jobs/runs/submit',
        json: {
          ...request.body,
          ...(isJob && { job_id: BigInt(request.jobId) }),
          idempotency_token: idempotencyToken,
        },
        purpose: isJob ? `start the job ${request.jobId}` : 'submit the run',
        repeatable: true,
      },
      startedRun,
    );
    return run_id;
  }

  /** The run with all its tasks; a budget is for each page of 100 tasks. */
  async getRun(id: string, budgetSeconds?: number): Promise<Run> {
    const pages: RawRun[] = [];
    const request: HttpRequest = {
      method: 'GET',
      path: '/api/2.2/jobs/runs/get',
      query: { run_id: id, include_history: true },
      purpose: `read the run ${id}`,
      ...(budgetSeconds !== undefined && { budgetSeconds }),
    };
    const ofThisRun = shape.checked(rawRun, ({ run_id }) => run_id === id, 'it is about another run');
    for await (const page of answerPages(this.http, request, ofThisRun)) pages.push(page);
    const [first] = pages;
    return {
      id,
      jobId: jobIdOf(first) ?? this.jobId,
      name: first?.run_name ?? '',
      pageUrl: first?.run_page_url ?? '',
      startTime: first?.start_time ?? 0,
      endTime: first?.end_time ?? 0,
      status: first?.status,
      state: first?.state,
      tasks: pages.flatMap(({ tasks }) => tasks).map(taskRun),
      repairIds: (first?.repair_history ?? []).flatMap((item) => item.id ?? []),
    };
  }

  /** The output of one task, by the task's own run id: the service refuses runs with several tasks. */
  async getTaskOutput(taskRunId: string): Promise<TaskOutput> {
    const { notebook_output, error, error_trace } = await this.http.json(
      {
        method: 'GET',
        path: '/api/2.2/jobs/runs/get-output',
        query: { run_id: taskRunId },
        purpose: `read the output of the task run ${taskRunId}`,
      },
      rawOutput,
    );
    return {
      notebookResult: notebook_output?.result,
      isTruncated: notebook_output?.truncated ?? false,
      error,
      errorTrace: error_trace,
    };
  }

  /** Asks for the run to be cancelled; it ends some time later. */
  async cancelRun(id: string, budgetSeconds: number): Promise<void> {
    await this.http.json(
      {
        method: 'POST',
        path: '/api/2.2/jobs/runs/cancel',
        json: { run_id: BigInt(id) },
        purpose: `cancel the run ${id}`,
        repeatable: true,
        budgetSeconds,
      },
      shape.done,
    );
  }

  /**
   * Runs the failed tasks of an ended run again, and those that depend on them, and returns the id of the repair. Repeating
   * the call is safe: the service refuses it while a repair is under way, and after one that it does not name as the latest.
   */
  async repairRun(id: string, latestRepairId: string | undefined): Promise<string> {
    const { repair_id } = await this.http.json(
      {
        method: 'POST',
        path: '/api/2.2/jobs/runs/repair',
        json: {
          run_id: BigInt(id),
          rerun_all_failed_tasks: true,
          ...(latestRepairId !== undefined && { latest_repair_id: BigInt(latestRepairId) }),
        },
        purpose: `repair the run ${id}`,
        repeatable: true,
      },
      startedRepair,
    );
    return repair_id;
  }
}

const standing = {
  status: shape.optional(
    shape.object({
      state: shape.optional(shape.text),
      termination_details: shape.optional(
        shape.object({ code: shape.optional(shape.text), message: shape.optional(shape.text) }),
      ),
      queue_details: shape.optional(shape.object({ message: shape.optional(shape.text) })),
    }),
  ),
  state: shape.optional(
    shape.object({
      life_cycle_state: shape.optional(shape.text),
      result_state: shape.optional(shape.text),
      state_message: shape.optional(shape.text),
    }),
  ),
};

const rawTaskRun = shape.object({
  ...standing,
  run_id: shape.integerId,
  task_key: shape.text,
  attempt_number: shape.optional(shape.number, 0),
  start_time: shape.shownNumber,
  end_time: shape.shownNumber,
  notebook_task: shape.optional(shape.json),
});

const rawRun = shape.checked(
  shape.object({
    ...standing,
    run_id: shape.integerId,
    job_id: shape.maybe(shape.integerId),
    run_name: shape.shown,
    run_page_url: shape.shown,
    start_time: shape.shownNumber,
    end_time: shape.shownNumber,
    tasks: shape.listOf(rawTaskRun),
    repair_history: shape.listOf(shape.object({ id: shape.optional(shape.integerId) })),
    next_page_token: nextPageToken,
  }),
  ({ status, state }) => (status?.state ?? state?.life_cycle_state) !== undefined,
  "'status.state' and 'state.life_cycle_state' are missing",
);

const listedRuns = shape.object({
  runs: shape.listOf(shape.object({ run_id: shape.integerId, start_time: shape.shownNumber })),
});
const startedRun = shape.object({ run_id: shape.integerId });
const startedRepair = shape.object({ repair_id: shape.integerId });

const rawOutput = shape.object({
  metadata: shape.jsonMap,
  notebook_output: shape.optional(
    shape.object({ result: shape.optional(shape.text), truncated: shape.optional(shape.boolean, false) }),
  ),
  error: shape.optionalText,
  error_trace: shape.optionalText,
});

type RawRun = shape.Read<typeof rawRun>;

/** Some answers name the job in the address of the run's page only. */
function jobIdOf({ job_id: id, run_page_url: page = '' }: Partial<RawRun> = {}): string | undefined {
  return id !== undefined && id !== '0' ? id : /\bjobs?\/([1-9]\d*)\/runs?\//.exec(page)?.[1];
}

function taskRun(raw: shape.Read<typeof rawTaskRun>): TaskRun {
  return {
    id: raw.run_id,
    taskKey: raw.task_key,
    attemptNumber: raw.attempt_number,
    isNotebook: raw.notebook_task !== undefined,
    startTime: raw.start_time,
    endTime: raw.end_time,
    status: raw.status,
    state: raw.state,
  };
}
