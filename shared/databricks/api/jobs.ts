import type { HttpClient, HttpRequest } from '../../http/httpClient';
import { isList, type Json } from '../../json';
import { answerPages, nextPageToken } from './answerPages';
import * as shape from '../../http/shape';

/** A job as lists show it. */
export interface ListedJob {
  readonly id: string;
  readonly name: string;
  /** Empty when that user is gone. */
  readonly creator: string;
  /** Milliseconds since 1970. */
  readonly createdTime: number;
}

/** A job with all its tasks and parameters, as far as starting a run is concerned. */
export interface Job {
  readonly id: string;
  readonly name: string;
  readonly parameterNames: readonly string[];
  /** Each task's kinds: the names of its fields that end in `_task`, such as `notebook_task`. */
  readonly taskKinds: readonly string[];
}

/** The settings of a job, in the format of the API. */
export type JobSettings = Readonly<Record<string, Json | undefined>>;

/**
 * The jobs of the Jobs API 2.2; `RunsApi` has the runs. Every method throws what `HttpClient.json` throws.
 * Source: https://docs.databricks.com/api/azure/workspace/jobs.
 */
export class JobsApi {
  constructor(private readonly http: HttpClient) {}

  /** Jobs whose name is this one; the service compares without regard to case. */
  async listJobs(name: string): Promise<readonly ListedJob[]> {
    const jobs: ListedJob[] = [];
    const purpose = `look up the job '${name}'`;
    const request = { method: 'GET', path: '/api/2.2/jobs/list', query: { name, limit: 100 }, purpose } as const;
    for await (const page of answerPages(this.http, request, listedJobs))
      for (const { job_id, settings, creator_user_name: creator, created_time: createdTime } of page.jobs)
        jobs.push({ id: job_id, name: settings?.name ?? '', creator, createdTime });
    return jobs;
  }

  async getJob(id: string): Promise<Job> {
    const pages = await this.#jobPages(id);
    const tasks = pages.flatMap(({ settings }) => settings.tasks ?? []);
    return {
      id,
      name: pages[0]?.settings.name ?? '',
      parameterNames: pages.flatMap(({ settings }) => settings.parameters ?? []).map(({ name }) => name),
      taskKinds: tasks.flatMap((task) => Object.keys(task).filter((field) => field.endsWith('_task'))),
    };
  }

  /** All settings of a job, its long lists assembled from their pages; `run_as` also where it was never set. */
  async getSettings(id: string, budgetSeconds?: number): Promise<JobSettings> {
    const [first, ...more] = await this.#jobPages(id, budgetSeconds);
    const runAs = first?.run_as_user_name;
    const settings: Record<string, Json | undefined> = {
      // The service doesn't say whether this is a user or a service principal.
      ...(runAs !== undefined && { run_as: { user_name: runAs, service_principal_name: runAs } }),
      ...first?.settings,
    };
    for (const page of more)
      for (const [name, value] of Object.entries(page.settings))
        if (isList(value)) settings[name] = [...((settings[name] ?? []) as Json[]), ...value];
    return settings;
  }

  /** Creates a job and returns its id. Not to be sent twice: two jobs can have the same name. */
  async createJob(settings: JobSettings): Promise<string> {
    const { job_id } = await this.http.json(
      {
        method: 'POST',
        path: '/api/2.2/jobs/create',
        json: settings,
        purpose: 'create the job',
      },
      createdJob,
    );
    return job_id;
  }

  /** Replaces all settings of a job. */
  async resetJob(id: string, settings: JobSettings): Promise<void> {
    await this.http.json(
      {
        method: 'POST',
        path: '/api/2.2/jobs/reset',
        json: { job_id: BigInt(id), new_settings: settings },
        purpose: `update the job ${id}`,
        repeatable: true,
      },
      shape.done,
    );
  }

  /** Deletes a job. */
  async deleteJob(id: string): Promise<void> {
    await this.http.json(
      {
        method: 'POST',
        path: '/api/2.2/jobs/delete',
        json: { job_id: BigInt(id) },
        purpose: `delete the job ${id}`,
      },
      shape.done,
    );
  }

  async #jobPages(id: string, budgetSeconds?: number): Promise<readonly JobPage[]> {
    const pages: JobPage[] = [];
    const request: HttpRequest = {
      method: 'GET',
      path: '/api/2.2/jobs/get',
      query: { job_id: id },
      purpose: `read the job ${id}`,
      ...(budgetSeconds !== undefined && { budgetSeconds }),
    };
    const ofThisJob = shape.checked(jobPage, ({ job_id }) => job_id === id, 'it is about another job');
    for await (const page of answerPages(this.http, request, ofThisJob)) pages.push(page);
    return pages;
  }
}

const listedJobs = shape.object({
  jobs: shape.listOf(
    shape.object({
      job_id: shape.integerId,
      creator_user_name: shape.shown,
      created_time: shape.shownNumber,
      settings: shape.optional(shape.object({ name: shape.optional(shape.text, '') })),
    }),
  ),
  next_page_token: nextPageToken,
});

const createdJob = shape.object({ job_id: shape.integerId });

/** Without defaults: the settings are compared with those that were asked for. */
const jobPage = shape.object({
  job_id: shape.integerId,
  run_as_user_name: shape.optionalText,
  settings: shape.object({
    name: shape.optional(shape.text),
    parameters: shape.optional(shape.list(shape.object({ name: shape.text }))),
    tasks: shape.optional(shape.list(shape.jsonMap)),
  }),
  next_page_token: nextPageToken,
});

type JobPage = shape.Read<typeof jobPage>;
