import { isDeepStrictEqual } from 'node:util';
import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1';
import type { Pod } from 'kubernetes-types/core/v1';

/** The state of a Deployment. */
export type RolloutState =
  | 'unobserved'
  | 'updating'
  | 'terminating'
  | 'unavailable'
  | 'done'
  /** It failed by Kubernetes' own rules: the progress deadline. */
  | 'deadlineExceeded'
  /** It can't continue, or is not what was requested. */
  | 'paused'
  | 'empty'
  | 'superseded'
  | 'deleted';

export interface RolloutVerdict {
  readonly state: RolloutState;
  /** `2 of 3 updated replicas are available` */
  readonly message: string;
}

/** The deployed object, as the API server returned it. */
export interface RolloutGoal {
  readonly applied: Deployment;
  /** Zero replicas are a success. For a service they are a failure. */
  readonly mayBeEmpty?: boolean;
}

/**
 * How `kubectl rollout status` judges a Deployment (kubectl/pkg/polymorphichelpers/rollout_status.go), rule by rule and
 * in its order.
 */
export function kubectlVerdict({ metadata, spec, status = {} }: Deployment): RolloutVerdict {
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0, observedGeneration = 0, conditions } = status;
  if ((metadata?.generation ?? 0) > observedGeneration)
    return { state: 'unobserved', message: 'the cluster has not observed the change yet' };
  // Of several conditions of a type, kubectl uses the first.
  const progressing = conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    return { state: 'deadlineExceeded', message: 'it exceeded its progress deadline' };
  const wanted = spec?.replicas;
  if (wanted !== undefined && updatedReplicas < wanted)
    return { state: 'updating', message: `${updatedReplicas} out of ${wanted} new replicas have been updated` };
  if (replicas > updatedReplicas)
    return { state: 'terminating', message: `${replicas - updatedReplicas} old replicas are pending termination` };
  if (availableReplicas < updatedReplicas)
    return {
      state: 'unavailable',
      message: `${availableReplicas} of ${updatedReplicas} updated replicas are available`,
    };
  return { state: 'done', message: 'successfully rolled out' };
}

/**
 * Judges a Deployment against what was deployed: by kubectl's rules, and by what they overlook. A different template means
 * that somebody else deployed; a different generation doesn't, because an autoscaler changes it too.
 */
export function rolloutVerdict(current: Deployment | undefined, { applied, mayBeEmpty }: RolloutGoal): RolloutVerdict {
  if (!current) return { state: 'deleted', message: 'it was deleted meanwhile' };
  if (
    current.metadata?.uid !== applied.metadata?.uid ||
    !isDeepStrictEqual(current.spec?.template, applied.spec?.template)
  )
    return { state: 'superseded', message: 'something else was deployed meanwhile' };
  if (current.spec?.paused) return { state: 'paused', message: 'it is paused (spec.paused)' };
  if (current.spec?.replicas === 0 && !mayBeEmpty)
    return { state: 'empty', message: 'it has 0 replicas, so nothing would answer' };
  return kubectlVerdict(current);
}

/** The ReplicaSet of the Deployment's present template, as the Deployment controller finds it: the oldest with that template. */
export function newReplicaSet(deployment: Deployment, all: readonly ReplicaSet[]): ReplicaSet | undefined {
  return all
    .filter((set) => isOwnedBy(set, deployment.metadata?.uid))
    .filter((set) => isDeepStrictEqual(templateOf(set), templateOf(deployment)))
    .sort((a, b) => ageOf(a).localeCompare(ageOf(b)))[0];
}

/** The pods of a ReplicaSet that are not being deleted. */
export function podsOf(set: ReplicaSet | undefined, all: readonly Pod[]): readonly Pod[] {
  const uid = set?.metadata?.uid;
  return all.filter((pod) => isOwnedBy(pod, uid) && pod.metadata?.deletionTimestamp === undefined);
}

/** How often the containers of these pods were restarted. */
export function restartsOf(pods: readonly Pod[]): number {
  return pods
    .flatMap(({ status }) => status?.containerStatuses ?? [])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function isOwnedBy({ metadata }: ReplicaSet | Pod, uid: string | undefined): boolean {
  return uid !== undefined && (metadata?.ownerReferences ?? []).some((owner) => owner.controller && owner.uid === uid);
}

/** Without the label that the controller adds for its ReplicaSets. */
function templateOf({ spec }: ReplicaSet | Deployment): unknown {
  const { metadata, ...rest } = spec?.template ?? {};
  const labels = Object.entries(metadata?.labels ?? {}).filter(([name]) => name !== 'pod-template-hash');
  return { ...rest, metadata: { ...metadata, labels: Object.fromEntries(labels) } };
}

function ageOf({ metadata }: ReplicaSet): string {
  return metadata?.creationTimestamp ?? '';
}
