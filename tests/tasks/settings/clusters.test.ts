import assert from 'node:assert/strict';
import { isAt } from '../../../shared/comparison/knownBehavior';
import { clusterBehaviors } from '../../../shared/databricks/clusters/knownBehavior';
import { type Json, type JsonMap, stringifyJson } from '../../../shared/json';
import { task } from '../../../tasks/CreateCluster/task';
import { ClusterWorkspace, smallSpec } from '../clusterWorkspace';
import { type AlteredReads, alterReads } from './alteredReads';
import {
  documentWith,
  groupsOf,
  groupTitle,
  settingsOf,
  valueAt,
  withValueAt,
  type Path,
  type Setting,
} from './everySetting';

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

describe('The settings of a cluster', () => {
  let workspace: ClusterWorkspace;
  let reads: AlteredReads;
  const ids: Record<string, readonly [Json, Json]> = {};
  let count = 0;
  before(async () => {
    workspace = await ClusterWorkspace.open();
    const { faults, policies, pools } = workspace.databricks;
    reads = alterReads(faults);
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
  after(() => workspace.close());

  /** Runs the task: what it did, or would do, and how often it wrote. */
  async function run(spec: Json, dryRun = false): Promise<readonly [string, number]> {
    workspace.databricks.requests.clear();
    const inputs = { spec: stringifyJson(spec), dryRun: String(dryRun) };
    const agent = await workspace.run(task, inputs);
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    await workspace.settle();
    return [agent.outputs['change'] ?? '', workspace.writes().length];
  }

  /** Creates a cluster, finds it unchanged, and notices a change of each setting. Gives the cluster with all of them. */
  async function notices(group: readonly Setting[], given: (cluster: Json) => Json, what: string): Promise<Json> {
    const [first, ...others] = group.map(realistic);
    assert.ok(first);
    reads.alter = given;
    let spec: Json = { ...clusterWith(first.path, first.value), cluster_name: `cluster ${++count}` };
    for (const { path, value } of others) spec = withValueAt(spec, path, value);
    assert.equal((await run(spec))[0], 'created', what);
    assert.deepEqual(await run(spec), ['unchanged', 0], what);
    // That each is noticed, a dry run shows, too.
    const created = spec;
    for (const { path, other } of [first, ...others]) {
      const would = await run(withValueAt(created, path, other), true);
      assert.deepEqual(would, ['updated', 0], `${what}: a change of ${path.join('.')} is not noticed`);
      spec = withValueAt(spec, path, other);
    }
    return spec;
  }

  /** And changes all of them. */
  async function holds(group: readonly Setting[], given: (cluster: Json) => Json, what: string): Promise<void> {
    const changed = await notices(group, given, what);
    assert.deepEqual(await run(changed), ['updated', 1], what);
    assert.deepEqual(await run(changed), ['unchanged', 0], what);
  }

  /** With values that the sandbox accepts. */
  function realistic({ path, value, other }: Setting): Setting {
    const pair = ids[path.join('.')] ?? possible[path.join('.')];
    return pair ? { path, value: pair[0], other: pair[1] } : { path, value, other };
  }

  // At the first level, one setting may exclude another.
  const isAlone = (path: Path): boolean => path.length === 1;
  // The size is always returned.
  const isSize = ({ path }: Setting): boolean => path[0] === 'num_workers' || path[0] === 'autoscale';
  const settings = [...settingsOf('ClusterSpec'), newer].filter(({ path }) => path[0] !== 'cluster_name');
  for (const group of groupsOf(settings, isAlone)) {
    it(`are written, read and compared: ${groupTitle(group)}`, async () => {
      await holds(group, (cluster) => cluster, 'returned as it was written');
      if (!group.some(isSize))
        await holds(
          group,
          (cluster) => group.reduce((rest, { path }) => withValueAt(rest, path, undefined), cluster),
          'returned only as asked for',
        );
      for (const setting of group.filter(({ path }) => isA('set', path))) {
        const { path } = setting;
        const read = (cluster: Json): Json | undefined => valueAt(cluster, path);
        await notices(
          [setting],
          (cluster) => withValueAt(cluster, path, [...((read(cluster) ?? []) as readonly Json[])].reverse()),
          'returned in another order',
        );
      }
    });
  }

  for (const group of groupsOf(settings, isAlone).filter(([first]) => first && !(String(first.path[0]) in smallSpec))) {
    if (group.some(isSize)) continue;
    it(`may be filled in by Databricks: ${groupTitle(group)}`, async () => {
      const spec = { ...smallSpec, cluster_name: `cluster ${++count}` };
      reads.alter = (cluster) => group.reduce((all, { path, value }) => withValueAt(all, path, value), cluster);
      assert.equal((await run(spec))[0], 'created');
      assert.deepEqual(await run(spec), ['unchanged', 0]);
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
