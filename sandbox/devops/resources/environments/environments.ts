import type { OrganizationState } from '../../organizationState';
import { protectionOf } from '../protection';
import { environmentExists } from '../resourceErrors';

export interface Environment {
  readonly id: number;
  readonly projectId: string;
  name: string;
  description: string;
  readonly createdById: string;
  readonly createdOn: number;
  lastModifiedById: string;
  lastModifiedOn: number;
}

/** The environments of all projects. */
export class Environments {
  readonly #environments = new Map<number, Environment>();

  constructor(private readonly state: OrganizationState) {
    state.hooks.projectDeleted.add(({ id }) => {
      for (const environment of this.ofProject(id)) this.remove(environment);
    });
  }

  ofProject(projectId: string): readonly Environment[] {
    return [...this.#environments.values()].filter((each) => each.projectId === projectId);
  }

  byId(projectId: string, id: number): Environment | undefined {
    const environment = this.#environments.get(id);
    return environment?.projectId === projectId ? environment : undefined;
  }

  /** Without regard to case. */
  byName(projectId: string, name: string): Environment | undefined {
    return this.ofProject(projectId).find((each) => each.name.toLowerCase() === name.toLowerCase());
  }

  /** @throws OrganizationError when its name is taken */
  add(projectId: string, name: string, description: string, creatorId: string): Environment {
    if (this.byName(projectId, name)) throw environmentExists(name);
    const now = this.state.clock.now();
    const environment: Environment = {
      id: this.state.nextNumber('environment'),
      projectId,
      name,
      description,
      createdById: creatorId,
      createdOn: now,
      lastModifiedById: creatorId,
      lastModifiedOn: now,
    };
    this.#environments.set(environment.id, environment);
    return environment;
  }

  /** @throws OrganizationError when the new name is taken */
  update(environment: Environment, change: { name?: string; description?: string }, modifierId: string): void {
    const taken = change.name === undefined ? undefined : this.byName(environment.projectId, change.name);
    if (taken && taken !== environment) throw environmentExists(taken.name);
    Object.assign(environment, change, { lastModifiedById: modifierId, lastModifiedOn: this.state.clock.now() });
  }

  remove({ id, projectId }: Environment): void {
    const { namespaceId, token } = protectionOf('environment');
    this.state.security.removeLists(namespaceId, token(projectId, String(id)), true);
    this.#environments.delete(id);
  }
}
