import assert from 'node:assert/strict';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { bundleOf } from '../support/builtTasks';
import { databricksEnvironment } from '../support/databricksEnvironment';
import { startTaskProcess } from '../support/taskProcess';

const job = `
name: tagged
tags:
  commit: 831877e8
  build: 20261128.10
  cost_centre: 007
tasks:
  - task_key: t
    notebook_task:
      notebook_path: /Shared/x
      base_parameters:
        version: 1.10
        zip: 01234
    max_retries: 2
  - task_key: s
    spark_python_task:
      python_file: /Shared/a.py
      parameters: [--build, 20261128.10]
`;
const cluster = `
cluster_name: tagged
spark_version: 16.4.x-scala2.12
node_type_id: Standard_DS3_v2
num_workers: 1
custom_tags:
  build: 20261128.10
  commit: 831877e8
spark_env_vars:
  RELEASE: 1.10
`;

/** What a bundle sends, as the service reads it. */
describe('the text of a specification', () => {
  let databricks: Databricks;
  beforeEach(
    async () => void (databricks = await startDatabricks({ hasLimits: false, timeScale: 0, logsBodies: true })),
  );
  afterEach(() => databricks.close());

  async function sent(task: string, call: string, inputs: Record<string, string>): Promise<string> {
    databricks.requests.clear();
    const environment = { ...databricksEnvironment({ url: databricks.url, token: databricks.token }), ...inputs };
    const { end: ended } = await startTaskProcess(await bundleOf(task), environment);
    const end = await ended;
    assert.equal(end.result, 'Succeeded', end.output);
    return databricks.requests.list(call)[0]?.body ?? '';
  }

  it('of a job reaches Databricks as it is written, and is found unchanged by the next run', async () => {
    const { tags, tasks } = JSON.parse(await sent('CreateJob', 'jobs/create', { INPUT_SPEC: job })) as Job;
    assert.deepEqual([tags['commit'], tags['build'], tags['cost_centre']], ['831877e8', '20261128.10', '007']);
    assert.equal(tasks[0]?.max_retries, 2);
    assert.deepEqual(tasks[0].notebook_task?.base_parameters, { version: '1.10', zip: '01234' });
    assert.deepEqual(tasks[1]?.spark_python_task?.parameters, ['--build', '20261128.10']);
    assert.equal(await sent('CreateJob', 'jobs/reset', { INPUT_SPEC: job }), '');
  });

  it('of a cluster reaches Databricks as it is written, and is found unchanged by the next run', async () => {
    const body = JSON.parse(await sent('CreateCluster', 'clusters/create', { INPUT_SPEC: cluster })) as Cluster;
    assert.deepEqual(body.custom_tags, { build: '20261128.10', commit: '831877e8' });
    assert.deepEqual(body.spark_env_vars, { RELEASE: '1.10' });
    assert.equal(body.num_workers, 1);
    assert.equal(await sent('CreateCluster', 'clusters/edit', { INPUT_SPEC: cluster }), '');
  });
});

interface Job {
  readonly tags: Readonly<Record<string, string>>;
  readonly tasks: readonly {
    readonly max_retries?: number;
    readonly notebook_task?: { readonly base_parameters: Readonly<Record<string, string>> };
    readonly spark_python_task?: { readonly parameters: readonly string[] };
  }[];
}

interface Cluster {
  readonly num_workers: number;
  readonly custom_tags: Readonly<Record<string, string>>;
  readonly spark_env_vars: Readonly<Record<string, string>>;
}
