import assert from 'node:assert/strict';
import type { JsonObject } from '../../../sandbox/kubernetes/json';
import { type Kubernetes, startKubernetes } from '../../../sandbox/kubernetes/kubernetes';
import type { ManagedFieldsEntry } from '../../../sandbox/kubernetes/types';
import { sharedAuthority } from '../../support/sharedKeys';
import { type Answered, apply, ask, deployment, deploymentsPath, service, servicesPath } from './clusterClient';

const maps = '/api/v1/namespaces/default/configmaps';
const map = `${maps}/a`;
const config = (data: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  data,
});

describe('managed fields in the Kubernetes sandbox', () => {
  let cluster: Kubernetes;
  beforeEach(async () => {
    cluster = await startKubernetes({ timeScale: 0, authority: await sharedAuthority(), hasControllers: false });
    await ask(cluster, `${maps}?fieldManager=old`, { method: 'POST', body: config({ a: '1', b: '1' }) });
  });
  afterEach(() => cluster.close());

  const live = () => {
    const found = cluster.store.get('configmaps', 'default', 'a');
    assert.ok(found);
    return found;
  };
  const entries = () => live().metadata.managedFields ?? [];
  const owners = () => entries().map(({ manager, operation }) => `${manager} ${operation}`);
  const data = () => live().data;
  const patch = (type: string, body: unknown): Promise<Answered> =>
    ask(cluster, `${map}?fieldManager=patcher`, { method: 'PATCH', type: `application/${type}`, body });
  const migrated = (): ManagedFieldsEntry[] =>
    entries().map((entry) => ({ ...entry, manager: 'ours', operation: 'Apply' }));

  const ways: readonly [name: string, write: (managedFields: unknown) => Promise<Answered>][] = [
    ['a JSON patch', (value) => patch('json-patch+json', [{ op: 'replace', path: '/metadata/managedFields', value }])],
    ['a merge patch', (managedFields) => patch('merge-patch+json', { metadata: { managedFields } })],
    [
      'a strategic merge patch',
      (managedFields) => patch('strategic-merge-patch+json', { metadata: { managedFields } }),
    ],
    [
      'a replacement',
      (managedFields) =>
        ask(cluster, `${map}?fieldManager=patcher`, {
          method: 'PUT',
          body: { ...live(), metadata: { ...live().metadata, managedFields } },
        }),
    ],
  ];
  for (const [name, write] of ways) {
    it(`are changed by ${name}, so that the next apply removes what is not applied`, async () => {
      assert.equal((await write(migrated())).status, 200);
      assert.deepEqual(owners(), ['ours Apply']);
      assert.equal((await apply(cluster, map, config({ a: '1' }), 'fieldManager=ours')).status, 200);
      assert.deepEqual(data(), { a: '1' });
    });

    for (const [what, written] of [
      ['one empty entry', [{}]],
      ['an empty list', []],
    ] as const)
      it(`are cleared by ${name} with ${what}, and what was there belongs to before-first-apply`, async () => {
        assert.equal((await write(written)).status, 200);
        assert.deepEqual(owners(), []);
        await patch('merge-patch+json', { data: { c: '1' } });
        assert.deepEqual(owners(), [], 'an update starts no tracking');
        const refused = await apply(cluster, map, config({ a: '2' }), 'fieldManager=ours');
        assert.equal(refused.status, 409);
        assert.match(refused.text, /conflict with \\"before-first-apply\\" using v1: \.data\.a/);
        await apply(cluster, map, config({ a: '1' }), 'fieldManager=ours');
        assert.deepEqual(owners(), ['ours Apply', 'before-first-apply Update']);
        assert.deepEqual(data(), { a: '1', b: '1', c: '1' });
      });

    for (const [what, written] of [
      [
        'an unknown operation',
        [{ manager: 'x', operation: 'Create', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }],
      ],
      ['no API version', [{ manager: 'x', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: {} }]],
      [
        'another type of fields',
        [{ manager: 'x', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV2', fieldsV1: {} }],
      ],
    ] as const)
      it(`stay when ${name} has an entry with ${what}`, async () => {
        assert.equal((await write(written)).status, 200);
        assert.deepEqual(owners(), ['old Update']);
      });
  }

  it('stay when they are written with a subresource', async () => {
    await ask(cluster, `${deploymentsPath}?fieldManager=old`, { method: 'POST', body: deployment() });
    await ask(cluster, `${deploymentsPath}/web/status?fieldManager=patcher`, {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body: { metadata: { managedFields: [{}] }, status: { replicas: 1 } },
    });
    const found = cluster.store.get('deployments', 'default', 'web')?.metadata.managedFields;
    assert.deepEqual(
      found?.map(({ manager }) => manager),
      ['old', 'patcher'],
    );
  });

  it('are not changed by a patch that is based on an old version', async () => {
    const version = live().metadata.resourceVersion;
    const value = migrated();
    await patch('merge-patch+json', { data: { c: '1' } });
    const late = await patch('json-patch+json', [
      { op: 'replace', path: '/metadata/managedFields', value },
      { op: 'replace', path: '/metadata/resourceVersion', value: version },
    ]);
    assert.deepEqual([late.status, late.json.reason], [409, 'Conflict']);
    assert.deepEqual(owners(), ['old Update', 'patcher Update']);
  });
});

describe('lists with keys in server-side apply', () => {
  let cluster: Kubernetes;
  before(async () => {
    cluster = await startKubernetes({ timeScale: 0, authority: await sharedAuthority(), hasControllers: false });
  });
  after(() => cluster.close());

  const container = (fields: JsonObject) => deployment({ container: fields });
  const twice = (item: JsonObject) => [item, { ...item }];
  const score = '.spec.template.spec.containers[name="score"]';
  const cases: readonly [title: string, object: JsonObject, problems: readonly string[]][] = [
    [
      'two variables of a name',
      container({ env: [{ name: 'A', value: '1' }, { name: 'B' }, { name: 'A', value: '2' }] }),
      [`${score}.env: duplicate entries for key [name="A"]`],
    ],
    [
      'two ports of a number, one without the default protocol',
      container({ ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] }),
      [`${score}.ports: duplicate entries for key [containerPort=80,protocol="TCP"]`],
    ],
    [
      'two mounts at a path and two volumes of a name',
      deployment({
        container: { volumeMounts: twice({ name: 'v', mountPath: '/tmp' }) },
        pod: { volumes: twice({ name: 'v', emptyDir: {} }) },
      }),
      [
        `${score}.volumeMounts: duplicate entries for key [mountPath="/tmp"]`,
        '.spec.template.spec.volumes: duplicate entries for key [name="v"]',
      ],
    ],
    [
      'two ports of a Service',
      service('web', { ports: twice({ port: 80 }) }),
      ['.spec.ports: duplicate entries for key [port=80,protocol="TCP"]'],
    ],
    [
      'a finalizer twice',
      { ...service(), metadata: { name: 'web', finalizers: ['example.com/x', 'example.com/x'] } },
      ['.metadata.finalizers: duplicate entries for key [="example.com/x"]'],
    ],
    [
      'two items without their key, which is empty then',
      container({ env: [{ value: '1' }, { value: '1' }] }),
      [`${score}.env: duplicate entries for key [name=""]`],
    ],
    [
      'an empty item',
      container({ env: [null] }),
      [`${score}.env: element 0: associative list with keys may not have a null element`],
    ],
  ];
  for (const [title, object, problems] of cases)
    it(`are refused with ${title}`, async () => {
      const isService = object.kind === 'Service';
      const path = `${isService ? servicesPath : deploymentsPath}/web`;
      const { status, json } = await apply(cluster, path, object);
      const which = isService ? '/web; /v1, Kind=Service' : '/web; apps/v1, Kind=Deployment';
      const list = problems.length === 1 ? problems[0] : `errors:\n  ${problems.join('\n  ')}`;
      assert.equal(json.message, `failed to create typed patch object (${which}): ${list}`);
      assert.deepEqual([status, json.reason], [500, undefined]);
    });

  it('may have the same port for two protocols', async () => {
    const ports = [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }];
    assert.equal((await apply(cluster, `${deploymentsPath}/web`, container({ ports }))).status, 201);
  });

  it('may have duplicates in an object that is created, as in a cluster', async () => {
    const object = deployment({ name: 'twice', container: { env: twice({ name: 'A', value: '1' }) } });
    assert.equal((await ask(cluster, deploymentsPath, { method: 'POST', body: object })).status, 201);
  });
});
