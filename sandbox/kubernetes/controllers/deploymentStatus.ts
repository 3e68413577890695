import type { Cluster } from '../cluster';
import { timeText } from '../objects';
import { scaledValue } from '../quantity';
import type { Condition, Deployment, ReplicaSet } from '../types';
import { conditionOf, withCondition } from './conditions';
import { positive } from './replicaSets';

export const surgeOf = ({ spec }: Deployment) =>
  scaledValue(spec.strategy.rollingUpdate?.maxSurge, spec.replicas, 'up');

/** At least one where both would be none. */
export function unavailableOf(deployment: Deployment): number {
  const { replicas, strategy } = deployment.spec;
  if (strategy.type === 'Recreate') return 0;
  const value = scaledValue(strategy.rollingUpdate?.maxUnavailable, replicas, 'down');
  return Math.min(replicas, value === 0 && surgeOf(deployment) === 0 ? 1 : value);
}

/** What the deployment controller says of a deployment. */
export function deploymentStatus(
  { clock }: Cluster,
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSetUid: string | undefined,
  wakeAt: (time: number) => void,
): Deployment['status'] {
  const { spec, status: before, metadata } = deployment;
  const sum = (count: (set: ReplicaSet) => number | undefined) =>
    sets.reduce((total, set) => total + (count(set) ?? 0), 0);
  const young = sets.find((set) => set.metadata.uid === newSetUid);
  const replicas = sum(({ status }) => status.replicas);
  const available = sum(({ status }) => status.availableReplicas);
  const counts = {
    replicas,
    updatedReplicas: young?.status.replicas ?? 0,
    readyReplicas: sum(({ status }) => status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sum((set) => set.spec.replicas) - available),
  };
  const now = timeText(clock.now());
  let conditions = [...(before.conditions ?? [])];
  const set = (condition: Condition) => (conditions = withCondition(conditions, condition, now, true));

  const isEnough = available >= spec.replicas - unavailableOf(deployment);
  set(
    isEnough
      ? {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
  );
  const progress = progressOf(deployment, counts, young, clock.now(), wakeAt);
  if (progress) {
    conditions = touched(conditions, progress, deployment, counts, now);
    set(progress);
  }
  const failed = sets
    .map(({ status }) => conditionOf(status.conditions, 'ReplicaFailure'))
    .find((one) => one !== undefined);
  conditions = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  if (failed) {
    const old = conditionOf(before.conditions, 'ReplicaFailure');
    conditions.push(...withCondition(old ? [old] : [], bare(failed), now, true));
  }
  return { observedGeneration: metadata.generation ?? 1, ...positive(counts), conditions };
}

const bare = ({ type, status, reason = '', message = '' }: Condition): Condition => ({ type, status, reason, message });

type Counts = Readonly<Record<'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas', number>>;

const hasProgressed = ({ status }: Deployment, counts: Counts): boolean =>
  counts.updatedReplicas > (status.updatedReplicas ?? 0) ||
  counts.replicas - counts.updatedReplicas < (status.replicas ?? 0) - (status.updatedReplicas ?? 0) ||
  counts.readyReplicas > (status.readyReplicas ?? 0) ||
  counts.availableReplicas > (status.availableReplicas ?? 0);

/** Any progress restarts the deadline. */
function touched(
  conditions: Condition[],
  progress: Condition,
  deployment: Deployment,
  counts: Counts,
  now: string,
): Condition[] {
  if (progress.reason !== 'ReplicaSetUpdated' || !hasProgressed(deployment, counts)) return conditions;
  return conditions.map((one) =>
    one.type === 'Progressing' && one.lastUpdateTime !== now ? { ...one, lastUpdateTime: now } : one,
  );
}

function progressOf(
  deployment: Deployment,
  counts: Counts,
  young: ReplicaSet | undefined,
  now: number,
  wakeAt: (time: number) => void,
): Condition | undefined {
  const { spec, status, metadata } = deployment;
  const type = 'Progressing';
  const before = conditionOf(status.conditions, type);
  if (spec.paused) return { type, status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' };
  const name = young?.metadata.name ?? metadata.name;
  const isComplete =
    counts.updatedReplicas === spec.replicas &&
    counts.replicas === spec.replicas &&
    counts.availableReplicas === spec.replicas &&
    metadata.generation !== undefined;
  if (isComplete)
    return {
      type,
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "${name}" has successfully progressed.`,
    };
  const isNewSet = before?.message?.includes(`"${name}"`) !== true;
  if (before === undefined || isNewSet) {
    wakeAt(now + (spec.progressDeadlineSeconds ?? 600) * 1000);
    const isFound = young !== undefined && young.status.replicas > 0;
    return isFound
      ? { type, status: 'True', reason: 'FoundNewReplicaSet', message: `Found new replica set "${name}"` }
      : { type, status: 'True', reason: 'NewReplicaSetCreated', message: `Created new replica set "${name}"` };
  }
  const updating = {
    type,
    status: 'True',
    reason: 'ReplicaSetUpdated',
    message: `ReplicaSet "${name}" is progressing.`,
  } as const;
  if (hasProgressed(deployment, counts) && before.reason !== 'NewReplicaSetAvailable') return updating;
  // A complete deployment that loses a pod isn't rolling out.
  if (before.reason === 'NewReplicaSetAvailable' || before.reason === 'ProgressDeadlineExceeded') return bare(before);
  const deadline = Date.parse(before.lastUpdateTime ?? '') + (spec.progressDeadlineSeconds ?? 600) * 1000;
  if (now >= deadline)
    return {
      type,
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `ReplicaSet "${name}" has timed out progressing.`,
    };
  wakeAt(deadline);
  return bare(before);
}
