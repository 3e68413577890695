import type { Caller } from '../../identities/caller';
import { namespaceIds } from '../../identities/namespaces';
import type { OrganizationState } from '../../organizationState';
import { PipelinePermissions } from '../../resources/permissions/pipelinePermissions';
import { pools, type Pool } from './pools';

/** A pool as a project has it. */
export interface Queue {
  readonly id: number;
  readonly projectId: string;
  readonly name: string;
  readonly pool: Pool;
}

const viewBit = 1;

/** The queues of all projects; each project has one for each pool. */
export class Queues {
  readonly #queues = new Map<number, Queue>();

  constructor(private readonly state: OrganizationState) {
    state.hooks.projectCreated.add(({ id }) => this.#addAll(id));
    for (const { id } of state.projects.all()) this.#addAll(id);
    state.hooks.projectDeleted.add(({ id }) => {
      for (const queue of this.ofProject(id)) this.#queues.delete(queue.id);
    });
  }

  ofProject(projectId: string): readonly Queue[] {
    return [...this.#queues.values()].filter((queue) => queue.projectId === projectId);
  }

  byId(projectId: string, id: number): Queue | undefined {
    const queue = this.#queues.get(id);
    return queue?.projectId === projectId ? queue : undefined;
  }

  byName(projectId: string, name: string): Queue | undefined {
    return this.ofProject(projectId).find((queue) => queue.name.toLowerCase() === name.toLowerCase());
  }

  /** Everybody in the project sees a queue, but for those who are denied to view it or its pool. */
  isSeen(caller: Caller, { id, projectId, pool }: Queue): boolean {
    return !this.#isDenied(caller, `AgentQueues/${projectId}/${id}`) && this.isPoolSeen(caller, pool);
  }

  isPoolSeen(caller: Caller, { id }: Pool): boolean {
    return !this.#isDenied(caller, `AgentPools/${id}`);
  }

  #isDenied({ identity }: Caller, token: string): boolean {
    const { deny } = this.state.security.effective(identity, namespaceIds.distributedTask, token);
    return (deny & viewBit) !== 0;
  }

  /** Every pipeline may use the agents of Microsoft. */
  #addAll(projectId: string): void {
    if (this.ofProject(projectId).length > 0) return;
    for (const pool of pools) {
      const queue = { id: this.state.nextNumber('queue'), projectId, name: pool.name, pool };
      this.#queues.set(queue.id, queue);
      if (pool.isHosted)
        this.state.of(PipelinePermissions).grant(projectId, { type: 'queue', id: String(queue.id) }, 'all', undefined);
    }
  }
}
