import { UnknownKind, type KubernetesClient } from '../client/client';
import type { Action } from '../client/types';
import { preflight, type Planned } from '../rollout/preflight';
import {
  deployments,
  endpointSlices,
  kindKeyOf,
  pods,
  replicaSets,
  services,
  type KubernetesObject,
  type Resource,
} from '../client/resource';
import { mayOverride } from '../strategies/replicas';

/** An object to apply, and its present state. */
export interface Prepared extends Planned {
  readonly live: KubernetesObject | undefined;
}

/**
 * Throws a TaskError that lists the permissions that a deployment of these objects needs and the caller lacks, and the
 * kinds that the cluster does not have; with those, all other objects that it would refuse.
 */
export async function checkAccess(
  client: KubernetesClient,
  objects: readonly KubernetesObject[],
  { isProxied, isForced }: { readonly isProxied: boolean; readonly isForced: boolean },
): Promise<void> {
  const kinds = new Map<string, Resource>([[kindKeyOf(deployments), deployments]]);
  const unknown = new Map<string, string>();
  for (const object of objects) {
    const { apiVersion = '', kind = '' } = object;
    const key = kindKeyOf(object);
    if (kinds.has(key) || unknown.has(key)) continue;
    try {
      kinds.set(key, await client.resourceOf(apiVersion, kind));
    } catch (error) {
      if (!(error instanceof UnknownKind)) throw error;
      unknown.set(key, error.message);
    }
  }
  const actions: Action[] = [
    ...[...kinds.values()].flatMap((resource) =>
      (['get', 'create', 'patch'] as const).map((verb) => ({ verb, resource })),
    ),
    ...[deployments, replicaSets, pods].map((resource) => ({ verb: 'list', resource }) as const),
    ...[deployments, pods].map((resource) => ({ verb: 'watch', resource }) as const),
    ...(kinds.has(kindKeyOf(services)) ? [{ verb: 'list', resource: endpointSlices } as const] : []),
    ...(isProxied
      ? [pods, services].map((resource) => ({ verb: 'create', resource, subresource: 'proxy' }) as const)
      : []),
  ];
  const known = unknown.size > 0 ? objects.filter((object) => kinds.has(kindKeyOf(object))) : [];
  await preflight(client, actions, await lookUp(client, known, isForced), [...unknown.values()]);
}

/**
 * Looks objects up, and lets the cluster check them all. Fields of managers that we replace are taken over; fields of other
 * managers are a conflict, unless it is forced.
 */
export async function prepare(
  client: KubernetesClient,
  objects: readonly KubernetesObject[],
  isForced: boolean,
): Promise<readonly Prepared[]> {
  const prepared = await lookUp(client, objects, isForced);
  await preflight(client, [], prepared);
  return prepared;
}

function lookUp(
  client: KubernetesClient,
  objects: readonly KubernetesObject[],
  isForced: boolean,
): Promise<readonly Prepared[]> {
  return Promise.all(
    objects.map(async (object) => {
      const resource = await client.resourceOf(object.apiVersion ?? '', object.kind ?? '');
      const live = await client.get(resource, object.metadata?.name ?? '');
      return { resource, object, live, isForced: isForced || mayOverride(live?.metadata?.managedFields) };
    }),
  );
}
