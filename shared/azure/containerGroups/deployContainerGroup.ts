import type { Context } from '../../agent/context';
import { CancelledError, TaskError } from '../../errors';
import { essentialsOf } from './body';
import type { ContainerGroup, ContainerGroupsApi, GroupBody } from './containerInstances';
import { diagnoseGroup, showDiagnosis } from './diagnose';
import { differenceLine } from './difference';
import { GroupWatch } from './follow';
import { planGroup, type GroupPlan } from './plan';
import { digestOf } from './settings';
import { bodyFor, generationOf, slotOf, twinOf, type Slot } from './slots';
import { isInTransition } from './verdict';

export interface DeployGroupOptions {
  readonly name: string;
  /** The whole group, as `groupBody` makes it. */
  readonly body: GroupBody;
  /** Values in the body that no message may repeat. */
  readonly secrets: readonly string[];
  /** What to do when Azure can't update the existing group in place. */
  readonly onImmutableChange: 'replace' | 'sideBySide';
  /** Throws when the running group does not serve; calls `look` now and then to check that it still runs. */
  readonly prove?: (group: ContainerGroup, look: () => Promise<unknown>) => Promise<void>;
  /** Called with the group that is being deployed, whenever it has changed. */
  readonly onSeen?: (group: ContainerGroup) => void;
  /** Called with the group that served before, as soon as it is known. */
  readonly onPrevious?: (group: ContainerGroup) => void;
}

export type GroupChange = 'created' | 'updated' | 'replaced' | 'started' | 'unchanged';

export interface DeployedGroup {
  readonly group: ContainerGroup;
  readonly change: GroupChange;
}

/**
 * Deploys a container group as described, and verifies it: all its containers run and keep running, and it passes `prove`. Changes
 * nothing when the group is as described. When Azure can't update the group in place, another one replaces it, or is
 * deployed beside it under a second name; the old group then stays until the new one is proven. An attempt that was
 * killed is continued by the next one. When the group does not serve, the cause is reported as an error and repeated in a
 * TaskError.
 */
export async function deployContainerGroup(
  groups: ContainerGroupsApi,
  options: DeployGroupOptions,
  context: Context,
): Promise<DeployedGroup> {
  const { name, body } = options;
  const { agent } = context;
  const deployment = new GroupDeployment(groups, options, digestOf(body, groups.idOf(name)), context);
  const found = await Promise.all([groups.get(name), groups.get(twinOf(name))]);
  const [live, other] = found.filter((group) => group !== undefined).sort((a, b) => generationOf(a) - generationOf(b));
  if (live) options.onPrevious?.(live);

  if (live && other && deployment.isWanted(other) && !deployment.isWanted(live)) {
    agent.log(`${other.name} was left unproven beside ${live.name}: continuing with it.`);
    return await deployment.deployBeside(live, other);
  }
  if (other) {
    agent.log(`${other.name} was left beside ${live?.name ?? ''} and differs from the definition: deleting it.`);
    await groups.delete(other.name);
  }
  if (live && options.onImmutableChange === 'sideBySide' && deployment.planOf(live).kind === 'replace')
    return await deployment.deployBeside(live, undefined);
  return await deployment.ensure(live ? slotOf(live) : { name, generation: 1 }, live);
}

/** Deletes the group of this name, and the one that may stand beside it; returns whether there was one. */
export async function deleteContainerGroup(
  groups: ContainerGroupsApi,
  name: string,
  { agent }: Context,
): Promise<boolean> {
  const found = await Promise.all([groups.get(name), groups.get(twinOf(name))]);
  const present = found.filter((group) => group !== undefined);
  for (const group of present) {
    agent.log(`Deleting ${group.name}.`);
    await groups.delete(group.name);
  }
  return present.length > 0;
}

/** The steps of one deployment. */
class GroupDeployment {
  constructor(
    private readonly groups: ContainerGroupsApi,
    private readonly options: DeployGroupOptions,
    private readonly digest: string,
    private readonly context: Context,
  ) {}

