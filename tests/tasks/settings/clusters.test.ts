import assert from 'node:assert/strict';
import { isAt } from '../../../shared/comparison/knownBehavior';
import { clusterBehaviors } from '../../../shared/databricks/clusters/knownBehavior';
import { type Json, type JsonMap, stringifyJson } from '../../../shared/json';
import { task } from '../../../tasks/CreateCluster/task';
import { ClusterWorkspace, smallSpec } from '../clusterWorkspace';
import { startAlteringProxy, type AlteringProxy } from './alteringProxy';
import { documentWith, settingsOf, valueAt, withValueAt, type Path, type Setting } from './everySetting';

/** Values that the sandbox accepts, as Databricks does, where not every value is possible. */
const possible: Readonly<Record<string, readonly [Json, Json]>> = {
  spark_version: ['15.4.x-scala2.12', '16.4.x-scala2.12'],
  node_type_id: ['Standard_DS3_v2', 'Standard_DS4_v2'],
  driver_node_type_id: ['Standard_DS3_v2', 'Standard_DS4_v2'],
  'autoscale.min_workers': [1, 2],
};
const isA = (kind: string, path: Path): boolean =>
  clusterBehaviors.some((behavior) => behavior.is === kind && isAt(behavior.path, path.map(String)));

/** A setting that the types of the SDK do not have yet, as Databricks adds them. */
const newer: Setting = {
  path: ['driver_node_type_flexibility'],
  value: { alternate_node_type_ids: ['Standard_DS4_v2'] },
  other: { alternate_node_type_ids: ['Standard_DS5_v2'] },
};

describe('Every setting of a cluster', () => {
  let workspace: ClusterWorkspace;
  let proxy: AlteringProxy;
  const ids: Record<string, readonly [Json, Json]> = {};
  let count = 0;
  before(async () => {
    workspace = await ClusterWorkspace.open();
    const { policies, pools, url } = workspace.databricks;
    proxy = await startAlteringProxy(url);
    const made = [1, 2].map((index) => ({
      policy: policies.create({ name: `policy ${index}`, definition: '{}' }, 'someone@example.com').id,
      pool: pools.create(
        { instance_pool_name: `pool ${index}`, node_type_id: 'Standard_DS3_v2' },
        'someone@example.com',
      ).id,
    }));
    const pair = (kind: 'policy' | 'pool'): readonly [Json, Json] => [made[0]?.[kind] ?? '', made[1]?.[kind] ?? ''];
    Object.assign(ids, {
      policy_id: pair('policy'),
      instance_pool_id: pair('pool'),
      driver_instance_pool_id: pair('pool'),
    });
  });
  after(async () => {
    await proxy.close();
    await workspace.close();
  });

  /** Runs the task: what it did, and how often it wrote. */
  async function run(spec: Json): Promise<readonly [string, number]> {
    workspace.databricks.requests.clear();
    const agent = await workspace.run(task, { spec: stringifyJson(spec) }, { url: proxy.url });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    await workspace.settle();
    return [agent.outputs['change'] ?? '', workspace.writes().length];
  }

  async function holds(setting: Setting, given: (cluster: Json) => Json, what: string): Promise<void> {
    const { path } = setting;
    const [value, other] = ids[path.join('.')] ?? possible[path.join('.')] ?? [setting.value, setting.other];
    const cluster_name = `cluster ${++count}`;
    proxy.alter = given;
    const [first, second] = [value, other].map((one) => ({ ...clusterWith(path, one), cluster_name }));
    assert.equal((await run(first ?? {}))[0], 'created', what);
    assert.deepEqual(await run(first ?? {}), ['unchanged', 0], what);
    assert.deepEqual(await run(second ?? {}), ['updated', 1], `${what}: a change is not noticed`);
    assert.deepEqual(await run(second ?? {}), ['unchanged', 0], what);
  }

  for (const setting of [...settingsOf('ClusterSpec'), newer].filter(({ path }) => path[0] !== 'cluster_name')) {
    const { path, value } = setting;
    const isSize = path[0] === 'num_workers' || path[0] === 'autoscale';
    it(`${path.join('.')} is written, read and compared`, async () => {
      await holds(setting, (cluster) => cluster, 'returned as it was written');
      // The size is always returned.
      if (!isSize)
        await holds(setting, (cluster) => withValueAt(cluster, path, undefined), 'returned only as asked for');
      if (isA('set', path))
        await holds(
          setting,
          (cluster) => withValueAt(cluster, path, [...((valueAt(cluster, path) ?? []) as readonly Json[])].reverse()),
          'returned in another order',
        );
      if (isSize || String(path[0]) in smallSpec) return;
      const spec = { ...smallSpec, cluster_name: `cluster ${++count}` };
      proxy.alter = (cluster) => withValueAt(cluster, path, value);
      assert.equal((await run(spec))[0], 'created', 'filled in');
      assert.deepEqual(await run(spec), ['unchanged', 0], 'filled in');
    });
  }
});

/** A specification of a small cluster with a value at a path. */
function clusterWith(path: Path, value: Json): JsonMap {
  const { num_workers, node_type_id, ...rest } = smallSpec;
  const [field] = path;
  return {
    ...rest,
    kind: 'CLASSIC_PREVIEW',
    ...(field !== 'autoscale' && { num_workers }),
    ...(field !== 'instance_pool_id' && { node_type_id }),
    ...documentWith('ClusterSpec', path, value),
    ...(field === 'autoscale' && { autoscale: { min_workers: 1, max_workers: 9, [String(path[1])]: value } }),
  };
}
