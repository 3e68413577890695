import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objectsOf } from '../../../sandbox/databricks/json';
import { idText, startTestWorkspace } from './workspaceClient';

describe('Databricks sandbox: state file', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'sandbox-state-'))));
  after(() => rm(folder, { recursive: true }));

  it('restores all objects with their IDs, and ends active runs and clusters', async () => {
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
    const spec = { spark_version: '15.4.x-scala2.12', node_type_id: 'Standard_DS3_v2', num_workers: 1 };
    const cluster = (await first.client.post('/api/2.1/clusters/create', spec)).json.cluster_id;
    await first.client.post('/api/2.0/libraries/install', {
      cluster_id: cluster,
      libraries: [{ pypi: { package: 'requests' } }],
    });
    await first.client.send('PUT', '/api/2.0/fs/files/Volumes/main/default/files/a.txt', 'kept');
    await first.client.send(
      'PATCH',
      `/api/2.0/permissions/jobs/${idText(job)}`,
      '{"access_control_list":[{"group_name":"users","permission_level":"CAN_VIEW"}]}',
    );
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
      const { library_statuses: libraries } = (
        await client.get('/api/2.0/libraries/cluster-status', { cluster_id: cluster as string })
      ).json;
      assert.equal(objectsOf(libraries).length, 1);
      assert.equal((await client.get('/api/2.0/fs/files/Volumes/main/default/files/a.txt')).text, 'kept');
      assert.match((await client.get(`/api/2.0/permissions/jobs/${idText(job)}`)).text, /"group_name":"users"/);
      const ids = new Set([job, done, (await client.post('/api/2.2/jobs/create', { name: 'new', tasks })).json.job_id]);
      assert.equal(ids.size, 3);
    } finally {
      await databricks.close();
    }
    assert.deepEqual(await readdir(folder), ['state.json']);
  });

  it('refuses a file of another format', async () => {
    const stateFile = join(folder, 'other.json');
    await writeFile(stateFile, '{"version":2}');
    await assert.rejects(startTestWorkspace({ stateFile }), /is not a state file of this sandbox/);
  });
});