  planOf(group: ContainerGroup): GroupPlan {
    return planGroup(this.#bodyFor(slotOf(group)), group, this.digest);
  }

  isWanted(group: ContainerGroup): boolean {
    return this.planOf(group).kind === 'unchanged';
  }

  /** Deploys the new group under the other name; deletes the old one when the new one serves. */
  async deployBeside(old: ContainerGroup, begun: ContainerGroup | undefined): Promise<DeployedGroup> {
    const { name, onSeen } = this.options;
    const { agent, signal } = this.context;
    const newName = old.name === name ? twinOf(name) : name;
    agent.log(`${old.name} cannot be updated in place; deploying ${newName} side by side.`);
    try {
      const made = await this.ensure({ name: newName, generation: generationOf(old) + 1 }, begun);
      agent.log(`${newName} serves: deleting ${old.name}. The address has changed.`);
      await this.groups.delete(old.name);
      return { ...made, change: 'replaced' };
    } catch (error) {
      if (signal.aborted || !(error instanceof NotServing)) throw error;
      await this.groups.delete(newName);
      onSeen?.(old);
      const end = `${old.name} still serves as before; ${newName} was deleted.`;
      throw new TaskError(`${error.message} ${end}`, { cause: error });
    }
  }

  /** Makes the group of a slot match the definition, and verifies that it serves. */
  async ensure(slot: Slot, before: ContainerGroup | undefined): Promise<DeployedGroup> {
    const { prove, onSeen = () => undefined } = this.options;
    const watch = new GroupWatch(this.groups, slot.name, this.context, onSeen);
    try {
      const change = await this.#update(watch, slot, before);
      const group = await watch.untilProven();
      await prove?.(group, () => watch.look());
      return { group, change };
    } catch (error) {
      if (error instanceof CancelledError || !(error instanceof TaskError)) throw error;
      const diagnosis = await diagnoseGroup(this.groups, slot.name, watch.group, error);
      showDiagnosis(diagnosis, this.context);
      const message = `The deployment of the container group '${slot.name}' failed. ${diagnosis.cause}`;
      throw new NotServing(message, { cause: error });
    }
  }

  async #update(watch: GroupWatch, slot: Slot, seen: ContainerGroup | undefined): Promise<GroupChange> {
    const { agent } = this.context;
    if (!seen) {
      await this.#put(watch, slot);
      return 'created';
    }
    const plan = this.planOf(seen);
    if (plan.kind === 'unchanged') return 'unchanged';
    if (isInTransition(seen.properties.provisioningState ?? ''))
      return await this.#update(watch, slot, await watch.untilSettled());
    if (plan.kind === 'start') {
      agent.log(`${slot.name} is stopped: starting it.`);
      await this.groups.start(slot.name);
      return 'started';
    }
    const differences = plan.differences.map((each) => `  ${differenceLine(each)}`).join('\n');
    agent.log(`${slot.name} ${plan.reason}\n${differences}`);
    if (plan.kind !== 'update') await this.groups.delete(slot.name);
    await this.#put(watch, slot);
    return plan.kind === 'update' ? 'updated' : 'replaced';
  }

  async #put(watch: GroupWatch, slot: Slot): Promise<void> {
    const { body, secrets } = this.options;
    this.context.agent.log(`Deploying ${slot.name} with the image ${essentialsOf(body).image ?? ''}.`);
    const onRunning = async (): Promise<void> => {
      await watch.look();
    };
    await this.groups.put(slot.name, this.#bodyFor(slot), { secrets, onRunning });
  }

  #bodyFor(slot: Slot): GroupBody {
    return bodyFor(this.options.body, this.options.name, slot, this.digest);
  }
}

/** The new group does not serve; its diagnosis has been reported. */
class NotServing extends TaskError {}
