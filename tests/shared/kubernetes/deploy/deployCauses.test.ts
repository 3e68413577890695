import assert from 'node:assert/strict';
import type { PodSpec } from 'kubernetes-types/core/v1';
import type { PodWebhook } from '../../../../sandbox/kubernetes/admission/podWebhook';
import type { KubernetesOptions } from '../../../../sandbox/kubernetes/kubernetes';
import type { ServiceDescription } from '../../../../shared/kubernetes/manifest/serviceDescription';
import { openDeployStage, requestOf, type DeployStage } from './deployFixture';

const somebody = { manager: 'somebody' };
const registry = 'registry.io/model:1';
const scores = 'r.io/score:1';

interface Case {
  readonly title: string;
  readonly image?: string;
  readonly options?: KubernetesOptions;
  /** What is in the cluster before. */
  readonly prepare?: (stage: DeployStage) => void;
  /** Added to the pods, as a manifest has it. */
  readonly pod?: Partial<PodSpec>;
  readonly service?: Partial<ServiceDescription>;
  /** Undefined when the deployment succeeds. */
  readonly cause?: RegExp;
  readonly advice?: RegExp;
  /** Sandbox seconds until the step has decided, without those of the rollback. */
  readonly seconds: readonly [least: number, most: number];
}

const soon = [0, 60] as const;
/** After the grace of a registry. */
const registryGrace = [90, 150] as const;
/** The progress deadline of the Deployment, which these cases shorten. */
const atDeadline = [60, 90] as const;
const claiming = { volumes: [{ name: 'm', persistentVolumeClaim: { claimName: 'm' } }] };

function pullCase(kind: 'firewall' | 'either' | 'rateLimit' | 'unknownHost' | 'certificate', heals?: number) {
  const pullError = { kind, ...(heals !== undefined && { healsAfterSeconds: heals }) };
  return { image: registry, options: { images: { [registry]: { pullError } } } };
}

function webhookOf(answer: (seconds: number) => ReturnType<PodWebhook['answer']>): KubernetesOptions {
  let first: number | undefined;
  return {
    webhooks: [
      {
        name: 'mutation.azure-workload-identity.io',
        service: 'azure-wi-webhook.kube-system',
        answer: ({ metadata }) => {
          const now = Date.parse(metadata.creationTimestamp);
          return answer((now - (first ??= now)) / 1000);
        },
      },
    ],
  };
}

function limitRange(stage: DeployStage, limit: object): void {
  const spec = { limits: [{ type: 'Container', ...limit }] };
  stage.kubernetes.objects.create('limitranges', 'default', { metadata: { name: 'limits' }, spec }, somebody);
}

function quota(stage: DeployStage, hard: Readonly<Record<string, string>>): void {
  stage.kubernetes.objects.create(
    'resourcequotas',
    'default',
    { metadata: { name: 'compute' }, spec: { hard } },
    somebody,
  );
}

