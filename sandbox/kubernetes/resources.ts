import { kindSchemas } from './schema/kindSchemas';
import type { StructSchema } from './schema/schema';
import type { Plural } from './types';

/** One kind of object in one version of its API group. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: Plural;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly isNamespaced: boolean;
  readonly subresources: readonly Subresource[];
  /** Whether a change of what is wished counts up `metadata.generation`. */
  readonly hasGeneration: boolean;
  readonly isInAll: boolean;
  readonly schema: StructSchema;
}

export type Subresource = 'status' | 'scale' | 'log' | 'proxy' | 'eviction';

interface Extras {
  readonly shortNames?: readonly string[];
  readonly subresources?: readonly Subresource[];
  readonly isNamespaced?: boolean;
  readonly hasGeneration?: boolean;
  readonly isInAll?: boolean;
}

function resource(groupVersion: string, kind: string, plural: Plural, extras: Extras = {}): ResourceType {
  const [version = '', group = ''] = groupVersion.split('/').reverse();
  return {
    group,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    subresources: [],
    isNamespaced: true,
    hasGeneration: false,
    isInAll: false,
    schema: kindSchemas[plural],
    ...extras,
  };
}

const workload = { subresources: ['status', 'scale'], hasGeneration: true, isInAll: true } as const;

export const resourceTypes: readonly ResourceType[] = [
  resource('v1', 'ConfigMap', 'configmaps', { shortNames: ['cm'] }),
  resource('v1', 'Endpoints', 'endpoints', { shortNames: ['ep'] }),
  resource('v1', 'Event', 'events', { shortNames: ['ev'] }),
  resource('v1', 'LimitRange', 'limitranges', { shortNames: ['limits'] }),
  resource('v1', 'Namespace', 'namespaces', { shortNames: ['ns'], isNamespaced: false, subresources: ['status'] }),
  resource('v1', 'Node', 'nodes', { shortNames: ['no'], isNamespaced: false, subresources: ['status'] }),
  resource('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', { shortNames: ['pvc'], subresources: ['status'] }),
  resource('v1', 'Pod', 'pods', {
    shortNames: ['po'],
    subresources: ['status', 'log', 'proxy', 'eviction'],
    isInAll: true,
  }),
  resource('v1', 'ResourceQuota', 'resourcequotas', { shortNames: ['quota'], subresources: ['status'] }),
  resource('v1', 'Secret', 'secrets'),
  resource('v1', 'Service', 'services', { shortNames: ['svc'], subresources: ['status', 'proxy'], isInAll: true }),
  resource('v1', 'ServiceAccount', 'serviceaccounts', { shortNames: ['sa'] }),
  resource('apps/v1', 'Deployment', 'deployments', { ...workload, shortNames: ['deploy'] }),
  resource('apps/v1', 'ReplicaSet', 'replicasets', { ...workload, shortNames: ['rs'] }),
  resource('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', {
    shortNames: ['hpa'],
    subresources: ['status'],
    isInAll: true,
  }),
  resource('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices', { hasGeneration: true }),
  resource('networking.k8s.io/v1', 'Ingress', 'ingresses', {
    shortNames: ['ing'],
    subresources: ['status'],
    hasGeneration: true,
  }),
  resource('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', {
    shortNames: ['pdb'],
    subresources: ['status'],
    hasGeneration: true,
  }),
];

/** The Gateway API's routes: a custom resource, on clusters that installed it. */
export const gatewayTypes: readonly ResourceType[] = [
  resource('gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes', {
    subresources: ['status'],
    hasGeneration: true,
  }),
];

export const typesByPlural = Object.fromEntries(
  [...resourceTypes, ...gatewayTypes].map((type) => [type.plural, type]),
) as Readonly<Record<Plural, ResourceType>>;

export const apiVersionOf = ({ group, version }: ResourceType): string => (group ? `${group}/${version}` : version);
