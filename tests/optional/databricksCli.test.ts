import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { type Json, type JsonObject, parseJson, toJson } from '../../sandbox/databricks/json';
import { FakeNotebooks, finished, idText } from '../sandbox/databricks/workspaceClient';
import { type DatabricksCli, databricksCli } from '../support/databricksCli';

const cli = process.env.DATABRICKS_CLI ?? '';

describe("the Databricks sandbox, used by Databricks' own CLI", function () {
  this.timeout(300_000);
  let databricks: Databricks;
  let folder: string;
  let home: string;
  let call: DatabricksCli;

  before(async function () {
    if (cli === '') {
      process.stderr.write('SKIPPED: name the binary of the Databricks CLI in DATABRICKS_CLI.\n');
      this.skip();
    }
    databricks = await startDatabricks({
      timeScale: 20,
      notebooks: new FakeNotebooks(() => Promise.resolve(finished)),
    });
    home = `/Users/${databricks.users[0]?.userName ?? ''}`;
    folder = await mkdtemp(join(tmpdir(), 'databricks-cli-'));
    call = databricksCli(cli, databricks, folder);
    await mkdir(join(folder, 'source', 'deep'), { recursive: true });
    await writeFile(join(folder, 'source', 'n.py'), '# Databricks notebook source\nprint(1)');
    await writeFile(join(folder, 'source', 'deep', 'f.txt'), 'one');
  });
  after(async () => {
    if (cli === '') return;
    await databricks.close();
    await rm(folder, { recursive: true });
  });

  const ask = async (...args: string[]): Promise<Json> => parseJson(await call(...args, '--output', 'json'));
  /** The paths below a folder with what they are. */
  const held = (path: string) =>
    databricks.workspace.below(path).map((node) => [node.path.slice(path.length), node.type]);

  it('imports a folder', async () => {
    await call('workspace', 'import-dir', join(folder, 'source'), `${home}/imported`, '--overwrite');
    assert.deepEqual(held(`${home}/imported`), [
      ['/deep', 'DIRECTORY'],
      ['/deep/f.txt', 'FILE'],
      ['/n', 'NOTEBOOK'],
    ]);
  });

  it('syncs a folder, and then only the changes', async () => {
    const sync = () => call('sync', join(folder, 'source'), `${home}/synced`);
    await sync();
    assert.deepEqual(held(`${home}/synced`), [
      ['/deep', 'DIRECTORY'],
      ['/deep/f.txt', 'FILE'],
      ['/n', 'NOTEBOOK'],
    ]);
    databricks.requests.clear();
    const changed = join(folder, 'source', 'deep', 'f.txt');
    await writeFile(changed, 'two');
    const later = new Date(Date.now() + 10_000);
    await utimes(changed, later, later);
    await sync();
    const uploads = databricks.requests
      .list()
      .filter(({ path }) => path.includes('/workspace-files/import-file/') || path.endsWith('/workspace/import'));
    assert.equal(uploads.length, 1);
    const file = databricks.workspace.get(`${home}/synced/deep/f.txt`);
    assert.equal(file?.type === 'FILE' && file.bytes.toString(), 'two');
  });

  it('creates, lists, stops, starts and removes a cluster', async () => {
    const spec = {
      cluster_name: 'cli',
      spark_version: '15.4.x-scala2.12',
      node_type_id: 'Standard_DS3_v2',
      num_workers: 1,
    };
    const { cluster_id: id, state } = (await ask('clusters', 'create', '--json', toJson(spec))) as JsonObject;
    const cluster = databricks.clusters.list()[0];
    assert.deepEqual([id, state, cluster?.spec], [cluster?.id, 'RUNNING', spec]);
    assert.ok(cluster);
    const [listed] = (await ask('clusters', 'list')) as JsonObject[];
    assert.deepEqual([listed?.cluster_id, listed?.state], [id, 'RUNNING']);
    await assert.rejects(call('clusters', 'start', cluster.id), /is in unexpected state Running/);
    await call('clusters', 'delete', cluster.id);
    assert.equal(cluster.state, 'TERMINATED');
    await call('clusters', 'start', cluster.id);
    assert.equal(((await ask('clusters', 'get', cluster.id)) as JsonObject).state, 'RUNNING');
    await call('clusters', 'permanent-delete', cluster.id);
    assert.deepEqual(databricks.clusters.list(), []);
  });

  it('creates, finds, runs and deletes a job', async () => {
    await call('workspace', 'import-dir', join(folder, 'source'), `${home}/jobs`, '--overwrite');
    const tasks = [{ task_key: 'a', notebook_task: { notebook_path: `${home}/jobs/n` } }];
    const { job_id: jobId } = (await ask('jobs', 'create', '--json', toJson({ name: 'cli job', tasks }))) as JsonObject;
    const id = idText(jobId);
    const { settings } = (await ask('jobs', 'get', id)) as JsonObject;
    assert.equal((settings as JsonObject).name, databricks.jobs.get(id).settings.name);
    const jobs = (await ask('jobs', 'list', '--name', 'cli job')) as JsonObject[];
    assert.deepEqual(
      jobs.map((job) => idText(job.job_id)),
      [id],
    );
    const { state } = (await ask('jobs', 'run-now', id)) as JsonObject;
    assert.equal((state as JsonObject).result_state, 'SUCCESS');
    await call('jobs', 'delete', id);
    assert.deepEqual(databricks.jobs.list(), []);
  });

  it('creates, updates, queries and deletes a serving endpoint', async () => {
    databricks.catalogModels.create('main.ml.demo', databricks.users[0]?.userName ?? '');
    for (const runId of ['a', 'b']) databricks.catalogModels.addVersion('main.ml.demo', runId);
    const entity = (version: string) => ({
      name: `demo-${version}`,
      entity_name: 'main.ml.demo',
      entity_version: version,
      workload_size: 'Small',
      scale_to_zero_enabled: true,
    });
    const routes = (...shares: readonly (readonly [string, number])[]) => ({
      routes: shares.map(([version, percent]) => ({
        served_entity_name: `demo-${version}`,
        traffic_percentage: percent,
      })),
    });
    const served = async () => {
      const { config, state } = (await ask('serving-endpoints', 'get', 'cli')) as JsonObject;
      const { served_entities: entities } = config as { served_entities: JsonObject[] };
      return [state, entities.map(({ entity_version: version }) => version)];
    };
    const ready = { config_update: 'NOT_UPDATING', ready: 'READY' };
    // Without --no-wait, the commands return when the endpoint is ready.
    const endpoint = { name: 'cli', config: { served_entities: [entity('1')] } };
    await call('serving-endpoints', 'create', '--json', toJson(endpoint));
    assert.deepEqual(await served(), [ready, ['1']]);
    const both = { served_entities: [entity('1'), entity('2')], traffic_config: routes(['1', 90], ['2', 10]) };
    await call('serving-endpoints', 'update-config', 'cli', '--json', toJson(both));
    assert.deepEqual(await served(), [ready, ['1', '2']]);

    const records = [{ sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }];
    const query = ['serving-endpoints', 'query', 'cli', '--json', toJson({ dataframe_records: records })];
    const { predictions } = (await ask(...query)) as JsonObject;
    assert.deepEqual(
      (predictions as JsonObject[]).map(({ species }) => species),
      ['setosa'],
    );
    await assert.rejects(call('serving-endpoints', 'get', 'other'), /other/);
    const listed = (await ask('serving-endpoints', 'list')) as JsonObject[];
    assert.deepEqual(
      listed.map(({ name }) => name),
      ['cli'],
    );
    await call('serving-endpoints', 'delete', 'cli');
    assert.deepEqual(await ask('serving-endpoints', 'list'), []);
  });

  it('copies files to a volume, lists, reads and removes them', async () => {
    const target = 'dbfs:/Volumes/main/default/files/copied';
    const source = join(folder, 'volume');
    await mkdir(join(source, 'deep'), { recursive: true });
    await writeFile(join(source, 'a.txt'), 'one');
    await writeFile(join(source, 'deep', 'b.txt'), 'two');
    const names = async (path: string) => (await call('fs', 'ls', path)).trim().split('\n').sort();
    await call('fs', 'cp', source, target, '--recursive');
    assert.deepEqual(await names(target), ['a.txt', 'deep']);
    assert.equal(await call('fs', 'cat', `${target}/a.txt`), 'one');
    await writeFile(join(source, 'a.txt'), 'other');
    assert.match(await call('fs', 'cp', join(source, 'a.txt'), `${target}/a.txt`), /skipped; already exists/);
    assert.equal(await call('fs', 'cat', `${target}/a.txt`), 'one');
    await call('fs', 'cp', join(source, 'a.txt'), `${target}/a.txt`, '--overwrite');
    assert.equal(await call('fs', 'cat', `${target}/a.txt`), 'other');
    await call('fs', 'rm', `${target}/a.txt`);
    assert.deepEqual(await names(target), ['deep']);
    await call('fs', 'cp', `${target}/deep/b.txt`, join(folder, 'back.txt'));
    assert.equal(await readFile(join(folder, 'back.txt'), 'utf8'), 'two');
  });
});
