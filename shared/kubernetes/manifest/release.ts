import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { Service } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { TaskError } from '../../errors';
import {
  autoscalers,
  deployments,
  disruptionBudgets,
  isOf,
  kindKeyOf,
  objectsOfKind,
  services,
  type KubernetesObject,
  type Resource,
} from '../client/resource';
import { chooseServing, type Serving } from '../serving/chooseServing';
import { labels, marked, product } from './labels';

/** All objects that a deployment applies, by their role. */
export interface Release {
  /** The name of the service: of the Deployment that serves, where that is known. */
  readonly name: string;
  /** What all its objects are labelled with, whichever of its Deployments serves. */
  readonly group: string;
  /** What serves; undefined when it can't be told. */
  readonly serving?: Serving | undefined;
  /** What the pods need, and everything else that routes no traffic. */
  readonly foundations: readonly KubernetesObject[];
  /** The one that serves comes first. */
  readonly deployments: readonly Deployment[];
  /** They route traffic to pods. */
  readonly services: readonly Service[];
  /** They route traffic to Services. */
  readonly routes: readonly KubernetesObject[];
  readonly autoscalers: readonly HorizontalPodAutoscaler[];
  readonly disruptionBudgets: readonly PodDisruptionBudget[];
}

/** As `kindKeyOf` names them. */
const routeKinds = new Set([
  'Ingress.networking.k8s.io',
  'HTTPRoute.gateway.networking.k8s.io',
  'GRPCRoute.gateway.networking.k8s.io',
  'VirtualService.networking.istio.io',
]);
/** Objects that others depend on come first, then all others in the order of the manifests. */
const firstKinds = [
  'Namespace.',
  'CustomResourceDefinition.apiextensions.k8s.io',
  'ResourceQuota.',
  'ServiceAccount.',
  'Role.rbac.authorization.k8s.io',
  'ClusterRole.rbac.authorization.k8s.io',
  'RoleBinding.rbac.authorization.k8s.io',
  'ClusterRoleBinding.rbac.authorization.k8s.io',
  'PersistentVolumeClaim.',
  'ConfigMap.',
  'Secret.',
];

/** How a release is told apart, and marked. */
export interface ReleaseMarks {
  /** For all objects. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** What serves; without it, that is told from the objects. */
  readonly serving?: Serving | undefined;
}

/**
 * Sorts objects by their role, and labels each with the service and the annotations. Throws a TaskError when there is no
 * Deployment.
 */
export function releaseOf(
  objects: readonly KubernetesObject[],
  { annotations = {}, serving = theServing(objects) }: ReleaseMarks = {},
): Release {
  const ofKind = <T extends KubernetesObject>(resource: Resource<T>) => objectsOfKind(objects, resource);
  const found = ofKind(deployments);
  const [first] = found;
  if (!first) throw new TaskError('The manifests contain no Deployment, so there is nothing to roll out.');
  const group = first.metadata?.name ?? '';
  const mark = <T extends KubernetesObject>(object: T): T => ({
    ...object,
    metadata: marked(object.metadata, {
      labels: { [labels.service]: group, [labels.managedBy]: product },
      annotations: { ...annotations },
    }),
  });
  const main = found.filter(({ metadata }) => metadata?.name === serving?.deployment);
  const parts = [deployments, services, autoscalers, disruptionBudgets];
  const rest = objects.filter((object) => !parts.some((part) => isOf(object, part)) && !isRoute(object));
  return {
    name: serving?.deployment ?? group,
    group,
    serving,
    foundations: [...rest].sort((a, b) => rankOf(a) - rankOf(b)).map(mark),
    deployments: [...main, ...found.filter((one) => !main.includes(one))].map(mark),
    services: ofKind(services).map(mark),
    routes: objects.filter(isRoute).map(mark),
    autoscalers: ofKind(autoscalers).map(mark),
    disruptionBudgets: ofKind(disruptionBudgets).map(mark),
  };
}

/** Whether an object routes traffic to Services. */
export function isRoute(object: KubernetesObject): boolean {
  return routeKinds.has(kindKeyOf(object));
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

function theServing(objects: readonly KubernetesObject[]): Serving | undefined {
  const choice = chooseServing(objects);
  return 'serving' in choice ? choice.serving : undefined;
}

function rankOf(object: KubernetesObject): number {
  const rank = firstKinds.indexOf(kindKeyOf(object));
  return rank < 0 ? firstKinds.length : rank;
}
