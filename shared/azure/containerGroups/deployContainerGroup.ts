import { CancelledError, TaskError } from '../../errors';
import type { ContainerGroup, ContainerGroupsApi, GroupBody } from './containerInstances';
import { diagnoseGroup, showDiagnosis } from './diagnose';
import { GroupWatch, type DeploySurroundings } from './follow';
import { essentialsOf } from './body';
import { differenceLine } from './difference';
import { planGroup, type GroupPlan } from './plan';
import { digestOf } from './settings';
import { isInTransition } from './verdict';
import { bodyFor, generationOf, twinOf, type Slot } from './slots';

export interface DeployGroupOptions {
  readonly name: string;
  /** The whole group, as `groupBody` makes it. */
  readonly body: GroupBody;
  /** Values in the body that no message may repeat. */
  readonly secrets: readonly string[];
  /** What to do where Azure can't change the group that there is. */
  readonly onImmutableChange: 'replace' | 'sideBySide';
  /** Throws when the group that runs does not serve; asks `look` now and then whether it still runs. */
  readonly prove?: (group: ContainerGroup, look: () => Promise<unknown>) => Promise<void>;
  /** Told of the group that is being deployed, whenever it has changed. */
  readonly onSeen?: (group: ContainerGroup) => void;
  /** Told of the group that served before, as soon as it is known. */
  readonly onPrevious?: (group: ContainerGroup) => void;
}

export type GroupChange = 'created' | 'updated' | 'replaced' | 'started' | 'unchanged';

export interface DeployedGroup {
  readonly group: ContainerGroup;
  readonly change: GroupChange;
}

/**
 * Has a container group be as described, and proves that it serves: all its containers run and go on running. Changes
 * nothing where all is as it should be. Where a group can't be changed, it makes another one: in its place, or beside it
 * under a second name; the old one then stays until the new one has proved itself. A try that was killed is taken up by
 * the next. When it does not come to serve, the cause is reported as an error, and a TaskError says it again.
 */
export async function deployContainerGroup(
  groups: ContainerGroupsApi,
  options: DeployGroupOptions,
  surroundings: DeploySurroundings,
): Promise<DeployedGroup> {
  const { name, body, onImmutableChange, onSeen = () => undefined } = options;
  const { report } = surroundings;
  const digest = digestOf(body, groups.idOf(name));
  const found = await Promise.all([groups.get(name), groups.get(twinOf(name))]);
  const [live, other] = found.filter((group) => group !== undefined).sort((a, b) => generationOf(a) - generationOf(b));
  if (live) options.onPrevious?.(live);

  const isWanted = (group: ContainerGroup): boolean => planOf(group).kind === 'unchanged';
  if (live && other && isWanted(other) && !isWanted(live)) {
    report.log(`${other.name} was left unproven beside ${live.name}: going on with it.`);
    return await beside(live, other);
  }
  if (other) {
    report.log(`${other.name} was left beside ${live?.name ?? ''} and is not what is wanted: deleting it.`);
    await groups.delete(other.name);
  }
  if (live && onImmutableChange === 'sideBySide' && planOf(live).kind === 'replace')
    return await beside(live, undefined);
  return await ensure(live && slotOf(live), live);

  function slotOf(group: ContainerGroup): Slot {
    return { name: group.name, generation: generationOf(group) };
  }

  function planOf(group: ContainerGroup): GroupPlan {
    return planGroup(bodyFor(body, name, slotOf(group), digest), group, digest);
  }

  /** Makes the new group under the other name; the old one goes when the new one serves. */
  async function beside(old: ContainerGroup, begun: ContainerGroup | undefined): Promise<DeployedGroup> {
    const newName = old.name === name ? twinOf(name) : name;
    report.log(`${old.name} can't be changed so: ${newName} is made beside it, and takes its place when it serves.`);
    try {
      const made = await ensure({ name: newName, generation: generationOf(old) + 1 }, begun);
      report.log(`${newName} serves: deleting ${old.name}. The address is another one now.`);
      await groups.delete(old.name);
      return { ...made, change: 'replaced' };
    } catch (error) {
      if (surroundings.signal.aborted || !(error instanceof NotServing)) throw error;
      await groups.delete(newName);
      onSeen(old);
      throw new TaskError(`${error.message} ${old.name} still serves as before; ${newName} was deleted.`, {
        cause: error,
      });
    }
  }

  /** Has the group of a slot be as wanted, and serve. */
  async function ensure(
    slot: Slot = { name, generation: 1 },
    before: ContainerGroup | undefined,
  ): Promise<DeployedGroup> {
    const watch = new GroupWatch(groups, slot.name, surroundings, onSeen);
    try {
      const change = await bringInLine(watch, slot, before);
      const group = await watch.untilProven();
      await options.prove?.(group, () => watch.look());
      return { group, change };
    } catch (error) {
      if (error instanceof CancelledError || !(error instanceof TaskError)) throw error;
      const diagnosis = await diagnoseGroup(groups, slot.name, watch.group, error);
      showDiagnosis(diagnosis, surroundings);
      throw new NotServing(`The deployment of the container group '${slot.name}' failed. ${diagnosis.cause}`, {
        cause: error,
      });
    }
  }

  async function bringInLine(watch: GroupWatch, slot: Slot, seen: ContainerGroup | undefined): Promise<GroupChange> {
    if (!seen) {
      await put(watch, slot);
      return 'created';
    }
    const plan = planOf(seen);
    if (plan.kind === 'unchanged') return 'unchanged';
    if (isInTransition(seen.properties.provisioningState ?? ''))
      return await bringInLine(watch, slot, await watch.untilSettled());
    if (plan.kind === 'start') {
      report.log(`${slot.name} is stopped: starting it.`);
      await groups.start(slot.name);
      return 'started';
    }
    report.log(
      `${slot.name} ${plan.reason}\n${plan.differences.map((each) => `  ${differenceLine(each)}`).join('\n')}`,
    );
    if (plan.kind !== 'update') await groups.delete(slot.name);
    await put(watch, slot);
    return plan.kind === 'update' ? 'updated' : 'replaced';
  }

  async function put(watch: GroupWatch, slot: Slot): Promise<void> {
    report.log(`Deploying ${slot.name} with the image ${essentialsOf(body).image ?? ''}.`);
    await groups.put(slot.name, bodyFor(body, name, slot, digest), {
      secrets: options.secrets,
      onRunning: async () => {
        await watch.look();
      },
    });
  }
}

/** Has no group of this name be there, nor the one that may stand beside it; tells whether there was one. */
export async function deleteContainerGroup(
  groups: ContainerGroupsApi,
  name: string,
  { report }: Pick<DeploySurroundings, 'report'>,
): Promise<boolean> {
  const found = await Promise.all([groups.get(name), groups.get(twinOf(name))]);
  const present = found.filter((group) => group !== undefined);
  for (const group of present) {
    report.log(`Deleting ${group.name}.`);
    await groups.delete(group.name);
  }
  return present.length > 0;
}

/** Its diagnosis has been shown. */
class NotServing extends TaskError {}
