import assert from 'node:assert/strict';
import type { Databricks } from '../../../sandbox/databricks/databricks';
import { type Json, type JsonObject, objectsOf, without } from '../../../sandbox/databricks/json';
import { startTestWorkspace, type WorkspaceClient } from './workspaceClient';

const spec = {
  cluster_name: 'shared',
  spark_version: '15.4.x-scala2.12',
  node_type_id: 'Standard_DS3_v2',
  num_workers: 1,
};
const singleNode = { ...without(spec, 'num_workers'), kind: 'CLASSIC_PREVIEW', is_single_node: true };

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

  it('starts a new cluster after the start time', async () => {
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

  it('terminates a cluster, reports by whom, and starts it again', async () => {
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

  it('terminates a cluster that is starting', async () => {
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

  it('restarts a running cluster when it is edited, and does not start a terminated one', async () => {
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

  it('returns 400 for a cluster that does not exist or was deleted', async () => {
    const id = await create();
    assert.equal((await post('permanent-delete', id)).status, 200);
    const reply = await client.get('/api/2.1/clusters/get', { cluster_id: id as string });
    assert.deepEqual(
      [reply.status, reply.json.error_code, reply.json.message],
      [400, 'INVALID_PARAMETER_VALUE', `Cluster ${id as string} does not exist`],
    );
  });

  it('creates one cluster per idempotency token, until that one terminates', async () => {
    const once = async (token: string) =>
      (await client.post('/api/2.1/clusters/create', { ...spec, idempotency_token: token })).json;
    const { cluster_id: id } = await once('a');
    assert.deepEqual(await once('a'), { cluster_id: id });
    assert.notEqual((await once('b')).cluster_id, id);
    assert.notEqual((await once('')).cluster_id, (await once('')).cluster_id);
    assert.deepEqual(((await get(id)).spec as JsonObject).idempotency_token, undefined);
    await wait(240);
    await post('delete', id);
    assert.equal((await once('a')).cluster_id, id);
    await wait(20);
    await post('start', id);
    const { cluster_id: next } = await once('a');
    assert.notEqual(next, id);
    await post('permanent-delete', next);
    assert.notEqual((await once('a')).cluster_id, next);
    assert.equal(databricks.clusters.list().length, 5);
    assert.equal((await once('x'.repeat(65))).message, 'The idempotency token must have at most 64 characters, got 65');
  });

  it('does not delete a pinned cluster', async () => {
    const id = await create();
    await wait(240);
    await post('pin', id);
    const reply = await post('permanent-delete', id);
    assert.deepEqual(
      [reply.status, reply.json.message],
      [400, `Cannot delete pinned cluster ${id as string}. Please ask an admin to unpin the cluster first.`],
    );
    assert.equal(await state(id), 'RUNNING');
    await post('unpin', id);
    assert.equal((await post('permanent-delete', id)).status, 200);
  });

  it('checks the specification as Databricks does', async () => {
    const sizeless = without(spec, 'num_workers');
    for (const [wrong, message] of [
      [{ node_type_id: 'Standard_DS3_v2', num_workers: 1 }, "Missing required field 'spark_version'"],
      [{ ...spec, spark_version: '13.0.x-scala2.11' }, 'Invalid spark version 13.0.x-scala2.11.'],
      [{ spark_version: spec.spark_version, num_workers: 1 }, "Missing required field 'node_type_id'"],
      [
        { ...spec, node_type_id: 'm4.large' },
        /^Node type m4.large is not supported. Supported node types: Standard_DS3_v2, /,
      ],
      [{ ...spec, instance_pool_id: 'none' }, "Can't find an instance pool with id: none."],
      [{ ...spec, policy_id: 'none' }, "Can't find a cluster policy with id: none."],
      [sizeless, 'Missing required field: size'],
      [{ ...spec, num_workers: 'two' }, /num_workers must be an integer/],
      [{ ...spec, autoscale: { min_workers: 1, max_workers: 2 } }, /^Only one of/],
      [{ ...sizeless, autoscale: { min_workers: 3, max_workers: 2 } }, /must not be less/],
      [{ ...spec, autotermination_minutes: 5 }, /between 10 and 10000/],
    ] as const) {
      const reply = await client.post('/api/2.1/clusters/create', wrong);
      assert.ok(reply.status === 400 || reply.status === 404);
      assert.match(reply.json.message as string, typeof message === 'string' ? new RegExp(`^${message}$`) : message);
    }
    assert.equal((await client.post('/api/2.1/clusters/create', singleNode)).status, 200);
    for (const name of ['is_single_node', 'use_ml_runtime']) {
      const { status, json } = await client.post('/api/2.1/clusters/create', { ...spec, [name]: true });
      assert.deepEqual([status, json.message], [400, `${name} is not allowed with unspecified kind.`]);
    }
  });

  it('sets the size, the tags and the Spark settings of a single node', async () => {
    const tags = { team: 'a' };
    const sent = { ...singleNode, num_workers: 3, custom_tags: tags };
    const { cluster_id: id } = (await client.post('/api/2.1/clusters/create', sent)).json;
    const { num_workers, custom_tags, spark_conf, spec: asked } = await get(id);
    assert.deepEqual([num_workers, custom_tags], [0, { ...tags, ResourceClass: 'SingleNode' }]);
    assert.equal((spark_conf as Record<string, string>)['spark.databricks.cluster.profile'], 'singleNode');
    assert.deepEqual(asked, sent);
  });

  it('returns no runtime engine that was not sent, other names of access modes, and no password of an image', async () => {
    const docker_image = { url: 'registry.example.com/a:1', basic_auth: { username: 'u', password: 'p' } };
    const sent = { ...spec, docker_image, data_security_mode: 'DATA_SECURITY_MODE_DEDICATED', kind: 'CLASSIC_PREVIEW' };
    const { cluster_id: id } = (await client.post('/api/2.1/clusters/create', sent)).json;
    const cluster = await get(id);
    assert.equal('runtime_engine' in cluster, false);
    assert.equal(cluster.data_security_mode, 'SINGLE_USER');
    for (const { docker_image: image } of [cluster, cluster.spec as typeof cluster])
      assert.deepEqual(image, { url: docker_image.url });
  });

  it('returns the specification with the defaults of the service', async () => {
    const sent = {
      ...spec,
      spark_conf: { 'spark.speculation': true },
      azure_attributes: { availability: 'SPOT_AZURE' },
    };
    const { cluster_id: id } = (await client.post('/api/2.1/clusters/create', sent)).json;
    await wait(240);
    const cluster = await get(id);
    assert.deepEqual(cluster.spark_conf, { 'spark.speculation': 'true' });
    assert.deepEqual(cluster.azure_attributes, {
      first_on_demand: 1,
      availability: 'SPOT_AZURE',
      spot_bid_max_price: -1,
    });
    assert.deepEqual(
      [cluster.autotermination_minutes, cluster.enable_elastic_disk, cluster.cluster_cores, cluster.num_workers],
      [0, true, 8, 1],
    );
    assert.equal((cluster.default_tags as JsonObject).ClusterName, 'shared');
    assert.equal((cluster.spec as JsonObject).autotermination_minutes, undefined);
    const context = cluster.spark_context_id;
    await post('restart', id);
    await wait(240);
    assert.notEqual((await get(id)).spark_context_id, context);
    const [listed] = objectsOf((await client.get('/api/2.1/clusters/list')).json.clusters);
    assert.deepEqual([listed?.cluster_id, listed?.spec], [id, undefined]);
  });

  it('changes only the given fields in an update', async () => {
    const id = await create();
    await wait(240);
    const cluster = { num_workers: 7, spark_conf: { a: '1', b: '2' }, cluster_name: 'other' };
    await post('update', id, { update_mask: 'num_workers,spark_conf.a', cluster });
    const changed = await get(id);
    assert.deepEqual(
      [changed.state, changed.num_workers, changed.cluster_name, changed.spark_conf],
      ['RESTARTING', 7, 'shared', { a: '1' }],
    );
    await wait(240);
    await post('update', id, { update_mask: 'spark_conf', cluster: {} });
    assert.equal((await get(id)).spark_conf, undefined);
    assert.match((await post('update', id, { cluster })).json.message as string, /update_mask/);
  });

  it('resizes only a running cluster', async () => {
    const id = await create();
    assert.equal((await post('resize', id, { num_workers: 3 })).json.error_code, 'INVALID_STATE');
    await wait(240);
    await post('resize', id, { autoscale: { min_workers: 2, max_workers: 4 } });
    const cluster = await get(id);
    assert.deepEqual(
      [cluster.state, cluster.num_workers, cluster.autoscale],
      ['RESIZING', undefined, { min_workers: 2, max_workers: 4 }],
    );
    await wait(1);
    assert.equal(await state(id), 'RUNNING');
  });

  describe('scripted failures', () => {
    it('fail the start with the reason, and then allow a start', async () => {
      databricks.scriptCluster({ matching: { clusterName: 'shared' }, failure: 'quota', times: 1 });
      const id = await create();
      await wait(240);
      assert.equal(await state(id), 'TERMINATING');
      await wait(20);
      const cluster = await get(id);
      const reason = cluster.termination_reason as JsonObject;
      assert.deepEqual(
        [cluster.state, reason.code, reason.type, (reason.parameters as JsonObject).azure_error_code],
        ['TERMINATED', 'AZURE_QUOTA_EXCEEDED_EXCEPTION', 'CLIENT_ERROR', 'QuotaExceeded'],
      );
      assert.match(
        cluster.state_message as string,
        /^AZURE_QUOTA_EXCEEDED_EXCEPTION\(CLIENT_ERROR\): azure_error_code:/,
      );
      await post('start', id);
      await wait(240);
      assert.deepEqual([await state(id), (await get(id)).termination_reason], ['RUNNING', undefined]);
    });

    it('end a running cluster later, in any state', async () => {
      databricks.scriptCluster({ failure: 'spot', runSeconds: 60, endState: 'ERROR' });
      const id = await create();
      await wait(299);
      assert.equal(await state(id), 'RUNNING');
      await wait(1);
      assert.deepEqual(
        [await state(id), ((await get(id)).termination_reason as JsonObject).code],
        ['ERROR', 'SPOT_INSTANCE_TERMINATION'],
      );
      assert.equal((await post('start', id)).status, 200);
    });

    it('accept any reason and time, also over the control API, and refuse unknown failures', async () => {
      const terminationReason = { code: 'NEW_CODE', type: 'SERVICE_FAULT' };
      const told = await client.post('/__sandbox/cluster-scripts', { terminationReason, startSeconds: 5 });
      assert.equal(told.status, 200);
      const id = await create();
      await wait(25);
      assert.deepEqual((await get(id)).termination_reason, terminationReason);
      const reply = await client.post('/__sandbox/cluster-scripts', { failure: 'fire' });
      assert.match(
        reply.json.message as string,
        /^Unknown failure 'fire'. Known: quota, stockout, initScript, subnet, spot/,
      );
      await client.send('DELETE', '/__sandbox/cluster-scripts');
      await post('start', id);
      await wait(240);
      assert.equal(await state(id), 'RUNNING');
    });
  });

  describe('list', () => {
    const list = async (query: Record<string, string>) => (await client.get('/api/2.1/clusters/list', query)).json;

    it('is returned in pages', async () => {
      for (let cluster = 0; cluster < 3; cluster++) await create();
      const first = await list({ page_size: '2' });
      const second = await list({ page_size: '2', page_token: first.next_page_token as string });
      assert.deepEqual(
        [objectsOf(first.clusters).length, objectsOf(second.clusters).length, second.next_page_token],
        [2, 1, ''],
      );
    });

    it('is filtered by state, source, pin and policy, and sorted by name', async () => {
      const [running, pinned] = [await create(), await create()];
      await wait(240);
      await post('delete', pinned);
      await post('pin', pinned);
      await wait(20);
      const ids = async (query: Record<string, string>) =>
        objectsOf((await list(query)).clusters).map(({ cluster_id: id }) => id);
      assert.deepEqual(await ids({ 'filter_by.cluster_states': 'RUNNING' }), [running]);
      assert.deepEqual(await ids({ 'filter_by.is_pinned': 'true' }), [pinned]);
      assert.deepEqual(await ids({ 'filter_by.cluster_sources': 'JOB' }), []);
      assert.deepEqual(await ids({ 'filter_by.policy_id': 'x' }), []);
      await client.post('/api/2.1/clusters/create', { ...spec, cluster_name: 'another' });
      const names = objectsOf((await list({ 'sort_by.field': 'CLUSTER_NAME' })).clusters).map(
        (one) => one.cluster_name,
      );
      assert.deepEqual(names, ['another', 'shared', 'shared']);
      await post('unpin', pinned);
      assert.deepEqual(await ids({ 'filter_by.is_pinned': 'true' }), []);
    });
  });

  it('lists the events of a cluster, newest first, in pages and filtered by type', async () => {
    const id = await create();
    await wait(240);
    await post('edit', id, { ...spec, num_workers: 2 });
    await wait(240);
    await post('delete', id);
    const events = async (more: JsonObject = {}) => (await post('events', id, more)).json;
    const typesOf = (answer: JsonObject) => objectsOf(answer.events).map(({ type }) => type);
    const all = await events();
    assert.deepEqual(typesOf(all), ['TERMINATING', 'RUNNING', 'RESTARTING', 'EDITED', 'RUNNING', 'CREATING']);
    assert.equal(all.total_count, 6);
    assert.deepEqual(typesOf(await events({ event_types: ['RUNNING'], order: 'ASC' })), ['RUNNING', 'RUNNING']);
    const first = await events({ limit: 4 });
    assert.deepEqual(typesOf((await post('events', id, first.next_page as JsonObject)).json), ['RUNNING', 'CREATING']);
    const second = await events({ page_size: 4, page_token: first.next_page_token });
    assert.deepEqual([typesOf(second), second.next_page_token], [['RUNNING', 'CREATING'], '']);
  });

  it('uses the node type of the pool, and the values of the policy', async () => {
    const pool = { instance_pool_name: 'warm', node_type_id: 'Standard_D8ds_v5' };
    const { instance_pool_id: poolId } = (await client.post('/api/2.0/instance-pools/create', pool)).json;
    const definition = JSON.stringify({
      'spark_conf.spark.a': { type: 'fixed', value: 'x' },
      autotermination_minutes: { type: 'range', maxValue: 60, defaultValue: 30 },
      spark_version: { type: 'allowlist', values: ['15.4.x-scala2.12'] },
    });
    const { policy_id: policyId } = (await client.post('/api/2.0/policies/clusters/create', { name: 'p', definition }))
      .json;
    const base = { num_workers: 1, instance_pool_id: poolId, policy_id: policyId };
    const good = { ...base, spark_version: '15.4.x-scala2.12', apply_policy_default_values: true };
    const cluster = await get((await client.post('/api/2.1/clusters/create', good)).json.cluster_id);
    assert.deepEqual(
      [cluster.node_type_id, cluster.spark_conf, cluster.autotermination_minutes],
      ['Standard_D8ds_v5', { 'spark.a': 'x' }, 30],
    );
    for (const [wrong, message] of [
      [
        { ...good, spark_version: '16.4.x-scala2.12' },
        /^Cluster validation error: Validation failed for spark_version, must be one of/,
      ],
      [{ ...good, autotermination_minutes: 90 }, /Validation failed for autotermination_minutes/],
      [{ ...good, spark_conf: { 'spark.a': 'y' } }, /Validation failed for spark_conf.spark.a, must be x$/],
      [{ ...good, node_type_id: 'Standard_DS3_v2' }, /cannot be supplied when an instance pool ID is provided/],
    ] as const) {
      assert.match((await client.post('/api/2.1/clusters/create', wrong)).json.message as string, message);
    }
    assert.match((await client.get('/api/2.0/instance-pools/list')).text, /"instance_pool_name":"warm"/);
    assert.match((await client.get('/api/2.0/policies/clusters/list')).text, /"name":"p"/);
    const twin = await client.post('/api/2.0/policies/clusters/create', { name: 'p', definition });
    assert.equal(twin.json.error_code, 'RESOURCE_ALREADY_EXISTS');
    await client.post('/api/2.0/policies/clusters/delete', { policy_id: policyId });
    assert.equal((await client.get('/api/2.0/policies/clusters/get', { policy_id: policyId as string })).status, 404);
  });

  it('lists Spark versions and node types', async () => {
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
