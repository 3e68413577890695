import assert from 'node:assert/strict';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { isStatus } from '../../../../shared/kubernetes/client/apiServer';
import { applyConflicts } from '../../../../shared/kubernetes/client/applyConflicts';
import { KubernetesClient } from '../../../../shared/kubernetes/client/client';
import type { WatchEvent } from '../../../../shared/kubernetes/client/types';
import { readKubeconfig } from '../../../../shared/kubernetes/access/kubeconfig';
import { configMaps, deployments, pods, services } from '../../../../shared/kubernetes/client/resource';
import { HttpError } from '../../../../shared/http/errors';
import { ConnectProxy } from '../../../support/connectProxy';
import { FakeAgent } from '../../../support/fakeAgent';
import { testContext } from '../../../support/testContext';
import { RecordingServer, truncate } from '../../../support/recordingServer';
import { errorOf } from '../../http/clientUnderTest';
import { openTestCluster, scoringDeployment, type TestCluster } from '../clusterFixture';

const configMap = { kind: 'ConfigMap', metadata: { name: 'a' } };

describe('a client of a cluster', () => {
  let cluster: TestCluster;
  let client: KubernetesClient;
  before(async () => {
    cluster = await openTestCluster({
      users: [
        { name: 'admin', groups: ['system:masters'], token: 'admin-token' },
        {
          name: 'guest',
          groups: [],
          token: 'guest-token',
          rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
        },
      ],
      hasGatewayApi: true,
    });
    client = cluster.client;
  });
  after(() => cluster.close());

  const map = (name: string, data: Record<string, string> = {}): ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data,
  });

  it('distinguishes new objects from existing ones', async () => {
    const first = await client.apply(configMaps, map('applied', { a: '1' }));
    const { managedFields = [], resourceVersion } = first.object.metadata ?? {};
    assert.equal(first.isNew, true);
    assert.deepEqual(
      managedFields.map(({ manager }) => manager),
      ['model-pipelines'],
    );
    const second = await client.apply(configMaps, map('applied', { a: '1' }));
    assert.equal(second.isNew, false);
    assert.equal(second.object.metadata?.resourceVersion, resourceVersion);
  });

  it('returns undefined for a missing object', async () => {
    assert.equal(await client.get(configMaps, 'none'), undefined);
    assert.equal(await client.delete(configMaps, 'none'), false);
  });

  it('names the owners of conflicting fields, and takes ownership when forced', async () => {
    await client.create(deployments, scoringDeployment('score:1', { name: 'owned', replicas: 1 }));
    await client.mergePatch(deployments, 'owned', { spec: { replicas: 2 } });
    const wanted = scoringDeployment('score:1', { name: 'owned', replicas: 3 });
    // Ours as they are, but for updates, which count as another manager.
    const conflicts = applyConflicts(await errorOf(HttpError, client.apply(deployments, wanted)));
    assert.deepEqual(conflicts, [{ manager: 'model-pipelines', field: '.spec.replicas' }]);
    const { object } = await client.apply(deployments, wanted, { isForced: true });
    assert.equal(object.spec?.replicas, 3);
  });

  it('keeps nothing in a dry run', async () => {
    const { isNew } = await client.apply(configMaps, map('dry'), { isDryRun: true });
    assert.equal(isNew, true);
    await client.create(configMaps, map('dry'), { isDryRun: true });
    assert.equal(await client.get(configMaps, 'dry'), undefined);
  });

  it('applies a JSON patch only when its tests pass', async () => {
    await client.apply(configMaps, map('patched', { slot: 'blue' }));
    const turn = (from: string, to: string) =>
      client.jsonPatch(configMaps, 'patched', [
        { op: 'test', path: '/data/slot', value: from },
        { op: 'replace', path: '/data/slot', value: to },
      ]);
    assert.equal((await turn('blue', 'green')).data?.['slot'], 'green');
    assert.ok(isStatus(await errorOf(HttpError, turn('blue', 'green')), 422));
    assert.deepEqual((await client.mergePatch(configMaps, 'patched', { data: { slot: null, a: 'b' } })).data, {
      a: 'b',
    });
  });

  it('deletes only the object with the given UID', async () => {
    const { object } = await client.apply(configMaps, map('deleted'));
    await assert.rejects(client.delete(configMaps, 'deleted', { uid: 'another' }), (error) => isStatus(error, 409));
    assert.equal(await client.delete(configMaps, 'deleted', { uid: object.metadata?.uid ?? '' }), true);
    assert.equal(await client.get(configMaps, 'deleted'), undefined);
  });

  it('lists the objects that match a selector', async () => {
    const labelled = (name: string, color: string): ConfigMap => ({
      ...map(name),
      metadata: { name, labels: { color } },
    });
    await client.apply(configMaps, labelled('red', 'red'));
    await client.apply(configMaps, labelled('green', 'green'));
    const { items } = await client.list(configMaps, { labelSelector: 'color in (red,blue)' });
    assert.deepEqual(
      items.map(({ metadata }) => metadata?.name),
      ['red'],
    );
  });

  it('watches from the version of a list', async () => {
    const { resourceVersion } = await client.list(configMaps);
    const seen: string[] = [];
    const stop = new AbortController();
    const watching = client.watch(
      configMaps,
      { resourceVersion, timeoutSeconds: 30, signal: stop.signal },
      ({ type, object }: WatchEvent) => {
        seen.push(`${type} ${(object as ConfigMap).metadata?.name ?? ''}`);
        if (type === 'DELETED') stop.abort(new Error('seen'));
      },
    );
    await client.apply(configMaps, map('watched'));
    await client.apply(configMaps, map('watched', { a: '1' }));
    await client.delete(configMaps, 'watched');
    await assert.rejects(watching, /seen/);
    assert.deepEqual(seen, ['ADDED watched', 'MODIFIED watched', 'DELETED watched']);
  });

  it('knows the permissions of the caller', async () => {
    const guest = cluster.clientOf('guest');
    assert.equal(await guest.canI({ verb: 'get', resource: pods }), true);
    assert.equal(await guest.canI({ verb: 'create', resource: pods, subresource: 'proxy' }), false);
    assert.equal(await client.canI({ verb: 'delete', resource: deployments, name: 'score' }), true);
  });

  it('names the missing rule', async () => {
    const guest = cluster.clientOf('guest');
    const error = await errorOf(HttpError, guest.apply(configMaps, map('refused')));
    assert.match(error.message, /Could not apply ConfigMap refused: cluster sandbox answered 403 Forbidden: /);
    assert.match(
      error.message,
      /apiGroups \[""\], resources \["configmaps"\], verbs \["(patch|create)"\] in the namespace default/,
    );
  });

  it('looks up unknown kinds', async () => {
    assert.deepEqual(await client.resourceOf('apps/v1', 'Deployment'), deployments);
    const route = await client.resourceOf('gateway.networking.k8s.io/v1', 'HTTPRoute');
    assert.equal(route.plural, 'httproutes');
    await assert.rejects(client.resourceOf('apps/v1', 'Nothing'), /has no kind Nothing in apps\/v1/);
    await assert.rejects(client.resourceOf('none.io/v1', 'Nothing'), /has no kind Nothing in none\.io\/v1/);
  });

  it('authenticates with a client certificate, also through a proxy of the cluster', async () => {
    const proxy = await ConnectProxy.start('me:secret');
    try {
      const { kubernetes, agent, clock } = cluster;
      const { cert, key } = await kubernetes.issueClient('certified', ['system:masters']);
      const access = {
        name: 'sandbox',
        server: kubernetes.url,
        tls: { ca: kubernetes.ca, cert, key },
        proxyUrl: proxy.url.replace('//', '//me:secret@'),
      };
      const certified = KubernetesClient.open(access, testContext({ agent, clock }));
      assert.ok((await certified.list(deployments)).resourceVersion);
      assert.equal(proxy.targets.length, 1);
    } finally {
      await proxy.close();
    }
  });

  it('calls pods and services through the cluster', async () => {
    const { clock } = cluster;
    await client.apply(deployments, scoringDeployment('score:1', { name: 'proxied', replicas: 1 }));
    await client.apply(services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'proxied' },
      spec: { selector: { app: 'proxied' }, ports: [{ port: 80, targetPort: 5001 }] },
    });
    const ready = async () =>
      (await client.list(pods, { labelSelector: 'app=proxied' })).items.find((pod) =>
        pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
      );
    while (!(await ready())) await clock.sleep(1000);
    const request = {
      method: 'POST',
      path: '/score',
      body: { contentType: 'application/json', content: '{}' },
    } as const;
    const name = (await ready())?.metadata?.name ?? '';
    assert.equal((await client.proxy({ kind: 'pod', name, port: 5001 }, request)).status, 200);
    assert.equal((await client.proxy({ kind: 'service', name: 'proxied', port: 80 }, request)).status, 200);
    await assert.rejects(
      client.proxy({ kind: 'pod', name: 'none', port: 5001 }, request),
      /Could not reach POST \/score of pod none through the cluster: .*404 NotFound/,
    );
    await assert.rejects(
      cluster.clientOf('guest').proxy({ kind: 'pod', name, port: 5001 }, request),
      /resources \["pods\/proxy"\], verbs \["create"\]/,
    );
  });
});

