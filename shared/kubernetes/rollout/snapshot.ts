import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1';
import type { Event, Pod } from 'kubernetes-types/core/v1';
import { isStatus } from '../client/apiServer';
import type { KubernetesClient } from '../client/client';
import { deployments, events, pods, replicaSets } from '../client/resource';
import { selectorText } from '../client/selectorText';
import type { Watched } from '../client/watch';
import { newReplicaSet, podsOf } from './rollout';
import { isPreparing, rolloutTroubles, type Trouble } from './trouble';

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

interface LookOptions {
  /** For each call. */
  readonly budgetSeconds: number;
  /** The date of this machine, in milliseconds since 1970. */
  readonly date: number;
}

/** How long a pod may prepare its volumes and network before its events are read: most pods need less. */
const quietSeconds = 10;

/** Reads the state of a Deployment, its new ReplicaSet and the pods of that. */
export async function lookAt(
  client: KubernetesClient,
  { metadata, spec }: Deployment,
  { budgetSeconds, date }: LookOptions,
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
  const happened = await eventsOf(client, own, { budgetSeconds, date });
  return {
    snapshot: { deployment, replicaSet, pods: own, troubles: rolloutTroubles(replicaSet, own, happened, deployment) },
    watched: [
      { resource: deployments, fieldSelector, resourceVersion: found.resourceVersion },
      { resource: pods, labelSelector, resourceVersion: all.resourceVersion },
    ],
  };
}

/** The events of the pod that has been preparing for longest: its status does not say what it waits for. */
async function eventsOf(
  client: KubernetesClient,
  all: readonly Pod[],
  { budgetSeconds, date }: LookOptions,
): Promise<readonly Event[]> {
  const startOf = ({ status }: Pod): number => Date.parse(status?.startTime ?? '');
  const [slowest] = all
    .filter((pod) => isPreparing(pod) && date - startOf(pod) >= quietSeconds * 1000)
    .sort((a, b) => startOf(a) - startOf(b));
  const uid = slowest?.metadata?.uid;
  if (uid === undefined) return [];
  try {
    const fieldSelector = `involvedObject.uid=${uid}`;
    return (await client.list(events, { fieldSelector, budgetSeconds })).items;
  } catch (error) {
    // Without the permission, the deadline decides.
    if (isStatus(error, 403)) return [];
    throw error;
  }
}
