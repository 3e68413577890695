import type { Context } from '../../agent/context';
import type { KubernetesClient } from '../client/client';
import { untilDeleted, type Deleted } from '../rollout/untilDeleted';
import { ownedBy } from './finish';
import {
  autoscalers,
  configMaps,
  deployments,
  disruptionBudgets,
  kindKeyOf,
  secrets,
  serviceAccounts,
  services,
  titleOf,
  type KubernetesObject,
  type Resource,
} from '../client/resource';

/** Services first, so that traffic stops before the pods do. */
const generated: readonly Resource[] = [
  services,
  autoscalers,
  disruptionBudgets,
  deployments,
  configMaps,
  secrets,
  serviceAccounts,
];
/** They may hold more than this service. */
const kept = new Set(['Namespace.', 'PersistentVolumeClaim.']);

/**
 * Deletes everything that deployments of a service created, in all its slots, including the kinds of the given objects.
 * Objects that somebody else created stay. Waits until all are gone, and returns how many were deleted. Throws a TaskError
 * when one of them stays.
 */
export async function deleteService(
  client: KubernetesClient,
  service: string,
  objects: readonly KubernetesObject[],
  context: Context,
): Promise<number> {
  const resources = new Map(generated.map((resource) => [kindKeyOf(resource), resource]));
  for (const object of objects) {
    const { apiVersion = '', kind = '' } = object;
    const key = kindKeyOf(object);
    if (!resources.has(key) && !kept.has(key)) resources.set(key, await client.resourceOf(apiVersion, kind));
  }
  const deleted: Deleted[] = [];
  for (const resource of resources.values()) {
    if (!resource.isNamespaced) continue;
    const { items } = await client.list(resource, { labelSelector: ownedBy(service) });
    for (const object of items) {
      context.agent.log(`Deleting ${titleOf({ ...object, kind: resource.kind })}`);
      if (await client.delete(resource, object.metadata?.name ?? '')) deleted.push({ resource, object });
    }
  }
  await untilDeleted(client, deleted, context);
  return deleted.length;
}
