import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1';
import type { ContainerStatus, Event, Pod } from 'kubernetes-types/core/v1';
import { noticeGraceSeconds, pullGraceSeconds } from '../../causes/cause';
import { pullCauses } from '../../causes/pulling';
import { endCauses } from '../causes/ending';
import { schedulingProblem } from '../causes/scheduling';
import { setupCauses } from '../causes/setup';
import { creationFault, fault, type Fault } from './fault';
import { startCauses } from '../../causes/starting';

/** A reason why pods of a rollout don't serve yet. */
export interface Trouble extends Fault {
  /** The container at fault; undefined when it is the pod itself, or there is none. */
  readonly container: string | undefined;
  readonly pods: readonly Pod[];
}

/** An init container that runs for as long as the pod waits for it. */
export const initRunning = 'InitContainerRunning';

const foreverSeconds = Infinity;
/** One failed start is tolerated: a service that the model needs may not have been ready. */
const restartsToFail = 2;
/** Reasons of a container that waits for other parts of its pod. */
const preparing = ['ContainerCreating', 'PodInitializing'];
/** Warnings about what a node prepares before it pulls images, and events that show that it has gone on since. */
const setupWarnings = [
  'FailedMount',
  'FailedMapVolume',
  'FailedAttachVolume',
  'FailedCreatePodSandBox',
  'NetworkNotReady',
];
const progress = ['SuccessfulAttachVolume', 'Pulling', 'Pulled', 'Created', 'Started'];

/**
 * The troubles of the pods of the new ReplicaSet, one for all pods with the same trouble: by the rules of Shopify's krane
 * (pod.rb), and by what the messages of Kubernetes mean. `events` are those of pods that are preparing; without a
 * ReplicaSet, the Deployment says why. The most severe comes first.
 */
export function rolloutTroubles(
  set: ReplicaSet | undefined,
  pods: readonly Pod[],
  events: readonly Event[] = [],
  deployment?: Deployment,
): readonly Trouble[] {
  const found = new Map<string, Trouble>();
  for (const pod of pods)
    for (const { fault, container } of faultsOf(pod, events)) {
      const key = keyOf({ ...fault, container });
      const known = found.get(key);
      found.set(key, { ...fault, container, pods: [...(known?.pods ?? []), pod] });
    }
  const creation = creationFault(set, deployment);
  const all = [...(creation ? [{ ...creation, container: undefined, pods: [] }] : []), ...found.values()];
  return all.sort((a, b) => severityRank(a) - severityRank(b) || b.pods.length - a.pods.length);
}

/**
 * Identifies a trouble for as long as it lasts, even when Kubernetes' message changes, or its reason while the cause stays.
 */
export function keyOf({ reason, known, container = '' }: Pick<Trouble, 'reason' | 'known' | 'container'>): string {
  if (isPull(reason)) return `ImagePullBackOff ${container}`;
  // A container that can't be started has several reasons in turn.
  const isStart = known !== undefined && startCauses.includes(known);
  return `${isStart ? known.cause : reason} ${container}`;
}

/** `2 of 3 new pods: CrashLoopBackOff: exit 1` */
export function troubleText({ text, pods }: Trouble, newPods: number): string {
  return pods.length === 0 ? text : `${pods.length} of ${newPods} new pods: ${text}`;
}

export function isPull(reason: string): boolean {
  return reason === 'ErrImagePull' || reason === 'ImagePullBackOff';
}

/** Whether a pod is on its node and waits for its volumes or its network. Its status does not say why. */
export function isPreparing(pod: Pod): boolean {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const all = [...initContainerStatuses, ...containerStatuses];
  return (
    !hasStartCondition(pod) &&
    all.length > 0 &&
    all.every(({ state }) => preparing.includes(state?.waiting?.reason ?? ''))
  );
}

/** Whether a pod has its volumes and its network, as Kubernetes reports from 1.29 on. */
export function hasStartCondition({ status = {} }: Pod): boolean {
  const { conditions = [] } = status;
  return conditions.some(({ type, status: value }) => type === 'PodReadyToStartContainers' && value === 'True');
}

function severityRank({ graceSeconds }: Trouble): number {
  return Number.isFinite(graceSeconds) ? graceSeconds : Number.MAX_VALUE;
}

interface ContainerFault {
  readonly fault: Fault;
  readonly container: string | undefined;
}

