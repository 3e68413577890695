import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { type JsonObject, parseJson, toJson } from '../../sandbox/databricks/json';
import { systemClock } from '../../shared/clock';
import { runTask } from '../../shared/task/runTask';
import type { Inputs, Task } from '../../shared/task/task';
import { task as createCluster } from '../../tasks/CreateCluster/task';
import { task as createJob } from '../../tasks/CreateJob/task';
import { FakeNotebooks, finished } from '../sandbox/databricks/workspaceClient';
import { type DatabricksCli, databricksCli } from '../support/databricksCli';
import { FakeAgent } from '../support/fakeAgent';
import { type Definition, type Definitions, shared, singleNode } from './bundleDefinitions';

const binary = process.env['DATABRICKS_CLI'] ?? '';
const allUnchanged = /^Plan: 0 to add, 0 to change, 0 to delete, 2 unchanged$/m;

/** The tags that CreateJob adds to a job. */
const ownerTags: Definition = { 'managed-by': 'model-pipeline-tasks', repository: 'models' };

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

  const tagged = (job: Definition, tags: Definition = ownerTags): Definition => ({
    ...job,
    tags: { team: 'a', ...tags },
  });

  async function writeBundle({ cluster, job }: Definitions, tags: Definition = ownerTags): Promise<void> {
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
    const variables = { 'Build.Repository.Name': 'models' };
    const agent = new FakeAgent({ connection: 'c', spec: toJson(spec), ...inputs }, { c: { url, token } }, variables);
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

  it('without the tags of CreateJob is not changed by it, which logs what it would change', async () => {
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
    assert.match(
      planned.text('log'),
      /differs from its definition:\n {2}\+ tags\.managed-by: \S+\n {2}\+ tags\.repository: models$/m,
    );
    assert.deepEqual(writes(), []);
    assert.match(await cli('bundle', 'plan'), allUnchanged);
  });

  it('with permissions is found unchanged by CreateJob, which changes them when they differ', async () => {
    const permissions = [
      { group_name: 'users', level: 'CAN_VIEW' },
      { group_name: 'admins', level: 'CAN_MANAGE_RUN' },
    ];
    const job: Definitions['job'] = (clusterId, files) => ({ ...shared.job(clusterId, files), permissions });
    await writeBundle({ ...shared, job });
    await cli('bundle', 'deploy');
    databricks.requests.clear();
    const spec = tagged(shared.job(databricks.clusters.list()[0]?.id ?? '', files()));
    const grants = permissions.map(({ group_name, level }) => ({ group_name, permission_level: level }));
    const same = await run(createJob, spec, { permissions: toJson(grants) });
    assert.equal(same.outputs['change'], 'unchanged', same.text());
    assert.match(await cli('bundle', 'plan'), /^Plan: 0 to add, 0 to change, 0 to delete, 3 unchanged$/m);
    const fewer = await run(createJob, spec, { permissions: toJson(grants.slice(1)) });
    assert.equal(fewer.outputs['change'], 'updated', fewer.text());
    assert.match(await cli('bundle', 'plan'), /^Plan: 0 to add, 1 to change, 0 to delete, 2 unchanged$/m);
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
