import type { KubernetesClient } from '../client/client';
import type { DeploySurroundings } from './request';
import { ownedBy } from './finish';
import {
  autoscalers,
  configMaps,
  deployments,
  disruptionBudgets,
  secrets,
  serviceAccounts,
  services,
  titleOf,
  type KubernetesObject,
  type Resource,
} from '../client/resource';

/** Those that lead to pods go first. */
const generated: readonly Resource[] = [
  services,
  autoscalers,
  disruptionBudgets,
  deployments,
  configMaps,
  secrets,
  serviceAccounts,
];
/** What may hold more than the service. */
const kept = new Set(['Namespace', 'PersistentVolumeClaim']);

/**
 * Deletes all that deployments of a service have made, in all its slots; also of other kinds, where the objects show
 * some. Objects that somebody else made stay. Tells how many there were.
 */
export async function deleteService(
  client: KubernetesClient,
  service: string,
  objects: readonly KubernetesObject[],
  { report }: Pick<DeploySurroundings, 'report'>,
): Promise<number> {
  const resources = new Map(generated.map((resource) => [resource.kind, resource]));
  for (const { apiVersion = '', kind = '' } of objects)
    if (!resources.has(kind) && !kept.has(kind)) resources.set(kind, await client.resourceOf(apiVersion, kind));
  let count = 0;
  for (const resource of resources.values()) {
    if (!resource.isNamespaced) continue;
    const { items } = await client.list(resource, { labelSelector: ownedBy(service) });
    for (const object of items) {
      report.log(`Deleting ${titleOf({ ...object, kind: resource.kind })}`);
      if (await client.delete(resource, object.metadata?.name ?? '')) count++;
    }
  }
  return count;
}