function faultsOf(pod: Pod, events: readonly Event[]): readonly ContainerFault[] {
  const status = pod.status ?? {};
  const ofPod = (found: Fault): readonly ContainerFault[] => [{ fault: found, container: undefined }];
  if (status.phase === 'Failed')
    // Evicted and preempted pods are replaced: mostly, the cause was their node.
    return ofPod(fault(status.reason ?? 'Failed', status.message, foreverSeconds, endCauses));
  const scheduled = status.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    const { graceSeconds } = schedulingProblem(scheduled.message ?? '');
    return ofPod(fault(scheduled.reason ?? 'Unschedulable', scheduled.message, graceSeconds));
  }
  const warning = isPreparing(pod) ? setupWarning(pod, events) : undefined;
  if (warning) return ofPod(fault(warning.reason ?? 'Warning', warning.message, foreverSeconds, setupCauses));
  const found = containerFaults(pod);
  return found.length > 0 ? found : gateFault(pod);
}

function containerFaults({ spec, status = {} }: Pod): readonly ContainerFault[] {
  const { initContainerStatuses = [], containerStatuses = [] } = status;
  const named = (container: ContainerStatus, found: Fault | undefined) =>
    found ? [{ fault: found, container: container.name }] : [];
  // A sidecar runs beside the others, although it is among the init containers.
  const isSidecar = ({ name }: ContainerStatus): boolean =>
    spec?.initContainers?.find((container) => container.name === name)?.restartPolicy === 'Always';
  const first = initContainerStatuses.flatMap((each) => named(each, isSidecar(each) ? faultOf(each) : initFault(each)));
  const telling = first.filter(({ fault: { reason } }) => !preparing.includes(reason));
  // What waits for an init container has no trouble of its own.
  if (telling.length > 0) return telling;
  return [...first, ...containerStatuses.flatMap((each) => named(each, faultOf(each)))];
}

function initFault(container: ContainerStatus): Fault | undefined {
  const { state = {}, ready } = container;
  if (state.running && !ready) return fault(initRunning, 'it has not ended', foreverSeconds);
  return faultOf(container);
}

function faultOf(container: ContainerStatus): Fault | undefined {
  const { state = {}, ready, restartCount } = container;
  if (state.waiting) return waitingFault(container, state.waiting.reason ?? 'Waiting', state.waiting.message);
  if (state.running && !ready)
    return fault('Unready', restartCount > 0 ? `restarted ${restartCount} times` : undefined, foreverSeconds);
  const { exitCode = 0, reason = 'Error', message } = state.terminated ?? {};
  if (exitCode === 0) return undefined;
  return reason === 'StartError'
    ? fault(reason, message, foreverSeconds, startCauses)
    : fault(reason, `exit ${exitCode}`, foreverSeconds);
}

function waitingFault(container: ContainerStatus, reason: string, message: string | undefined): Fault {
  const last = container.lastState?.terminated;
  switch (reason) {
    case 'CrashLoopBackOff': {
      const graceSeconds = container.restartCount >= restartsToFail ? 0 : foreverSeconds;
      if (last?.reason !== 'StartError')
        return fault(
          reason,
          last && (last.reason === 'OOMKilled' ? 'OOMKilled' : `exit ${last.exitCode}`),
          graceSeconds,
        );
      const started = fault(reason, last.message ?? `exit ${last.exitCode}`, graceSeconds, startCauses);
      return { ...started, graceSeconds: Math.min(graceSeconds, started.graceSeconds) };
    }
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'RegistryUnavailable':
    case 'SignatureValidationFailed':
      return fault(reason, message, pullGraceSeconds, pullCauses);
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
      return fault(reason, message, 0, pullCauses);
    case 'CreateContainerConfigError':
      return fault(reason, message, noticeGraceSeconds, startCauses);
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'ContainerCannotRun':
      // Exit code 128 comes from the container runtime: the node may be the cause.
      return fault(
        reason,
        message ?? last?.message,
        last?.exitCode === 128 ? 2 * noticeGraceSeconds : noticeGraceSeconds,
        startCauses,
      );
    default:
      return fault(reason, message, foreverSeconds);
  }
}

/** Why a pod does not receive requests although its containers are ready: its readiness gates, or its node. */
function gateFault({ status = {} }: Pod): readonly ContainerFault[] {
  const all = status.containerStatuses ?? [];
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'False' || all.length === 0 || !all.every((container) => container.ready)) return [];
  return [{ fault: fault(ready.reason ?? 'NotReady', ready.message, foreverSeconds), container: undefined }];
}

/** The latest warning about what the node prepares for a pod, unless it has gone on since. */
function setupWarning({ metadata }: Pod, events: readonly Event[]): Event | undefined {
  const timeOf = ({ series, lastTimestamp, eventTime }: Event): number =>
    Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? '');
  const latest = events
    .filter(({ involvedObject }) => involvedObject.uid !== undefined && involvedObject.uid === metadata?.uid)
    .filter(({ reason = '' }) => setupWarnings.includes(reason) || progress.includes(reason))
    .sort((a, b) => timeOf(a) - timeOf(b))
    .at(-1);
  return setupWarnings.includes(latest?.reason ?? '') ? latest : undefined;
}
