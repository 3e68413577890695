import type { ReplicaSet } from 'kubernetes-types/apps/v1';
import type { ContainerStatus, Pod } from 'kubernetes-types/core/v1';

/** A reason why pods of a rollout don't serve yet. */
export interface Trouble {
  /** Kubernetes' own reason, such as `CrashLoopBackOff`; `Unready` for a container that runs but isn't ready. */
  readonly reason: string;
  /** The container at fault; undefined when it is the pod itself, or there is none. */
  readonly container: string | undefined;
  /** One line: the reason, and Kubernetes' message. */
  readonly text: string;
  /** How long it may last before it is final; Infinity when only the deadline decides. */
  readonly graceSeconds: number;
  readonly pods: readonly Pod[];
}

type Fault = Omit<Trouble, 'pods' | 'container'>;

/** Registries and token caches fail temporarily; AKS recovers in a minute or two (reported at Azure/AKS and Shopify/krane). */
const pullGraceSeconds = 90;
/** The quota has room again when pods of the old version have ended. */
const quotaGraceSeconds = 30;
/** Until the cluster observes changes such as a raised quota or a new Secret. */
const noticeGraceSeconds = 15;
const foreverSeconds = Infinity;

/** One failed start is tolerated: a service that the model needs may not have been ready. */
const restartsToFail = 2;

/**
 * The troubles of the pods of the new ReplicaSet, one for all pods with the same trouble: by the rules of Shopify's krane
 * (pod.rb), and of Azure. The most severe comes first.
 */
export function rolloutTroubles(set: ReplicaSet | undefined, pods: readonly Pod[]): readonly Trouble[] {
  const found = new Map<string, Trouble>();
  for (const pod of pods)
    for (const { fault, container } of faultsOf(pod)) {
      const key = keyOf({ ...fault, container });
      const known = found.get(key);
      found.set(key, { ...fault, container, pods: [...(known?.pods ?? []), pod] });
    }
  const creation = creationFault(set);
  const all = [...(creation ? [{ ...creation, container: undefined, pods: [] }] : []), ...found.values()];
  return all.sort((a, b) => severityRank(a) - severityRank(b) || b.pods.length - a.pods.length);
}

/** Identifies a trouble for as long as it lasts, even when Kubernetes' message changes. */
export function keyOf({ reason, container = '' }: Pick<Trouble, 'reason' | 'container'>): string {
  return `${isPull(reason) ? 'ImagePullBackOff' : reason} ${container}`;
}

/** `2 of 3 new pods: CrashLoopBackOff: exit 1` */
export function troubleText({ text, pods }: Trouble, newPods: number): string {
  return pods.length === 0 ? text : `${pods.length} of ${newPods} new pods: ${text}`;
}

export function isPull(reason: string): boolean {
  return reason === 'ErrImagePull' || reason === 'ImagePullBackOff';
}

/** Whether the registry reports that the image does not exist, so that waiting is useless. */
export function isMissingImage(message: string): boolean {
  return /not ?found|manifest unknown|name unknown|does not exist|no match for platform/i.test(message);
}

function severityRank({ graceSeconds }: Trouble): number {
  return Number.isFinite(graceSeconds) ? graceSeconds : Number.MAX_VALUE;
}

interface ContainerFault {
  readonly fault: Fault;
  readonly container: string | undefined;
}

function faultsOf(pod: Pod): readonly ContainerFault[] {
  const status = pod.status ?? {};
  if (status.phase === 'Failed') {
    const reason = status.reason ?? 'Failed';
    // Evicted and preempted pods are replaced: the cause was their node.
    return [{ fault: fault(reason, status.message, foreverSeconds), container: undefined }];
  }
  const scheduled = status.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    // The autoscaler may still add a node.
    const unscheduled = fault(scheduled.reason ?? 'Unschedulable', scheduled.message, foreverSeconds);
    return [{ fault: unscheduled, container: undefined }];
  }
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].flatMap((container) => {
    const found = faultOf(container);
    return found ? [{ fault: found, container: container.name }] : [];
  });
}

function faultOf(container: ContainerStatus): Fault | undefined {
  const { state = {}, ready, restartCount } = container;
  if (state.waiting) return waitingFault(container, state.waiting.reason ?? 'Waiting', state.waiting.message);
  if (state.running && !ready)
    return fault('Unready', restartCount > 0 ? `restarted ${restartCount} times` : undefined, foreverSeconds);
  if (state.terminated && state.terminated.exitCode !== 0)
    return fault(state.terminated.reason ?? 'Error', `exit ${state.terminated.exitCode}`, foreverSeconds);
  return undefined;
}

function waitingFault(container: ContainerStatus, reason: string, message: string | undefined): Fault {
  const last = container.lastState?.terminated;
  switch (reason) {
    case 'CrashLoopBackOff': {
      const how = last && (last.reason === 'OOMKilled' ? 'OOMKilled' : `exit ${last.exitCode}`);
      return fault(reason, how, container.restartCount >= restartsToFail ? 0 : foreverSeconds);
    }
    case 'ErrImagePull':
    case 'ImagePullBackOff':
      return fault(reason, message, isMissingImage(message ?? '') ? 0 : pullGraceSeconds);
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
      return fault(reason, message, 0);
    case 'CreateContainerConfigError':
      return fault(reason, message, noticeGraceSeconds);
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'ContainerCannotRun':
      // Exit code 128 comes from the container runtime: the node may be the cause.
      return fault(reason, message ?? last?.message, last?.exitCode === 128 ? quotaGraceSeconds : noticeGraceSeconds);
    default:
      return fault(reason, message, foreverSeconds);
  }
}

/** Why the ReplicaSet can't create its pods: a quota, Pod Security, a policy. */
function creationFault(set: ReplicaSet | undefined): Fault | undefined {
  const failure = set?.status?.conditions?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  if (!failure) return undefined;
  // Each attempt has a different name.
  const message = failure.message?.replace(/^pods "[^"]*" is forbidden: /, '') ?? '';
  return fault(
    failure.reason ?? 'FailedCreate',
    message,
    /exceeded quota/.test(message) ? quotaGraceSeconds : noticeGraceSeconds,
  );
}

function fault(reason: string, message: string | undefined, graceSeconds: number): Fault {
  const detail = message?.replace(/\s+/g, ' ').trim();
  return { reason, text: detail ? `${reason}: ${detail}` : reason, graceSeconds };
}
