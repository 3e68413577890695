import assert from 'node:assert/strict';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service, ServiceSpec } from 'kubernetes-types/core/v1';
import type { KubernetesObject } from '../../../../shared/kubernetes/client/resource';
import { releaseOf } from '../../../../shared/kubernetes/manifest/release';
import { chooseServing, type ServingWish } from '../../../../shared/kubernetes/serving/chooseServing';

/** Its pods have the label `app` with its name, unless it is told otherwise. */
function deployment(
  name: string,
  image = `r.io/${name}:1`,
  labels: Record<string, string> = { app: name },
): Deployment {
  const ports = [
    { name: 'metrics', containerPort: 9090 },
    { name: 'http', containerPort: 5001 },
  ];
  const containers = [
    { name: 'proxy', image: 'r.io/proxy:1' },
    { name: 'main', image, ports },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}
function service(name: string, spec: ServiceSpec = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 'http' }], ...spec },
  };
}

/** `front front:80 main` for a Deployment, its Service and port, and its container. */
function told(objects: readonly KubernetesObject[], wish: ServingWish = {}): string {
  const choice = chooseServing(objects, wish);
  if ('doubt' in choice) {
    const { about, isUnknown, of, candidates } = choice.doubt;
    return `? ${isUnknown ? 'unknown ' : ''}${about}${of && ` of ${of}`}: ${candidates.join(', ')}`;
  }
  const { deployment, service: through = '-', port = '-', container = '-' } = choice.serving;
  return `${deployment} ${through}:${port} ${container}`;
}

const store = [deployment('store'), service('store')];
const front = [deployment('front'), service('front', { type: 'LoadBalancer' })];
const worker = deployment('worker', 'r.io/front:1');
const shared = { app: 'shared' };
const versions = [
  deployment('v1', 'r.io/v:1', { ...shared, v: '1' }),
  deployment('v2', 'r.io/v2:1', { ...shared, v: '2' }),
  service('shared'),
];

