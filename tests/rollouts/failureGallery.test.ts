import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { KubernetesOptions } from '../../sandbox/kubernetes/kubernetes';
import { deployments } from '../../shared/kubernetes/client/resource';
import { openDeployStage, type DeployStage, type Ended } from '../shared/kubernetes/deploy/deployFixture';

const image = 'registry.io/model:1';
const page = new URL('../../docs/deploy-rest-model.md', import.meta.url);

interface Failure {
  readonly title: string;
  readonly options?: KubernetesOptions;
  readonly deploy: (stage: DeployStage) => Promise<Ended>;
}

const failures: readonly Failure[] = [
  {
    title: 'a registry that requires authentication',
    deploy: (stage) => stage.deploy('registry.io/model-unauthorized:1'),
  },
  {
    title: 'an image that does not exist',
    deploy: (stage) => stage.deploy('registry.io/model-not-found:2'),
  },
  {
    title: 'a registry that does not say whether the image exists',
    options: { images: { 'registry.io/model-either:1': { pullError: { kind: 'either' } } } },
    deploy: (stage) => stage.deploy('registry.io/model-either:1'),
  },
  {
    title: 'the firewall of a registry',
    options: { images: { 'registry.io/model-firewall:1': { pullError: { kind: 'firewall' } } } },
    deploy: (stage) => stage.deploy('registry.io/model-firewall:1'),
  },
  {
    title: 'a program that is not in the image',
    deploy: (stage) => stage.deploy('registry.io/model-no-program:1'),
  },
  {
    title: 'a node without capacity',
    deploy: (stage) => stage.deploy(image, { service: { cpu: '8', progressDeadlineSeconds: 30 } }),
  },
  {
    title: 'a quota that requires a CPU limit',
    deploy: async (stage) => {
      const compute = { metadata: { name: 'compute' }, spec: { hard: { 'limits.cpu': '4' } } };
      stage.kubernetes.objects.apply('resourcequotas', 'default', 'compute', compute, somebody);
      return stage.deploy(image);
    },
  },
  {
    title: 'a webhook that does not answer',
    options: {
      webhooks: [
        {
          name: 'mutation.azure-workload-identity.io',
          service: 'azure-wi-webhook.kube-system',
          answer: () => 'noEndpoints',
        },
      ],
    },
    deploy: (stage) => stage.deploy(image),
  },
  {
    title: 'a quota that is used up',
    deploy: async (stage) => {
      const small = { metadata: { name: 'small' }, spec: { hard: { 'requests.memory': '64Mi' } } };
      stage.kubernetes.objects.apply('resourcequotas', 'default', 'small', small, somebody);
      return stage.deploy(image);
    },
  },
  {
    title: 'a namespace that forbids the containers',
    deploy: async (stage) => {
      const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
      stage.kubernetes.objects.apply('namespaces', '', 'default', { metadata: { name: 'default', labels } }, somebody);
      return stage.deploy(image, { service: { runAsNonRoot: false } });
    },
  },
  {
    title: 'missing permissions',
    options: {
      users: [
        {
          name: 'reader',
          groups: [],
          token: 'reader',
          rules: [{ verbs: ['get', 'list'], apiGroups: ['*'], resources: ['*'] }],
        },
      ],
    },
    deploy: (stage) => stage.deploy(image),
  },
  {
    title: 'another tool that owns the same fields',
    deploy: async (stage) => {
      await stage.deploy(image);
      const theirs = { metadata: { name: 'score' }, spec: { replicas: 7 } };
      stage.kubernetes.objects.apply('deployments', 'default', 'score', theirs, somebody);
      return stage.deploy(image, { service: { replicas: 3 } });
    },
  },
  {
    title: 'another deployment meanwhile',
    deploy: async (stage) => {
      await stage.deploy(image);
      const template = () => stage.kubernetes.store.get('deployments', 'default', 'score')?.spec.template.spec;
      const deploying = stage.deploy('registry.io/slow:2');
      while (template()?.containers[0]?.image !== 'registry.io/slow:2') await new Promise(setImmediate);
      const path = '/spec/template/spec/containers/0/image';
      await stage.client.jsonPatch(deployments, 'score', [{ op: 'replace', path, value: 'registry.io/model:3' }]);
      return deploying;
    },
  },
];

const somebody = { manager: 'helm', isForced: true };

describe('the gallery of failures in the documentation', () => {
  let quotes: readonly string[];
  before(async () => {
    const text = await readFile(page, 'utf8');
    quotes = [...text.matchAll(/^> (?:- )?(.+)$/gm)].map(([, quote = '']) => quote);
  });

  for (const { title, options, deploy } of failures)
    it(`quotes the message: ${title}`, async () => {
      const stage = await openDeployStage({ timeScale: 0, ...options });
      try {
        const { message = '', agent } = await deploy(stage);
        const [first = '', ...more] = (agent.text('error') || message)
          .split('\n')
          .map((line) => line.replace(/^ *- /, ''));
        assert.ok(quotes.includes(first), first);
        if (more.length > 0)
          assert.ok(
            more.some((line) => quotes.includes(line)),
            more.join('\n'),
          );
      } finally {
        await stage.close();
      }
    });
});
