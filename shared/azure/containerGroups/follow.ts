import type { Context } from '../../agent/context';
import { CancelledError, TaskError } from '../../errors';
import { poll } from '../../http/poll';
import type { ContainerGroup, ContainerGroupsApi } from './containerInstances';
import { describeContainer, groupVerdict, hasRunSince, isInTransition, restartsOf } from './verdict';

/** A group that will not serve, however long one waits. */
export class GroupFailure extends TaskError {
  override readonly name = 'GroupFailure';
}

const secondsToProve = 10;

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
   * Waits until all containers run and keep running: for some seconds none of them restarts. The deadline waits for the
   * last of these seconds.
   */
  async untilProven(): Promise<ContainerGroup> {
    const { clock, deadline } = this.context;
    let isFirst = true;
    const unknown = { restarts: -1, at: Infinity, isRestarted: false };
    let since = unknown;
    const until = (): number =>
      since.at === Infinity || since.isRestarted ? deadline : Math.max(deadline, since.at + secondsToProve * 1000);
    const awaited = `the container group '${this.name}' to run for ${secondsToProve} s without a restart`;
    const found = await this.#poll(awaited, until, async (budgetSeconds) => {
      const group = await this.look(budgetSeconds);
      if (!group) throw new GroupFailure(`The container group '${this.name}' was deleted meanwhile.`);
      const wasLongAgo = isFirst && hasRunSince(group, clock.now() - secondsToProve * 1000);
      isFirst = false;
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
      const message = `Cancelled. The container group '${this.name}' was left unchanged.`;
      throw new CancelledError(message, { cause: error });
    }
  }

  #tell(group: ContainerGroup): void {
    const { containers = [], provisioningState = '', instanceView, ipAddress } = group.properties;
    const state = [provisioningState, instanceView?.state].filter(Boolean).join(', ');
    const line = [state, ...containers.map(describeContainer)].join('; ');
    const told = `${line} ${ipAddress?.ip ?? ''}`;
    if (told === this.#told) return;
    this.#told = told;
    this.onSeen(group);
    this.context.agent.log(`${this.name}: ${line}`);
  }
}
