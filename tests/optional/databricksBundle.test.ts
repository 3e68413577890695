import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { type Json, type JsonObject, parseJson, toJson } from '../../sandbox/databricks/json';
import { systemClock } from '../../shared/clock';
import { runTask } from '../../shared/task/runTask';
import type { Inputs, Task } from '../../shared/task/task';
import { task as createCluster } from '../../tasks/CreateCluster/task';
import { task as createJob } from '../../tasks/CreateJob/task';
import { FakeNotebooks, finished } from '../sandbox/databricks/workspaceClient';
import { type DatabricksCli, databricksCli } from '../support/databricksCli';
import { FakeAgent } from '../support/fakeAgent';

const binary = process.env['DATABRICKS_CLI'] ?? '';
const allUnchanged = /^Plan: 0 to add, 0 to change, 0 to delete, 2 unchanged$/m;

type Definition = Readonly<Record<string, Json>>;

/** The definitions of a cluster and a job, as people write them; the job may use the cluster and the files. */
interface Definitions {
  readonly cluster: Definition;
  readonly job: (clusterId: string, files: string) => Definition;
}

const ownerTag: Definition = { 'managed-by': 'model-pipeline-tasks' };
const version = { spark_version: '16.4.x-scala2.12', node_type_id: 'Standard_DS3_v2' };

const shared: Definitions = {
  cluster: {
    ...version,
    cluster_name: 'shared',
    autoscale: { min_workers: 1, max_workers: 3 },
    data_security_mode: 'DATA_SECURITY_MODE_DEDICATED',
    spark_conf: { 'spark.sql.shuffle.partitions': '8' },
    spark_env_vars: { STAGE: 'test' },
  },
  job: (clusterId, files) => ({
    name: 'train models',
    parameters: [{ name: 'rounds', default: '3' }],
    email_notifications: { on_failure: ['b@example.com', 'a@example.com'] },
    webhook_notifications: { on_failure: [{ id: 'hook-2' }, { id: 'hook-1' }] },
    schedule: { quartz_cron_expression: '0 30 5 * * ?', timezone_id: 'UTC' },
    job_clusters: [{ job_cluster_key: 'main', new_cluster: { ...version, num_workers: 1 } }],
    tasks: [
      { task_key: 'train', job_cluster_key: 'main', notebook_task: { notebook_path: `${files}/train` } },
      { task_key: 'audit', job_cluster_key: 'main', notebook_task: { notebook_path: `${files}/train` } },
      {
        task_key: 'score',
        depends_on: [{ task_key: 'train' }, { task_key: 'audit' }],
        existing_cluster_id: clusterId,
        libraries: [{ pypi: { package: 'simplejson' } }, { pypi: { package: 'attrs' } }],
        notebook_task: { notebook_path: `${files}/train` },
      },
    ],
  }),
};

/** Contains what Databricks adds to it, because the CLI plans to remove that where it is not written. */
const singleNode: Definitions = {
  cluster: {
    ...version,
    cluster_name: 'single',
    kind: 'CLASSIC_PREVIEW',
    is_single_node: true,
    num_workers: 0,
    spark_conf: { 'spark.databricks.cluster.profile': 'singleNode', 'spark.master': 'local[*, 4]' },
    custom_tags: { ResourceClass: 'SingleNode' },
    data_security_mode: 'DATA_SECURITY_MODE_AUTO',
    autotermination_minutes: 30,
  },
  job: (clusterId, files) => ({
    name: 'score all',
    queue: { enabled: false },
    continuous: { pause_status: 'PAUSED' },
    health: { rules: [{ metric: 'RUN_DURATION_SECONDS', op: 'GREATER_THAN', value: 600 }] },
    environments: [{ environment_key: 'default', spec: { environment_version: '2', dependencies: ['attrs'] } }],
    tasks: [
      {
        task_key: 'each',
        for_each_task: {
          inputs: '["a","b"]',
          concurrency: 2,
          task: {
            task_key: 'one',
            environment_key: 'default',
            spark_python_task: { python_file: `${files}/score.py`, parameters: ['{{input}}'] },
          },
        },
      },
      {
        task_key: 'jar',
        new_cluster: { ...version, num_workers: 1 },
        spark_jar_task: { main_class_name: 'com.example.Main', run_as_repl: true },
        libraries: [{ jar: '/Volumes/main/default/files/app.jar' }],
        run_if: 'AT_LEAST_ONE_SUCCESS',
        depends_on: [{ task_key: 'each' }],
      },
      { task_key: 'report', existing_cluster_id: clusterId, notebook_task: { notebook_path: `${files}/train` } },
    ],
  }),
};

