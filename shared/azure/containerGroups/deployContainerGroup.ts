import type { Context } from '../../agent/context';
import { CancelledError, TaskError } from '../../errors';
import { HttpError } from '../../http/errors';
import { OperationError } from '../resourceManager/longRunningOperation';
import { essentialsOf } from './body';
import type { ContainerGroup, ContainerGroupsApi, GroupBody } from './containerInstances';
import { diagnoseGroup, showDiagnosis } from './diagnose';
import { differenceLine } from './difference';
import { GroupWatch, NotAppliedError } from './follow';
import { isOurs, lostSettings, refusedChange, refusedDeletion } from './foreign';
import { planGroup, type GroupPlan } from './plan';
import { digestOf, hasDigest } from './settings';
import { bodyFor, generationOf, slotOf, twinOf, type Slot } from './slots';
import { isInTransition } from './verdict';

export interface DeployGroupOptions {
  readonly name: string;
  /** The whole group, as `groupBody` makes it: by the one that there is, if any. */
  readonly bodyFor: (live: ContainerGroup | undefined) => GroupBody;
  /** Values in the body that no message may repeat. */
  readonly secrets: readonly string[];
  /** Whether a group of that name which was not created by this task may be changed. */
  readonly adopt: boolean;
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
 * TaskError. Throws a ForeignGroupError when the group was created by somebody else and may not be adopted.
 */
export async function deployContainerGroup(
  groups: ContainerGroupsApi,
  options: DeployGroupOptions,
  context: Context,
): Promise<DeployedGroup> {
  const { name } = options;
  const { agent } = context;
  const [named, twin] = await Promise.all([groups.get(name), groups.get(twinOf(name))]);
  const isTwinTaken = twin !== undefined && !isOurs(twin);
  const [live, other] = [named, isTwinTaken ? undefined : twin]
    .filter((group) => group !== undefined)
    .sort((a, b) => generationOf(a) - generationOf(b));
  const body = options.bodyFor(live);
  const digest = digestOf(body, groups.idOf(name));
  const deployment = new GroupDeployment(groups, { ...options, body, digest, isTwinTaken }, context);
  if (live) options.onPrevious?.(live);
  if (named && !isOurs(named)) deployment.takeOver(named);

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
  try {
    return await deployment.ensure(live ? slotOf(live) : { name, generation: 1 }, live);
  } catch (error) {
    if (!live || !(error instanceof UpdateRefused)) throw error;
    return await deployment.deployBeside(live, undefined);
  }
}

/**
 * Deletes the group of this name, and the one that may stand beside it; returns whether there was one. Throws a
 * ForeignGroupError when the group was created by somebody else, unless `adopt` is set.
 */
export async function deleteContainerGroup(
  groups: ContainerGroupsApi,
  { name, adopt }: Pick<DeployGroupOptions, 'name' | 'adopt'>,
  { agent }: Context,
): Promise<boolean> {
  const [named, twin] = await Promise.all([groups.get(name), groups.get(twinOf(name))]);
  if (named && !isOurs(named) && !adopt) throw refusedDeletion(named);
  const present = [named, twin && isOurs(twin) ? twin : undefined].filter((group) => group !== undefined);
  for (const group of present) {
    agent.log(`Deleting ${group.name}.`);
    await groups.delete(group.name);
  }
  return present.length > 0;
}

interface Deployment extends Omit<DeployGroupOptions, 'bodyFor'> {
  readonly body: GroupBody;
  readonly digest: string;
  /** Whether somebody else has a group of the name of the second one. */
  readonly isTwinTaken: boolean;
}

/** The steps of one deployment. */
class GroupDeployment {
  constructor(
    private readonly groups: ContainerGroupsApi,
    private readonly options: Deployment,
    private readonly context: Context,
  ) {}

