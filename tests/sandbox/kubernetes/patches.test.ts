import assert from 'node:assert/strict';
import { type JsonObject, textOf } from '../../../sandbox/kubernetes/json';
import { type Kubernetes, startKubernetes } from '../../../sandbox/kubernetes/kubernetes';
import { jsonPatch } from '../../../sandbox/kubernetes/patch/jsonPatch';
import { strategicMergePatch } from '../../../sandbox/kubernetes/patch/strategicMergePatch';
import { kindSchemas } from '../../../sandbox/kubernetes/schema/kindSchemas';
import { ask, deployment, deploymentsPath, service, servicesPath } from './clusterClient';
import { sharedAuthority } from '../../support/sharedKeys';

describe('patches of the Kubernetes sandbox', () => {
  let cluster: Kubernetes;
  before(async () => {
    cluster = await startKubernetes({ timeScale: 0, authority: await sharedAuthority(), hasControllers: false });
    await ask(cluster, servicesPath, { method: 'POST', body: service() });
    await ask(cluster, deploymentsPath, { method: 'POST', body: deployment() });
  });
  after(() => cluster.close());

  it('of a selector fail when somebody else changed it', async () => {
    const patch = (from: string, to: string) =>
      ask(cluster, `${servicesPath}/web`, {
        method: 'PATCH',
        type: 'application/json-patch+json',
        body: [
          { op: 'test', path: '/spec/selector/app', value: from },
          { op: 'replace', path: '/spec/selector/app', value: to },
        ],
      });
    assert.equal((await patch('web', 'green')).status, 200);
    const late = await patch('web', 'blue');
    assert.deepEqual([late.status, late.json.reason], [422, 'Invalid']);
    assert.match(textOf(late.json.message), /testing value \/spec\/selector\/app failed/);
  });

  it('of unknown types are rejected with the supported types', async () => {
    const { status, json } = await ask(cluster, `${servicesPath}/web`, { method: 'PATCH', body: {} });
    assert.equal(status, 415);
    assert.match(textOf(json.message), /application\/apply-patch\+yaml/);
  });

  it('of the scale change only the replicas', async () => {
    const { status, json } = await ask(cluster, `${deploymentsPath}/web/scale`, {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body: { spec: { replicas: 4 } },
    });
    assert.deepEqual([status, json.kind, json.spec], [200, 'Scale', { replicas: 4 }]);
    const live = await ask(cluster, `${deploymentsPath}/web`);
    assert.equal((live.json.spec as JsonObject).replicas, 4);
    const fields = (live.json.metadata as { managedFields: { subresource?: string }[] }).managedFields;
    assert.ok(fields.some(({ subresource }) => subresource === 'scale'));
  });

  const podSpec = { kind: 'struct', fields: kindSchemas.pods.fields } as const;
  const strategic: [what: string, live: JsonObject, patch: JsonObject, expected: JsonObject][] = [
    [
      'merge containers by name',
      { spec: { containers: [{ name: 'a', image: '1' }, { name: 'b' }] } },
      { spec: { containers: [{ name: 'a', image: '2' }] } },
      { spec: { containers: [{ name: 'a', image: '2' }, { name: 'b' }] } },
    ],
    [
      'remove an item that is named so',
      { spec: { containers: [{ name: 'a' }, { name: 'b' }] } },
      { spec: { containers: [{ $patch: 'delete', name: 'a' }] } },
      { spec: { containers: [{ name: 'b' }] } },
    ],
    [
      'order items as told',
      { spec: { containers: [{ name: 'a' }, { name: 'b' }] } },
      {
        spec: {
          '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }, { name: 'a' }],
          containers: [{ name: 'c' }],
        },
      },
      { spec: { containers: [{ name: 'c' }, { name: 'b' }, { name: 'a' }] } },
    ],
    [
      'replace lists without a key',
      { spec: { containers: [{ name: 'a', args: ['1', '2'] }] } },
      { spec: { containers: [{ name: 'a', args: ['3'] }] } },
      { spec: { containers: [{ name: 'a', args: ['3'] }] } },
    ],
    [
      'keep only the named keys of a volume',
      { spec: { volumes: [{ name: 'v', emptyDir: {} }] } },
      { spec: { volumes: [{ $retainKeys: ['name', 'secret'], name: 'v', secret: { secretName: 's' } }] } },
      { spec: { volumes: [{ name: 'v', secret: { secretName: 's' } }] } },
    ],
    [
      'remove from and add to sets',
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'] } },
      { metadata: { finalizers: ['b', 'c'] } },
    ],
    [
      'replace a map',
      { metadata: { labels: { a: '1' } } },
      { metadata: { labels: { $patch: 'replace', b: '2' } } },
      { metadata: { labels: { b: '2' } } },
    ],
    [
      'remove by null',
      { metadata: { labels: { a: '1', b: '2' } } },
      { metadata: { labels: { a: null } } },
      { metadata: { labels: { b: '2' } } },
    ],
  ];
  for (const [what, live, patch, expected] of strategic) {
    it(`merge strategically: ${what}`, () => assert.deepEqual(strategicMergePatch(podSpec, live, patch), expected));
  }

  it('follow RFC 6902', () => {
    const document = { a: [1, 2], 'b/c': { '~': 1 } };
    const cases: [patch: JsonObject[], expected: JsonObject][] = [
      [[{ op: 'add', path: '/a/-', value: 3 }], { ...document, a: [1, 2, 3] }],
      [[{ op: 'add', path: '/a/0', value: 0 }], { ...document, a: [0, 1, 2] }],
      [[{ op: 'remove', path: '/a/0' }], { ...document, a: [2] }],
      [[{ op: 'replace', path: '/a/1', value: 9 }], { ...document, a: [1, 9] }],
      [[{ op: 'replace', path: '/b~1c/~0', value: 2 }], { ...document, 'b/c': { '~': 2 } }],
      [[{ op: 'move', from: '/a', path: '/d' }], { d: [1, 2], 'b/c': { '~': 1 } }],
      [[{ op: 'copy', from: '/a/0', path: '/d' }], { ...document, d: 1 }],
    ];
    for (const [patch, expected] of cases) assert.deepEqual(jsonPatch(document, patch), expected);
    assert.throws(() => jsonPatch(document, [{ op: 'remove', path: '/x' }]), /missing/);
    assert.throws(() => jsonPatch(document, [{ op: 'add', path: '/a/7', value: 1 }]), /invalid index/);
  });
});
