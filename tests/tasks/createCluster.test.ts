import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { task } from '../../tasks/CreateCluster/task';
import { ClusterWorkspace, smallSpec, states } from './clusterWorkspace';

type Body = Readonly<Record<string, unknown>>;

const spec = JSON.stringify(smallSpec);
const larger = JSON.stringify({ ...smallSpec, num_workers: 4 });
const otherwise = JSON.stringify({ ...smallSpec, num_workers: 4, autotermination_minutes: 90 });

describe('CreateCluster', () => {
  let workspace: ClusterWorkspace;
  beforeEach(async () => void (workspace = await ClusterWorkspace.open()));
  afterEach(() => workspace.close());

  it('creates a cluster, and changes nothing the second time', async () => {
    const agent = await workspace.run(task, { spec });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    const [cluster, ...others] = workspace.databricks.clusters.list();
    assert.ok(cluster);
    assert.deepEqual(others, []);
    const { id } = cluster;
    assert.deepEqual(agent.outputs, { clusterId: id, clusterName: 'train', change: 'created', state: 'PENDING' });
    assert.equal(agent.end.message, `Cluster 'train' (${id}) was created. It is PENDING.`);
    assert.match(agent.summaries['Databricks cluster'] ?? '', /\| \[train\]\(http.*\) \| .* \| created \| PENDING \|/);
    const { idempotency_token, ...body } = JSON.parse(
      workspace.databricks.requests.list('create')[0]?.body ?? '',
    ) as Record<string, unknown>;
    assert.match(String(idempotency_token), /^[0-9a-f]{64}$/);
    assert.deepEqual(body, smallSpec);

    await workspace.settle();
    workspace.databricks.requests.clear();
    const again = await workspace.run(task, { spec });
    assert.deepEqual(again.outputs, { clusterId: id, clusterName: 'train', change: 'unchanged', state: 'RUNNING' });
    assert.equal(again.end.message, `Cluster 'train' (${id}) is unchanged. It is RUNNING.`);
    assert.deepEqual(again.summaries, {});
    assert.deepEqual(
      [workspace.count('clusters/list'), workspace.count('clusters/get'), workspace.count('')],
      [1, 1, 2],
    );
  });

  it('creates, starts and pins a cluster from a file, under another name, and changes nothing the second time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'createCluster-'));
    try {
      const specFile = join(folder, 'cluster.yml');
      await writeFile(specFile, 'spark_version: 15.4.x-scala2.12\nnode_type_id: Standard_DS3_v2\nnum_workers: "1"\n');
      const inputs = { specFile, clusterName: 'other', start: 'true', pinned: 'true' };
      const agent = await workspace.run(task, inputs);
      assert.equal(agent.end.result, 'Succeeded', agent.text());
      assert.equal(agent.outputs['state'], 'RUNNING');
      assert.equal(agent.outputs['clusterName'], 'other');
      assert.deepEqual(workspace.writes(), ['clusters/create', 'clusters/pin']);
      workspace.databricks.requests.clear();
      const again = await workspace.run(task, inputs);
      assert.equal(again.outputs['change'], 'unchanged', again.text());
      assert.deepEqual(workspace.writes(), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  for (const state of states)
    it(`updates a cluster that is ${state}, and logs the changes first`, async () => {
      const id = await workspace.cluster(state);
      const agent = await workspace.run(task, { spec: larger });
      if (state === 'ERROR' || state === 'UNKNOWN') {
        assert.equal(agent.end.result, 'Failed');
        if (state === 'ERROR')
          assert.match(agent.end.message, /cannot be edited: it is ERROR.*AZURE_QUOTA.*Start or delete/);
        else assert.match(agent.end.message, /Timed out waiting for .* to match its specification.*UNKNOWN/);
        assert.equal(agent.outputs['clusterId'], id);
        return;
      }
      assert.equal(agent.end.result, 'Succeeded', agent.text());
      assert.equal(agent.outputs['change'], 'updated');
      const isDown = state === 'TERMINATED' || state === 'TERMINATING';
      assert.deepEqual(workspace.writes(), [isDown ? 'clusters/edit' : 'clusters/resize']);
      assert.equal(agent.outputs['state'], isDown ? 'TERMINATED' : 'RESIZING');
      const log = agent.text('log');
      assert.match(log, /^Cluster 'train' \(.*\) differs from the specification:\n {2}~ num_workers: 2 → 4$/m);
      assert.equal(/is RUNNING\. Resizing it, which does not restart it\./.test(log), !isDown);
      assert.match(agent.summaries['Databricks cluster'] ?? '', /\| updated \|[^]*- \\~ num\\_workers: 2 → 4/);
      assert.equal(workspace.databricks.clusters.get(id).spec['num_workers'], 4);

      workspace.databricks.requests.clear();
      const again = await workspace.run(task, { spec: larger });
      assert.equal(again.outputs['change'], 'unchanged');
      assert.deepEqual(workspace.writes(), []);
    });

  for (const [what, size, then] of [
    ['more workers', { num_workers: 2 }, { num_workers: 8 }],
    ['no workers', { num_workers: 2 }, { num_workers: 0 }],
    ['autoscaling', { num_workers: 2 }, { autoscale: { min_workers: 1, max_workers: 4 } }],
    ['a fixed size', { autoscale: { min_workers: 1, max_workers: 4 } }, { num_workers: 1 }],
    [
      'other limits',
      { autoscale: { min_workers: 1, max_workers: 4 } },
      { autoscale: { min_workers: 2, max_workers: 9 } },
    ],
  ] as const)
    it(`gives a running cluster ${what} without a restart, and changes nothing the second time`, async () => {
      const rest = without(smallSpec, 'num_workers');
      await workspace.run(task, { spec: JSON.stringify({ ...rest, ...size }), start: 'true' });
      const contextId = workspace.databricks.clusters.list()[0]?.sparkContextId;
      workspace.databricks.requests.clear();
      const inputs = { spec: JSON.stringify({ ...rest, ...then }) };
      const agent = await workspace.run(task, inputs);
      assert.equal(agent.outputs['change'], 'updated', agent.text());
      assert.deepEqual(workspace.writes(), ['clusters/resize']);
      const { cluster_id, ...sent } = JSON.parse(workspace.databricks.requests.list('resize')[0]?.body ?? '') as Body;
      assert.deepEqual([sent, typeof cluster_id], [then, 'string']);
      await workspace.settle();
      assert.equal(workspace.databricks.clusters.list()[0]?.sparkContextId, contextId);
      assert.equal((await workspace.run(task, inputs)).outputs['change'], 'unchanged');
    });

  it('edits a running cluster when more than its size differs', async () => {
    await workspace.cluster('RUNNING');
    const agent = await workspace.run(task, { spec: otherwise });
    assert.equal(agent.outputs['change'], 'updated', agent.text());
    assert.deepEqual(workspace.writes(), ['clusters/edit']);
    assert.match(agent.text('log'), /is RUNNING\. Editing restarts it\./);
  });

  it('edits a running cluster that Databricks refuses to resize in its state', async () => {
    await workspace.cluster('RUNNING');
    const body = JSON.stringify({ error_code: 'INVALID_STATE', message: 'Cluster is resizing' });
    workspace.databricks.faults.add({ path: '*/resize', effect: 'status', status: 400, body });
    const agent = await workspace.run(task, { spec: larger });
    assert.equal(agent.outputs['change'], 'updated', agent.text());
    assert.deepEqual(workspace.writes(), ['clusters/resize', 'clusters/edit']);
    assert.match(agent.text('log'), /Cluster is resizing.*Reading the cluster again/);
    await workspace.settle();
    assert.equal((await workspace.run(task, { spec: larger })).outputs['change'], 'unchanged');
  });

  it('does not restart a cluster that has its size although Databricks refused it', async () => {
    await workspace.cluster('RUNNING');
    const body = JSON.stringify({ error_code: 'INVALID_STATE', message: 'Cluster is resizing' });
    workspace.databricks.faults.add({ path: '*/resize', when: 'after', effect: 'status', status: 400, body });
    const agent = await workspace.run(task, { spec: larger });
    assert.equal(agent.outputs['change'], 'updated', agent.text());
    assert.deepEqual(workspace.writes(), ['clusters/resize']);
  });

  it('fails when Databricks refuses the size for another reason', async () => {
    await workspace.cluster('RUNNING');
    const body = JSON.stringify({ error_code: 'INVALID_PARAMETER_VALUE', message: 'Too many workers' });
    workspace.databricks.faults.add({ path: '*/resize', effect: 'status', status: 400, body });
    const agent = await workspace.run(task, { spec: larger });
    assert.match(agent.end.message, /^Could not resize the cluster .*Too many workers/);
    assert.equal(workspace.count('clusters/edit'), 0);
  });

  it('notices a change of a setting that Databricks returns only as it was asked for', async () => {
    await workspace.cluster('TERMINATED', { apply_policy_default_values: true });
    const applied = JSON.stringify({ ...smallSpec, apply_policy_default_values: true });
    assert.equal((await workspace.run(task, { spec: applied })).outputs['change'], 'unchanged');
    const without = JSON.stringify({ ...smallSpec, apply_policy_default_values: false });
    assert.equal((await workspace.run(task, { spec: without })).outputs['change'], 'updated');
    assert.equal((await workspace.run(task, { spec: without })).outputs['change'], 'unchanged');
    assert.equal((await workspace.run(task, { spec: applied })).outputs['change'], 'updated');
    assert.deepEqual(workspace.writes(), ['clusters/edit', 'clusters/edit']);
  });

  it('remembers how to sign in to the registry of an image, without its password', async () => {
    const image = (username: string, password: string): string => {
      const docker_image = { url: 'registry.example.com/a:1', basic_auth: { username, password } };
      return JSON.stringify({ ...smallSpec, docker_image });
    };
    const change = async (spec: string): Promise<unknown> => {
      const agent = await workspace.run(task, { spec });
      assert.equal(agent.end.result, 'Succeeded', agent.text());
      await workspace.settle();
      return agent.outputs['change'];
    };
    const tags = (): Body => workspace.databricks.clusters.list()[0]?.spec['custom_tags'] as Body;
    assert.equal(await change(image('u', 'winter')), 'created');
    assert.equal(await change(image('u', 'winter')), 'unchanged');
    const digest = tags()['definition-digest'];
    assert.match(String(digest), /^[0-9a-f]{16}$/);
    assert.equal(await change(image('u', 'summer')), 'unchanged');
    assert.equal(await change(image('v', 'winter')), 'updated');
    assert.notEqual(tags()['definition-digest'], digest);
    assert.equal(await change(image('v', '{{secrets/registry/password}}')), 'updated');
    assert.equal(await change(image('v', '{{secrets/registry/other}}')), 'updated');
    assert.equal(await change(image('v', '{{secrets/registry/other}}')), 'unchanged');
  });

  for (const [what, more] of Object.entries({
    'without a size': {},
    'with a size, which Databricks replaces': { num_workers: 3 },
    'with tags of its own': { custom_tags: { team: 'a' } },
  }))
    it(`leaves a single-node cluster as it is, ${what}`, async () => {
      const rest = { ...without(smallSpec, 'num_workers'), kind: 'CLASSIC_PREVIEW', is_single_node: true };
      const inputs = { spec: JSON.stringify({ ...rest, ...more }) };
      assert.equal((await workspace.run(task, inputs)).outputs['change'], 'created');
      await workspace.settle();
      const again = await workspace.run(task, inputs);
      assert.equal(again.outputs['change'], 'unchanged', again.text());
      assert.deepEqual(workspace.writes(), ['clusters/create']);
    });

  it('ignores defaults of the service, and other spellings of the same value', async () => {
    await workspace.cluster('RUNNING', { spark_conf: { 'spark.speculation': 'true', more: 'x' } });
    const wanted = {
      ...smallSpec,
      num_workers: '2',
      autotermination_minutes: '60',
      spark_conf: { 'spark.speculation': true },
      enable_local_disk_encryption: false,
      init_scripts: [],
      custom_tags: {},
      driver_node_type_id: null,
    };
    const agent = await workspace.run(task, { spec: JSON.stringify(wanted) });
    assert.equal(agent.outputs['change'], 'unchanged', agent.text());
    assert.deepEqual(workspace.writes(), []);
  });

  it('shows only the names of environment variables', async () => {
    await workspace.cluster('TERMINATED', { spark_env_vars: { DATABASE: 'old-secret' } });
    const wanted = { ...smallSpec, spark_env_vars: { DATABASE: 'new-secret' } };
    const agent = await workspace.run(task, { spec: JSON.stringify(wanted) });
    assert.equal(agent.outputs['change'], 'updated', agent.text());
    assert.match(agent.text('log'), /spark_env_vars\.DATABASE: \*\*\* → \*\*\*/);
    assert.ok(!JSON.stringify([agent.said, agent.summaries]).includes('-secret'));
  });

  it('starts a cluster that matches the specification, and reports it', async () => {
    await workspace.cluster('TERMINATED');
    const agent = await workspace.run(task, { spec, start: 'true' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(agent.outputs['change'], 'unchanged');
    assert.equal(agent.outputs['state'], 'RUNNING');
    assert.match(agent.summaries['Databricks cluster'] ?? '', /\| unchanged, started \| RUNNING \|/);
  });

  it('reports why a new cluster does not start, after setting its outputs', async () => {
    workspace.databricks.scriptCluster({ failure: 'stockout' });
    const agent = await workspace.run(task, { spec, start: 'true' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /did not start: .*CLOUD_PROVIDER_RESOURCE_STOCKOUT.*try again later/);
    assert.equal(agent.outputs['change'], 'created');
    assert.equal(agent.outputs['state'], 'TERMINATED');
    assert.match(agent.outputs['clusterId'] ?? '', /-/);
    assert.match(agent.summaries['Databricks cluster'] ?? '', /\| created \| TERMINATED \|/);
  });

  it('refuses a name that several clusters have, and lists them', async () => {
    const ids = [await workspace.cluster('TERMINATED'), await workspace.cluster('TERMINATED')];
    for (const dryRun of ['false', 'true']) {
      const agent = await workspace.run(task, { spec, dryRun });
      assert.equal(agent.end.result, 'Failed');
      assert.match(agent.end.message, /^2 clusters are named 'train': /);
      for (const id of ids) assert.ok(agent.end.message.includes(`${id} (created by someone@example.com)`));
    }
    assert.deepEqual(workspace.writes(), []);
  });

  it('only plans in a dry run', async () => {
    const create = await workspace.run(task, { spec, dryRun: 'true' });
    assert.equal(create.end.message, "Dry run: Cluster 'train' would be created.");
    assert.deepEqual(create.outputs, { clusterName: 'train', change: 'created' });

    const id = await workspace.cluster('RUNNING');
    const update = await workspace.run(task, { spec: larger, dryRun: 'true', pinned: 'true' });
    assert.equal(
      update.end.message,
      `Dry run: Cluster 'train' (${id}) would be resized, which does not restart it, and pinned.`,
    );
    assert.equal(update.text('log'), '~ num_workers: 2 → 4');
    assert.deepEqual(update.outputs, { clusterId: id, clusterName: 'train', change: 'updated', state: 'RUNNING' });
    const edit = await workspace.run(task, { spec: otherwise, dryRun: 'true' });
    assert.equal(edit.end.message, `Dry run: Cluster 'train' (${id}) would be edited, which restarts it.`);

    const unchanged = await workspace.run(task, { spec, dryRun: 'true' });
    assert.equal(unchanged.end.message, `Dry run: Cluster 'train' (${id}) is as specified.`);
    assert.deepEqual(workspace.writes(), []);
  });

  it('waits when another pipeline edits the cluster at the same time', async () => {
    const id = await workspace.cluster('RUNNING');
    workspace.databricks.faults.add({ path: '*/edit', delayMilliseconds: 20 });
    const running = workspace.run(task, { spec: otherwise });
    while (workspace.count('clusters/get') === 0) await new Promise((resolve) => setImmediate(resolve));
    await workspace.call('restart', { cluster_id: id });
    const agent = await running;
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.match(agent.text('log'), /unexpected state Restarting.*Reading the cluster again/);
    assert.equal(workspace.databricks.clusters.get(id).spec['num_workers'], 4);
  });

  it('creates a cluster from single inputs, without a specification', async () => {
    const inputs = {
      clusterName: 'train',
      sparkVersion: '15.4.x-scala2.12',
      nodeTypeId: 'Standard_DS3_v2',
      workers: '2',
    };
    const agent = await workspace.run(task, inputs);
    assert.equal(agent.outputs['change'], 'created', agent.text());
    assert.deepEqual(workspace.databricks.clusters.list()[0]?.spec, without(smallSpec, 'autotermination_minutes'));
    await workspace.settle();
    assert.equal((await workspace.run(task, inputs)).outputs['change'], 'unchanged');
  });

  it('lets a policy choose the machines', async () => {
    const fixed = (value: unknown) => ({ type: 'fixed', value });
    const definition = JSON.stringify({ node_type_id: fixed('Standard_DS4_v2'), num_workers: fixed(1) });
    const policy = workspace.databricks.policies.create({ name: 'small', definition }, 'someone@example.com');
    const inputs = { clusterName: 'train', sparkVersion: '15.4.x-scala2.12', policyId: policy.id };
    const agent = await workspace.run(task, inputs);
    assert.equal(agent.outputs['change'], 'created', agent.text());
    assert.equal(workspace.databricks.clusters.list()[0]?.spec['node_type_id'], 'Standard_DS4_v2');
  });

  it('replaces settings of the specification by single inputs, and logs it', async () => {
    const policy = workspace.databricks.policies.create({ name: 'any', definition: '{}' }, 'someone@example.com');
    const autoscaled = { ...without(smallSpec, 'num_workers'), autoscale: { min_workers: 1, max_workers: 4 } };
    const agent = await workspace.run(task, {
      spec: JSON.stringify(autoscaled),
      sparkVersion: '16.4.x-scala2.12',
      nodeTypeId: 'Standard_DS4_v2',
      policyId: policy.id,
      workers: '0',
    });
    assert.equal(agent.outputs['change'], 'created', agent.text());
    const { idempotency_token, ...sent } = JSON.parse(
      workspace.databricks.requests.list('create')[0]?.body ?? '',
    ) as Record<string, unknown>;
    assert.ok(idempotency_token);
    assert.deepEqual(sent, {
      ...smallSpec,
      spark_version: '16.4.x-scala2.12',
      node_type_id: 'Standard_DS4_v2',
      policy_id: policy.id,
      num_workers: 0,
    });
    const told = 'An input replaces a setting of the specification: ';
    assert.deepEqual(
      agent
        .text('log')
        .split('\n')
        .filter((line) => line.startsWith(told)),
      [
        `${told}~ spark_version: 15.4.x-scala2.12 → 16.4.x-scala2.12`,
        `${told}~ node_type_id: Standard_DS3_v2 → Standard_DS4_v2`,
      ],
    );
  });

  it('fails when the service accepts the specification without applying it', async () => {
    const id = await workspace.cluster('TERMINATED');
    const cluster = workspace.databricks.clusters.get(id);
    const kept = cluster.spec;
    Object.defineProperty(cluster, 'spec', { get: () => kept, set: () => undefined });
    const agent = await workspace.run(task, { spec: larger });
    assert.equal(agent.end.result, 'Failed');
    assert.match(
      agent.end.message,
      /accepted the specification .* but these settings differ:\n {2}~ num_workers: 2 → 4\n/,
    );
    assert.equal(workspace.count('clusters/edit'), 1);
  });

  it('reports why the service refuses the specification', async () => {
    const agent = await workspace.run(task, { spec: JSON.stringify({ ...smallSpec, node_type_id: 'huge' }) });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /^Could not create the cluster: .*Node type huge is not supported/);
    assert.equal(workspace.count('clusters/create'), 1);
  });

  it('reports everything that is wrong with the inputs at once, before any call', async () => {
    const wrong: [Record<string, string>, RegExp][] = [
      [
        {},
        /^4 inputs[^]*'clusterName'[^]*'sparkVersion'[^]*'nodeTypeId'[^]*'workers' is required, unless 'spec' or 'specFile' contains num_workers/,
      ],
      [
        { clusterName: 'train', policyId: 'p' },
        /^Input 'sparkVersion' is required, unless 'spec' or 'specFile' contains spark_version\./,
      ],
      [
        { clusterName: 'train', sparkVersion: 'a', nodeTypeId: 'b', workers: '1.5' },
        /^Input 'workers' must be a whole/,
      ],
      [{ spec, specFile: 'template/demo_model/cluster.yml' }, /^Input 'spec' cannot be combined with 'specFile'\.$/],
      [
        { spec: 'spark_version: a\nnum_workers: 1' },
        /'clusterName' is required, unless 'spec' contains cluster_name\./,
      ],
      [{ spec: 'spark_version: a\ncluster_name: []' }, /cluster_name must be text/],
      [
        { spec: 'num_workers: 1', clusterName: 'train' },
        /^Input 'sparkVersion' .* unless 'spec' contains spark_version\./,
      ],
      [{ spec: '[' }, /'spec' is not valid YAML or JSON/],
      [
        {
          spec: 'spark_version: a\ncluster_id: a\nidempotency_token: b\nclone_from: {source_cluster_id: a}\ncluster_name: c',
        },
        /^3 inputs[^]*must not contain/,
      ],
      [{ spec, timeoutMinutes: '1441' }, /'timeoutMinutes' must be a whole number from 1 to 1440/],
      [{ specFile: 'none.yml' }, /'specFile' names a file that does not exist/],
    ];
    for (const [inputs, message] of wrong) {
      const { end } = await workspace.run(task, inputs);
      assert.equal(end.result, 'Failed');
      assert.match(end.message, message);
    }
    assert.equal(workspace.count(''), 0);
  });
});

function without(spec: typeof smallSpec, field: keyof typeof smallSpec) {
  return Object.fromEntries(Object.entries(spec).filter(([name]) => name !== field));
}
