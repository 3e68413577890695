import assert from 'node:assert/strict';
import { fromFieldsV1, pathsOf } from '../../../sandbox/kubernetes/apply/fieldSet';
import { type JsonObject, textOf } from '../../../sandbox/kubernetes/json';
import { type Kubernetes, startKubernetes } from '../../../sandbox/kubernetes/kubernetes';
import type { KubeObject } from '../../../sandbox/kubernetes/types';
import { apply, ask, deployment, deploymentsPath, podsPath, service, servicesPath } from './clusterClient';
import { sharedAuthority } from '../../support/sharedKeys';

const maps = '/api/v1/namespaces/default/configmaps';
const web = `${deploymentsPath}/web`;

describe('server-side apply in the Kubernetes sandbox', () => {
  let cluster: Kubernetes;
  beforeEach(async () => {
    cluster = await startKubernetes({ timeScale: 0, authority: await sharedAuthority(), hasControllers: false });
  });
  afterEach(() => cluster.close());

  const live = () => {
    const found = cluster.store.get('deployments', 'default', 'web');
    assert.ok(found);
    return found;
  };
  /** The fields that each manager owns. */
  const owned = ({ metadata }: KubeObject) =>
    Object.fromEntries(
      (metadata.managedFields ?? []).map(({ manager, fieldsV1 }) => [manager, pathsOf(fromFieldsV1(fieldsV1))]),
    );
  const map = (data: Record<string, string> | undefined, metadata: JsonObject = {}) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', ...metadata },
    ...(data && { data }),
  });
  const data = () => cluster.store.get('configmaps', 'default', 'a')?.data;
  const as = (manager: string, force = false) => `fieldManager=${manager}${force ? '&force=true' : ''}`;

  it('creates with 201, updates with 200, and keeps the resource version when nothing changes', async () => {
    const first = await apply(cluster, web, deployment());
    const second = await apply(cluster, web, deployment());
    const third = await apply(cluster, web, deployment({ image: 'good:2' }));
    assert.deepEqual([first.status, second.status, third.status], [201, 200, 200]);
    const version = ({ json }: { json: JsonObject }) => (json.metadata as { resourceVersion: string }).resourceVersion;
    assert.equal(version(first), version(second));
    assert.notEqual(version(second), version(third));
  });

  it('owns only the applied fields', async () => {
    await apply(cluster, web, deployment());
    assert.deepEqual(owned(live()).test, [
      '.spec.selector',
      '.spec.template.metadata.labels.app',
      '.spec.template.spec.containers[name="score"]',
      '.spec.template.spec.containers[name="score"].image',
      '.spec.template.spec.containers[name="score"].name',
      '.spec.template.spec.containers[name="score"].ports[containerPort=5001,protocol="TCP"]',
      '.spec.template.spec.containers[name="score"].ports[containerPort=5001,protocol="TCP"].containerPort',
      '.spec.template.spec.containers[name="score"].readinessProbe.httpGet.path',
      '.spec.template.spec.containers[name="score"].readinessProbe.httpGet.port',
      '.spec.template.spec.containers[name="score"].readinessProbe.periodSeconds',
    ]);
  });

  it('reports a conflict in the format that kubectl shows', async () => {
    await apply(cluster, web, deployment({ replicas: 2 }), as('first'));
    const { status, json } = await apply(cluster, web, deployment({ replicas: 5 }), as('second'));
    assert.deepEqual([status, json.reason], [409, 'Conflict']);
    assert.equal(json.message, 'Apply failed with 1 conflict: conflict with "first": .spec.replicas');
    assert.deepEqual(json.details, {
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "first"', field: '.spec.replicas' }],
    });
    const both = await apply(cluster, web, deployment({ replicas: 5, image: 'other' }), as('second'));
    assert.equal(
      both.json.message,
      'Apply failed with 2 conflicts: conflicts with "first":\n- .spec.replicas\n- .spec.template.spec.containers[name="score"].image',
    );
    assert.equal(live().spec.replicas, 2);
  });

  it('takes ownership of fields by force, and shares fields with the same value', async () => {
    await apply(cluster, web, deployment({ replicas: 2 }), as('first'));
    assert.equal((await apply(cluster, web, deployment({ replicas: 2 }), as('second'))).status, 200);
    assert.equal((await apply(cluster, web, deployment({ replicas: 5 }), as('second', true))).status, 200);
    assert.equal(live().spec.replicas, 5);
    assert.ok(!owned(live()).first?.includes('.spec.replicas'));
    assert.ok(owned(live()).second?.includes('.spec.replicas'));
  });

  it('leaves the replicas to their owner when they are not applied', async () => {
    await apply(cluster, web, deployment({ replicas: 2 }), as('ours'));
    const body = { spec: { replicas: 5 } };
    await ask(cluster, `${web}/scale?fieldManager=hpa`, {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body,
    });
    const carried = await apply(cluster, web, deployment({ replicas: 2 }), as('ours'));
    assert.match(
      textOf(carried.json.message),
      /^Apply failed with 1 conflict: conflict with "hpa" with subresource "scale" using apps\/v1 at [-\dT:]+Z: \.spec\.replicas$/,
    );
    assert.equal((await apply(cluster, web, deployment(), as('ours'))).status, 200);
    assert.equal(live().spec.replicas, 5);
  });

  it('resets a field without an owner to its default', async () => {
    await apply(cluster, web, deployment({ replicas: 3 }));
    await apply(cluster, web, deployment());
    assert.equal(live().spec.replicas, 1);
  });

  it('removes fields that are no longer applied, unless others own them', async () => {
    await apply(cluster, `${maps}/a`, map({ x: '1', y: '1', z: '1' }), as('first'));
    await apply(cluster, `${maps}/a`, map({ y: '1', own: '2' }), as('second'));
    await apply(cluster, `${maps}/a`, map({ z: '1' }), as('first'));
    assert.deepEqual(data(), { y: '1', own: '2', z: '1' });
    await apply(cluster, `${maps}/a`, map(undefined), as('first'));
    assert.deepEqual(data(), { y: '1', own: '2' });
  });

  it('keeps fields that nobody applied', async () => {
    await apply(cluster, web, deployment());
    const sidecar = { spec: { template: { spec: { containers: [{ name: 'sidecar', image: 'good:1' }] } } } };
    await ask(cluster, `${web}?fieldManager=mesh`, {
      method: 'PATCH',
      type: 'application/strategic-merge-patch+json',
      body: sidecar,
    });
    await apply(cluster, web, deployment({ image: 'good:2' }));
    assert.deepEqual(
      live().spec.template.spec.containers.map(({ name, image }) => [name, image]),
      [
        ['score', 'good:2'],
        ['sidecar', 'good:1'],
      ],
    );
  });

  it('removes items of lists by their keys', async () => {
    const env = (...names: string[]) =>
      deployment({ container: { env: names.map((name) => ({ name, value: name })) } });
    await apply(cluster, web, env('A', 'B', 'C'));
    await apply(cluster, web, env('C', 'A'));
    const names = () => live().spec.template.spec.containers[0]?.env?.map(({ name }) => name);
    assert.deepEqual(names(), ['C', 'A']);
    await apply(cluster, web, deployment());
    assert.equal(names(), undefined);
  });

  it('distinguishes ports by protocol, and treats atomic lists as one value', async () => {
    const ports = [
      { name: 'a', port: 80, targetPort: 5001 },
      { name: 'b', port: 80, targetPort: 5001, protocol: 'UDP' },
    ];
    await apply(cluster, `${servicesPath}/web`, service('web', { ports }), as('first'));
    assert.equal(cluster.store.get('services', 'default', 'web')?.spec.ports?.length, 2);
    await apply(cluster, web, deployment({ container: { args: ['a', 'b'] } }), as('first'));
    const { json } = await apply(cluster, web, deployment({ container: { args: ['a'] } }), as('second'));
    assert.match(textOf(json.message), /containers\[name="score"\]\.args$/);
  });

  it('adds to sets', async () => {
    const withFinalizer = (name: string) => map(undefined, { finalizers: [`example.com/${name}`] });
    await apply(cluster, `${maps}/a`, withFinalizer('x'), as('first'));
    await apply(cluster, `${maps}/a`, withFinalizer('y'), as('second'));
    const found = () => cluster.store.get('configmaps', 'default', 'a')?.metadata.finalizers;
    assert.deepEqual([...(found() ?? [])].sort(), ['example.com/x', 'example.com/y']);
    await apply(cluster, `${maps}/a`, map(undefined), as('first'));
    assert.deepEqual(found(), ['example.com/y']);
  });

  it('makes an Update the owner of the fields that it changes', async () => {
    await apply(cluster, web, deployment(), as('ours'));
    const body = { spec: { template: { spec: { containers: [{ name: 'score', image: 'other:1' }] } } } };
    await ask(cluster, `${web}?fieldManager=kubectl-set`, {
      method: 'PATCH',
      type: 'application/strategic-merge-patch+json',
      body,
    });
    assert.deepEqual(owned(live())['kubectl-set'], ['.spec.template.spec.containers[name="score"].image']);
    const { json } = await apply(cluster, web, deployment({ image: 'good:2' }), as('ours'));
    assert.match(textOf(json.message), /conflict with "kubectl-set" using apps\/v1 at .*\.image$/);
  });

  it('tracks the status separately', async () => {
    await apply(cluster, web, deployment());
    const status = { observedGeneration: 1, replicas: 3 };
    await ask(cluster, `${web}/status?fieldManager=controller`, {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body: { status, spec: { replicas: 9 } },
    });
    assert.deepEqual([live().status, live().spec.replicas, live().metadata.generation], [status, 1, 1]);
    const entry = live().metadata.managedFields?.find(({ manager }) => manager === 'controller');
    assert.equal(entry?.subresource, 'status');
    await apply(cluster, web, { ...deployment(), status: { replicas: 7 } });
    assert.deepEqual(live().status, status);
  });

  const inContainer = '.spec.template.spec.containers[name="score"]';
  const misfits: readonly [what: string, container: JsonObject, said: string][] = [
    ['a field that is not in the schema', { imagePolicy: 'Always' }, '.imagePolicy: field not declared in schema'],
    [
      'a number for text',
      { env: [{ name: 'A', value: 4 }] },
      '.env[name="A"].value: expected string, got &value.valueUnstructured{Value:4}',
    ],
    [
      'a list for text',
      { workingDir: ['a', 1, true, { b: null }] },
      '.workingDir: expected string, got &value.valueUnstructured{Value:[]interface {}{"a", 1, true, map[string]interface {}{"b":interface {}(nil)}}}',
    ],
    ['text for a boolean', { stdin: 'yes' }, '.stdin: expected boolean, got &{yes}'],
    [
      'text for a number',
      { readinessProbe: { periodSeconds: '5' } },
      '.readinessProbe.periodSeconds: expected numeric (int or float), got string',
    ],
    ['a map for a list', { args: { b: [1], a: 'x' } }, '.args: expected list, got &{map[a:x b:[1]]}'],
    ['text for a map', { resources: 'small' }, '.resources: expected map, got &{small}'],
    [
      'a list for a quantity',
      { resources: { limits: { cpu: [1] } } },
      '.resources.limits.cpu: expected any scalar, got &{[1]}',
    ],
    [
      'a repeated variable',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      },
      '.env: duplicate entries for key [name="A"]',
    ],
    [
      'a repeated port, with the protocol that it has by default',
      { ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] },
      '.ports: duplicate entries for key [containerPort=80,protocol="TCP"]',
    ],
    [
      'an empty item of a list with keys',
      { env: [null] },
      '.env: element 0: associative list with keys may not have a null element',
    ],
    [
      'two items without their key',
      { env: [{ value: 'a' }, { value: 'b' }] },
      '.env: duplicate entries for key [name=""]',
    ],
  ];
  for (const [what, container, said] of misfits)
    it(`answers 500 without a reason to ${what}, also in a dry run`, async () => {
      const { status, json } = await apply(cluster, web, deployment({ container }), `${as('a')}&dryRun=All`);
      assert.deepEqual([status, json.code, json.reason], [500, 500, undefined]);
      const prefix = 'failed to create typed patch object (/web; apps/v1, Kind=Deployment): ';
      assert.equal(json.message, `${prefix}${inContainer}${said}`);
    });

  const unconvertible: readonly [what: string, container: JsonObject, said: string][] = [
    [
      'a quantity that is none',
      { resources: { limits: { cpu: 'lots' } } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    ['a part of a whole number', { readinessProbe: { periodSeconds: 1.5 } }, 'cannot convert float64 to int32'],
    [
      'a boolean for a port',
      { livenessProbe: { httpGet: { port: true } } },
      'json: cannot unmarshal bool into Go value of type int32',
    ],
  ];
  for (const [what, container, said] of unconvertible)
    it(`answers 500 without a reason to ${what}`, async () => {
      const config = deployment({ container });
      Object.assign(config.metadata as JsonObject, { namespace: 'default' });
      const { status, json } = await apply(cluster, web, config, as('a'));
      assert.deepEqual([status, json.reason], [500, undefined]);
      const type = 'apps/v1, Kind=Deployment';
      assert.equal(
        json.message,
        `failed to convert new object (default/web; ${type}) to proper version: unable to convert unstructured object to ${type}: ${said}`,
      );
    });

  it('answers 500 to a Secret that is not in base64', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { a: 'YQ==', b: '***' } };
    const { status, json } = await apply(cluster, maps.replace('configmaps', 'secrets') + '/a', secret, as('a'));
    assert.equal(status, 500);
    assert.match(textOf(json.message), /: error decoding from json: illegal base64 data at input byte 0$/);
  });

  it('lists all misfits, names the core group as empty, and takes what is stored twice', async () => {
    const config = { ...map({}), data: { a: 1, b: true }, extra: {} };
    const { json } = await apply(cluster, `${maps}/a`, config, as('a'));
    assert.equal(
      json.message,
      'failed to create typed patch object (/a; /v1, Kind=ConfigMap): errors:\n' +
        '  .data.a: expected string, got &value.valueUnstructured{Value:1}\n' +
        '  .data.b: expected string, got &value.valueUnstructured{Value:true}\n' +
        '  .extra: field not declared in schema',
    );
    const env = ['1', '2'].map((value) => ({ name: 'A', value }));
    const created = await ask(cluster, deploymentsPath, { method: 'POST', body: deployment({ container: { env } }) });
    assert.equal(created.status, 201);
  });

  it('requires a field manager and the right name, and stores nothing in a dry run', async () => {
    assert.equal((await apply(cluster, web, deployment(), '')).status, 400);
    assert.equal((await apply(cluster, web, deployment({ name: 'other' }))).status, 400);
    assert.equal((await apply(cluster, web, deployment(), `${as('a')}&dryRun=All`)).status, 201);
    assert.equal((await ask(cluster, web)).status, 404);
    assert.equal((await apply(cluster, `${podsPath}/p`, 'a: [', as('a'))).status, 400);
  });
});
