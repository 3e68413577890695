import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { idText, startTestWorkspace } from './workspaceClient';

describe('Databricks sandbox: state file', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'sandbox-state-'))));
  after(() => rm(folder, { recursive: true }));

  it('brings back all objects with their ids, and ends what was active', async () => {
    const stateFile = join(folder, 'state.json');
    const tasks = [{ task_key: 'q', sql_task: {} }];
    const first = await startTestWorkspace({ stateFile });
    await first.client.importFile('/Shared/data.bin', Buffer.from([0, 255]));
    await first.client.importFile('/Shared/a.py', '# Databricks notebook source\n1');
    const job = (await first.client.post('/api/2.2/jobs/create', { name: 'kept', tasks })).json.job_id;
    first.databricks.scriptRun({ durationSeconds: 60 });
    const done = (await first.client.post('/api/2.2/jobs/run-now', { job_id: job, idempotency_token: 't' })).json
      .run_id;
    await first.databricks.clock.advance(120_000);
    const cluster = (await first.client.post('/api/2.1/clusters/create', { spark_version: 'x', node_type_id: 'x' }))
      .json.cluster_id;
    const { object_id: objectId } = (await first.client.get('/api/2.0/workspace/get-status', { path: '/Shared/a' }))
      .json;
    await first.databricks.close();

    const { databricks, client } = await startTestWorkspace({ stateFile });
    try {
      assert.equal((await client.get('/api/2.0/workspace/get-status', { path: '/Shared/a' })).json.object_id, objectId);
      assert.equal(await client.source('/Shared/a'), '# Databricks notebook source\n1');
      const { json } = await client.get('/api/2.0/workspace/export', { path: '/Shared/data.bin' });
      assert.equal(json.content, 'AP8=');
      assert.match((await client.get('/api/2.2/jobs/get', { job_id: idText(job) })).text, /"name":"kept"/);
      assert.equal(
        (await client.post('/api/2.2/jobs/run-now', { job_id: job, idempotency_token: 't' })).json.run_id,
        done,
      );
      assert.match(
        (await client.get('/api/2.2/jobs/runs/get', { run_id: idText(done) })).text,
        /"result_state":"SUCCESS"/,
      );
      assert.match(
        (await client.get('/api/2.1/clusters/get', { cluster_id: cluster as string })).text,
        /"state":"RUNNING"/,
      );
      const ids = new Set([job, done, (await client.post('/api/2.2/jobs/create', { name: 'new', tasks })).json.job_id]);
      assert.equal(ids.size, 3);
    } finally {
      await databricks.close();
    }
    assert.deepEqual(await readdir(folder), ['state.json']);
  });

  it('refuses a file that is something else', async () => {
    const stateFile = join(folder, 'other.json');
    await writeFile(stateFile, '{"version":2}');
    await assert.rejects(startTestWorkspace({ stateFile }), /is not a state file of this sandbox/);
  });
});
