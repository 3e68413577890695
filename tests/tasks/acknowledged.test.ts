import assert from 'node:assert/strict';
import { task as createCluster } from '../../tasks/CreateCluster/task';
import { task as startCluster } from '../../tasks/StartCluster/task';
import { task as stopCluster } from '../../tasks/StopCluster/task';
import { ClusterWorkspace } from './clusterWorkspace';
import { InstallLibrariesWorkspace } from './installLibrariesWorkspace';
import { RunJobWorkspace } from './runJobWorkspace';

const spec = '{cluster_name: train, spark_version: 15.4.x-scala2.12, node_type_id: Standard_DS3_v2, num_workers: 1}';

/** Databricks answers a request as if it had been carried out, and does nothing. */
const acknowledged = { method: 'POST', times: Infinity, effect: 'status', status: 200, body: '{}' } as const;

describe('a change of a cluster that is acknowledged and not carried out', () => {
  let workspace: ClusterWorkspace;
  beforeEach(async () => void (workspace = await ClusterWorkspace.open()));
  afterEach(() => workspace.close());

  for (const [what, path, state, task, inputs] of [
    ['a termination', 'delete', 'RUNNING', stopCluster, { cluster: 'train' }],
    [
      'a permanent deletion',
      'permanent-delete',
      'TERMINATED',
      stopCluster,
      { cluster: 'train', deletion: 'permanent' },
    ],
    ['a start', 'start', 'TERMINATED', startCluster, { cluster: 'train' }],
    ['an edit', 'edit', 'TERMINATED', createCluster, { spec: spec.replace('workers: 1', 'workers: 3') }],
    ['a resize', 'resize', 'RUNNING', createCluster, { spec: spec.replace('workers: 1', 'workers: 3') }],
    ['a pin', 'pin', 'RUNNING', createCluster, { spec, pinned: 'true' }],
  ] as const)
    it(`fails: ${what}`, async () => {
      await workspace.cluster(state);
      workspace.databricks.faults.add({ ...acknowledged, path: `*/clusters/${path}` });
      const inTime = { timeoutMinutes: '3', ...inputs };
      const agent =
        task === createCluster
          ? await workspace.run(createCluster, inTime)
          : task === startCluster
            ? await workspace.run(startCluster, inTime)
            : await workspace.run(stopCluster, inTime);
      assert.equal(agent.end.result, 'Failed', agent.text());
      assert.ok(workspace.count(`clusters/${path}`) > 0, agent.text());
    });
});

describe('a removal of a library that is acknowledged and not carried out', () => {
  it('fails', async () => {
    const workspace = await InstallLibrariesWorkspace.open();
    try {
      const [old, wanted] = ['[{pypi: {package: scipy==1.0}}]', '[{pypi: {package: polars==1.0}}]'];
      await workspace.run({ libraries: old });
      workspace.databricks.faults.add({ ...acknowledged, path: '*/libraries/uninstall' });
      const { end } = await workspace.run({ libraries: wanted, removeOthers: 'true', restartIfNeeded: 'true' });
      assert.equal(end.result, 'Failed');
      assert.match(end.message, /waiting for Databricks to remove pypi scipy==1\.0, which it has accepted/);
    } finally {
      await workspace.close();
    }
  });
});

describe('a run whose state is not shown', () => {
  it('is not a run that was accepted', async () => {
    const workspace = await RunJobWorkspace.open();
    try {
      await workspace.job('Train');
      workspace.databricks.faults.add({ ...acknowledged, method: 'GET', path: '*/jobs/runs/get' });
      const { end } = await workspace.run({ job: 'Train', waitForCompletion: 'false' });
      assert.equal(end.result, 'Failed');
    } finally {
      await workspace.close();
    }
  });
});
