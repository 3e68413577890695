import type { Container, EnvVar, PodSpec, PodTemplateSpec, Probe, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { configFolder, type ServiceDescription } from './serviceDescription';

/** The names that a pod refers to. */
export interface PodReferences {
  /** The labels that distinguish the pods of the service. */
  readonly selector: Readonly<Record<string, string>>;
  readonly secretName: string | undefined;
  readonly filesName: string | undefined;
}

const secondsPerStartupProbe = 5;
/** Requests still arrive while the cluster removes a pod from all load balancers. */
const drainSeconds = 10;
/** Time for running requests: 60 s, as Azure's load balancers allow, after the draining. */
const terminationSeconds = 70 + drainSeconds;

/** The pods of a service: restricted by Pod Security standards, spread over zones and nodes, with probes. */
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
    // They would be hundreds of variables in a large namespace, and some frameworks read them as settings.
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
    // A service under load answers late; only one that hangs must be restarted.
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

/** The memory limit equals the request; the CPU has no limit unless one is wanted, because throttling delays answers. */
function resources({ cpu, cpuLimit, memory, gpus }: ServiceDescription): Container['resources'] & object {
  const gpu = gpus === undefined ? {} : { 'nvidia.com/gpu': String(gpus) };
  return {
    requests: { cpu, memory, ...gpu },
    limits: { ...(cpuLimit !== undefined && { cpu: cpuLimit }), memory, ...gpu },
  };
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
