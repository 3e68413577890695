import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { ConfigMap, Secret, Service, ServiceAccount } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { KubernetesObject } from '../client/resource';
import { contentHash } from './contentHash';
import { parseImage } from './imageReference';
import { labels, labelValue, present, product } from './labels';
import { podTemplate } from './podTemplate';
import { servicePort, type ServiceDescription } from './serviceDescription';

/** Old versions that can be rolled back to. */
const revisionHistoryLimit = 10;
/** A pod is available only after this time: one that crashes after its start is ready for a moment. */
const minReadySeconds = 10;
/** Long enough that a quiet minute removes no replicas. */
const scaleDownSeconds = 300;

/** All objects of a service, in the order in which they are applied. */
export function serviceObjects(service: ServiceDescription): readonly KubernetesObject[] {
  const { serviceName, secrets = {}, configFiles = {}, identityClientId, autoscaling } = service;
  const all = objectLabels(service);
  const secret = Object.keys(secrets).length > 0 ? secretOf(serviceName, secrets, all) : undefined;
  const files = Object.keys(configFiles).length > 0 ? filesOf(serviceName, configFiles, all) : undefined;
  const references = { secretName: secret?.metadata?.name, filesName: files?.metadata?.name };
  return [
    identityClientId === undefined ? undefined : accountOf(serviceName, identityClientId, all),
    secret,
    files,
    deploymentOf(service, references),
    serviceOf(service),
    autoscaling && autoscalerOf(service, autoscaling),
    disruptionBudgetOf(service),
  ].filter((object) => object !== undefined);
}

function objectLabels({ serviceName }: ServiceDescription): Record<string, string> {
  return { [labels.name]: serviceName, [labels.service]: serviceName, [labels.managedBy]: product };
}

function selectorOf({ serviceName }: ServiceDescription): Record<string, string> {
  return { [labels.name]: serviceName, [labels.slot]: 'stable' };
}

/** Only labels that never change: the selector of a Deployment is immutable. */
function podSelectorOf(service: ServiceDescription): Record<string, string> {
  return { ...selectorOf(service), [labels.track]: 'main' };
}

/** The model and its version: as labels as far as their format allows, and complete as annotations. */
function modelMarks({ modelName, modelVersion, image }: ServiceDescription) {
  const version = modelVersion ?? parseImage(image)?.tag;
  const values = present({
    [labels.partOf]: modelName,
    [labels.version]: version,
    [labels.modelName]: modelName,
    [labels.modelVersion]: modelVersion,
  });
  const entries = Object.entries(values).map(([label, value]) => [label, labelValue(value)] as const);
  return {
    labels: Object.fromEntries(entries.filter(([, value]) => value !== '')),
    annotations: present({ [labels.modelName]: modelName, [labels.modelVersion]: modelVersion }),
  };
}

function deploymentOf(
  service: ServiceDescription,
  references: { readonly secretName: string | undefined; readonly filesName: string | undefined },
): Deployment {
  const { serviceName, replicas, identityClientId, progressDeadlineSeconds } = service;
  const marks = modelMarks(service);
  const podLabels = {
    ...objectLabels(service),
    [labels.instance]: serviceName,
    ...marks.labels,
    ...podSelectorOf(service),
    ...(identityClientId !== undefined && { 'azure.workload.identity/use': 'true' }),
  };
  const template = podTemplate(
    service,
    { labels: podLabels, annotations: marks.annotations },
    { ...references, selector: podSelectorOf(service) },
  );
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: serviceName,
      labels: { ...objectLabels(service), [labels.instance]: serviceName, ...marks.labels },
      annotations: marks.annotations,
    },
    spec: {
      replicas,
      revisionHistoryLimit,
      minReadySeconds,
      progressDeadlineSeconds,
      selector: { matchLabels: podSelectorOf(service) },
      // Never fewer than the wanted replicas; 25 % more during the update, at least one.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' } },
      template,
    },
  };
}

function serviceOf(service: ServiceDescription): Service {
  const { serviceName, exposure } = service;
  const annotations =
    exposure === 'internalLoadBalancer'
      ? { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' }
      : undefined;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: serviceName, labels: objectLabels(service), ...(annotations && { annotations }) },
    spec: {
      type: exposure === 'clusterIp' ? 'ClusterIP' : 'LoadBalancer',
      selector: selectorOf(service),
      // The port by name: each version of the container may listen on another number.
      ports: [{ name: 'http', port: servicePort, targetPort: 'http', protocol: 'TCP' }],
    },
  };
}

function autoscalerOf(
  service: ServiceDescription,
  { minReplicas, maxReplicas, targetCpuPercent }: NonNullable<ServiceDescription['autoscaling']>,
): HorizontalPodAutoscaler {
  const { serviceName: name } = service;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, labels: objectLabels(service) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas,
      maxReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: targetCpuPercent } },
        },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: scaleDownSeconds } },
    },
  };
}

/** Draining nodes may evict one pod at a time. Not for a single replica, where that pod is the only one. */
function disruptionBudgetOf(service: ServiceDescription): PodDisruptionBudget | undefined {
  const { serviceName: name, replicas, autoscaling } = service;
  if ((autoscaling?.minReplicas ?? replicas) < 2) return undefined;
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, labels: objectLabels(service) },
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: podSelectorOf(service) },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  };
}

function accountOf(name: string, clientId: string, all: Record<string, string>): ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, labels: all, annotations: { 'azure.workload.identity/client-id': clientId } },
  };
}

function secretOf(name: string, values: Readonly<Record<string, string>>, all: Record<string, string>): Secret {
  const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')] as const);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: contentMetadata(name, values, all),
    type: 'Opaque',
    immutable: true,
    data: Object.fromEntries(data),
  };
}

function filesOf(name: string, files: Readonly<Record<string, string>>, all: Record<string, string>): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: contentMetadata(name, files, all),
    immutable: true,
    data: { ...files },
  };
}

/** Named by a hash of the content, so that pods of an older version keep theirs. */
function contentMetadata(
  name: string,
  content: Readonly<Record<string, string>>,
  all: Record<string, string>,
): NonNullable<ConfigMap['metadata']> {
  const hash = contentHash(content);
  return { name: `${name}-${hash}`, labels: { ...all, [labels.content]: hash } };
}
