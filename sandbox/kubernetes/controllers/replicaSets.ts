import type { Cluster } from '../cluster';
import { clone } from '../json';
import { nameSuffix, timeText } from '../objects';
import { isReady } from '../pods/serviceTargets';
import { StatusError } from '../status';
import type { Condition, OwnerReference, Pod, ReplicaSet } from '../types';
import { conditionOf, withCondition } from './conditions';
import type { Reconcile } from './controlLoop';
import type { EventRecorder } from './eventRecorder';
import { controllerWrite, writeStatus } from './writeStatus';

const component = 'replicaset-controller';

export const isOwnedBy = (
  object: { readonly metadata: { readonly ownerReferences?: OwnerReference[] } },
  uid: string,
) => object.metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.controller) ?? false;

/** When a pod has been ready for long enough to count as available; `undefined` while it isn't ready. */
export function availableAt(pod: Pod, minReadySeconds = 0): number | undefined {
  const since = conditionOf(pod.status.conditions, 'Ready')?.lastTransitionTime;
  return isReady(pod) && since !== undefined ? Date.parse(since) + minReadySeconds * 1000 : undefined;
}

/** Keeps as many pods of each replica set as it wishes. */
export function replicaSets(cluster: Cluster, events: EventRecorder): Reconcile {
  const { store, objects, clock } = cluster;
  const retryAt = new Map<string, { readonly time: number; readonly delay: number }>();

  function addPods(set: ReplicaSet, count: number): StatusError | undefined {
    const { name, namespace, uid } = set.metadata;
    const { template } = set.spec;
    for (let made = 0; made < count; made++) {
      const owner = {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name,
        uid,
        controller: true,
        blockOwnerDeletion: true,
      };
      const metadata = {
        ...clone(template.metadata ?? {}),
        name: `${name}-${nameSuffix()}`,
        generateName: `${name}-`,
        ownerReferences: [owner],
      };
      try {
        const pod = objects.create('pods', namespace, { metadata, spec: clone(template.spec) }, controllerWrite);
        events.record(set, { reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}`, component });
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        events.record(set, {
          type: 'Warning',
          reason: 'FailedCreate',
          message: `Error creating: ${error.message}`,
          component,
        });
        return error;
      }
    }
    return undefined;
  }

  /** Those that are least worth keeping first: not scheduled, not ready, youngest. */
  function removePods(set: ReplicaSet, pods: readonly Pod[], count: number): void {
    const rank = (pod: Pod) =>
      pod.spec.nodeName === undefined ? 0 : pod.status.phase === 'Pending' ? 1 : isReady(pod) ? 3 : 2;
    const age = ({ metadata }: Pod) => Number(metadata.resourceVersion);
    const ordered = [...pods].sort((a, b) => rank(a) - rank(b) || age(b) - age(a));
    for (const { metadata } of ordered.slice(0, count)) {
      objects.delete('pods', metadata.namespace, metadata.name);
      events.record(set, { reason: 'SuccessfulDelete', message: `Deleted pod: ${metadata.name}`, component });
    }
  }

  return (wakeAt) => {
    const now = clock.now();
    for (const set of store.list('replicasets')) {
      const { namespace, uid, generation = 1, deletionTimestamp } = set.metadata;
      const live = () =>
        store
          .list('pods', namespace)
          .filter((pod) => isOwnedBy(pod, uid) && pod.metadata.deletionTimestamp === undefined)
          .filter(({ status }) => status.phase !== 'Failed' && status.phase !== 'Succeeded');
      const missing = set.spec.replicas - live().length;
      const retry = retryAt.get(uid);
      let failure: StatusError | undefined;
      let isHeld = false;
      if (deletionTimestamp === undefined && missing > 0) {
        isHeld = retry !== undefined && retry.time > now;
        if (!isHeld) failure = addPods(set, missing);
        if (failure) {
          const delay = Math.min((retry?.delay ?? 500) * 2, 300_000);
          retryAt.set(uid, { time: now + delay, delay });
          wakeAt(now + delay);
        }
      } else if (missing < 0) removePods(set, live(), -missing);
      if (missing <= 0 || (!failure && !isHeld)) retryAt.delete(uid);

      const pods = live();
      const minReady = set.spec.minReadySeconds ?? 0;
      const times = pods.map((pod) => availableAt(pod, minReady));
      for (const time of times) if (time !== undefined && time > now) wakeAt(time);
      const status = {
        replicas: pods.length,
        ...positive({
          fullyLabeledReplicas: pods.length,
          readyReplicas: pods.filter(isReady).length,
          availableReplicas: times.filter((time) => time !== undefined && time <= now).length,
        }),
        observedGeneration: generation,
        ...conditionsOf(set, failure, isHeld, timeText(now)),
      };
      writeStatus(cluster, 'replicasets', set, status);
    }
  };
}

/** Counts as the API writes them: without zeros. */
export function positive<T extends Readonly<Record<string, number>>>(counts: T): Partial<T> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)) as Partial<T>;
}

function conditionsOf(
  set: ReplicaSet,
  failure: StatusError | undefined,
  isHeld: boolean,
  now: string,
): { conditions?: Condition[] } {
  const before = set.status.conditions;
  if (isHeld) return before ? { conditions: before } : {};
  if (!failure) return {};
  const condition = {
    type: 'ReplicaFailure',
    status: 'True',
    reason: 'FailedCreate',
    message: failure.message,
  } as const;
  return { conditions: withCondition(before, condition, now) };
}
