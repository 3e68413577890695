import assert from 'node:assert/strict';
import type { KubernetesObject } from '../../../../shared/kubernetes/client/resource';
import { readManifests } from '../../../../shared/kubernetes/manifest/readManifests';
import { objectsOf, releaseOf } from '../../../../shared/kubernetes/manifest/release';
import { substituteImages } from '../../../../shared/kubernetes/manifest/substituteImages';

const read = (text: string): readonly KubernetesObject[] => readManifests([{ name: 'm.yaml', text }]);
const head = (kind: string, apiVersion = 'v1', name = 'm') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name} }\n`;
const workload = (containers: string) =>
  `${head('Deployment', 'apps/v1')}spec: { selector: { matchLabels: { app: m } }, template: { metadata: { labels: { app: m } }, spec: ${containers} } }\n`;

/** The lines of the refusal; empty when there is none. */
function problemsIn(text: string): readonly string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    assert.ok(error instanceof Error && error.name === 'TaskError', String(error));
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.replace('  - ', ''));
  }
}

describe('objects in manifests', () => {
  const blanks: readonly [what: string, text: string, read: object][] = [
    [
      'a namespace, labels and annotations',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: m, namespace: , labels: , annotations: }\ntype:',
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'm' } },
    ],
    [
      'an empty namespace',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: m, namespace: "" }',
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'm' } },
    ],
    [
      'fields of containers',
      workload('{ containers: [{ name: a, image: r.io/m:1, env: , args: , ports: , resources: { limits: } }] }'),
      {
        ...(read(workload('{ containers: [{ name: a, image: r.io/m:1, resources: {} }] }'))[0] ?? {}),
      },
    ],
    [
      'metadata of kinds that are not its own, whose other fields may be null',
      'apiVersion: example.com/v1\nkind: Model\nmetadata: { name: m, namespace: ~, labels: }\nspec: { size: , sizes: [~] }',
      { apiVersion: 'example.com/v1', kind: 'Model', metadata: { name: 'm' }, spec: { size: null, sizes: [null] } },
    ],
    [
      'the default value in a definition of such a kind',
      `${head('CustomResourceDefinition', 'apiextensions.k8s.io/v1')}spec: { default: }`,
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'm' },
        spec: { default: null },
      },
    ],
  ];
  for (const [what, text, expected] of blanks)
    it(`leave out what is blank: ${what}`, () => assert.deepEqual(read(text), [expected]));

  it('have the empty text where names are free and a value is blank', () => {
    const [object] = read(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m, labels: { version: }, annotations: { note: ~ } }\ndata: { empty: }',
    );
    assert.deepEqual(object, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'm', labels: { version: '' }, annotations: { note: '' } },
      data: { empty: '' },
    });
    const [service] = read(`${head('Service')}spec: { selector: { app: m, version: }, ports: }`);
    assert.deepEqual((service as { spec?: unknown }).spec, { selector: { app: 'm', version: '' } });
  });

  it('are found in lists, in lists of lists and in typed lists, which may be empty', () => {
    const text = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: List
    items: [{ apiVersion: v1, kind: Secret, metadata: { name: a } }]
  - apiVersion: v1
    kind: ConfigMapList
    items: [{ metadata: { name: b }, data: { port: 0080 } }, { apiVersion: v1, kind: Secret, metadata: { name: c } }]
  - { apiVersion: v1, kind: List, items: }
  - { apiVersion: example.com/v1, kind: DenyList, metadata: { name: d }, spec: {} }
---
---
{ apiVersion: v1, kind: List, items: [] }
`;
    assert.deepEqual(
      read(text).map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata?.name}`),
      ['v1 Secret a', 'v1 ConfigMap b', 'v1 Secret c', 'example.com/v1 DenyList d'],
    );
    assert.deepEqual((read(text)[1] as { data?: unknown }).data, { port: '0080' });
  });

  const refused: readonly [what: string, text: string, problems: readonly string[]][] = [
    [
      'an empty item of a list',
      'apiVersion: v1\nkind: List\nitems:\n-\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n- ~',
      ['m.yaml: item 1 of the List is empty.', 'm.yaml: item 3 of the List is empty.'],
    ],
    [
      'an empty item of a list in a list',
      'apiVersion: v1\nkind: List\nitems: [{ kind: SecretList, items: [~] }]',
      ['m.yaml: item 1.1 of the SecretList is empty.'],
    ],
    ['a list without a list', 'kind: List\nitems: {}', ['m.yaml: the items of the List are not a list.']],
    ['a list of nothing at all', 'kind: List\nitems:', ['They contain no object.']],
    ['text for an object', 'kind: List\nitems: [hello]', ['m.yaml, item 1: it is not a Kubernetes object.']],
    ['text for metadata', 'apiVersion: v1\nkind: Secret\nmetadata: m', ['m.yaml: the Secret: metadata must be a map.']],
    ['no metadata', 'apiVersion: v1\nkind: Secret\nmetadata:', ['m.yaml: the Secret has no metadata.name.']],
    [
      'a list for a name',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: [m], labels: [] }',
      ['m.yaml: the Secret: metadata.name must be text.', 'm.yaml: the Secret: metadata.labels must be a map.'],
    ],
    ['a Deployment without a spec', head('Deployment', 'apps/v1'), ['m.yaml: Deployment m: spec is missing.']],
    [
      'a Deployment without containers',
      workload('{ containers: }'),
      ['m.yaml: Deployment m: spec.template.spec.containers is missing.'],
    ],
    [
      'an empty container, and a map for containers',
      workload('{ containers: [~, { name: a, image: [1], ports: [80] }], initContainers: { name: a } }'),
      [
        'm.yaml: Deployment m: spec.template.spec.containers[0] is empty.',
        'm.yaml: Deployment m: spec.template.spec.containers[1].image must be text.',
        'm.yaml: Deployment m: spec.template.spec.containers[1].ports[0] must be a map.',
        'm.yaml: Deployment m: spec.template.spec.initContainers must be a list.',
      ],
    ],
    [
      'a Service whose parts have other forms',
      `${head('Service')}spec: { selector: [app], ports: [~, { port: http }] }`,
      [
        'm.yaml: Service m: spec.selector must be a map.',
        'm.yaml: Service m: spec.ports[0] is empty.',
        'm.yaml: Service m: spec.ports[1].port must be a number.',
      ],
    ],
    [
      'a Secret, without repeating it',
      `${head('Secret')}stringData: { key: { hidden: hunter2 } }`,
      ['m.yaml: Secret m: stringData.key must be text.'],
    ],
  ];
  for (const [what, text, problems] of refused)
    it(`are refused: ${what}`, () => assert.deepEqual(problemsIn(text), problems));

  it('are told apart by kind and group, whatever their version is, and by namespace', () => {
    const twins = [
      head('Gateway', 'networking.istio.io/v1'),
      head('Gateway', 'gateway.networking.k8s.io/v1'),
      head('Service'),
      head('Service', 'serving.knative.dev/v1'),
      head('Ingress', 'networking.k8s.io/v1'),
      head('Ingress', 'config.openshift.io/v1'),
    ];
    assert.deepEqual(problemsIn(twins.join('---\n')), []);
    assert.deepEqual(
      problemsIn(`${head('Gateway', 'networking.istio.io/v1')}---\n${head('Gateway', 'networking.istio.io/v1beta1')}`),
      ['m.yaml, document 2: Gateway m is defined twice.'],
    );
    const inSpace = 'apiVersion: v1\nkind: Service\nmetadata: { name: m, namespace: models }\n';
    assert.deepEqual(problemsIn(`${head('Service')}---\n${inSpace}`), [
      'm.yaml, document 2: Service m is defined twice.',
    ]);
    assert.deepEqual(problemsIn(`${inSpace}---\n${inSpace.replace('models', 'other')}`), []);
  });

  it('take their role by kind and group', () => {
    const main = workload('{ containers: [{ name: a, image: r.io/m:1 }] }');
    const others = [
      head('Service', 'serving.knative.dev/v1'),
      head('Deployment', 'camel.example.com/v1'),
      head('PodDisruptionBudget', 'example.com/v1'),
      head('Ingress', 'config.openshift.io/v1'),
      head('Secret', 'example.com/v1'),
      head('Ingress', 'networking.k8s.io/v1'),
      head('Secret'),
    ];
    const release = releaseOf(read([...others, main].join('---\n')));
    assert.equal(release.deployments.length, 1);
    assert.deepEqual([release.services, release.disruptionBudgets], [[], []]);
    assert.deepEqual(
      release.routes.map(({ apiVersion }) => apiVersion),
      ['networking.k8s.io/v1'],
    );
    assert.deepEqual(
      release.foundations.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
      [
        'v1 Secret',
        'serving.knative.dev/v1 Service',
        'camel.example.com/v1 Deployment',
        'example.com/v1 PodDisruptionBudget',
        'config.openshift.io/v1 Ingress',
        'example.com/v1 Secret',
      ],
    );
    assert.equal(objectsOf(release).length, others.length + 1);
    assert.throws(() => releaseOf(read(head('Deployment', 'camel.example.com/v1'))), { message: /no Deployment/ });
  });

  it('of any other kind may hold anything where pods have containers', () => {
    const odd = ['[~]', '{}', 'text', '[{ image: 5 }]', '[[]]'].map(
      (containers, index) =>
        `${head('Model', 'example.com/v1', `m${index}`)}spec: { template: { spec: { containers: ${containers}, initContainers: ~ } }, jobTemplate: 7 }\n`,
    );
    const pods = `${head('Rollout', 'argoproj.io/v1alpha1', 'r')}spec: { template: { spec: { containers: [{ name: a, image: r.io/m:1 }] } } }`;
    const { objects } = substituteImages(read([...odd, pods].join('---\n')), ['r.io/m:2']);
    assert.match(JSON.stringify(objects.at(-1)), /r\.io\/m:2/);
  });
});
