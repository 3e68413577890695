import assert from 'node:assert/strict';
import { clusterFailures } from '../../sandbox/databricks/compute/clusterScripts';
import { CancelledError } from '../../shared/errors';
import { task } from '../../tasks/StartCluster/task';
import { ClusterWorkspace, states } from './clusterWorkspace';

describe('StartCluster', () => {
  let workspace: ClusterWorkspace;
  beforeEach(async () => void (workspace = await ClusterWorkspace.open()));
  afterEach(() => workspace.close());

  const mustStart = ['TERMINATED', 'TERMINATING', 'ERROR', 'UNKNOWN'];

  for (const state of states)
    it(`starts a cluster that is ${state}`, async () => {
      const id = await workspace.cluster(state);
      const agent = await workspace.run(task, { cluster: id });
      assert.equal(agent.end.result, 'Succeeded', agent.text());
      assert.equal(agent.end.message, `Cluster 'train' (${id}) is RUNNING.`);
      assert.deepEqual(agent.outputs, { clusterId: id, clusterName: 'train', state: 'RUNNING' });
      assert.deepEqual(workspace.writes(), mustStart.includes(state) ? ['clusters/start'] : []);
      assert.equal('Databricks cluster' in agent.summaries, mustStart.includes(state));
    });

  it('finds the cluster by its name, logs each change of state once, and changes nothing the second time', async () => {
    const id = await workspace.cluster('TERMINATED');
    const agent = await workspace.run(task, { cluster: 'train' });
    const lines = agent
      .text('log')
      .split('\n')
      .map((line) => line.replace(/ \(.*/, ''));
    assert.deepEqual(lines, [`Cluster 'train'`, `Started cluster ${id}.`, `Cluster 'train'`, `Cluster 'train'`]);
    assert.match(agent.text('log'), /TERMINATED .*[^]*PENDING \(Finding instances.*\)[^]*RUNNING$/);
    assert.match(agent.summaries['Databricks cluster'] ?? '', /\| \[train\]\(http.*\) \| .* \| started \| RUNNING \|/);

    workspace.databricks.requests.clear();
    const again = await workspace.run(task, { cluster: 'train' });
    assert.equal(again.end.result, 'Succeeded');
    assert.deepEqual(workspace.writes(), []);
    assert.deepEqual([workspace.count('clusters/list'), workspace.count('clusters/get')], [1, 1]);
  });

  it('refuses a name that no cluster has, or several', async () => {
    const unknown = await workspace.run(task, { cluster: 'train' });
    assert.match(unknown.end.message, /^There is no cluster 'train' in the workspace, or/);
    const noId = await workspace.run(task, { cluster: '0101-000000-nobody' });
    assert.match(noId.end.message, /^There is no cluster '0101-000000-nobody'/);
    const ids = [await workspace.cluster('PENDING'), await workspace.cluster('PENDING')];
    const twins = await workspace.run(task, { cluster: 'train' });
    assert.match(twins.end.message, /^2 clusters are named 'train': .* \(created by someone@example\.com\), /);
    for (const id of ids) assert.ok(twins.end.message.includes(id));
  });

  for (const failure of Object.keys(clusterFailures) as (keyof typeof clusterFailures)[])
    it(`reports why a cluster does not start, with advice (${failure})`, async () => {
      const id = await workspace.cluster('TERMINATED');
      workspace.databricks.scriptCluster({ failure });
      const agent = await workspace.run(task, { cluster: id });
      assert.equal(agent.end.result, 'Failed');
      const { code, type, parameters } = clusterFailures[failure];
      assert.match(agent.end.message, /^Cluster 'train' \(.*\) did not start: it is TERMINATED/);
      assert.ok(agent.end.message.includes(`Reason: ${code} (${type})`), agent.end.message);
      for (const value of Object.values(parameters)) assert.ok(agent.end.message.includes(value.replace(/\.$/, '')));
      assert.match(agent.end.message, /: [a-z].*[a-z]\.$/, 'a line of advice');
      assert.equal(agent.outputs['state'], 'TERMINATED');
      assert.equal(workspace.count('clusters/start'), 1);
    });

  it('starts a cluster again when a start by somebody else fails', async () => {
    const id = await workspace.cluster('TERMINATED');
    workspace.databricks.scriptCluster({ failure: 'stockout', times: 1 });
    await workspace.call('start', { cluster_id: id });
    workspace.databricks.requests.clear();
    const agent = await workspace.run(task, { cluster: id });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(workspace.count('clusters/start'), 1);
  });

  it('accepts a start by another pipeline that was faster', async () => {
    const id = await workspace.cluster('TERMINATED');
    await workspace.call('start', { cluster_id: id });
    // What this pipeline reads was answered before the other pipeline's start.
    const rewrite = (status: number, body: string): { status: number; body: string } => ({
      status,
      body: body.replace(/"state":\s*"\w+"/, '"state":"TERMINATED"'),
    });
    workspace.databricks.faults.add({ path: '*/clusters/get', effect: 'rewritten', rewrite });
    workspace.databricks.requests.clear();
    const agent = await workspace.run(task, { cluster: id });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    const starts = workspace.databricks.requests.list('start').map(({ errorCode }) => errorCode);
    assert.deepEqual(starts, ['INVALID_STATE']);
  });

  it('does not report the old termination as a failure when its start is lost', async () => {
    const id = await workspace.cluster('TERMINATED');
    workspace.databricks.faults.add({ path: '*/start', effect: 'status', status: 504, times: 40 });
    const agent = await workspace.run(task, { cluster: id });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
  });

  it('fails at the timeout, and says how the cluster was left', async () => {
    const id = await workspace.cluster('TERMINATED');
    workspace.databricks.scriptCluster({ startSeconds: 3600 });
    const agent = await workspace.run(task, { cluster: id, timeoutMinutes: '2' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(
      agent.end.message,
      /^Timed out waiting for cluster .* to start, after 2 min\. Cluster 'train' \(.*\) is left as it is: PENDING \(Finding .*\) when it was last read\.$/,
    );
    assert.equal(agent.outputs['state'], 'PENDING');
  });

  it('does not change the cluster when the pipeline run is cancelled, and reports it', async () => {
    const id = await workspace.cluster('TERMINATED');
    const cancellation = new AbortController();
    const running = workspace.run(task, { cluster: id }, { signal: cancellation.signal });
    while (workspace.count('clusters/start') === 0) await new Promise((resolve) => setImmediate(resolve));
    cancellation.abort(new CancelledError());
    const agent = await running;
    assert.equal(agent.end.result, 'Canceled');
    assert.match(agent.end.message, /^Cancelled\. Cluster 'train' \(.*\) is left as it is: /);
    assert.deepEqual(workspace.writes(), ['clusters/start']);
  });

  it('fails when the cluster is deleted in the meantime', async () => {
    const id = await workspace.cluster('PENDING');
    workspace.databricks.faults.add({ path: '*/get', from: 2, delayMilliseconds: 1 });
    const running = workspace.run(task, { cluster: id });
    while (workspace.count('clusters/get') === 0) await new Promise((resolve) => setImmediate(resolve));
    await workspace.call('permanent-delete', { cluster_id: id });
    assert.match((await running).end.message, /was deleted by somebody else/);
  });

  it('checks its inputs before any request', async () => {
    const agent = await workspace.run(task, { timeoutMinutes: '0' });
    assert.match(agent.end.message, /'cluster' is required[^]*'timeoutMinutes' must be a whole number from 1 to 1440/);
    assert.equal(workspace.count(''), 0);
  });
});
