import assert from 'node:assert/strict';
import { CancelledError } from '../../shared/errors';
import { task } from '../../tasks/StopCluster/task';
import { ClusterWorkspace, states } from './clusterWorkspace';

describe('StopCluster', () => {
  let workspace: ClusterWorkspace;
  beforeEach(async () => void (workspace = await ClusterWorkspace.open()));
  afterEach(() => workspace.close());

  const isThere = (id: string): boolean => workspace.databricks.clusters.list().some((cluster) => cluster.id === id);

  for (const state of states) {
    it(`terminates a cluster that is ${state}, and waits for it`, async () => {
      const id = await workspace.cluster(state);
      const agent = await workspace.run(task, { cluster: id });
      assert.equal(agent.end.result, 'Succeeded', agent.text());
      assert.equal(agent.end.message, `Cluster 'train' (${id}) is TERMINATED.`);
      assert.deepEqual(agent.outputs, { clusterId: id, clusterName: 'train', state: 'TERMINATED' });
      assert.equal(workspace.databricks.clusters.get(id).state, 'TERMINATED');
      const isDown = ['TERMINATED', 'TERMINATING'].includes(state);
      assert.deepEqual(workspace.writes(), isDown ? [] : ['clusters/delete']);
      assert.equal('Databricks cluster' in agent.summaries, state !== 'TERMINATED');
    });

    it(`permanently deletes a cluster that is ${state}`, async () => {
      const id = await workspace.cluster(state);
      const agent = await workspace.run(task, { cluster: id, deletion: 'permanent' });
      assert.equal(agent.end.result, 'Succeeded', agent.text());
      assert.equal(agent.end.message, `Cluster 'train' (${id}) is deleted.`);
      assert.deepEqual(agent.outputs, { clusterId: id, clusterName: 'train', state: 'ABSENT' });
      assert.equal(isThere(id), false);
      assert.deepEqual(workspace.writes(), ['clusters/permanent-delete']);
      assert.match(agent.summaries['Databricks cluster'] ?? '', /\| deleted \| ABSENT \|/);
    });
  }

  it('changes nothing the second time', async () => {
    await workspace.cluster('RUNNING');
    await workspace.run(task, { cluster: 'train' });
    workspace.databricks.requests.clear();
    const again = await workspace.run(task, { cluster: 'train' });
    assert.equal(again.end.result, 'Succeeded');
    assert.deepEqual(again.summaries, {});
    assert.deepEqual(workspace.writes(), []);
  });

  for (const cluster of ['nobody', '0101-000000-nobody'])
    for (const deletion of ['terminate', 'permanent'])
      it(`succeeds when there is no cluster ${cluster} (${deletion})`, async () => {
        const agent = await workspace.run(task, { cluster, deletion });
        assert.equal(agent.end.result, 'Succeeded', agent.text());
        assert.match(
          agent.end.message,
          /^There is no cluster '.*nobody' that this identity is allowed to view\. Nothing to stop\.$/,
        );
        assert.deepEqual(agent.outputs, { state: 'ABSENT' });
        assert.deepEqual(workspace.writes(), []);
      });

  const absences = [
    ['404 NOT_FOUND', { status: 404, body: '{"error_code":"NOT_FOUND","message":"No such cluster"}' }],
    ['404 with an unknown code', { status: 404, body: '{"error_code":"CLUSTER_NOT_FOUND","message":""}' }],
    ['404 without a body', { status: 404, body: '' }],
    ['404 with an empty object', { status: 404, body: '{}' }],
    ['400 RESOURCE_DOES_NOT_EXIST', { status: 400, body: '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":""}' }],
  ] as const;
  for (const [what, answer] of absences)
    for (const deletion of ['terminate', 'permanent'])
      it(`succeeds when the cluster is gone, by ${what} (${deletion})`, async () => {
        const id = await workspace.cluster('RUNNING');
        const gone = { effect: 'status', times: 100, ...answer } as const;
        workspace.databricks.faults.add({ path: '/api/2.1/clusters/get', ...gone });
        const agent = await workspace.run(task, { cluster: id, deletion });
        assert.equal(agent.end.result, 'Succeeded', agent.text());
        assert.deepEqual([agent.outputs['state'], workspace.writes()], ['ABSENT', []]);

        workspace.databricks.faults.clear();
        workspace.databricks.faults.add({ path: '/api/2.1/clusters/*delete', ...gone });
        workspace.databricks.faults.add({ path: '/api/2.1/clusters/get', from: 2, ...gone });
        const between = await workspace.run(task, { cluster: id, deletion });
        assert.equal(between.end.result, 'Succeeded', between.text());
        assert.equal(between.outputs['state'], 'ABSENT');
      });

  it('fails when the route is missing, which proves nothing', async () => {
    const body = '{"error_code":"ENDPOINT_NOT_FOUND","message":"No API found"}';
    workspace.databricks.faults.add({ path: '/api/2.1/clusters/get', effect: 'status', times: 100, status: 404, body });
    const agent = await workspace.run(task, { cluster: await workspace.cluster('RUNNING') });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /404 ENDPOINT_NOT_FOUND/);
  });

  it('refuses a name that several clusters have', async () => {
    const ids = [await workspace.cluster('RUNNING'), await workspace.cluster('RUNNING')];
    const agent = await workspace.run(task, { cluster: 'train', deletion: 'permanent' });
    assert.equal(agent.end.result, 'Failed');
    for (const id of ids) assert.ok(agent.end.message.includes(`${id} (created by someone@example.com)`));
    assert.deepEqual(workspace.writes(), []);
  });

  it('unpins a pinned cluster before it deletes it, when the service requires that', async () => {
    const id = await workspace.cluster('TERMINATED');
    await workspace.call('pin', { cluster_id: id });
    // What Databricks says: the code is not documented, the words are those that its Terraform provider looks for.
    workspace.databricks.faults.add({
      path: '*/permanent-delete',
      effect: 'status',
      status: 400,
      errorCode: 'INVALID_STATE',
      message: 'Cluster is pinned, unpin the cluster first.',
    });
    const agent = await workspace.run(task, { cluster: id, deletion: 'permanent' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.match(agent.text('log'), /was pinned and has been unpinned/);
    assert.equal(isThere(id), false);
  });

  it('stops a cluster again that somebody starts in the meantime', async () => {
    const id = await workspace.cluster('TERMINATING');
    const running = workspace.run(task, { cluster: id });
    while (workspace.count('clusters/get') === 0) await new Promise((resolve) => setImmediate(resolve));
    workspace.databricks.clusters.get(id).state = 'PENDING';
    const agent = await running;
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(workspace.databricks.clusters.get(id).state, 'TERMINATED');
  });

  it('succeeds when somebody else deletes the cluster meanwhile', async () => {
    const id = await workspace.cluster('RUNNING');
    const running = workspace.run(task, { cluster: id });
    while (workspace.count('clusters/get') === 0) await new Promise((resolve) => setImmediate(resolve));
    await workspace.call('permanent-delete', { cluster_id: id });
    const agent = await running;
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(agent.outputs['state'], 'ABSENT');
  });

  it('leaves the cluster as it is when the pipeline run is cancelled or at the timeout, and says so', async () => {
    const id = await workspace.cluster('RUNNING');
    const cancellation = new AbortController();
    const running = workspace.run(task, { cluster: id }, { signal: cancellation.signal });
    while (workspace.count('clusters/delete') === 0) await new Promise((resolve) => setImmediate(resolve));
    cancellation.abort(new CancelledError());
    const cancelled = await running;
    assert.equal(cancelled.end.result, 'Canceled');
    assert.match(cancelled.end.message, /^Cancelled\. Cluster 'train' \(.*\) is left as it is: /);
  });

  it('fails at the timeout, and says how the cluster was left', async () => {
    const id = await workspace.cluster('RUNNING');
    const fault = { effect: 'status', status: 400, errorCode: 'INVALID_STATE', message: 'not now' } as const;
    workspace.databricks.faults.add({ path: '*/delete', ...fault, times: 1000 });
    const agent = await workspace.run(task, { cluster: id, timeoutMinutes: '1' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(
      agent.end.message,
      /^Timed out waiting for cluster .* to terminate, after 1 min\. Cluster 'train' \(.*\) is left as it is: RUNNING when it was last read\. .*not now/,
    );
    assert.equal(agent.text('log').match(/not now/g)?.length, 1, 'said once');
  });
});