  planOf(group: ContainerGroup): GroupPlan {
    return planGroup(this.#bodyFor(slotOf(group)), group, this.options.digest);
  }

  /** Logs what a group of somebody else will lose; throws a ForeignGroupError when it may not be changed. */
  takeOver(group: ContainerGroup): void {
    const body = this.#bodyFor(slotOf(group));
    if (!this.options.adopt) throw refusedChange(body, group, this.planOf(group));
    const lost = lostSettings(body, group);
    const loss =
      lost.length > 0 ? ` These settings are removed, because nothing names them:\n  ${lost.join('\n  ')}` : '';
    this.context.agent.log(
      `Taking over the container group '${group.name}', which was created by somebody else.${loss}`,
    );
  }

  isWanted(group: ContainerGroup): boolean {
    return this.planOf(group).kind === 'unchanged';
  }

  /** Deploys the new group under the other name; deletes the old one when the new one serves. */
  async deployBeside(old: ContainerGroup, begun: ContainerGroup | undefined): Promise<DeployedGroup> {
    const { name, onSeen } = this.options;
    const { agent, signal } = this.context;
    const newName = old.name === name ? twinOf(name) : name;
    if (newName !== name && this.options.isTwinTaken)
      throw new TaskError(
        `${old.name} cannot be updated in place, and the name ${newName} of a second group is taken by a group that was not created by this task. Nothing was changed. Deploy to another name, or let the group be replaced.`,
      );
    agent.log(`${old.name} cannot be updated in place; deploying ${newName} side by side.`);
    try {
      const made = await this.ensure({ name: newName, generation: generationOf(old) + 1 }, begun);
      agent.log(`${newName} serves: deleting ${old.name}. The address has changed.`);
      await this.groups.delete(old.name);
      return { ...made, change: 'replaced' };
    } catch (error) {
      if (signal.aborted || !(error instanceof NotServing)) throw error;
      const end = await this.#undo(newName);
      const before = await this.groups.get(old.name);
      if (before) onSeen?.(before);
      const state = before
        ? 'still serves as before'
        : 'was deleted by somebody else meanwhile, so that nothing serves';
      throw new TaskError(`${error.message} ${old.name} ${state}; ${end}`, { cause: error });
    }
  }

  /** Deletes the group that does not serve; returns what became of it. */
  async #undo(name: string): Promise<string> {
    try {
      await this.groups.delete(name);
      return `${name} was deleted.`;
    } catch (error) {
      if (this.context.signal.aborted || !(error instanceof TaskError)) throw error;
      return `it is not confirmed that ${name} was deleted: ${error.message} Check it in the Azure portal, and delete it there if it still exists.`;
    }
  }

  /** Makes the group of a slot match the definition, and verifies that it serves. */
  async ensure(slot: Slot, before: ContainerGroup | undefined): Promise<DeployedGroup> {
    const { prove, onSeen = () => undefined } = this.options;
    const watch = new GroupWatch(this.groups, slot.name, this.context, onSeen);
    try {
      const change = await this.#update(watch, slot, before);
      const isWanted = (seen: ContainerGroup): boolean => hasDigest(seen, this.options.digest);
      const group = await watch.untilProven({ isUnchanged: change === 'unchanged', isWanted });
      await prove?.(group, () => watch.look());
      return { group, change };
    } catch (error) {
      const isToldAlready = error instanceof CancelledError || error instanceof NotAppliedError;
      if (isToldAlready || !(error instanceof TaskError)) throw error;
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
    if (plan.kind === 'update' && (await this.#isUpdated(watch, slot))) return 'updated';
    await this.groups.delete(slot.name);
    await this.#put(watch, slot);
    return 'replaced';
  }

  /** Whether Azure has updated the group in place: there are more settings that it does not update than it documents. */
  async #isUpdated(watch: GroupWatch, slot: Slot): Promise<boolean> {
    try {
      await this.#put(watch, slot);
      return true;
    } catch (error) {
      if (!isRefusedUpdate(error)) throw error;
      if (this.options.onImmutableChange === 'sideBySide') throw new UpdateRefused(error.message, { cause: error });
      this.context.agent.log(`Azure refuses to update ${slot.name} in place, so that it is replaced. ${error.message}`);
      return false;
    }
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
    return bodyFor(this.options.body, this.options.name, slot, this.options.digest);
  }
}

/** Azure can't update the group in place, and it is not to be replaced there. */
class UpdateRefused extends Error {}

function isRefusedUpdate(error: unknown): error is HttpError | OperationError {
  return (
    (error instanceof HttpError || error instanceof OperationError) && error.errorCode === 'InvalidContainerGroupUpdate'
  );
}

/** The new group does not serve; its diagnosis has been reported. */
class NotServing extends TaskError {}