describe('a client of an API server', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  function open(agent = new FakeAgent()): KubernetesClient {
    return KubernetesClient.open({ name: 'test', server: server.url, tls: {} }, testContext({ agent }), 'models');
  }
  const queries = (): (string | null)[] =>
    server.requests.map(({ url }) => new URL(url, server.url).searchParams.get('continue'));

  it('reads the end of a log, of 256 KiB at most', async () => {
    server.behaviours = [{ body: 'one\ntwo\n' }];
    server.requests.length = 0;
    const text = await open().logs('a', { container: 'score', tailLines: 50, isPrevious: true });
    assert.equal(text, 'one\ntwo\n');
    assert.deepEqual(
      server.requests.map(({ method, url }) => `${method} ${url}`),
      ['GET /api/v1/namespaces/models/pods/a/log?container=score&tailLines=50&previous=true&limitBytes=262144'],
    );
  });

  describe('asked to reach a pod', () => {
    const request = {
      method: 'POST',
      path: '/score',
      body: { contentType: 'application/json', content: '{}' },
    } as const;
    const ask = (kind: 'pod' | 'service' = 'pod') => open().proxy({ kind, name: 'a', port: 5001 }, request);
    const status = (code: number, reason: string, message: string) => ({
      status: code,
      body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message },
    });

    for (const [code, text] of [
      [200, '{"predictions":[0.50]}'],
      [201, 'made'],
      [401, '{"reason":"Unauthorized","message":"no key"}'],
      [404, '<!doctype html>\n<title>404 Not Found</title>'],
      [422, '{"kind":"Status","reason":"BadShape"}'],
      [500, '{"code":"InternalError","message":"bad shape"}'],
      [503, 'loading the model'],
    ] as const) {
      it(`returns its ${code} ${text.slice(0, 15)} unchanged`, async () => {
        server.reset({ status: code, body: text });
        assert.deepEqual(await ask(), { status: code, text });
        assert.equal(server.requests.length, 1);
        assert.equal(server.requests[0]?.url, '/api/v1/namespaces/models/pods/http%3Aa%3A5001/proxy/score');
      });
    }

    for (const [code, reason, message] of [
      [403, 'Forbidden', 'pods "a" is forbidden'],
      [404, 'NotFound', 'pods "a" not found'],
      [503, 'ServiceUnavailable', 'no endpoints available for service "a"'],
    ] as const) {
      it(`throws the API server's own ${code}`, async () => {
        server.reset(status(code, reason, message));
        await assert.rejects(ask('service'), (error: unknown) => {
          assert.ok(error instanceof HttpError);
          assert.deepEqual([error.status, error.errorCode, error.serviceMessage], [code, reason, message]);
          return true;
        });
      });
    }
  });

  it('reads a list page by page, and from the start when its pages have expired', async () => {
    const page = (name: string, continueToken = '') => ({
      body: {
        kind: 'ConfigMapList',
        metadata: { resourceVersion: '7', continue: continueToken },
        items: [{ metadata: { name } }],
      },
    });
    server.reset(page('a', 'next'), page('b'));
    assert.deepEqual(await open().list(configMaps), {
      items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
      resourceVersion: '7',
    });
    assert.deepEqual(queries(), [null, 'next']);
    const expired = { status: 410, body: { kind: 'Status', reason: 'Expired', message: 'too old' } };
    server.reset(page('a', 'next'), expired, page('all'));
    assert.deepEqual((await open().list(configMaps)).items, [{ metadata: { name: 'all' } }]);
    assert.deepEqual(queries(), [null, 'next', null]);
    server.reset(expired);
    await assert.rejects(open().list(configMaps), /410 Expired: too old/);
  });

  it('reports each warning once', async () => {
    const agent = new FakeAgent();
    const client = open(agent);
    const Warning = '299 - "policy/v1beta1 is deprecated", 299 - "unknown field \\"spec.x\\""';
    server.reset({ body: configMap, headers: { Warning } });
    await client.get(configMaps, 'a');
    await client.in('other').get(configMaps, 'a');
    assert.equal(
      agent.text('warning'),
      'Warning from the cluster: policy/v1beta1 is deprecated\nWarning from the cluster: unknown field "spec.x"',
    );
  });

  it('sends applies, patches and deletions as the API server wants them', async () => {
    server.reset({ body: { ...configMap, metadata: { name: 'a b' } } }, { body: configMap });
    const client = open();
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a b' } } as const;
    await client.apply(configMaps, object, { isForced: true, isDryRun: true });
    await client.jsonPatch(configMaps, 'a', [{ op: 'remove', path: '/data' }]);
    await client.mergePatch(configMaps, 'a', { data: null });
    await client.delete(configMaps, 'a', { resourceVersion: '5', propagation: 'Foreground' });
    assert.deepEqual(
      server.requests.map(({ method, url, headers, body }) => [method, url, headers['content-type'], body.toString()]),
      [
        [
          'PATCH',
          '/api/v1/namespaces/models/configmaps/a%20b?fieldManager=model-pipelines&force=true&dryRun=All',
          'application/apply-patch+yaml',
          JSON.stringify(object),
        ],
        [
          'PATCH',
          '/api/v1/namespaces/models/configmaps/a?fieldManager=model-pipelines',
          'application/json-patch+json',
          '[{"op":"remove","path":"/data"}]',
        ],
        [
          'PATCH',
          '/api/v1/namespaces/models/configmaps/a?fieldManager=model-pipelines',
          'application/merge-patch+json',
          '{"data":null}',
        ],
        [
          'DELETE',
          '/api/v1/namespaces/models/configmaps/a',
          'application/json',
          '{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Foreground","preconditions":{"resourceVersion":"5"}}',
        ],
      ],
    );
  });

  it('takes no answer about an object of another name', async () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } } as const;
    server.reset({ body: configMap });
    const client = open();
    for (const call of [
      () => client.get(configMaps, 'b'),
      () => client.apply(configMaps, object),
      () => client.create(configMaps, object),
      () => client.jsonPatch(configMaps, 'b', []),
      () => client.mergePatch(configMaps, 'b', {}),
    ])
      await assert.rejects(call, /form than documented: it is not ConfigMap b /);
  });

  it('repeats an apply whose answer is lost, and never a creation', async () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } } as const;
    server.reset(truncate, { body: object });
    assert.deepEqual((await open().apply(configMaps, object)).object, object);
    server.reset(truncate, { body: object });
    await assert.rejects(open().create(configMaps, object), /was not repeated, because it may have been carried out/);
  });

  it('continues when it is not allowed to check its permissions', async () => {
    server.reset({ status: 403, body: { kind: 'Status', reason: 'Forbidden', message: 'no' } });
    assert.equal(await open().canI({ verb: 'get', resource: pods }), undefined);
  });

  for (const [what, status, message, advice] of [
    ['a token of another tenant', 401, 'Unauthorized', /for the Entra application server-app\. Check the tenant/],
    [
      'a role that is missing in Azure',
      403,
      'deployments.apps is forbidden: User "x" cannot list resource "deployments" in API group "apps" in the namespace "models": User does not have access to the resource in Azure. Update role assignment to allow access.',
      /'Azure Kubernetes Service RBAC Writer'/,
    ],
  ] as const) {
    it(`advises what to do about ${what}`, async () => {
      server.reset({ status, body: { kind: 'Status', reason: 'Forbidden', message } });
      const access = { name: 'test', server: server.url, tls: {}, azureServerId: 'server-app' };
      await assert.rejects(KubernetesClient.open(access, testContext()).list(deployments), advice);
    });
  }

  it('uses the namespace of its kubeconfig', async () => {
    server.reset({ body: { kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [] } } });
    const context = testContext();
    const text = JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: server.url } }],
      users: [{ name: 'u', user: { token: 'secret-token' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'team' } }],
    });
    await KubernetesClient.open(readKubeconfig(text, context), context).get(pods, 'p');
    assert.equal(server.requests[0]?.url, '/api/v1/namespaces/team/pods/p');
    assert.equal(server.requests[0].headers.authorization, 'Bearer secret-token');
  });
});
