import assert from 'node:assert/strict';
import type { Databricks } from '../../../sandbox/databricks/databricks';
import { type Json, type JsonObject, objectsOf } from '../../../sandbox/databricks/json';
import { startTestWorkspace, type WorkspaceClient } from './workspaceClient';

const spec = {
  cluster_name: 'shared',
  spark_version: '15.4.x-scala2.12',
  node_type_id: 'Standard_DS3_v2',
  num_workers: 1,
};

describe('Databricks sandbox: clusters', () => {
  let databricks: Databricks;
  let client: WorkspaceClient;
  beforeEach(
    async () =>
      ({ databricks, client } = await startTestWorkspace({
        durations: { clusterStartSeconds: 240, clusterStopSeconds: 20 },
      })),
  );
  afterEach(() => databricks.close());

  const post = (action: string, id: Json, more: JsonObject = {}) =>
    client.post(`/api/2.1/clusters/${action}`, { cluster_id: id, ...more });
  const create = async () => (await client.post('/api/2.1/clusters/create', spec)).json.cluster_id;
  const get = async (id: Json) => (await client.get('/api/2.1/clusters/get', { cluster_id: id as string })).json;
  const state = async (id: Json) => (await get(id)).state;
  const wait = (seconds: number) => databricks.clock.advance(seconds * 1000);

  it('starts a new cluster in its time', async () => {
    const id = await create();
    await wait(239);
    assert.equal(await state(id), 'PENDING');
    await wait(1);
    const cluster = await get(id);
    assert.deepEqual(
      [cluster.state, cluster.cluster_name, cluster.driver_node_type_id, cluster.cluster_source],
      ['RUNNING', 'shared', 'Standard_DS3_v2', 'API'],
    );
    assert.match(id as string, /^\d{4}-\d{6}-\w{8}$/);
  });

  it('terminates a cluster, says who did it, and starts it again', async () => {
    const id = await create();
    await wait(240);
    await post('delete', id);
    assert.equal(await state(id), 'TERMINATING');
    await wait(20);
    const cluster = await get(id);
    assert.equal(cluster.state, 'TERMINATED');
    assert.deepEqual(cluster.termination_reason, {
      code: 'USER_REQUEST',
      type: 'SUCCESS',
      parameters: { username: 'someone@example.com' },
    });
    assert.equal((await post('delete', id)).status, 200);
    assert.equal((await post('start', id)).status, 200);
    await wait(240);
    assert.deepEqual([await state(id), (await get(id)).termination_reason], ['RUNNING', undefined]);
  });

  it('can be terminated while it starts, and then does not come up', async () => {
    const id = await create();
    await wait(100);
    await post('delete', id);
    await wait(20);
    await post('start', id);
    await wait(130);
    assert.equal(await state(id), 'PENDING');
    await wait(110);
    assert.equal(await state(id), 'RUNNING');
  });

  it('refuses to start or edit in a state that does not allow it', async () => {
    const id = await create();
    for (const [seconds, name] of [
      [0, 'Pending'],
      [240, 'Running'],
    ] as const) {
      await wait(seconds);
      const reply = await post('start', id);
      assert.deepEqual(
        [reply.status, reply.json.error_code, reply.json.message],
        [400, 'INVALID_STATE', `Cluster ${id as string} is in unexpected state ${name}.`],
      );
    }
    await post('delete', id);
    assert.equal((await post('edit', id, spec)).json.error_code, 'INVALID_STATE');
  });

  it('restarts a running cluster when it is edited, and leaves a terminated one so', async () => {
    const id = await create();
    await wait(240);
    await post('edit', id, { ...spec, num_workers: 5 });
    assert.deepEqual([await state(id), (await get(id)).num_workers], ['RESTARTING', 5]);
    await wait(240);
    assert.equal(await state(id), 'RUNNING');
    await post('delete', id);
    await wait(20);
    await post('edit', id, spec);
    assert.deepEqual([await state(id), (await get(id)).num_workers], ['TERMINATED', 1]);
  });

  it('answers 400 for a cluster that does not exist, also after it was removed', async () => {
    const id = await create();
    assert.equal((await post('permanent-delete', id)).status, 200);
    const reply = await client.get('/api/2.1/clusters/get', { cluster_id: id as string });
    assert.deepEqual(
      [reply.status, reply.json.error_code, reply.json.message],
      [400, 'INVALID_PARAMETER_VALUE', `Cluster ${id as string} does not exist`],
    );
  });

  it('refuses a specification without a Spark version or node type, or with two sizes', async () => {
    for (const wrong of [
      { node_type_id: 'x' },
      { spark_version: 'x' },
      { ...spec, autoscale: { min_workers: 1, max_workers: 2 } },
    ]) {
      assert.equal((await client.post('/api/2.1/clusters/create', wrong)).status, 400);
    }
  });

  it('lists clusters by pages', async () => {
    for (let cluster = 0; cluster < 3; cluster++) await create();
    const first = (await client.get('/api/2.1/clusters/list', { page_size: '2' })).json;
    const second = (
      await client.get('/api/2.1/clusters/list', { page_size: '2', page_token: first.next_page_token as string })
    ).json;
    assert.deepEqual(
      [objectsOf(first.clusters).length, objectsOf(second.clusters).length, second.next_page_token],
      [2, 1, ''],
    );
  });

  it('offers Spark versions and node types', async () => {
    assert.ok(
      objectsOf((await client.get('/api/2.1/clusters/spark-versions')).json.versions).some(
        ({ key }) => key === spec.spark_version,
      ),
    );
    assert.ok(
      objectsOf((await client.get('/api/2.1/clusters/list-node-types')).json.node_types).some(
        (type) => type.node_type_id === spec.node_type_id,
      ),
    );
  });
});
