import assert from 'node:assert/strict';
import { type Kubernetes, startKubernetes } from '../../../sandbox/kubernetes/kubernetes';
import { ask, deployment, deploymentsPath } from './clusterClient';

describe('access to the Kubernetes sandbox', () => {
  let cluster: Kubernetes;
  before(async () => {
    cluster = await startKubernetes({
      timeScale: 0,
      users: [
        { name: 'admin', groups: ['system:masters'], token: 'admin-token' },
        {
          name: 'reader',
          groups: [],
          token: 'reader-token',
          rules: [
            { verbs: ['get', 'list'], apiGroups: ['apps'], resources: ['deployments'], namespaces: ['default'] },
            { verbs: ['get'], apiGroups: [''], resources: ['pods/log'] },
          ],
        },
      ],
      authenticate: (token) => (token === 'entra' ? { name: 'object-id', groups: ['system:masters'] } : undefined),
    });
  });
  after(() => cluster.close());

  it('refuses unknown users', async () => {
    for (const token of ['', 'wrong']) {
      const { status, json } = await ask(cluster, deploymentsPath, { token });
      assert.equal(status, 401);
      assert.deepEqual(
        [json.kind, json.message, json.reason, json.code],
        ['Status', 'Unauthorized', 'Unauthorized', 401],
      );
    }
  });

  it('accepts tokens of a given authenticator', async () => {
    assert.equal((await ask(cluster, deploymentsPath, { token: 'entra' })).status, 200);
  });

  it('reads the user and the groups from a client certificate', async () => {
    const admin = await cluster.issueClient('somebody', ['system:masters']);
    assert.equal((await ask(cluster, deploymentsPath, { token: '', ...admin })).status, 200);
    const nobody = await cluster.issueClient('nobody');
    const { status, json } = await ask(cluster, deploymentsPath, { token: '', ...nobody });
    assert.equal(status, 403);
    assert.equal(
      json.message,
      'deployments.apps is forbidden: User "nobody" cannot list resource "deployments" in API group "apps" in the namespace "default"',
    );
  });

  it('reports the whole operation that a user may not perform', async () => {
    const token = 'reader-token';
    assert.equal((await ask(cluster, deploymentsPath, { token })).status, 200);
    const cases: [method: string, path: string, message: string][] = [
      [
        'DELETE',
        `${deploymentsPath}/web`,
        'deployments.apps "web" is forbidden: User "reader" cannot delete resource "deployments" in API group "apps" in the namespace "default"',
      ],
      [
        'GET',
        '/api/v1/nodes',
        'nodes is forbidden: User "reader" cannot list resource "nodes" in API group "" at the cluster scope',
      ],
      [
        'POST',
        '/api/v1/namespaces/a/pods/http:p:80/proxy/score',
        'pods "p" is forbidden: User "reader" cannot create resource "pods/proxy" in API group "" in the namespace "a"',
      ],
    ];
    for (const [method, path, message] of cases) {
      const { status, json } = await ask(cluster, path, { method, token });
      assert.deepEqual([status, json.reason, json.message], [403, 'Forbidden', message]);
    }
  });

  it('answers access reviews', async () => {
    const review = async (resourceAttributes: object) => {
      const { status, json } = await ask(cluster, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        method: 'POST',
        token: 'reader-token',
        body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } },
      });
      assert.equal(status, 201);
      return (json.status as { allowed: boolean }).allowed;
    };
    assert.equal(await review({ verb: 'get', group: 'apps', resource: 'deployments', namespace: 'default' }), true);
    assert.equal(await review({ verb: 'get', group: 'apps', resource: 'deployments', namespace: 'other' }), false);
    assert.equal(await review({ verb: 'get', resource: 'pods', subresource: 'log', namespace: 'other' }), true);
    assert.equal(await review({ verb: 'get', resource: 'pods', namespace: 'default' }), false);
  });

  it('lists all rules of a user', async () => {
    const { json } = await ask(cluster, '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
      method: 'POST',
      token: 'reader-token',
      body: { spec: { namespace: 'other' } },
    });
    const { resourceRules } = json.status as { resourceRules: { resources: string[] }[] };
    assert.deepEqual(
      resourceRules.map(({ resources }) => resources),
      [['pods/log']],
    );
  });

  it('applies faults to requests, and logs all requests', async () => {
    cluster.requests.clear();
    cluster.faults.add({ path: '*/deployments', effect: 'status', status: 429, retryAfter: 3 });
    cluster.faults.add({ method: 'POST', when: 'after', effect: 'reset' });
    const limited = await ask(cluster, deploymentsPath);
    assert.deepEqual(
      [limited.status, limited.headers['retry-after'], limited.json.reason],
      [429, '3', 'TooManyRequests'],
    );
    await assert.rejects(ask(cluster, deploymentsPath, { method: 'POST', body: deployment() }), /ECONNRESET|hang up/);
    assert.ok(cluster.store.get('deployments', 'default', 'web'));
    assert.deepEqual(
      cluster.requests.list().map(({ method, status, user, fault }) => [method, status, user, fault]),
      [
        ['GET', 429, undefined, 'status'],
        ['POST', 0, 'admin', 'reset'],
      ],
    );
    cluster.faults.clear();
  });
});
