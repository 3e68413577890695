import { startDatabricks, type Databricks, type DatabricksOptions } from '../../sandbox/databricks/databricks';
import type { Clock } from '../../shared/clock';
import type { Json } from '../../shared/json';
import { parseJson, stringifyJson } from '../../shared/json';
import { runTask } from '../../shared/task/runTask';
import { task } from '../../tasks/RunJob/task';
import { FakeAgent } from '../support/fakeAgent';

/** What the agent tells every try of one step. */
export const oneStep = {
  'System.CollectionId': 'c',
  'System.TeamProjectId': 'p',
  'System.PlanId': '11111111-2222-4333-8444-555555555555',
  'System.JobId': '22222222-2222-4333-8444-555555555555',
  'System.StageAttempt': '1',
  'System.PhaseAttempt': '1',
  'System.JobAttempt': '1',
  'System.TaskInstanceId': '33333333-2222-4333-8444-555555555555',
};

/** A sandbox workspace whose time passes only while the task sleeps. */
export class RunJobWorkspace {
  readonly clock: Clock;
  /** Every duration that was slept, in milliseconds. */
  readonly sleeps: number[] = [];

  private constructor(readonly databricks: Databricks) {
    this.clock = {
      now: () => databricks.clock.now(),
      sleep: async (milliseconds, signal) => {
        signal?.throwIfAborted();
        this.sleeps.push(milliseconds);
        await databricks.clock.advance(milliseconds);
        signal?.throwIfAborted();
      },
    };
  }

  static async open(options: DatabricksOptions = {}): Promise<RunJobWorkspace> {
    return new RunJobWorkspace(await startDatabricks({ timeScale: 0, hasLimits: false, logsBodies: true, ...options }));
  }

  close(): Promise<void> {
    return this.databricks.close();
  }

  /** Calls the API as somebody else would; a `bigint` is written as bare digits, an id is read as text. */
  async call<T>(path: string, body: Readonly<Record<string, Json>>): Promise<T> {
    const response = await fetch(`${this.databricks.url}/api/2.2/jobs/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.databricks.token}` },
      body: stringifyJson(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return parseJson(text) as T;
  }

  /** Makes a job, of one notebook unless the settings say otherwise, and gives its id. */
  async job(name: string, settings: Readonly<Record<string, Json>> = {}): Promise<string> {
    const tasks = [{ task_key: 'train', notebook_task: { notebook_path: '/Shared/train' } }];
    const { job_id } = await this.call<{ job_id: string | number }>('create', { name, tasks, ...settings });
    return String(job_id);
  }

  /** How often an endpoint was asked for, such as `run-now`. */
  count(path: string): number {
    return this.databricks.requests.list(path).length;
  }

  /** The last body that was sent to an endpoint. */
  body(path: string): Record<string, unknown> {
    return parseJson(this.databricks.requests.list(path).at(-1)?.body ?? '{}') as Record<string, unknown>;
  }

  /** One try of the step. */
  async run(
    inputs: Readonly<Record<string, string>>,
    {
      variables = oneStep,
      signal = new AbortController().signal,
      clock = this.clock,
      agent = new FakeAgent(
        { connection: 'c', ...inputs },
        { c: { url: this.databricks.url, token: this.databricks.token } },
        variables,
      ),
    }: {
      variables?: Readonly<Record<string, string>>;
      signal?: AbortSignal;
      clock?: Clock;
      agent?: FakeAgent;
    } = {},
  ): Promise<FakeAgent> {
    await runTask(task, { agent, clock, signal });
    return agent;
  }
}
