import type { Hooks } from '../hooks';
import type { OrganizationContext } from '../organizationContext';
import { projectExists } from './errors';
import { addProjectGroups, type ProjectParts } from './projectGroups';
import { basicProcess } from './processes';
import type { Project } from './project';

export interface NewProject {
  readonly name: string;
  readonly id?: string;
  readonly description?: string | undefined;
  readonly visibility?: Project['visibility'];
  readonly processId?: string;
}

export class Projects {
  readonly #byId = new Map<string, Project>();

  constructor(
    private readonly context: OrganizationContext,
    private readonly parts: ProjectParts & { readonly hooks: Hooks },
  ) {}

  all(): readonly Project[] {
    return [...this.#byId.values()].sort((one, other) => one.name.localeCompare(other.name));
  }

  /** By name or id, without regard to case. */
  find(nameOrId: string): Project | undefined {
    const wanted = nameOrId.toLowerCase();
    return this.#byId.get(wanted) ?? this.all().find(({ name }) => name.toLowerCase() === wanted);
  }

  /** Makes it with its groups, its first team and the permissions of both. @throws OrganizationError when the name is taken */
  async create({ name, ...given }: NewProject): Promise<Project> {
    const { context, parts } = this;
    if (this.find(name)) throw projectExists(name);
    const project: Project = {
      id: (given.id ?? context.newId()).toLowerCase(),
      name,
      description: given.description,
      visibility: given.visibility ?? 'private',
      processId: given.processId ?? basicProcess,
      scopeId: context.newId(),
      defaultTeamId: '',
      revision: context.nextNumber('project revision'),
      lastUpdateTime: context.clock.now(),
      properties: new Map(),
    };
    this.#byId.set(project.id, project);
    addProjectGroups(parts, project);
    await parts.hooks.projectCreated.tell(project);
    return project;
  }

  /** Notes that something of it has changed. */
  touch(project: Project): void {
    project.revision = this.context.nextNumber('project revision');
    project.lastUpdateTime = this.context.clock.now();
  }

  async remove(project: Project): Promise<void> {
    await this.parts.hooks.projectDeleted.tell(project);
    this.#byId.delete(project.id);
    this.parts.teams.removeAll(project);
    for (const identity of this.parts.identities.all()) {
      if (identity.projectId === project.id) this.parts.identities.remove(identity);
    }
  }
}
