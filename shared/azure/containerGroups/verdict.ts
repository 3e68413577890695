import { findCause } from '../../causes/cause';
import { pullCauses } from '../../causes/pulling';
import type { Container, ContainerEvent, ContainerGroup } from './containerInstances';

/** The state of a group. `failed` is final. */
export interface GroupVerdict {
  readonly standing: 'coming' | 'running' | 'failed';
  /** The container that caused the failure. */
  readonly container?: Container;
}

/** One failed start is tolerated: a service may depend on another one that starts at the same time. */
const maxRestarts = 2;
/**
 * Judges a group by the state of its containers. The provisioning state proves nothing: it is `Succeeded` for a container
 * that exited with an error.
 */
export function groupVerdict(group: ContainerGroup): GroupVerdict {
  const { containers = [], provisioningState = '', instanceView } = group.properties;
  const bad = containers.find((container) => isDoomed(container, group));
  if (bad) return { standing: 'failed', container: bad };
  if (isEnded(group) || isStopped(group)) {
    const ended = containers.find((container) => stateOf(container) !== 'Running');
    return { standing: 'failed', ...(ended && { container: ended }) };
  }
  const areRunning = containers.length > 0 && containers.every((container) => stateOf(container) === 'Running');
  // Right after an update, Azure still returns the previous containers.
  const isAtWork = isInTransition(provisioningState) || /^(pending|repairing)$/i.test(instanceView?.state ?? '');
  return { standing: areRunning && !isAtWork ? 'running' : 'coming' };
}

/** Whether Azure will not start anything in this group any more. Such a group can't be updated either. */
export function isEnded({ properties: { provisioningState = '', instanceView } }: ContainerGroup): boolean {
  if (isInTransition(provisioningState)) return false;
  return (
    /^(failed|canceled|unhealthy)$/i.test(provisioningState) || /^(failed|succeeded)$/i.test(instanceView?.state ?? '')
  );
}

export function isStopped({ properties: { instanceView } }: ContainerGroup): boolean {
  return instanceView?.state?.toLowerCase() === 'stopped';
}

/** Whether an operation of Azure is running on the group. */
export function isInTransition(provisioningState: string): boolean {
  return /^(accepted|pending|creating|preprovisioned|updating|repairing|deleting)$/i.test(provisioningState);
}

export function restartsOf({ properties: { containers = [] } }: ContainerGroup): number {
  return containers.reduce((sum, { properties }) => sum + (properties.instanceView?.restartCount ?? 0), 0);
}

/** Whether all containers have been running since a time, by the clock of Azure. */
export function hasRunSince(group: ContainerGroup, time: number): boolean {
  const { containers = [] } = group.properties;
  return containers.every(({ properties }) => {
    const { startTime = '' } = properties.instanceView?.currentState ?? {};
    return Date.parse(startTime) <= time;
  });
}

/** All events of a group and its containers, oldest first. */
export function eventsOf({ properties: { containers = [], instanceView } }: ContainerGroup): readonly ContainerEvent[] {
  const all = [...(instanceView?.events ?? []), ...containers.flatMap(({ properties }) => eventsIn(properties))];
  return all.sort((one, other) => Date.parse(one.lastTimestamp ?? '') - Date.parse(other.lastTimestamp ?? ''));
}

/** The last event about a failed pull of the image. */
export function imageTrouble({ properties }: Container): ContainerEvent | undefined {
  return eventsIn(properties).findLast(
    ({ name = '', message = '' }) => name === 'Failed' && /pull|image/i.test(message),
  );
}

/** `Waiting (CrashLoopBackOff), 4 restarts` */
export function describeContainer({ name, properties: { instanceView = {} } }: Container): string {
  const { currentState: { state = 'Waiting', detailStatus, exitCode } = {}, restartCount = 0 } = instanceView;
  const details = [detailStatus, exitCode === undefined ? '' : `exit code ${exitCode}`].filter(Boolean).join(', ');
  const restarts = restartCount > 0 ? `, ${restartCount} restart${restartCount > 1 ? 's' : ''}` : '';
  return `${name}: ${state}${details && ` (${details})`}${restarts}`;
}

function isDoomed(container: Container, { properties }: ContainerGroup): boolean {
  const { restartPolicy = 'Always', provisioningState = '' } = properties;
  const { restartCount = 0, currentState } = container.properties.instanceView ?? {};
  const state = stateOf(container);
  if (state === 'Running') return false;
  if (state === 'Waiting' && isFinalPull(container)) return true;
  // Until the operation has ended, Azure may still return the previous container.
  if (isInTransition(provisioningState)) return false;
  if (restartCount >= maxRestarts) return true;
  // A state that is not known may be followed by another one.
  if (state !== 'Terminated') return false;
  return restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && currentState?.exitCode === 0);
}

/** Whether the image will not be pulled: it does not exist, or the pull has failed for longer than such a failure lasts. */
function isFinalPull(container: Container): boolean {
  const trouble = imageTrouble(container);
  const known = findCause(pullCauses, trouble?.message ?? '');
  if (!trouble || !known) return false;
  const [first = NaN, last = NaN] = [trouble.firstTimestamp, trouble.lastTimestamp].map((time = '') =>
    Date.parse(time),
  );
  // Azure has tried again since, or the event is from an earlier deployment.
  const isOver = eventsIn(container.properties).some(
    ({ name = '', lastTimestamp = '' }) => /^(Pulling|Pulled|Started)$/.test(name) && Date.parse(lastTimestamp) > last,
  );
  return !isOver && (known.graceSeconds === 0 || last - first >= known.graceSeconds * 1000);
}

function stateOf({ properties: { instanceView } }: Container): string {
  return instanceView?.currentState?.state ?? 'Waiting';
}

function eventsIn({ instanceView }: Container['properties']): readonly ContainerEvent[] {
  return instanceView?.events ?? [];
}