describe('what serves', () => {
  const cases: readonly [what: string, objects: readonly KubernetesObject[], serving: string, wish?: ServingWish][] = [
    ['the only Deployment', [...front], 'front front:80 main'],
    ['one without a Service, by its own port', [deployment('a')], 'a -:5001 main'],
    ['the one with the image', [...store, ...front], 'front front:80 main', { images: ['r.io/front:1'] }],
    [
      'the one with the image, in the other order',
      [...front, ...store],
      'store store:80 main',
      { images: ['r.io/store:1'] },
    ],
    [
      'of two with the image the one with a Service',
      [worker, ...front],
      'front front:80 main',
      { images: ['r.io/front:1'] },
    ],
    ['of two the one with a Service', [worker, ...front], 'front front:80 main'],
    [
      'the one with the image, although no Service reaches it',
      [...store, worker],
      'worker -:5001 main',
      { images: ['r.io/front:1'] },
    ],
    ['none of two that are reached', [...store, ...front], '? deployment: store, front'],
    [
      'none of two with images',
      [...store, ...front],
      '? deployment: store, front',
      { images: ['r.io/front:1', 'r.io/store:1'] },
    ],
    ['none of two without a Service', [deployment('a'), deployment('b')], '? deployment: a, b'],
    ['the named one', [...store, ...front], 'store store:80 main', { name: 'store' }],
    [
      'the named one, whatever the images are',
      [...store, ...front],
      'store store:80 main',
      { name: 'store', images: ['r.io/front:1'] },
    ],
    [
      'the one that the named Service selects',
      [...store, deployment('b'), service('x', { selector: { app: 'b' } })],
      'b x:80 main',
      { name: 'x' },
    ],
    [
      'nothing of an unknown name',
      [...store],
      '? unknown deployment: Deployment store, Service store',
      { name: 'front' },
    ],
    ['none of two that one Service selects', versions, '? deployment: v1, v2'],
    [
      'of two that one Service selects the one with the image',
      versions,
      'v2 shared:80 main',
      { images: ['r.io/v2:1'] },
    ],
    ['none of two that the named Service selects', versions, '? deployment: v1, v2', { name: 'shared' }],
    [
      'not the one with only a port of another protocol',
      [
        ...front,
        deployment('r'),
        service('r', {
          ports: [
            { name: 'redis', port: 6379 },
            { name: 'metrics', port: 1 },
          ],
        }),
      ],
      'front front:80 main',
    ],
    [
      'not through an ExternalName',
      [deployment('a'), service('a', { type: 'ExternalName', externalName: 'x.y' })],
      'a -:5001 main',
    ],
    [
      'not through a Service without ports',
      [deployment('a'), service('a', { clusterIP: 'None', ports: [] })],
      'a -:5001 main',
    ],
    [
      'through a headless Service if there is no other',
      [deployment('a'), service('a', { clusterIP: 'None' })],
      'a a:80 main',
    ],
    [
      'not through a headless Service beside another',
      [deployment('a'), service('a', { clusterIP: 'None' }), service('b', { selector: { app: 'a' } })],
      'a b:80 main',
    ],
    [
      'not through a Service for metrics',
      [
        deployment('a'),
        service('m', { selector: { app: 'a' }, ports: [{ name: 'metrics', port: 9090 }] }),
        service('s', { selector: { app: 'a' } }),
      ],
      'a s:80 main',
    ],
    [
      'through a load balancer',
      [deployment('a'), service('a'), service('b', { selector: { app: 'a' }, type: 'LoadBalancer' })],
      'a b:80 main',
    ],
    [
      'through the Service of the same name',
      [deployment('a'), service('b', { selector: { app: 'a' } }), service('a')],
      'a a:80 main',
    ],
    [
      'through none of two others',
      [deployment('a'), service('b', { selector: { app: 'a' } }), service('c', { selector: { app: 'a' } })],
      '? service of a: b, c',
    ],
    [
      'through the named one of two others',
      [deployment('a'), service('b', { selector: { app: 'a' } }), service('c', { selector: { app: 'a' } })],
      'a c:80 main',
      { name: 'c' },
    ],
    [
      'on the port for requests',
      [
        deployment('a'),
        service('a', {
          ports: [
            { name: 'metrics', port: 9090 },
            { name: 'http', port: 81 },
          ],
        }),
      ],
      'a a:81 main',
    ],
    [
      'on none of two ports',
      [
        deployment('a'),
        service('a', {
          ports: [
            { name: 'x', port: 1 },
            { name: 'y', port: 2 },
          ],
        }),
      ],
      '? port of Service a: x (1), y (2)',
    ],
    [
      'on the named port',
      [
        deployment('a'),
        service('a', {
          ports: [
            { name: 'x', port: 1 },
            { name: 'y', port: 2 },
          ],
        }),
      ],
      'a a:2 main',
      { port: 'y' },
    ],
    [
      'on no port of another name',
      [deployment('a'), service('a')],
      '? unknown port of Service a: 80',
      { port: 'http' },
    ],
    ['on the named port of its container', [deployment('a')], 'a -:9090 main', { port: 'metrics' }],
    [
      'by the container with the image',
      [deployment('a', 'r.io/a:2'), service('a', { ports: [{ port: 7 }] })],
      'a a:7 proxy',
      { images: ['r.io/proxy:1'] },
    ],
    [
      'not by kinds of other groups',
      [
        ...front,
        { ...deployment('x'), apiVersion: 'example.com/v1' },
        { ...service('front'), apiVersion: 'serving.knative.dev/v1' },
      ],
      'front front:80 main',
    ],
  ];
  for (const [what, objects, serving, wish] of cases)
    it(`is ${what}`, () => {
      assert.equal(told(objects, wish), serving);
      // The order of the manifests decides nothing.
      if (!serving.startsWith('?')) assert.equal(told([...objects].reverse(), wish), serving);
    });

  it('comes first in a release, which keeps its group', () => {
    const objects = [...store, ...front];
    const choice = chooseServing(objects, { images: ['r.io/front:1'] });
    assert.ok('serving' in choice);
    const release = releaseOf(objects, { serving: choice.serving });
    assert.deepEqual([release.name, release.group], ['front', 'store']);
    assert.deepEqual(
      release.deployments.map(({ metadata }) => metadata?.name),
      ['front', 'store'],
    );
    assert.equal(release.deployments[0]?.metadata?.labels?.['model-pipelines/service'], 'store');
  });
});
