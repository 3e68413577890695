import type { DatabricksOptions } from '../../sandbox/databricks/databricks';
import { parseJson, type Json } from '../../shared/json';
import { task } from '../../tasks/RunJob/task';
import { clockOf, DatabricksStage, type TryOptions } from '../support/databricksStage';
import type { FakeAgent } from '../support/fakeAgent';

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

/** A workspace in which jobs are run. */
export class RunJobWorkspace extends DatabricksStage {
  /** Every duration that was slept, in milliseconds. */
  readonly sleeps: number[] = [];
  override readonly clock = clockOf(this.databricks, (milliseconds) => void this.sleeps.push(milliseconds));

  static async open(options: DatabricksOptions = {}): Promise<RunJobWorkspace> {
    return new RunJobWorkspace(await DatabricksStage.start(options));
  }

  /** Calls the Jobs API as somebody else would. */
  call<T>(path: string, body: Readonly<Record<string, Json>>): Promise<T> {
    return this.request('POST', `/api/2.2/jobs/${path}`, body);
  }

  /** Makes a job, of one notebook unless the settings say otherwise, and gives its id. */
  async job(name: string, settings: Readonly<Record<string, Json>> = {}): Promise<string> {
    const tasks = [{ task_key: 'train', notebook_task: { notebook_path: '/Shared/train' } }];
    const { job_id } = await this.call<{ job_id: string | number }>('create', { name, tasks, ...settings });
    return String(job_id);
  }

  /** The last body that was sent to an endpoint. */
  body(path: string): Record<string, unknown> {
    return parseJson(this.databricks.requests.list(path).at(-1)?.body ?? '{}') as Record<string, unknown>;
  }

  /** One try of the step. */
  run(inputs: Readonly<Record<string, string>>, options: TryOptions = {}): Promise<FakeAgent> {
    return this.try(task, inputs, { variables: oneStep, ...options });
  }
}
