import { isFinalRefusal } from '../../http/errors';
import { applyConflicts } from '../client/applyConflicts';
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
import { changeBy, withRunOf } from '../ownership/change';
import { isOverridable, mayOverride } from '../ownership/managers';
import { takeoverOf } from '../ownership/takeOver';

/** An object to apply, and its present state. */
export interface Prepared extends Planned {
  readonly live: KubernetesObject | undefined;
  readonly isForced: boolean;
  /** As the cluster announced in a dry run that it will be; undefined where that could not be checked. */
  readonly planned: KubernetesObject | undefined;
  /** Whether applying it would change it. */
  readonly isChanged: boolean;
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
 * Looks objects up, lets the cluster check them all, and finds out which an apply would change. Fields of managers that we
 * replace are taken over; fields of other managers are a conflict, unless it is forced.
 */
export async function prepare(
  client: KubernetesClient,
  objects: readonly KubernetesObject[],
  isForced: boolean,
): Promise<readonly Prepared[]> {
  const found = await lookUp(client, objects, isForced);
  const stored = await preflight(
    client,
    [],
    found.map((each) => ({ ...each, object: withRunOf(each.object, each.live) })),
  );
  return await Promise.all(
    found.map(async (each, index) => {
      const planned = stored[index];
      return { ...each, planned, isChanged: await isChangedBy(client, each, planned) };
    }),
  );
}

function lookUp(
  client: KubernetesClient,
  objects: readonly KubernetesObject[],
  isForced: boolean,
): Promise<readonly Omit<Prepared, 'isChanged' | 'planned'>[]> {
  return Promise.all(
    objects.map(async (object) => {
      const resource = await client.resourceOf(object.apiVersion ?? '', object.kind ?? '');
      const live = await client.get(resource, object.metadata?.name ?? '');
      const mayForce = isForced || mayOverride(live?.metadata?.managedFields);
      return {
        resource,
        object,
        live,
        isForced: mayForce || (await conflictsWithReplaced(client, resource, withRunOf(object, live))),
      };
    }),
  );
}

/** Whether an apply has conflicts, all with managers that we replace. Other refusals are found by the preflight check. */
async function conflictsWithReplaced(
  client: KubernetesClient,
  resource: Resource,
  object: KubernetesObject,
): Promise<boolean> {
  try {
    await client.apply(resource, object, { isDryRun: true });
    return false;
  } catch (error) {
    if (!isFinalRefusal(error)) throw error;
    return applyConflicts(error)?.every(({ manager }) => isOverridable(manager)) ?? false;
  }
}

async function isChangedBy(
  client: KubernetesClient,
  { resource, object, live, isForced }: Omit<Prepared, 'isChanged' | 'planned'>,
  stored: KubernetesObject | undefined,
): Promise<boolean> {
  if (!live || !stored || takeoverOf(live, isForced)) return true;
  return (await changeBy(client, resource, object, isForced, live, stored)) !== undefined;
}
