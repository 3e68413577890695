import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { Context } from '../../agent/context';
import type { KubernetesClient } from '../client/client';
import { annotations } from '../manifest/labels';
import { deployments, replicaSets } from '../client/resource';
import { selectorText } from '../client/selectorText';
import { kubectlVerdict, newReplicaSet } from '../rollout/rollout';
import { isRunning, isUnproven, isUntested } from '../strategies/liveService';
import { isReplicasOwnedByOthers } from '../strategies/replicas';
import { watchRollout } from '../rollout/watchRollout';

/** A version of a Deployment that can be rolled back to. */
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
 * Finds the version to roll back to, and records it in an annotation of the Deployment, where it outlives this step: the
 * running version if it runs well and isn't an unproven attempt of ours; otherwise the one recorded last. Its template is
 * kept by its ReplicaSet.
 */
export async function recordGood(
  client: KubernetesClient,
  live: Deployment,
  container?: string,
): Promise<GoodVersion | undefined> {
  const { items } = await client.list(replicaSets, { labelSelector: selectorText(live.spec?.selector) });
  const noted = noteOf(live);
  const runsWell = !isUnproven(live) && isRunning(live) && kubectlVerdict(live).state === 'done';
  const set = runsWell
    ? newReplicaSet(live, items)
    : items.find(({ metadata }) => metadata?.name === noted?.replicaSet && isOwned(metadata?.ownerReferences, live));
  if (!set) return undefined;
  const note = { replicaSet: nameOf(set), replicas: runsWell ? (live.spec?.replicas ?? 1) : (noted?.replicas ?? 1) };
  if (note.replicaSet !== noted?.replicaSet) await annotate(client, live, { [annotations.good]: JSON.stringify(note) });
  return { template: templateOf(set), replicas: note.replicas, ...describe(set, container) };
}

/**
 * Records on a Deployment that the running version is proven, and waits until the cluster has observed the annotation:
 * until then the Deployment is not settled, and the same step would deploy it again.
 */
export async function markGood(client: KubernetesClient, name: string, context: Context): Promise<void> {
  const live = await client.get(deployments, name);
  if (!live) return;
  const { items } = await client.list(replicaSets, { labelSelector: selectorText(live.spec?.selector) });
  const set = newReplicaSet(live, items);
  if (!set) return;
  const note: GoodNote = { replicaSet: nameOf(set), replicas: live.spec?.replicas ?? 1 };
  const { good, unproven, untested } = annotations;
  const present = live.metadata?.annotations ?? {};
  const text = JSON.stringify(note);
  // The number of replicas is not restored when somebody else manages it.
  const noted = noteOf(live);
  const hasReplicas = noted?.replicas === note.replicas || isReplicasOwnedByOthers(live.metadata?.managedFields);
  const isMarked = unproven in present || untested in present;
  const isNoted = noted?.replicaSet === note.replicaSet && hasReplicas && !isMarked;
  const applied = isNoted ? live : await annotate(client, live, { [good]: text, [unproven]: null, [untested]: null });
  if (kubectlVerdict(applied).state === 'done') return;
  const { outcome, message } = await watchRollout(client, { applied }, context);
  // The version is proven all the same.
  if (outcome !== 'done') context.agent.warning(message);
}

/** Records that what surrounds the pods is about to change: a step that is interrupted leaves it untested. */
export async function markUntested(client: KubernetesClient, live: Deployment): Promise<void> {
  if (!isUntested(live)) await annotate(client, live, { [annotations.untested]: 'true' });
}

/** The image of the container that serves: the named one, or the first. */
export function imageOf(template: PodTemplateSpec | undefined, container?: string): string {
  const containers = template?.spec?.containers ?? [];
  return (containers.find(({ name }) => name === container) ?? containers[0])?.image ?? '';
}

export function revisionOf({ metadata }: Deployment | ReplicaSet): string {
  return metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? '';
}

function describe(set: ReplicaSet, container: string | undefined): Pick<GoodVersion, 'image' | 'revision'> {
  return { image: imageOf(set.spec?.template, container), revision: revisionOf(set) };
}

function annotate(
  client: KubernetesClient,
  { metadata }: Deployment,
  notes: Readonly<Record<string, string | null>>,
): Promise<Deployment> {
  return client.mergePatch(deployments, metadata?.name ?? '', { metadata: { annotations: notes } });
}

/** Undefined also when the annotation was not written by us. */
function noteOf({ metadata }: Deployment): GoodNote | undefined {
  const [, replicaSet, replicas] =
    /^\{"replicaSet":"([^"]+)","replicas":(\d+)\}$/.exec(metadata?.annotations?.[annotations.good] ?? '') ?? [];
  return replicaSet === undefined ? undefined : { replicaSet, replicas: Number(replicas) };
}

function isOwned(owners: readonly { readonly uid: string }[] = [], { metadata }: Deployment): boolean {
  return owners.some(({ uid }) => uid === metadata?.uid);
}

/** Without the label that the Deployment controller adds for its ReplicaSets. */
function templateOf({ spec }: ReplicaSet): PodTemplateSpec {
  const { metadata, ...rest } = spec?.template ?? {};
  const own = { ...metadata?.labels };
  delete own['pod-template-hash'];
  return { ...rest, metadata: { ...metadata, labels: own } };
}

function nameOf({ metadata }: ReplicaSet): string {
  return metadata?.name ?? '';
}
