import assert from 'node:assert/strict';
import { type JsonObject, textOf } from '../../../sandbox/kubernetes/json';
import { type Kubernetes, startKubernetes } from '../../../sandbox/kubernetes/kubernetes';
import { ask, deployment, deploymentsPath, service, servicesPath } from './clusterClient';
import { sharedAuthority } from '../../support/sharedKeys';

const maps = '/api/v1/namespaces/default/configmaps';
type Meta = { resourceVersion: string; generation: number; uid: string; name: string; continue?: string };
const metaOf = (object: JsonObject) => object.metadata as unknown as Meta;
const namesOf = (list: JsonObject) => (list.items as JsonObject[]).map((item) => metaOf(item).name);

describe('objects of the Kubernetes sandbox', () => {
  let cluster: Kubernetes;
  beforeEach(async () => {
    cluster = await startKubernetes({
      timeScale: 0,
      authority: await sharedAuthority(),
      hasControllers: false,
      hasGatewayApi: true,
    });
  });
  afterEach(() => cluster.close());
  const post = (path: string, body: unknown) => ask(cluster, path, { method: 'POST', body });
  const map = (name: string, labels: Record<string, string> = {}) =>
    post(maps, { metadata: { name, labels }, data: { a: '1' } });

  it('are created with defaults, read, replaced and deleted', async () => {
    const created = await post(deploymentsPath, deployment());
    assert.equal(created.status, 201);
    const spec = created.json.spec as { replicas: number; progressDeadlineSeconds: number; strategy: object };
    assert.deepEqual([spec.replicas, spec.progressDeadlineSeconds], [1, 600]);
    assert.deepEqual(spec.strategy, {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
    });
    assert.equal(metaOf(created.json).generation, 1);

    const replaced = await ask(cluster, `${deploymentsPath}/web`, {
      method: 'PUT',
      body: { ...created.json, spec: { ...(created.json.spec as object), replicas: 3 } },
    });
    assert.deepEqual([replaced.status, metaOf(replaced.json).generation], [200, 2]);
    const deleted = await ask(cluster, `${deploymentsPath}/web`, { method: 'DELETE' });
    assert.deepEqual([deleted.status, deleted.json.status], [200, 'Success']);
    const gone = await ask(cluster, `${deploymentsPath}/web`);
    assert.deepEqual([gone.status, gone.json.message], [404, 'deployments.apps "web" not found']);
  });

  it('reject a change that is based on an old version', async () => {
    const first = (await map('a')).json;
    await ask(cluster, `${maps}/a`, { method: 'PUT', body: { ...first, data: { a: '2' } } });
    const late = await ask(cluster, `${maps}/a`, { method: 'PUT', body: { ...first, data: { a: '3' } } });
    assert.equal(late.status, 409);
    assert.equal(
      late.json.message,
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    );
  });

  it('keep their resource version when nothing changes', async () => {
    const { json } = await map('a');
    const again = await ask(cluster, `${maps}/a`, { method: 'PUT', body: json });
    assert.equal(metaOf(again.json).resourceVersion, metaOf(json).resourceVersion);
  });

  it('cannot be created twice', async () => {
    await map('a');
    const second = await map('a');
    assert.deepEqual([second.status, second.json.reason], [409, 'AlreadyExists']);
    assert.equal(second.json.message, 'configmaps "a" already exists');
  });

  it('require an existing namespace', async () => {
    const { status, json } = await post('/api/v1/namespaces/none/configmaps', { metadata: { name: 'a' } });
    assert.deepEqual([status, json.message], [404, 'namespaces "none" not found']);
  });

  it('are validated, with all problems in one error', async () => {
    const { status, json } = await post(
      deploymentsPath,
      deployment({ replicas: -1, spec: { selector: { matchLabels: { app: 'other' } } }, container: { image: '' } }),
    );
    assert.deepEqual([status, json.reason], [422, 'Invalid']);
    assert.match(
      textOf(json.message),
      /^Deployment\.apps "web" is invalid: \[spec\.replicas: Invalid value: -1: must be/,
    );
    assert.match(textOf(json.message), /`selector` does not match template `labels`/);
    assert.match(textOf(json.message), /spec\.template\.spec\.containers\[0\]\.image: Required value/);
    const { causes } = json.details as { causes: { field: string }[] };
    assert.deepEqual(
      causes.map(({ field }) => field),
      ['spec.replicas', 'spec.template.metadata.labels', 'spec.template.spec.containers[0].image'],
    );
  });

  const wrong: [what: string, path: string, body: JsonObject, message: RegExp][] = [
    ['a bad name', maps, { metadata: { name: 'A_b' } }, /a lowercase RFC 1123 subdomain must consist/],
    [
      'a port out of range',
      servicesPath,
      service('web', { ports: [{ port: 70000 }] }),
      /must be between 1 and 65535, inclusive/,
    ],
    ['a label that is too long', maps, { metadata: { name: 'a', labels: { a: 'x'.repeat(64) } } }, /no more than 63/],
    [
      'a quantity that is none',
      deploymentsPath,
      deployment({ container: { resources: { limits: { cpu: '2x' } } } }),
      /resources\.limits\[cpu\]: Invalid value: "2x": quantities must match/,
    ],
    [
      'a request above its limit',
      deploymentsPath,
      deployment({ container: { resources: { limits: { cpu: 1 }, requests: { cpu: '1500m' } } } }),
      /"1500m": must be less than or equal to cpu limit of 1/,
    ],
    [
      'a mount without volume',
      deploymentsPath,
      deployment({ container: { volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] } }),
      /volumeMounts\[0\]\.name: Not found: "tmp"/,
    ],
  ];
  for (const [what, path, body, message] of wrong) {
    it(`reject ${what}`, async () => {
      const { status, json } = await post(path, body);
      assert.equal(status, 422);
      assert.match(textOf(json.message), message);
    });
  }

  it('reject a change of the selector of a deployment', async () => {
    const { json } = await post(deploymentsPath, deployment());
    const changed = structuredClone(json) as {
      spec: { selector: object; template: { metadata: object } };
    } & JsonObject;
    changed.spec.selector = { matchLabels: { app: 'b' } };
    changed.spec.template.metadata = { labels: { app: 'b' } };
    const answer = await ask(cluster, `${deploymentsPath}/web`, { method: 'PUT', body: changed });
    assert.equal(answer.status, 422);
    assert.match(textOf(answer.json.message), /spec\.selector: Invalid value: .*: field is immutable/);
  });

  it('are checked for fields that the API does not have', async () => {
    const body = deployment({ container: { imagePolicy: 'Always' } });
    const strict = await post(`${deploymentsPath}?fieldValidation=Strict`, body);
    assert.equal(strict.status, 400);
    assert.equal(
      strict.json.message,
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.template.spec.containers[0].imagePolicy"',
    );
    const warned = await post(deploymentsPath, body);
    assert.deepEqual(
      [warned.status, warned.headers.warning],
      [201, '299 - "unknown field \\"spec.template.spec.containers[0].imagePolicy\\""'],
    );
    assert.ok(!warned.text.includes('imagePolicy'));
  });

  it('are not changed by a dry run', async () => {
    const { status, json } = await post(`${deploymentsPath}?dryRun=All`, deployment());
    assert.equal(status, 201);
    assert.equal(metaOf(json).resourceVersion, undefined);
    assert.equal((await ask(cluster, `${deploymentsPath}/web`)).status, 404);
    await post(deploymentsPath, deployment());
    await ask(cluster, `${deploymentsPath}/web?dryRun=All`, { method: 'DELETE' });
    assert.equal((await ask(cluster, `${deploymentsPath}/web`)).status, 200);
    const wrongMode = await post(`${maps}?dryRun=Some`, { metadata: { name: 'a' } });
    assert.equal(wrongMode.status, 400);
  });

  it('are selected by labels and fields', async () => {
    await map('a', { app: 'x', tier: '1' });
    await map('b', { app: 'x' });
    await map('c', { app: 'y' });
    const select = async (query: string) =>
      namesOf((await ask(cluster, `${maps}?${query}`)).json).filter((name) => name !== 'kube-root-ca.crt');
    const label = (text: string) => select(`labelSelector=${encodeURIComponent(text)}`);
    assert.deepEqual(await label('app=x'), ['a', 'b']);
    assert.deepEqual(await label('app=x,!tier'), ['b']);
    assert.deepEqual(await label('app in (x, y),tier'), ['a']);
    assert.deepEqual(await label('app!=x'), ['c']);
    assert.deepEqual(await label('app notin (x,z)'), ['c']);
    assert.deepEqual(await select('fieldSelector=metadata.name%3Db'), ['b']);
    assert.equal((await ask(cluster, `${maps}?fieldSelector=spec.color%3Dred`)).status, 400);
  });

  it('are listed page by page as they were at the first page', async () => {
    for (const name of ['a', 'b', 'c']) await map(name);
    const first = (await ask(cluster, `${maps}?limit=2`)).json;
    assert.deepEqual([namesOf(first), (first.metadata as JsonObject).remainingItemCount], [['a', 'b'], 2]);
    await ask(cluster, `${maps}/c`, { method: 'DELETE' });
    await map('d');
    const next = `limit=2&continue=${String(metaOf(first).continue)}`;
    const second = (await ask(cluster, `${maps}?${next}`)).json;
    assert.deepEqual([namesOf(second), metaOf(second).continue], [['c', 'kube-root-ca.crt'], undefined]);
    await map('e');
    cluster.compact();
    const late = await ask(cluster, `${maps}?${next}`);
    assert.deepEqual([late.status, late.json.reason], [410, 'Expired']);
  });

  it('return an error for operations that are not supported', async () => {
    assert.equal((await ask(cluster, '/nowhere')).text, '404 page not found\n');
    assert.equal(
      (await ask(cluster, '/api/v1/gadgets')).json.message,
      'the server could not find the requested resource',
    );
    assert.equal((await ask(cluster, maps, { method: 'PUT', body: {} })).status, 405);
    assert.equal((await ask(cluster, maps, { method: 'POST', body: 'a', type: 'text/plain' })).status, 415);
    assert.equal((await ask(cluster, maps, { method: 'POST', body: '{' })).status, 400);
    assert.equal((await post(maps, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } })).status, 400);
    const future = await ask(cluster, `${maps}?resourceVersion=999999999`);
    assert.deepEqual([future.status, future.json.reason], [504, 'Timeout']);
  });

  it('keep secrets as base64, and owner references', async () => {
    const { json } = await post('/api/v1/namespaces/default/secrets', {
      metadata: { name: 's' },
      stringData: { key: 'ü' },
    });
    assert.deepEqual([json.type, json.data, json.stringData], ['Opaque', { key: 'w7w=' }, undefined]);
  });

  it('include routes of the Gateway API if it is installed', async () => {
    const path = '/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes';
    const body = { metadata: { name: 'r' }, spec: { rules: [{ backendRefs: [{ name: 'a', weight: 90 }] }] } };
    assert.equal((await post(path, body)).status, 201);
    const strategic = await ask(cluster, `${path}/r`, {
      method: 'PATCH',
      type: 'application/strategic-merge-patch+json',
      body: { spec: {} },
    });
    assert.equal(strategic.status, 415);
  });

  it('are deleted only after their finalizers are removed', async () => {
    await post(maps, { metadata: { name: 'a', finalizers: ['example.com/wait'] } });
    await ask(cluster, `${maps}/a`, { method: 'DELETE' });
    const marked = await ask(cluster, `${maps}/a`);
    assert.ok((marked.json.metadata as JsonObject).deletionTimestamp);
    const body = { metadata: { finalizers: null } };
    await ask(cluster, `${maps}/a`, { method: 'PATCH', type: 'application/merge-patch+json', body });
    assert.equal((await ask(cluster, `${maps}/a`)).status, 404);
  });
});