const cases: readonly Case[] = [
  {
    title: 'a volume claim that does not exist',
    pod: claiming,
    cause:
      /^No node of the cluster can run the service: its volume claim 'm' does not exist: .*persistentvolumeclaim "m" not found\./,
    advice: /Create the PersistentVolumeClaim/,
    seconds: soon,
  },
  {
    title: 'a volume claim that is not provisioned',
    pod: claiming,
    prepare: ({ kubernetes }) =>
      void kubernetes.objects.create(
        'persistentvolumeclaims',
        'default',
        { metadata: { name: 'm' }, spec: {} },
        somebody,
      ),
    cause: /a volume that it claims was not provisioned: .*pod has unbound immediate PersistentVolumeClaims\./,
    advice: /storage class/,
    seconds: atDeadline,
  },
  {
    title: 'a taint',
    options: { node: { taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }] } },
    cause: /a taint that the service does not tolerate \{sku: gpu\} \(1 node\): .*untolerated taint \{sku: gpu\}\./,
    advice: /toleration/,
    seconds: atDeadline,
  },
  {
    title: 'nothing, when the service tolerates the taint',
    options: { node: { taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }] } },
    service: { tolerations: [{ key: 'sku', operator: 'Exists' }] },
    seconds: soon,
  },
  {
    title: 'a node selector',
    service: { nodeSelector: { pool: 'gpu' } },
    cause: /do not match the node selector/,
    advice: /node selector/,
    seconds: atDeadline,
  },
  {
    title: 'GPUs',
    service: { gpus: 1 },
    cause: /not enough GPUs \(nvidia\.com\/gpu\) \(1 node\)/,
    seconds: atDeadline,
  },
  {
    title: 'a quota that requires a CPU limit',
    prepare: (stage) => quota(stage, { 'limits.cpu': '4' }),
    cause: /^The quota 'compute' of the namespace requires a CPU limit.*must specify limits\.cpu for: score\./,
    advice: /Set a CPU limit/,
    seconds: soon,
  },
  {
    title: 'nothing, when the service has the CPU limit',
    prepare: (stage) => quota(stage, { 'limits.cpu': '4' }),
    service: { cpuLimit: '1' },
    seconds: soon,
  },
  {
    title: 'a limit range',
    prepare: (stage) => limitRange(stage, { max: { memory: '64Mi' } }),
    cause:
      /^The limit range of the namespace allows at most 64Mi of memory per Container: maximum memory usage per Container is 64Mi, but limit is 128Mi\./,
    seconds: soon,
  },
  {
    title: 'the default of a limit range',
    prepare: (stage) => limitRange(stage, { default: { cpu: '50m' } }),
    cause: /^The cpu request is higher than the limit of 50m, which is the default of the namespace/,
    seconds: soon,
  },
  {
    title: 'a service account',
    pod: { serviceAccountName: 'scorer' },
    cause: /^The ServiceAccount 'scorer' does not exist.*serviceaccount "scorer" not found\./,
    seconds: soon,
  },
  {
    title: 'a priority class',
    pod: { priorityClassName: 'high' },
    cause: /^The PriorityClass 'high' does not exist/,
    seconds: soon,
  },
  {
    title: 'a webhook without a pod',
    options: webhookOf(() => 'noEndpoints'),
    cause:
      /^The webhook 'mutation\.azure-workload-identity\.io'.* does not answer: .*no endpoints available for service "azure-wi-webhook"\./,
    advice: /administrator/,
    seconds: [180, 240],
  },
  {
    title: 'nothing, when the webhook answers again in time',
    options: webhookOf((seconds) => (seconds < 100 ? 'timeout' : 'admits')),
    seconds: [100, 240],
  },
  {
    title: 'a webhook that refuses the pods',
    options: webhookOf(() => ({ denies: '[azurepolicy-k8sazurev3-34966d] Privilege escalation is not allowed' })),
    cause:
      /^Azure Policy forbids the pods \(constraint 'azurepolicy-k8sazurev3-34966d'\): .*Privilege escalation is not allowed\./,
    seconds: soon,
  },
  {
    title: 'a program that is not in the image',
    image: 'r.io/no-program:1',
    cause:
      /^The container 'score' can't be started: the program 'gunicorn' is not in the image: exec: "gunicorn": executable file not found in \$PATH\./,
    advice: /ENTRYPOINT and CMD/,
    seconds: soon,
  },
  {
    title: 'the architecture of the image',
    image: registry,
    options: { images: { [registry]: { exit: { code: 255 }, logs: ['exec /usr/bin/python: exec format error'] } } },
    cause: /built for another CPU architecture.*: exec \/usr\/bin\/python: exec format error\./,
    seconds: soon,
  },
  {
    title: 'the firewall of the registry',
    ...pullCase('firewall'),
    cause:
      /^The firewall of the registry blocks the pull of the image registry\.io\/model:1 from the address 20\.1\.2\.3: .*aka\.ms\/acr\/firewall/,
    advice: /Allow this address/,
    seconds: registryGrace,
  },
  {
    title: 'an image that does not exist, or may not be pulled',
    ...pullCase('either'),
    cause: /^The image registry\.io\/model:1 does not exist, or the cluster is not authorized to pull it/,
    advice: /the tag.*AcrPull/,
    seconds: registryGrace,
  },
  { title: 'nothing, when the registry accepts the pull in time', ...pullCase('either', 60), seconds: [60, 150] },
  {
    title: 'a limit of the registry',
    ...pullCase('rateLimit'),
    cause: /^The registry limits the number of pulls/,
    seconds: registryGrace,
  },
  {
    title: 'the name of the registry',
    ...pullCase('unknownHost'),
    cause: /^The name of the registry can't be resolved/,
    seconds: registryGrace,
  },
  {
    title: 'the certificate of the registry',
    ...pullCase('certificate'),
    cause: /^The certificate of the registry is not trusted/,
    seconds: soon,
  },
  {
    title: 'an init container that does not end',
    options: { images: { 'r.io/wait:1': { logs: ['waiting for db:5432'] } } },
    pod: { initContainers: [{ name: 'wait-for-db', image: 'r.io/wait:1' }] },
    cause:
      /^The init container 'wait-for-db' has not ended, so the service does not start; the last line of its log: waiting for db:5432\./,
    seconds: atDeadline,
  },
  {
    title: 'an init container that fails',
    options: { images: { 'r.io/fetch:1': { exit: { code: 1 }, logs: ['ValueError: no model'] } } },
    pod: { initContainers: [{ name: 'fetch', image: 'r.io/fetch:1' }] },
    cause: /^The init container 'fetch' exits after its start \(exit code 1\): ValueError: no model\./,
    seconds: soon,
  },
  {
    title: 'a config map that a volume mounts',
    pod: { volumes: [{ name: 'rules', configMap: { name: 'rules' } }] },
    cause: /^The volume 'rules' can't be mounted: the configmap 'rules' does not exist: MountVolume\.SetUp failed/,
    seconds: [30, 80],
  },
];

describe('a deployment to Kubernetes reports', () => {
  for (const { title, image = scores, options, prepare, pod, service, cause, advice, seconds } of cases)
    it(title, async () => {
      const stage = await openDeployStage({ timeScale: 0, ...options });
      try {
        prepare?.(stage);
        const progressDeadlineSeconds = seconds === atDeadline ? 60 : 270;
        const request = requestOf(image, { service: { progressDeadlineSeconds, ...service }, onFailure: 'leave' });
        const [deployment] = request.release.deployments;
        const template = deployment?.spec?.template;
        assert.ok(template?.spec);
        Object.assign(template.spec, pod, { volumes: [...(template.spec.volumes ?? []), ...(pod?.volumes ?? [])] });
        const start = stage.clock.now();
        const { message, agent } = await stage.deploy(image, request);
        const took = (stage.clock.now() - start) / 1000;
        if (cause) {
          assert.match(agent.text('error'), cause);
          if (advice) assert.match(agent.text('error'), advice);
        } else assert.equal(message, undefined, agent.text('error'));
        const [least, most] = seconds;
        assert.ok(took >= least && took <= most, `${took} s, not ${least} to ${most} s`);
      } finally {
        await stage.close();
      }
    });
});
