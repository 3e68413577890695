import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as Sdk from '@databricks/sdk-experimental';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import type { JsonObject } from '../../sandbox/databricks/json';
import { FakeNotebooks } from '../sandbox/databricks/workspaceClient';

/** A folder whose `node_modules` has the SDK. Releases from 0.17 on keep the port of a host, and ask for Node 22. */
const sdkFolder = path.resolve(process.env['MODEL_PIPELINES_SDK'] ?? '.');

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("the Databricks sandbox, used by Databricks' own JavaScript SDK", function () {
  this.timeout(120_000);
  let databricks: Databricks;
  let sdk: typeof Sdk;
  let client: Sdk.WorkspaceClient;

  before(async function () {
    const require = createRequire(path.join(sdkFolder, 'package.json'));
    const { version } = require('@databricks/sdk-experimental/package.json') as { readonly version: string };
    if (/^0\.1[0-6]\./.test(version)) {
      process.stderr.write(
        `SKIPPED: the SDK ${version} of ${sdkFolder} is older than 0.17. Name a folder with a newer one in MODEL_PIPELINES_SDK.\n`,
      );
      this.skip();
    }
    sdk = require('@databricks/sdk-experimental') as typeof Sdk;
    databricks = await startDatabricks({
      // This SDK reads ids as doubles.
      hasLargeIds: false,
      timeScale: 20,
      notebooks: new FakeNotebooks(() =>
        Promise.resolve({ kind: 'exited', result: 'accuracy 0.9', logs: '', taskValues: {} }),
      ),
    });
    const { url: host, token } = databricks;
    client = new sdk.WorkspaceClient(new sdk.Config({ host, token, authType: 'pat', loaders: [] }));
  });
  after(() => (databricks as Databricks | undefined)?.close());

  it('finds its user', async () => {
    const me = await client.currentUser.me();
    assert.deepEqual([me.userName, me.active], [databricks.users[0]?.userName, true]);
  });

  it('logs in as a service principal', async () => {
    const { url: host, servicePrincipals } = databricks;
    const { applicationId: clientId = '', secret: clientSecret = '', displayName } = servicePrincipals[0] ?? {};
    const config = { host, clientId, authType: 'oauth-m2m' as const, loaders: [] };
    const principal = new sdk.WorkspaceClient(new sdk.Config({ ...config, clientSecret }));
    const me = await principal.currentUser.me();
    assert.deepEqual([me.userName, me.displayName], [clientId, displayName]);
    await principal.workspace.mkdirs({ path: `/Users/${clientId}/js` });
    assert.equal(databricks.workspace.get(`/Users/${clientId}/js`)?.type, 'DIRECTORY');
    const stranger = new sdk.WorkspaceClient(new sdk.Config({ ...config, clientSecret: 'wrong' }));
    await assert.rejects(stranger.currentUser.me(), /Client authentication failed|invalid_client/);
  });

  it('imports, lists, exports and deletes notebooks and files', async () => {
    await client.workspace.mkdirs({ path: '/Shared/js/deep' });
    const source = '# Databricks notebook source\nprint(1)';
    await client.workspace.import({
      path: '/Shared/js/n',
      format: 'SOURCE',
      language: 'PYTHON',
      content: base64(source),
    });
    await client.workspace.import({
      path: '/Shared/js/f.txt',
      format: 'AUTO',
      content: base64('text'),
      overwrite: true,
    });
    const listed = await all(client.workspace.list({ path: '/Shared/js' }));
    const held = databricks.workspace.below('/Shared/js');
    assert.deepEqual(
      listed.map(({ path, object_type: type, object_id: id }) => [path, type, String(id)]),
      held.map(({ path, type, id }) => [path, type, id]),
    );
    const exported = await client.workspace.export({ path: '/Shared/js/n', format: 'SOURCE' });
    assert.equal(Buffer.from(exported.content ?? '', 'base64').toString(), source);
    assert.equal((await client.workspace.getStatus({ path: '/Shared/js/n' })).language, 'PYTHON');
    await assert.rejects(
      client.workspace.import({ path: '/Shared/js/f.txt', format: 'AUTO', content: base64('again') }),
      /already exists/,
    );
    await client.workspace.delete({ path: '/Shared/js', recursive: true });
    assert.equal(databricks.workspace.get('/Shared/js'), undefined);
  });

  it('creates, describes, edits, stops, starts, pins and removes a cluster, and reads its events', async () => {
    const spec = {
      cluster_name: 'js',
      spark_version: '15.4.x-scala2.12',
      node_type_id: 'Standard_DS3_v2',
      num_workers: 1,
      spark_conf: { 'spark.speculation': 'true' },
    };
    const seen: unknown[] = [];
    const waiter = await client.clusters.create(spec);
    const created = await waiter.wait({ onProgress: ({ state }) => Promise.resolve(void seen.push(state)) });
    const { cluster_id: id = '' } = created;
    const held = databricks.clusters.get(id);
    assert.deepEqual(
      [
        created.state,
        created.creator_user_name,
        created.start_time,
        created.spark_conf,
        String(created.spark_context_id),
      ],
      ['RUNNING', held.creator, held.startTime, spec.spark_conf, held.sparkContextId],
    );
    assert.equal(created.azure_attributes?.availability, 'ON_DEMAND_AZURE');
    assert.ok(seen.includes('PENDING'));

    await (await client.clusters.edit({ ...spec, cluster_id: id, num_workers: 2 })).wait();
    const masked = { cluster_id: id, update_mask: 'num_workers', cluster: { num_workers: 3 } };
    await (await client.clusters.update(masked)).wait();
    assert.deepEqual(held.spec, { ...spec, num_workers: 3 });
    await (await client.clusters.resize({ cluster_id: id, num_workers: 1 })).wait();
    await client.clusters.pin({ cluster_id: id });
    const pinned = await all(client.clusters.list({ filter_by: { is_pinned: true } }));
    assert.deepEqual(
      pinned.map((cluster) => cluster.cluster_id),
      [id],
    );
    const stopped = await (await client.clusters.delete({ cluster_id: id })).wait();
    assert.deepEqual([stopped.state, stopped.termination_reason?.code], ['TERMINATED', 'USER_REQUEST']);
    await (await client.clusters.start({ cluster_id: id })).wait();
    await assert.rejects(client.clusters.start({ cluster_id: id }), /is in unexpected state Running\./);

    const events = await all(client.clusters.events({ cluster_id: id, order: 'ASC', page_size: 5 }));
    assert.deepEqual(
      events.map(({ type, timestamp }) => [type, timestamp]),
      held.events.map(({ type, timestamp }) => [type, timestamp]),
    );
    const { versions = [] } = await client.clusters.sparkVersions();
    assert.ok(versions.some(({ key }) => key === spec.spark_version));
    const { node_types: types = [] } = await client.clusters.listNodeTypes();
    assert.ok(types.some(({ node_type_id: type }) => type === spec.node_type_id));
    await assert.rejects(client.clusters.permanentDelete({ cluster_id: id }), /unpin the cluster first/);
    await client.clusters.unpin({ cluster_id: id });
    await client.clusters.permanentDelete({ cluster_id: id });
    assert.deepEqual(databricks.clusters.list(), []);
  });

  it('waits for a cluster that fails, and is told why', async () => {
    databricks.scriptCluster({ failure: 'quota', times: 1 });
    const spec = { spark_version: '15.4.x-scala2.12', node_type_id: 'Standard_DS3_v2', num_workers: 1 };
    const waiter = await client.clusters.create(spec);
    await assert.rejects(waiter.wait(), /AZURE_QUOTA_EXCEEDED_EXCEPTION/);
    const { termination_reason: reason } = await client.clusters.get({ cluster_id: waiter.cluster_id ?? '' });
    assert.equal(reason?.parameters?.azure_error_code, 'QuotaExceeded');
    await client.clusters.permanentDelete({ cluster_id: waiter.cluster_id ?? '' });
  });

  it('installs and uninstalls libraries', async () => {
    const waiter = await client.clusters.create({
      spark_version: '15.4.x-scala2.12',
      node_type_id: 'Standard_DS3_v2',
      num_workers: 1,
    });
    const { cluster_id: id = '' } = await waiter.wait();
    const libraries = [{ pypi: { package: 'pandas' } }, { maven: { coordinates: 'a:no-such:1' } }];
    await client.libraries.install({ cluster_id: id, libraries });
    const read = () => all(client.libraries.clusterStatus({ cluster_id: id }));
    let found = await read();
    while (found.some(({ status = '' }) => ['PENDING', 'RESOLVING', 'INSTALLING'].includes(status)))
      found = await read();
    assert.deepEqual(
      found.map(({ library, status, messages }) => [library, status, messages ?? []]),
      databricks.libraries.list(id).map(({ library, status, messages }) => [library, status, messages]),
    );
    assert.deepEqual(
      found.map(({ status }) => status),
      ['INSTALLED', 'FAILED'],
    );
    await client.libraries.uninstall({ cluster_id: id, libraries });
    const statuses = await all(client.libraries.allClusterStatuses());
    assert.deepEqual(
      statuses.map((entry) => [entry.cluster_id, entry.library_statuses?.map(({ status }) => status)]),
      [[id, ['UNINSTALL_ON_RESTART', 'UNINSTALL_ON_RESTART']]],
    );
    await (await client.clusters.restart({ cluster_id: id })).wait();
    assert.deepEqual(await read(), []);
  });

  it('creates, finds, changes and runs a job, and sets its permissions', async () => {
    await client.workspace.import({
      path: '/Shared/train',
      format: 'SOURCE',
      language: 'PYTHON',
      content: base64('1'),
    });
    const tasks = [{ task_key: 'a', notebook_task: { notebook_path: '/Shared/train' } }];
    const { job_id: id = 0 } = await client.jobs.create({ name: 'js job', tasks });
    await client.jobs.update({ job_id: id, new_settings: { timeout_seconds: 60 } });
    const held = () => databricks.jobs.get(String(id)).settings;
    assert.deepEqual((await client.jobs.get({ job_id: id })).settings, held());
    await client.jobs.reset({ job_id: id, new_settings: { name: 'JS job', tasks } });
    assert.equal(held().timeout_seconds, 0);
    const found = await all(client.jobs.list({ name: 'js JOB', limit: 1 }));
    assert.deepEqual(
      found.map((job) => job.job_id),
      [id],
    );

    const run = await (await client.jobs.runNow({ job_id: id, idempotency_token: 'js' })).wait();
    assert.deepEqual([run.state?.result_state, run.status?.termination_details?.code], ['SUCCESS', 'SUCCESS']);
    const output = await client.jobs.getRunOutput({ run_id: run.tasks?.[0]?.run_id ?? 0 });
    assert.equal(output.notebook_output?.result, 'accuracy 0.9');
    assert.equal((await all(client.jobs.listRuns({ job_id: id }))).length, 1);

    const owner = { user_name: databricks.users[0]?.userName ?? '', permission_level: 'IS_OWNER' as const };
    const viewers = { group_name: 'users', permission_level: 'CAN_VIEW' as const };
    const set = await client.jobs.setPermissions({ job_id: String(id), access_control_list: [owner, viewers] });
    assert.deepEqual(
      set.access_control_list?.map((entry) => entry.all_permissions?.[0]?.permission_level),
      ['IS_OWNER', 'CAN_VIEW', 'CAN_MANAGE'],
    );
    assert.deepEqual(databricks.permissions.get('jobs', String(id)), [owner, viewers] satisfies JsonObject[]);
    await client.jobs.delete({ job_id: id });
    assert.deepEqual(databricks.jobs.list(), []);
  });

  it('creates and reads pools and policies', async () => {
    const { policy_id: policyId = '' } = await client.clusterPolicies.create({ name: 'p', definition: '{}' });
    const policies = await all(client.clusterPolicies.list({}));
    assert.deepEqual(
      policies.map(({ policy_id: id, name }) => [id, name]),
      [[policyId, 'p']],
    );
    const pool = await client.instancePools.create({ instance_pool_name: 'warm', node_type_id: 'Standard_DS3_v2' });
    const { state, node_type_id: type } = await client.instancePools.get({
      instance_pool_id: pool.instance_pool_id ?? '',
    });
    assert.deepEqual([state, type], ['ACTIVE', 'Standard_DS3_v2']);
  });
});
