import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { ConfigMap, Event, Namespace, Pod, Secret, Service, ServiceAccount } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { pathSegment, pathSegments } from '../../pathSegment';

/** The fields that every object has. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}

/** A kind of object, and its path in the API. */
export interface Resource<T extends KubernetesObject = KubernetesObject> {
  /** `v1`, or group and version: `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** Its name in paths: `deployments`. */
  readonly plural: string;
  readonly isNamespaced: boolean;
  /** Carries only the type of the objects; never set. */
  readonly objects?: readonly T[];
}

export const namespaces: Resource<Namespace> = clusterWide('v1', 'Namespace', 'namespaces');
export const pods: Resource<Pod> = namespaced('v1', 'Pod', 'pods');
export const services: Resource<Service> = namespaced('v1', 'Service', 'services');
export const configMaps: Resource<ConfigMap> = namespaced('v1', 'ConfigMap', 'configmaps');
export const secrets: Resource<Secret> = namespaced('v1', 'Secret', 'secrets');
export const serviceAccounts: Resource<ServiceAccount> = namespaced('v1', 'ServiceAccount', 'serviceaccounts');
export const events: Resource<Event> = namespaced('v1', 'Event', 'events');
export const deployments: Resource<Deployment> = namespaced('apps/v1', 'Deployment', 'deployments');
export const replicaSets: Resource<ReplicaSet> = namespaced('apps/v1', 'ReplicaSet', 'replicasets');
export const autoscalers: Resource<HorizontalPodAutoscaler> = namespaced(
  'autoscaling/v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
);
export const disruptionBudgets: Resource<PodDisruptionBudget> = namespaced(
  'policy/v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);
export const ingresses: Resource<Ingress> = namespaced('networking.k8s.io/v1', 'Ingress', 'ingresses');
export const endpointSlices: Resource<EndpointSlice> = namespaced(
  'discovery.k8s.io/v1',
  'EndpointSlice',
  'endpointslices',
);

const known: readonly Resource[] = [
  namespaces,
  pods,
  services,
  configMaps,
  secrets,
  serviceAccounts,
  deployments,
  replicaSets,
  autoscalers,
  disruptionBudgets,
  ingresses,
];

/** A kind that needs no discovery; undefined for others. */
export function knownResource(apiVersion: string, kind: string): Resource | undefined {
  return known.find((resource) => resource.apiVersion === apiVersion && resource.kind === kind);
}

/** Whether an object is of a kind, in any version: another group may have a kind of the same name. */
export function isOf({ apiVersion = '', kind }: KubernetesObject, resource: Resource): boolean {
  return kind === resource.kind && groupOf({ apiVersion }) === groupOf(resource);
}

/** The objects of a kind. */
export function objectsOfKind<T extends KubernetesObject>(
  objects: readonly KubernetesObject[],
  resource: Resource<T>,
): readonly T[] {
  return objects.filter((object): object is T => isOf(object, resource));
}

/** Tells kinds apart: `Deployment.apps`, `Service.`. */
export function kindKeyOf({ apiVersion = '', kind = '' }: KubernetesObject): string {
  return `${kind}.${groupOf({ apiVersion })}`;
}

/** Empty for the core group. */
export function groupOf({ apiVersion }: Pick<Resource, 'apiVersion'>): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** The path of one group and version. */
export function pathOfVersion(apiVersion: string): string {
  return `/${apiVersion.includes('/') ? 'apis' : 'api'}/${pathSegments(apiVersion)}`;
}

/** The path of the objects of a kind, or of one of them. */
export function pathOf(resource: Resource, namespace: string, name?: string): string {
  const { apiVersion, plural, isNamespaced } = resource;
  const place = isNamespaced ? `/namespaces/${pathSegment(namespace)}` : '';
  return `${pathOfVersion(apiVersion)}${place}/${pathSegment(plural)}${name === undefined ? '' : `/${pathSegment(name)}`}`;
}

/** For messages: `Deployment score`. */
export function titleOf({ kind, metadata }: KubernetesObject): string {
  return `${kind ?? 'object'} ${metadata?.name ?? '(unnamed)'}`;
}

function namespaced<T extends KubernetesObject>(apiVersion: string, kind: string, plural: string): Resource<T> {
  return { apiVersion, kind, plural, isNamespaced: true };
}

function clusterWide<T extends KubernetesObject>(apiVersion: string, kind: string, plural: string): Resource<T> {
  return { apiVersion, kind, plural, isNamespaced: false };
}
