import type { Context } from '../../agent/context';
import { CancelledError, TaskError } from '../../errors';
import { poll } from '../../http/poll';
import type { ContainerGroup, ContainerGroupsApi } from './containerInstances';
import { describeContainer, groupVerdict, hasRunSince, isInTransition, restartsOf } from './verdict';

/** A group that will not serve, however long one waits. */
export class GroupFailure extends TaskError {
  override readonly name = 'GroupFailure';
}

/** Azure accepted the definition of a group, but the group is another one. */
export class NotAppliedError extends TaskError {
  override readonly name = 'NotAppliedError';
}

const secondsToProve = 10;
/** For the group to show an accepted definition. */
const secondsToApply = 30;

/** The group that a step waits for. */
interface Wanted {
  /** Whether this step found it as it should be. */
  readonly isUnchanged: boolean;
  readonly isWanted: (group: ContainerGroup) => boolean;
}

/** Polls one group, and logs what changes. */
export class GroupWatch {
  /** The latest state. */
  group: ContainerGroup | undefined;
  #told = '';

  constructor(
    private readonly groups: ContainerGroupsApi,
    readonly name: string,
    private readonly context: Context,
    /** Called whenever the group has changed. */
    private readonly onSeen: (group: ContainerGroup) => void,
  ) {}

  /** Throws a GroupFailure when the group has failed permanently. */
  async look(budgetSeconds?: number): Promise<ContainerGroup | undefined> {
    const group = await this.groups.get(this.name, budgetSeconds);
    if (group) {
      this.group = group;
      this.#tell(group);
      if (groupVerdict(group).standing === 'failed')
        throw new GroupFailure(`The container group '${this.name}' does not run.`);
    }
    return group;
  }

  /**
   * Waits until the group is as wanted, and all containers run and keep running: for some seconds none of them restarts.
   * The deadline waits for the last of these seconds. A group that this step did not change may have been running for so
   * long before; that is not believed of another one, because it compares the date of this machine with that of Azure.
   * Throws a NotAppliedError when the group is not as wanted.
   */
  async untilProven({ isUnchanged, isWanted }: Wanted): Promise<ContainerGroup> {
    const { clock, deadline } = this.context;
    const begin = clock.now();
    let mayHaveRunBefore = isUnchanged;
    const unknown = { restarts: -1, at: Infinity, isRestarted: false };
    let since = unknown;
    const until = (): number =>
      since.at === Infinity || since.isRestarted ? deadline : Math.max(deadline, since.at + secondsToProve * 1000);
    const awaited = `the container group '${this.name}' to run for ${secondsToProve} s without a restart`;
    const found = await this.#poll(awaited, until, async (budgetSeconds) => {
      const group = await this.look(budgetSeconds);
      if (!group) throw new GroupFailure(`The container group '${this.name}' was deleted meanwhile.`);
      if (!isWanted(group)) {
        if (clock.now() - begin < secondsToApply * 1000) return undefined;
        throw new NotAppliedError(
          `Azure accepted the definition of the container group '${this.name}', but the group does not have it: its image is ${group.properties.containers?.[0]?.properties.image ?? 'unknown'}. ` +
            'A policy may have changed it, or somebody else may have deployed the group at the same time. Run again.',
        );
      }
      const wasLongAgo = mayHaveRunBefore && hasRunSince(group, clock.date() - secondsToProve * 1000);
      mayHaveRunBefore = false;
      if (groupVerdict(group).standing !== 'running') {
        since = unknown;
        return undefined;
      }
      const restarts = restartsOf(group);
      if (since.restarts !== restarts) since = { restarts, at: clock.now(), isRestarted: since !== unknown };
      return wasLongAgo || clock.now() - since.at >= secondsToProve * 1000 ? group : undefined;
    });
    return found as ContainerGroup;
  }

  /** Waits until no operation of Azure is running on the group; undefined when the group is gone then. */
  async untilSettled(): Promise<ContainerGroup | undefined> {
    let group: ContainerGroup | undefined;
    const awaited = `Azure to finish its operation on the container group '${this.name}'`;
    const { deadline } = this.context;
    await this.#poll(
      awaited,
      () => deadline,
      async (budgetSeconds) => {
        group = await this.groups.get(this.name, budgetSeconds);
        return !group || !isInTransition(group.properties.provisioningState ?? '') || undefined;
      },
    );
    return group;
  }

  /** Polls until there is a value. */
  async #poll<T>(
    awaited: string,
    until: () => number,
    probe: (budgetSeconds: number) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { clock, signal, agent } = this.context;
    try {
      return await poll({
        clock,
        signal,
        get deadline() {
          return until();
        },
        awaited,
        probe,
        isDone: (value) => value !== undefined,
        onTransient: (error) => agent.log(`Still waiting. ${error.message}`),
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new CancelledError(`Cancelled. The container group '${this.name}' is left as it is${this.#lastRead()}.`, {
        cause: error,
      });
    }
  }

  #lastRead(): string {
    const state = this.group && stateOf(this.group);
    return state === undefined || state === '' ? '' : `: ${state} when it was last read`;
  }

  #tell(group: ContainerGroup): void {
    const { containers = [], ipAddress } = group.properties;
    const line = [stateOf(group), ...containers.map(describeContainer)].join('; ');
    const told = `${line} ${ipAddress?.ip ?? ''}`;
    if (told === this.#told) return;
    this.#told = told;
    this.onSeen(group);
    this.context.agent.log(`${this.name}: ${line}`);
  }
}

function stateOf({ properties: { provisioningState, instanceView } }: ContainerGroup): string {
  return [provisioningState, instanceView?.state].filter(Boolean).join(', ');
}
