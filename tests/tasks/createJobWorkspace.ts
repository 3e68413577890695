import { startDatabricks, type Databricks, type DatabricksOptions } from '../../sandbox/databricks/databricks';
import type { Clock } from '../../shared/clock';
import type { Json } from '../../shared/json';
import { parseJson, stringifyJson } from '../../shared/json';
import { runTask } from '../../shared/task/runTask';
import { task } from '../../tasks/CreateJob/task';
import { FakeAgent } from '../support/fakeAgent';

/** What the agent tells the step. */
export const variables = { 'Build.Repository.Name': 'models' };

/** A sandbox workspace whose time passes only while the task sleeps. */
export class CreateJobWorkspace {
  readonly clock: Clock;

  private constructor(readonly databricks: Databricks) {
    this.clock = {
      now: () => databricks.clock.now(),
      sleep: async (milliseconds, signal) => {
        signal?.throwIfAborted();
        await databricks.clock.advance(milliseconds);
        signal?.throwIfAborted();
      },
    };
  }

  static async open(options: DatabricksOptions = {}): Promise<CreateJobWorkspace> {
    return new CreateJobWorkspace(
      await startDatabricks({ timeScale: 0, hasLimits: false, logsBodies: true, ...options }),
    );
  }

  close(): Promise<void> {
    return this.databricks.close();
  }

  /** Calls the API as somebody else would, such as `POST`, `/api/2.2/jobs/create`. */
  async call<T>(method: string, path: string, body?: Json): Promise<T> {
    const response = await fetch(this.databricks.url + path, {
      method,
      headers: { authorization: `Bearer ${this.databricks.token}` },
      ...(body !== undefined && { body: stringifyJson(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return parseJson(text) as T;
  }

  /** Makes a job as somebody else would, and gives its id. */
  async job(settings: Readonly<Record<string, Json>>): Promise<string> {
    const { job_id } = await this.call<{ job_id: string | number }>('POST', '/api/2.2/jobs/create', settings);
    return String(job_id);
  }

  /** The settings of all jobs, newest first, and who may do what with them. */
  state(): readonly unknown[] {
    const { jobs, permissions } = this.databricks;
    return jobs.list().map((job) => [job.settings, permissions.get('jobs', job.id)]);
  }

  /** What was asked of the workspace, such as `POST /api/2.2/jobs/create`. */
  calls(): readonly string[] {
    return this.databricks.requests.list().map(({ method, path }) => `${method} ${path.replace(/\d{6,}/, '*')}`);
  }

  async run(
    inputs: Readonly<Record<string, string>>,
    { url = this.databricks.url, signal = new AbortController().signal }: { url?: string; signal?: AbortSignal } = {},
  ): Promise<FakeAgent> {
    const connections = { c: { url, token: this.databricks.token } };
    const agent = new FakeAgent({ connection: 'c', ...inputs }, connections, variables);
    await runTask(task, { agent, clock: this.clock, signal });
    return agent;
  }
}
