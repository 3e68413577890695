import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { Service } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { TaskError } from '../../errors';
import type { KubernetesObject } from '../client/resource';
import { labels, marked, product } from './labels';

/** All objects that a deployment applies, by their role. */
export interface Release {
  /** The name of the service, from which the names of its slots derive. */
  readonly name: string;
  /** What the pods need, and everything else that routes no traffic. */
  readonly foundations: readonly KubernetesObject[];
  readonly deployments: readonly Deployment[];
  /** They route traffic to pods. */
  readonly services: readonly Service[];
  /** They route traffic to Services. */
  readonly routes: readonly KubernetesObject[];
  readonly autoscalers: readonly HorizontalPodAutoscaler[];
  readonly disruptionBudgets: readonly PodDisruptionBudget[];
}

const routeKinds = new Set(['Ingress', 'HTTPRoute', 'GRPCRoute', 'VirtualService']);
/** Objects that others depend on come first, then all others in the order of the manifests. */
const firstKinds = [
  'Namespace',
  'CustomResourceDefinition',
  'ResourceQuota',
  'ServiceAccount',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'PersistentVolumeClaim',
  'ConfigMap',
  'Secret',
];

/**
 * Sorts objects by their role, and labels each with the service and the annotations. Throws a TaskError when there is no
 * Deployment.
 */
export function releaseOf(
  objects: readonly KubernetesObject[],
  notes: Readonly<Record<string, string>> = {},
  serviceName?: string,
): Release {
  const ofKind = (kind: string): readonly KubernetesObject[] => objects.filter((object) => object.kind === kind);
  const deployments = ofKind('Deployment') as readonly Deployment[];
  const name = serviceName ?? deployments[0]?.metadata?.name;
  if (name === undefined) throw new TaskError('The manifests contain no Deployment, so there is nothing to roll out.');
  const mark = <T extends KubernetesObject>(object: T): T => ({
    ...object,
    metadata: marked(object.metadata, {
      labels: { [labels.service]: name, [labels.managedBy]: product },
      annotations: { ...notes },
    }),
  });
  const parts = ['Deployment', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'];
  const rest = objects.filter((object) => !parts.includes(object.kind ?? '') && !isRoute(object));
  return {
    name,
    foundations: [...rest].sort((a, b) => rankOf(a) - rankOf(b)).map(mark),
    deployments: deployments.map(mark),
    services: (ofKind('Service') as readonly Service[]).map(mark),
    routes: objects.filter(isRoute).map(mark),
    autoscalers: (ofKind('HorizontalPodAutoscaler') as readonly HorizontalPodAutoscaler[]).map(mark),
    disruptionBudgets: (ofKind('PodDisruptionBudget') as readonly PodDisruptionBudget[]).map(mark),
  };
}

/** Whether an object routes traffic to Services. */
export function isRoute({ kind = '' }: KubernetesObject): boolean {
  return routeKinds.has(kind);
}

/** In the order in which they are applied. */
export function objectsOf(release: Release): readonly KubernetesObject[] {
  const { foundations, deployments, services, routes, autoscalers, disruptionBudgets } = release;
  return [...foundations, ...deployments, ...services, ...routes, ...autoscalers, ...disruptionBudgets];
}

/** The namespace that all objects name; undefined when none does. Throws a TaskError when they name several. */
export function namespaceOf(objects: readonly KubernetesObject[]): string | undefined {
  const named = [...new Set(objects.map(({ metadata }) => metadata?.namespace).filter((name) => name !== undefined))];
  if (named.length > 1)
    throw new TaskError(`The manifests name the namespaces ${named.join(', ')}. Deploy each with its own step.`);
  return named[0];
}

function rankOf({ kind = '' }: KubernetesObject): number {
  const rank = firstKinds.indexOf(kind);
  return rank < 0 ? firstKinds.length : rank;
}
