import type { Event, Pod } from 'kubernetes-types/core/v1';
import { stripVTControlCharacters } from 'node:util';
import { CallError } from '../../http/errors';
import { TimedOutError } from '../../http/poll';
import type { KubernetesClient } from '../client/client';
import { events } from '../client/resource';
import type { Trouble } from '../rollout/trouble';
import type { RolloutSnapshot } from '../rollout/snapshot';

/** The last lines of a container's log. */
export interface ContainerLog {
  readonly pod: string;
  readonly container: string;
  /** The log from before the last restart. */
  readonly isPrevious: boolean;
  readonly text: string;
}

/** Everything that is known of a failed rollout. */
export interface Evidence extends RolloutSnapshot {
  /** Warning events of the Deployment, its new ReplicaSet and one pod of each trouble, and why the autoscaler adds no node. */
  readonly warnings: readonly Event[];
  readonly logs: readonly ContainerLog[];
  /** What could not be read, and why. */
  readonly gaps: readonly string[];
}

/** The reason of the event by which the cluster autoscaler says why it adds no node. */
export const noScaleUp = 'NotTriggerScaleUp';
const logLines = 50;
/** Of all pods with the same trouble, one is examined. */
const maxTroubles = 4;

/** Collects the evidence while the pods still exist. A call that fails is recorded as a gap. */
export async function collectEvidence(client: KubernetesClient, snapshot: RolloutSnapshot): Promise<Evidence> {
  const gaps: string[] = [];
  const samples = snapshot.troubles.slice(0, maxTroubles).flatMap((trouble) => {
    const [pod] = trouble.pods;
    return pod ? [{ trouble, pod }] : [];
  });
  const concerned = [snapshot.deployment, snapshot.replicaSet, ...samples.map(({ pod }) => pod)];
  const uids = new Set(concerned.flatMap((object) => object?.metadata?.uid ?? []));
  const selectors = [
    ...[...uids].map((uid) => `involvedObject.uid=${uid}`),
    ...claimsOf(samples).map((name) => `involvedObject.kind=PersistentVolumeClaim,involvedObject.name=${name}`),
  ].map((selector) => `${selector},type=Warning`);
  // The cluster autoscaler does not report as a warning that it adds no node.
  const unscheduled = samples.filter(({ trouble: { reason } }) => reason === 'Unschedulable');
  for (const { pod } of unscheduled)
    selectors.push(`involvedObject.uid=${pod.metadata?.uid ?? ''},reason=${noScaleUp}`);
  const [lists, logs] = await Promise.all([
    Promise.all(selectors.map((selector) => attempt(eventsAbout(selector)))),
    Promise.all(samples.map(({ trouble, pod }) => attempt(logOf(trouble, pod)))),
  ]);
  return {
    ...snapshot,
    warnings: lists.flat().flatMap((list) => list ?? []),
    logs: logs.flatMap((log) => log ?? []),
    gaps,
  };

  async function attempt<T>(promise: Promise<T>): Promise<T | undefined> {
    try {
      return await promise;
    } catch (error) {
      if (!(error instanceof CallError || error instanceof TimedOutError)) throw error;
      gaps.push(error.message);
      return undefined;
    }
  }

  async function eventsAbout(fieldSelector: string): Promise<readonly Event[]> {
    const { items } = await client.list(events, { fieldSelector });
    return items;
  }

  async function logOf({ container }: Trouble, pod: Pod): Promise<ContainerLog | undefined> {
    const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
    const status = [...initContainerStatuses, ...containerStatuses].find(({ name }) => name === container);
    if (!status) return undefined;
    const isPrevious = status.lastState?.terminated !== undefined && !status.state?.terminated;
    if (!isPrevious && !status.state?.running && !status.state?.terminated) return undefined;
    const log = await readLog(pod, status.name, isPrevious);
    // A container that has ended may have been restarted since, and it begins its log again.
    if (log.text !== '' || !status.state?.terminated) return log;
    try {
      return await readLog(pod, status.name, true);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return log;
    }
  }

  async function readLog(pod: Pod, container: string, isPrevious: boolean): Promise<ContainerLog> {
    const name = pod.metadata?.name ?? '';
    const text = await client.logs(name, { container, tailLines: logLines, isPrevious });
    return { pod: name, container, isPrevious, text: plain(text) };
  }
}

/** The volume claims of pods that are not scheduled because of them. */
function claimsOf(samples: readonly { readonly trouble: Trouble; readonly pod: Pod }[]): readonly string[] {
  const waiting = samples.filter(({ trouble: { text } }) => /persistent ?volume/i.test(text));
  return waiting.flatMap(({ pod }) =>
    (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []),
  );
}

/** Without the control characters of terminals. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\r\n?/g, '\n').trimEnd();
}
