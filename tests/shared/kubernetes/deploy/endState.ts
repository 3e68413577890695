import type { KubernetesClient } from '../../../../shared/kubernetes/client/client';
import { annotations } from '../../../../shared/kubernetes/manifest/labels';
import {
  autoscalers,
  configMaps,
  deployments,
  disruptionBudgets,
  secrets,
  services,
  type KubernetesObject,
  type Resource,
} from '../../../../shared/kubernetes/client/resource';

/** What is left in a namespace when all has come to rest, in values that are the same in another one. */
export async function endState(client: KubernetesClient): Promise<unknown> {
  const all = async <T extends KubernetesObject>(resource: Resource<T>) => (await client.list(resource)).items;
  const namesOf = async (resource: Resource) => (await all(resource)).map(({ metadata }) => metadata?.name);
  return {
    services: (await all(services)).map(({ metadata, spec }) => [metadata?.name, spec?.selector]),
    deployments: (await all(deployments)).map(({ metadata, spec }) => [
      metadata?.name,
      spec?.replicas,
      spec?.replicas === 0 ? 'parked' : spec?.template.spec?.containers.map(({ image }) => image),
      spec?.replicas === 0 || metadata?.annotations?.[annotations.good] !== undefined,
      spec?.replicas === 0 || metadata?.annotations?.[annotations.unproven] === undefined,
    ]),
    autoscalers: await namesOf(autoscalers),
    budgets: await namesOf(disruptionBudgets),
    configuration: (await all(configMaps)).length + (await all(secrets)).length,
  };
}
