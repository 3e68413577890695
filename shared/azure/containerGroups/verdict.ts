import type { Container, ContainerEvent, ContainerGroup } from './containerInstances';

/** How a group stands. `failed` means that waiting is vain. */
export interface GroupVerdict {
  readonly standing: 'coming' | 'running' | 'failed';
  /** The container that tells why it failed. */
  readonly container?: Container;
}

/** One bad start is forgiven: a service may need another one that starts beside it. */
const mostRestarts = 2;
/** Registries that are asked too often, or a role that was given a minute ago, are not among them: these heal. */
const missingImage = /not found|manifest unknown|name unknown|does not exist|invalid reference format/i;

/**
 * Judges a group by what its containers do. What Azure says of its own work is no proof: a container that ended with an
 * error is `Succeeded` there.
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
  // Right after an update Azure shows the containers of before.
  const isAtWork = isInTransition(provisioningState) || /^(pending|repairing)$/i.test(instanceView?.state ?? '');
  return { standing: areRunning && !isAtWork ? 'running' : 'coming' };
}

/** Whether Azure will not start anything in this group any more: it can't be updated either. */
export function isEnded({ properties: { provisioningState = '', instanceView } }: ContainerGroup): boolean {
  if (isInTransition(provisioningState)) return false;
  return (
    /^(failed|canceled|unhealthy)$/i.test(provisioningState) || /^(failed|succeeded)$/i.test(instanceView?.state ?? '')
  );
}

export function isStopped({ properties: { instanceView } }: ContainerGroup): boolean {
  return instanceView?.state?.toLowerCase() === 'stopped';
}

/** Whether Azure is at work on the group. */
export function isInTransition(provisioningState: string): boolean {
  return /^(accepted|pending|creating|preprovisioned|updating|repairing|deleting)$/i.test(provisioningState);
}

export function restartsOf({ properties: { containers = [] } }: ContainerGroup): number {
  return containers.reduce((sum, { properties }) => sum + (properties.instanceView?.restartCount ?? 0), 0);
}

/** Whether all containers have run for some time, by the clock of Azure. */
export function hasRunSince(group: ContainerGroup, time: number): boolean {
  const { containers = [] } = group.properties;
  return containers.every(({ properties }) => {
    const { startTime = '' } = properties.instanceView?.currentState ?? {};
    return Date.parse(startTime) <= time;
  });
}

/** Everything that Azure tells of a group and its containers, oldest first. */
export function eventsOf({ properties: { containers = [], instanceView } }: ContainerGroup): readonly ContainerEvent[] {
  const all = [...(instanceView?.events ?? []), ...containers.flatMap(({ properties }) => eventsIn(properties))];
  return all.sort((one, other) => Date.parse(one.lastTimestamp ?? '') - Date.parse(other.lastTimestamp ?? ''));
}

/** The last complaint about fetching the image. */
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
  if (state === 'Waiting' && missingImage.test(imageTrouble(container)?.message ?? '')) return true;
  // Until Azure has done its work, it may still tell of the container that was here before.
  if (isInTransition(provisioningState)) return false;
  if (restartCount >= mostRestarts) return true;
  if (state === 'Waiting') return false;
  return restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && currentState?.exitCode === 0);
}

function stateOf({ properties: { instanceView } }: Container): string {
  return instanceView?.currentState?.state ?? 'Waiting';
}

function eventsIn({ instanceView }: Container['properties']): readonly ContainerEvent[] {
  return instanceView?.events ?? [];
}
