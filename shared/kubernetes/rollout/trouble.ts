import type { ReplicaSet } from 'kubernetes-types/apps/v1';
import type { ContainerStatus, Pod } from 'kubernetes-types/core/v1';

/** Why pods of a rollout don't serve yet. */
export interface Trouble {
  /** Kubernetes' own word, such as `CrashLoopBackOff`; `Unready` for a container that runs but isn't ready. */
  readonly reason: string;
  /** Of the container at fault; undefined when it is the pod itself, or there is none. */
  readonly container: string | undefined;
  /** One line: the reason, and what Kubernetes says about it. */
  readonly text: string;
  /** For how long it may last before it is taken for final: Infinity where only time tells. */
  readonly graceSeconds: number;
  readonly pods: readonly Pod[];
}

type Fault = Omit<Trouble, 'pods' | 'container'>;

/** Registries and token caches stumble, and AKS heals that in a minute or two (reported at Azure/AKS and Shopify/krane). */
const pullGraceSeconds = 90;
/** A quota is free again when pods of the old version have ended. */
const quotaGraceSeconds = 30;
/** What the cluster has yet to take notice of, such as a quota that was raised or a secret that was just made. */
const noticeGraceSeconds = 15;
const foreverSeconds = Infinity;

/** One bad start is forgiven: a service that a model needs may have been late. */
const restartsToFail = 2;

/**
 * What keeps the pods of the new ReplicaSet from serving, one for all pods with the same: the rules of Shopify's krane
 * (pod.rb) and what Azure adds. The gravest comes first.
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
  return all.sort((a, b) => gravity(a) - gravity(b) || b.pods.length - a.pods.length);
}

/** The same for as long as a trouble lasts, whatever Kubernetes says about it meanwhile. */
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

/** Whether the registry says that there is no such image, which no waiting changes. */
export function isVainPull(message: string): boolean {
  return /not ?found|manifest unknown|name unknown|does not exist|no match for platform/i.test(message);
}

function gravity({ graceSeconds }: Trouble): number {
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
    // Evicted and preempted pods are replaced; their node was at fault.
    return [{ fault: fault(reason, status.message, foreverSeconds), container: undefined }];
  }
  const scheduled = status.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    // The autoscaler may yet add a node.
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
      return fault(reason, message, isVainPull(message ?? '') ? 0 : pullGraceSeconds);
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
      return fault(reason, message, 0);
    case 'CreateContainerConfigError':
      return fault(reason, message, noticeGraceSeconds);
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'ContainerCannotRun':
      // By 128 a container runtime means itself: the node may be at fault.
      return fault(reason, message ?? last?.message, last?.exitCode === 128 ? quotaGraceSeconds : noticeGraceSeconds);
    default:
      return fault(reason, message, foreverSeconds);
  }
}

/** Why the ReplicaSet can't make its pods: a quota, Pod Security, a policy. */
function creationFault(set: ReplicaSet | undefined): Fault | undefined {
  const failure = set?.status?.conditions?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  if (!failure) return undefined;
  // Each try has another name.
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