describe('a bundle of the Databricks CLI, and the tasks', function () {
  this.timeout(300_000);
  let databricks: Databricks;
  let home: string;
  let folder: string;
  let cli: DatabricksCli;

  before(function () {
    if (binary !== '') return;
    process.stderr.write('SKIPPED: name the binary of the Databricks CLI in DATABRICKS_CLI.\n');
    this.skip();
  });
  beforeEach(async () => {
    databricks = await startDatabricks({
      timeScale: 20,
      notebooks: new FakeNotebooks(() => Promise.resolve(finished)),
    });
    home = await mkdtemp(join(tmpdir(), 'databricks-bundle-'));
    folder = join(home, 'bundle');
    await mkdir(folder);
    cli = databricksCli(binary, databricks, home, folder);
    await writeFile(join(folder, 'train.py'), '# Databricks notebook source\nprint(1)');
  });
  afterEach(async () => {
    await databricks.close();
    await rm(home, { recursive: true });
  });

  const files = (): string => `/Workspace/Users/${databricks.users[0]?.userName ?? ''}/.bundle/models/default/files`;

  const tagged = (job: Definition, tags: Definition = ownerTag): Definition => ({
    ...job,
    tags: { team: 'a', ...tags },
  });

  async function writeBundle({ cluster, job }: Definitions, tags: Definition = ownerTag): Promise<void> {
    const train = tagged(job('${resources.clusters.shared.id}', '${workspace.file_path}'), tags);
    const resources = { jobs: { train }, clusters: { shared: cluster } };
    await writeFile(join(folder, 'databricks.yml'), toJson({ bundle: { name: 'models' }, resources }));
  }

  /** The definitions with what the CLI adds to them. */
  async function completed(): Promise<{ readonly job: JsonObject; readonly cluster: JsonObject }> {
    const { resources } = parseJson(await cli('bundle', 'validate', '--output', 'json')) as {
      resources: { jobs: { train: JsonObject }; clusters: { shared: JsonObject } };
    };
    return { job: resources.jobs.train, cluster: resources.clusters.shared };
  }

  async function run<I extends Inputs, Output extends string>(
    task: Task<I, Output>,
    spec: JsonObject,
    inputs: Readonly<Record<string, string>> = {},
  ): Promise<FakeAgent> {
    const { url, token } = databricks;
    const agent = new FakeAgent({ connection: 'c', spec: toJson(spec), ...inputs }, { c: { url, token } });
    await runTask(task, { agent, clock: systemClock, signal: new AbortController().signal });
    return agent;
  }

  /** The requests that change a job or a cluster. */
  const writes = (): readonly string[] =>
    databricks.requests
      .list()
      .filter(({ method, path }) => method !== 'GET' && /\/(jobs|clusters)\//.test(path))
      .map(({ method, path }) => `${method} ${path}`);

  it('is validated, planned, deployed, run and destroyed', async () => {
    await writeBundle(shared);
    assert.match(await cli('bundle', 'validate'), /Validation OK!/);
    assert.match(await cli('bundle', 'plan'), /^Plan: 2 to add, 0 to change, 0 to delete, 0 unchanged$/m);
    assert.deepEqual(writes(), []);

    await cli('bundle', 'deploy');
    assert.deepEqual(writes(), ['POST /api/2.1/clusters/create', 'POST /api/2.2/jobs/create']);
    assert.match(await cli('bundle', 'plan'), allUnchanged);

    await cli('bundle', 'run', 'train');
    assert.deepEqual(
      databricks.runs.list().map(({ ending }) => ending?.resultState),
      ['SUCCESS'],
    );
    databricks.requests.clear();
    await cli('bundle', 'deploy');
    assert.deepEqual(writes(), []);

    await cli('bundle', 'destroy', '--auto-approve');
    assert.deepEqual(writes(), ['POST /api/2.2/jobs/delete', 'POST /api/2.1/clusters/permanent-delete']);
  });

  for (const [what, definitions] of Object.entries({ shared, 'single-node': singleNode })) {
    it(`with a ${what} cluster is found unchanged by CreateCluster and CreateJob`, async () => {
      await writeBundle(definitions);
      await cli('bundle', 'deploy');
      databricks.requests.clear();
      const [deployed] = databricks.clusters.list();
      const ofCluster = await run(createCluster, definitions.cluster);
      assert.equal(ofCluster.outputs['change'], 'unchanged', ofCluster.text());
      const ofJob = await run(createJob, tagged(definitions.job(deployed?.id ?? '', files())));
      assert.equal(ofJob.outputs['change'], 'unchanged', ofJob.text());
      assert.deepEqual(writes(), []);
      assert.match(await cli('bundle', 'plan'), allUnchanged);
    });

    it(`with a ${what} cluster plans no change after CreateCluster and CreateJob`, async () => {
      await writeBundle(definitions);
      const { cluster, job } = await completed();
      const ofCluster = await run(createCluster, cluster);
      assert.equal(ofCluster.outputs['change'], 'created', ofCluster.text());
      const { clusterId = '' } = ofCluster.outputs;
      const spec = toJson(job).replaceAll('${resources.clusters.shared.id}', clusterId);
      const ofJob = await run(createJob, parseJson(spec) as JsonObject);
      assert.equal(ofJob.outputs['change'], 'created', ofJob.text());

      databricks.requests.clear();
      await cli('bundle', 'deployment', 'bind', 'shared', clusterId);
      await cli('bundle', 'deployment', 'bind', 'train', ofJob.outputs['jobId'] ?? '');
      assert.match(await cli('bundle', 'plan'), allUnchanged);
      await cli('bundle', 'deploy');
      assert.deepEqual(writes(), []);
    });
  }

  it('without the tag of the tasks is not changed by CreateJob, which tells what it would change', async () => {
    await writeBundle(shared, {});
    await cli('bundle', 'deploy');
    databricks.requests.clear();
    const [deployed] = databricks.clusters.list();
    const spec = tagged(shared.job(deployed?.id ?? '', files()), {});
    const refused = await run(createJob, spec);
    assert.equal(refused.end.result, 'Failed', refused.text());
    assert.match(refused.end.message, /was not created by this task, so it is not changed\. Set 'adopt' to true/);
    const planned = await run(createJob, spec, { adopt: 'true', dryRun: 'true' });
    assert.equal(planned.outputs['change'], 'updated', planned.text());
    assert.match(planned.text('log'), /differs from its definition:\n {2}\+ tags\.managed-by: \S+$/m);
    assert.deepEqual(writes(), []);
    assert.match(await cli('bundle', 'plan'), allUnchanged);
  });

  it('plans to undo what CreateCluster and CreateJob change, and the tasks then find it unchanged', async () => {
    await writeBundle(shared);
    await cli('bundle', 'deploy');
    const id = databricks.clusters.list()[0]?.id ?? '';
    const job = tagged(shared.job(id, files()));
    await run(createCluster, { ...shared.cluster, autoscale: { min_workers: 1, max_workers: 4 } });
    await run(createJob, { ...job, max_concurrent_runs: 2 });
    assert.match(await cli('bundle', 'plan'), /^Plan: 0 to add, 2 to change, 0 to delete, 0 unchanged$/m);

    await cli('bundle', 'deploy');
    assert.match(await cli('bundle', 'plan'), allUnchanged);
    assert.equal((await run(createCluster, shared.cluster)).outputs['change'], 'unchanged');
    assert.equal((await run(createJob, job)).outputs['change'], 'unchanged');
  });
});
