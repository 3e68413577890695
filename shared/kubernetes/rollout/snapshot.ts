import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1';
import type { Pod } from 'kubernetes-types/core/v1';
import type { KubernetesClient } from '../client/client';
import { deployments, pods, replicaSets } from '../client/resource';
import { selectorText } from '../client/selectorText';
import type { Watched } from '../client/watch';
import { newReplicaSet, podsOf } from './rollout';
import { rolloutTroubles, type Trouble } from './trouble';

/** A Deployment and what belongs to its present template, at one moment. */
export interface RolloutSnapshot {
  readonly deployment: Deployment | undefined;
  readonly replicaSet: ReplicaSet | undefined;
  readonly pods: readonly Pod[];
  readonly troubles: readonly Trouble[];
}

/** A snapshot, and the lists to watch from there on. */
export interface Look {
  readonly snapshot: RolloutSnapshot;
  readonly watched: readonly Watched[];
}

/** Reads the state of a Deployment, its new ReplicaSet and the pods of that. */
export async function lookAt(
  client: KubernetesClient,
  { metadata, spec }: Deployment,
  budgetSeconds: number,
): Promise<Look> {
  const fieldSelector = `metadata.name=${metadata?.name ?? ''}`;
  const labelSelector = selectorText(spec?.selector);
  const [found, sets, all] = await Promise.all([
    client.list(deployments, { fieldSelector, budgetSeconds }),
    client.list(replicaSets, { labelSelector, budgetSeconds }),
    client.list(pods, { labelSelector, budgetSeconds }),
  ]);
  const [deployment] = found.items;
  const replicaSet = deployment && newReplicaSet(deployment, sets.items);
  const own = podsOf(replicaSet, all.items);
  return {
    snapshot: { deployment, replicaSet, pods: own, troubles: rolloutTroubles(replicaSet, own) },
    watched: [
      { resource: deployments, fieldSelector, resourceVersion: found.resourceVersion },
      { resource: pods, labelSelector, resourceVersion: all.resourceVersion },
    ],
  };
}
