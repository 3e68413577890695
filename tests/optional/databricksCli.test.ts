import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
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
});
