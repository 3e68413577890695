import assert from 'node:assert/strict';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { CallError } from '../../../../shared/http/errors';
import { configMaps, deployments, namespaces, pods } from '../../../../shared/kubernetes/client/resource';
import { preflight, type Planned } from '../../../../shared/kubernetes/rollout/preflight';
import { openTestCluster, scoringDeployment, type TestCluster } from '../clusterFixture';

describe('a preflight', () => {
  let cluster: TestCluster;
  before(async () => {
    const rules = [{ verbs: ['get', 'list', 'patch', 'create'], apiGroups: ['apps'], resources: ['deployments'] }];
    cluster = await openTestCluster({
      users: [
        { name: 'admin', groups: ['system:masters'], token: 'admin-token' },
        { name: 'deployer', groups: [], token: 'deployer-token', rules },
      ],
      hasControllers: false,
    });
  });
  after(() => cluster.close());

  const map = (name: string, namespace?: string): Planned => ({
    resource: configMaps,
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, ...(namespace !== undefined && { namespace }) },
    } satisfies ConfigMap,
  });

  it('names all missing permissions at once', async () => {
    await assert.rejects(
      preflight(
        cluster.clientOf('deployer'),
        [
          { verb: 'patch', resource: deployments },
          { verb: 'list', resource: pods },
          { verb: 'create', resource: pods, subresource: 'proxy' },
          { verb: 'delete', resource: deployments, name: 'score' },
        ],
        [map('never-tried')],
      ),
      (error: Error) => {
        assert.match(error.message, /^Nothing was deployed/);
        assert.match(error.message, /^ {2}- The identity lacks the permission to list pods\.$/m);
        assert.match(error.message, /permission to create pods\/proxy\.\n/);
        assert.match(error.message, /permission to delete deployments of apps \(score\)\.\n/);
        assert.doesNotMatch(error.message, /patch deployments|never-tried/);
        assert.match(error.message, /in the namespace default.*'Azure Kubernetes Service RBAC Writer'/);
        return true;
      },
    );
  });

  it('names every object that the cluster would refuse, and stores none', async () => {
    const broken = scoringDeployment('score:1', { name: 'broken', replicas: -1 });
    await assert.rejects(
      preflight(cluster.client, [], [map('fine'), map('Not_A_Name'), { resource: deployments, object: broken }]),
      (error: Error) => {
        assert.match(error.message, /^ {2}- ConfigMap Not_A_Name: .*Not_A_Name/m);
        assert.match(error.message, /^ {2}- Deployment broken: .*replicas/m);
        assert.doesNotMatch(error.message, /fine/);
        return true;
      },
    );
    assert.equal(await cluster.client.get(configMaps, 'fine'), undefined);
  });

  it('names the objects that could not be checked, beside those that would be refused', async () => {
    cluster.kubernetes.faults.add({
      effect: 'status',
      method: 'PATCH',
      path: '*/configmaps/unchecked',
      times: Infinity,
    });
    const check = (...objects: Planned[]) => preflight(cluster.client, [], objects);
    await assert.rejects(check(map('fine'), map('unchecked')), (error: Error) => {
      assert.ok(error instanceof CallError, error.message);
      assert.doesNotMatch(error.message, /would refuse/);
      return true;
    });
    await assert.rejects(check(map('Not_A_Name'), map('unchecked')), (error: Error) => {
      assert.match(error.message, /^ {2}- ConfigMap Not_A_Name: [^]*^ {2}- .*unchecked.*503/m);
      return true;
    });
    cluster.kubernetes.faults.clear();
  });

  it('returns objects as they would be stored, but for those in a namespace that is created with them', async () => {
    const namespace = (name: string): Planned => ({
      resource: namespaces,
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    });
    const live = await cluster.client.get(namespaces, 'default');
    const present = [{ ...namespace('default'), live }, map('a', 'default')];
    const stored = await preflight(cluster.client, [], [...present, namespace('later'), map('a', 'later')]);
    assert.deepEqual(
      stored.map((object) => object?.metadata?.name),
      ['default', 'a', 'later', undefined],
    );
  });

  it('succeeds when everything is allowed', async () => {
    const namespace: Planned = {
      resource: namespaces,
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } },
    };
    await preflight(
      cluster.client,
      [{ verb: 'patch', resource: deployments }],
      [map('fine'), namespace, map('inside', 'new')],
    );
  });
});
