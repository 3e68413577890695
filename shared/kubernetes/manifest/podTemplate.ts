import type { Container, EnvVar, PodSpec, PodTemplateSpec, Probe, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { configFolder, type ServiceDescription } from './serviceDescription';

/** What a pod refers to. */
export interface PodReferences {
  /** By which the pods of the service are told from others. */
  readonly selector: Readonly<Record<string, string>>;
  readonly secretName: string | undefined;
  readonly filesName: string | undefined;
}

const secondsPerStartupProbe = 5;
/** Requests still come while the cluster takes a pod out of all balancers. */
const drainSeconds = 10;
/** For requests that are under way: 60 s, as Azure's load balancers allow, and the draining before. */
const terminationSeconds = 70 + drainSeconds;

/** The pods of a service: restricted as Pod Security asks, spread over zones and nodes, probed. */
export function podTemplate(
  service: ServiceDescription,
  metadata: NonNullable<PodTemplateSpec['metadata']>,
  references: PodReferences,
): PodTemplateSpec {
  const { serviceName, imagePullSecret, identityClientId, nodeSelector, tolerations, runAsNonRoot } = service;
  const spec: PodSpec = {
    containers: [container(service, references)],
    volumes: volumes(references),
    securityContext: { runAsNonRoot, seccompProfile: { type: 'RuntimeDefault' } },
    automountServiceAccountToken: identityClientId !== undefined,
    // Hundreds of variables in a big namespace, which some frameworks take for settings.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: terminationSeconds,
    topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { ...references.selector } },
    })),
    ...(identityClientId !== undefined && { serviceAccountName: serviceName }),
    ...(imagePullSecret !== undefined && { imagePullSecrets: [{ name: imagePullSecret }] }),
    ...(nodeSelector && { nodeSelector }),
    ...(tolerations && { tolerations: [...tolerations] }),
  };
  return { metadata, spec };
}

function container(service: ServiceDescription, references: PodReferences): Container {
  const { serviceName, image, port, healthPath, command, args, startupSeconds, readOnlyRootFilesystem } = service;
  const healthy = { httpGet: { path: healthPath, port: 'http' }, timeoutSeconds: 5 };
  const startupProbe: Probe = {
    ...healthy,
    periodSeconds: secondsPerStartupProbe,
    failureThreshold: Math.max(1, Math.ceil(startupSeconds / secondsPerStartupProbe)),
  };
  return {
    name: serviceName,
    image,
    ...(command && { command: [...command] }),
    ...(args && { args: [...args] }),
    ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
    env: environment(service, references),
    resources: resources(service),
    startupProbe,
    readinessProbe: { ...healthy, periodSeconds: 5, failureThreshold: 3 },
    // A service under load is late; only one that hangs is to be restarted.
    livenessProbe: { ...healthy, periodSeconds: 20, failureThreshold: 6 },
    lifecycle: { preStop: { sleep: { seconds: drainSeconds } } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem,
    },
    volumeMounts: mounts(references),
  };
}

/** Memory is limited to what is asked for, cpu is not limited: throttling makes answers late. */
function resources({ cpu, memory, gpus }: ServiceDescription): Container['resources'] & object {
  const gpu = gpus === undefined ? {} : { 'nvidia.com/gpu': String(gpus) };
  return { requests: { cpu, memory, ...gpu }, limits: { memory, ...gpu } };
}

function environment(
  { environment: values = {}, secrets = {} }: ServiceDescription,
  { secretName }: PodReferences,
): EnvVar[] {
  return [
    ...Object.entries(values).map(([name, value]) => ({ name, value })),
    ...(secretName === undefined
      ? []
      : Object.keys(secrets).map((name) => ({
          name,
          valueFrom: { secretKeyRef: { name: secretName, key: name } },
        }))),
  ];
}

function volumes({ filesName }: PodReferences): Volume[] {
  return [
    { name: 'tmp', emptyDir: {} },
    ...(filesName === undefined ? [] : [{ name: 'config', configMap: { name: filesName } }]),
  ];
}

function mounts({ filesName }: PodReferences): VolumeMount[] {
  return [
    { name: 'tmp', mountPath: '/tmp' },
    ...(filesName === undefined ? [] : [{ name: 'config', mountPath: configFolder, readOnly: true }]),
  ];
}
