import type { DatabricksOptions } from '../../sandbox/databricks/databricks';
import type { Json } from '../../shared/json';
import { task } from '../../tasks/CreateJob/task';
import { DatabricksStage, type TryOptions } from '../support/databricksStage';
import type { FakeAgent } from '../support/fakeAgent';

/** What the agent tells the step. */
export const variables = { 'Build.Repository.Name': 'models' };

/** A workspace in which jobs are created. */
export class CreateJobWorkspace extends DatabricksStage {
  static async open(options: DatabricksOptions = {}): Promise<CreateJobWorkspace> {
    return new CreateJobWorkspace(await DatabricksStage.start(options));
  }

  /** Makes a job as somebody else would, and gives its id. */
  async job(settings: Readonly<Record<string, Json>>): Promise<string> {
    const { job_id } = await this.request<{ job_id: string | number }>('POST', '/api/2.2/jobs/create', settings);
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

  /** One try of the step. */
  run(inputs: Readonly<Record<string, string>>, options: TryOptions = {}): Promise<FakeAgent> {
    return this.try(task, inputs, { variables, ...options });
  }
}
