import assert from 'node:assert/strict';
import { type JsonObject, textOf } from '../../../sandbox/kubernetes/json';
import { type Kubernetes, type KubernetesOptions, startKubernetes } from '../../../sandbox/kubernetes/kubernetes';
import { sharedAuthority } from '../../support/sharedKeys';
import { ask, podsPath } from './clusterClient';

describe('the Kubernetes sandbox rejects pods', () => {
  let cluster: Kubernetes;
  async function start(options: KubernetesOptions = {}): Promise<void> {
    cluster = await startKubernetes({ timeScale: 0, authority: await sharedAuthority(), ...options });
  }
  afterEach(() => cluster.close());

  function create(spec: JsonObject) {
    const body = { metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'm:1' }], ...spec } };
    return ask(cluster, podsPath, { method: 'POST', body });
  }
  const withResources = (resources: JsonObject): JsonObject => ({
    containers: [{ name: 'c', image: 'm:1', resources }],
  });

  async function limit(limits: object): Promise<void> {
    const body = { metadata: { name: 'limits' }, spec: { limits: [{ type: 'Container', ...limits }] } };
    const { status } = await ask(cluster, '/api/v1/namespaces/default/limitranges', { method: 'POST', body });
    assert.equal(status, 201);
  }

  for (const [limits, resources, message] of [
    [
      { max: { memory: '1Gi' } },
      { limits: { memory: '2Gi' } },
      'maximum memory usage per Container is 1Gi, but limit is 2Gi',
    ],
    [
      { max: { cpu: '1' } },
      { requests: { cpu: '500m' } },
      'maximum cpu usage per Container is 1.  No limit is specified',
    ],
    [
      { min: { memory: '64Mi' } },
      { requests: { memory: '32Mi' } },
      'minimum memory usage per Container is 64Mi, but request is 32Mi',
    ],
    [
      { maxLimitRequestRatio: { cpu: '4' } },
      { requests: { cpu: '200m' }, limits: { cpu: '1' } },
      'cpu max limit to request ratio per Container is 4, but provided ratio is 5.000000',
    ],
    [
      { max: { cpu: '1', memory: '1Gi' } },
      { limits: { cpu: '2', memory: '2Gi' } },
      '[maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per Container is 1Gi, but limit is 2Gi]',
    ],
  ] as const)
    it(`by a limit range: ${message}`, async () => {
      await start();
      await limit(limits);
      const { status, json } = await create(withResources(resources));
      assert.deepEqual([status, json.message], [403, `pods "a" is forbidden: ${message}`]);
    });

  it('whose request is higher than the default limit, which others receive', async () => {
    await start();
    await limit({ default: { cpu: '500m' }, defaultRequest: { cpu: '100m' } });
    const { status, json } = await create(withResources({ requests: { cpu: '2' } }));
    assert.equal(status, 422);
    assert.match(textOf(json.message), /^Pod "a" is invalid: .*must be less than or equal to cpu limit of 500m/);
    assert.equal((await create({})).status, 201);
    const [container] = cluster.store.get('pods', 'default', 'a')?.spec.containers ?? [];
    assert.deepEqual(container?.resources, { requests: { cpu: '100m' }, limits: { cpu: '500m' } });
  });

  it('whose priority class does not exist', async () => {
    await start();
    const { status, json } = await create({ priorityClassName: 'high' });
    assert.deepEqual([status, json.message], [403, 'pods "a" is forbidden: no PriorityClass with name high was found']);
    assert.equal((await create({ priorityClassName: 'system-node-critical' })).status, 201);
  });

  for (const [answer, status, message] of [
    [
      'noEndpoints',
      500,
      /^Internal error occurred: failed calling webhook "w": .*: no endpoints available for service "s"$/,
    ],
    ['timeout', 500, /^Internal error occurred: failed calling webhook "w": .*: context deadline exceeded$/],
    [{ denies: 'no' }, 403, /^admission webhook "w" denied the request: no$/],
  ] as const)
    it(`by a webhook: ${JSON.stringify(answer)}`, async () => {
      await start({
        webhooks: [
          { name: 'w', service: 's.n', answer: ({ metadata }) => (metadata.name === 'a' ? answer : 'admits') },
        ],
      });
      const { json, ...refused } = await create({});
      assert.equal(refused.status, status);
      assert.match(textOf(json.message), message);
      const other = { metadata: { name: 'b' }, spec: { containers: [{ name: 'c', image: 'm:1' }] } };
      assert.equal((await ask(cluster, podsPath, { method: 'POST', body: other })).status, 201);
    });

  const unscheduled: readonly (readonly [spec: JsonObject, reason: string | undefined])[] = [
    [{ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'm' } }] }, 'persistentvolumeclaim "m" not found'],
    [
      { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'n' } }] },
      'pod has unbound immediate PersistentVolumeClaims',
    ],
    [{}, '1 node(s) had untolerated taint {sku: gpu}'],
    [{ tolerations: [{ key: 'sku', value: 'cpu' }] }, '1 node(s) had untolerated taint {sku: gpu}'],
    [{ tolerations: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }] }, undefined],
    [{ tolerations: [{ operator: 'Exists' }] }, undefined],
  ];
  for (const [spec, reason] of unscheduled)
    it(`from the node: ${reason ?? `nothing, with ${JSON.stringify(spec)}`}`, async () => {
      await start({ node: { taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }] } });
      const claim = { metadata: { name: 'n' }, spec: { storageClassName: 'managed-csi' } };
      await ask(cluster, '/api/v1/namespaces/default/persistentvolumeclaims', { method: 'POST', body: claim });
      assert.equal((await create(spec)).status, 201);
      await cluster.clock.advance(1000);
      const { status } = cluster.store.get('pods', 'default', 'a') ?? {};
      const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
      const unhelpful = '1 Preemption is not helpful for scheduling.';
      assert.equal(
        scheduled?.message,
        reason && `0/1 nodes are available: ${reason}. preemption: 0/1 nodes are available: ${unhelpful}`,
      );
    });

  it('whose host port is in use', async () => {
    await start();
    const containers = [{ name: 'c', image: 'm:1', ports: [{ containerPort: 80, hostPort: 80 }] }];
    for (const name of ['a', 'b'])
      await ask(cluster, podsPath, { method: 'POST', body: { metadata: { name }, spec: { containers } } });
    await cluster.clock.advance(1000);
    const pods = cluster.store.list('pods', 'default');
    assert.deepEqual(
      pods.map(({ spec }) => spec.nodeName !== undefined),
      [true, false],
    );
    assert.match(
      pods[1]?.status.conditions?.[0]?.message ?? '',
      /1 node\(s\) didn't have free ports for the requested pod ports/,
    );
  });
});
