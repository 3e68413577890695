import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { KubernetesClient } from '../client/client';
import type { DeploySurroundings } from './request';
import { annotations } from '../manifest/labels';
import { deployments, replicaSets } from '../client/resource';
import { kubectlVerdict, newReplicaSet } from '../rollout/rollout';
import { isRunning, isUnproven } from '../strategies/liveService';
import { selectorText, watchRollout } from '../rollout/watchRollout';

/** The version of a Deployment that one can go back to. */
export interface GoodVersion {
  readonly template: PodTemplateSpec;
  readonly replicas: number;
  readonly image: string;
  readonly revision: string;
}

interface GoodNote {
  readonly replicaSet: string;
  readonly replicas: number;
}

/**
 * Finds the version to go back to, and notes it on the Deployment, where it outlives this step: what runs now if it runs
 * well, unless it is a try of ours that has yet to prove itself; else what was noted last. Its template is kept by its
 * ReplicaSet.
 */
export async function recordGood(client: KubernetesClient, live: Deployment): Promise<GoodVersion | undefined> {
  const { items } = await client.list(replicaSets, { labelSelector: selectorText(live.spec?.selector) });
  const noted = noteOf(live);
  const runsWell = !isUnproven(live) && isRunning(live) && kubectlVerdict(live).state === 'done';
  const set = runsWell
    ? newReplicaSet(live, items)
    : items.find(({ metadata }) => metadata?.name === noted?.replicaSet && isOwned(metadata?.ownerReferences, live));
  if (!set) return undefined;
  const note = { replicaSet: nameOf(set), replicas: runsWell ? (live.spec?.replicas ?? 1) : (noted?.replicas ?? 1) };
  if (note.replicaSet !== noted?.replicaSet) await annotate(client, live, { [annotations.good]: JSON.stringify(note) });
  return { template: templateOf(set), replicas: note.replicas, ...describe(set) };
}

/**
 * Notes on a Deployment that what runs now has proven itself, and waits until it has come to rest: until the cluster has
 * looked at the note, too, the Deployment counts as changed, and the same step run again wouldn't find it settled.
 */
export async function markGood(
  client: KubernetesClient,
  name: string,
  surroundings: DeploySurroundings,
): Promise<void> {
  const live = await client.get(deployments, name);
  if (!live) return;
  const { items } = await client.list(replicaSets, { labelSelector: selectorText(live.spec?.selector) });
  const set = newReplicaSet(live, items);
  if (!set) return;
  const note: GoodNote = { replicaSet: nameOf(set), replicas: live.spec?.replicas ?? 1 };
  const { good, unproven } = annotations;
  const present = live.metadata?.annotations ?? {};
  const text = JSON.stringify(note);
  const isNoted = present[good] === text && !(unproven in present);
  const applied = isNoted ? live : await annotate(client, live, { [good]: text, [unproven]: null });
  if (kubectlVerdict(applied).state === 'done') return;
  const { outcome, message } = await watchRollout(client, { applied, deadline: surroundings.deadline }, surroundings);
  // It has proven itself all the same.
  if (outcome !== 'done') surroundings.report.warning(message);
}

/** The image of the first container, which is the one that serves. */
export function imageOf(template: PodTemplateSpec | undefined): string {
  return template?.spec?.containers[0]?.image ?? '';
}

export function revisionOf({ metadata }: Deployment | ReplicaSet): string {
  return metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? '';
}

function describe(set: ReplicaSet): Pick<GoodVersion, 'image' | 'revision'> {
  return { image: imageOf(set.spec?.template), revision: revisionOf(set) };
}

function annotate(
  client: KubernetesClient,
  { metadata }: Deployment,
  notes: Readonly<Record<string, string | null>>,
): Promise<Deployment> {
  return client.mergePatch(deployments, metadata?.name ?? '', { metadata: { annotations: notes } });
}

/** Undefined also where somebody else wrote something there. */
function noteOf({ metadata }: Deployment): GoodNote | undefined {
  const [, replicaSet, replicas] =
    /^\{"replicaSet":"([^"]+)","replicas":(\d+)\}$/.exec(metadata?.annotations?.[annotations.good] ?? '') ?? [];
  return replicaSet === undefined ? undefined : { replicaSet, replicas: Number(replicas) };
}

function isOwned(owners: readonly { readonly uid: string }[] = [], { metadata }: Deployment): boolean {
  return owners.some(({ uid }) => uid === metadata?.uid);
}

/** Without the label by which the Deployment tells the pods of its ReplicaSets apart. */
function templateOf({ spec }: ReplicaSet): PodTemplateSpec {
  const { metadata, ...rest } = spec?.template ?? {};
  const own = { ...metadata?.labels };
  delete own['pod-template-hash'];
  return { ...rest, metadata: { ...metadata, labels: own } };
}

function nameOf({ metadata }: ReplicaSet): string {
  return metadata?.name ?? '';
}
