import { EventualSet } from '../eventualSet';
import type { Identity } from '../identities/identity';
import { namespaceIds } from '../identities/namespaces';
import type { Identities } from '../identities/identities';
import type { Security } from '../identities/security';
import type { OrganizationContext } from '../organizationContext';
import { teamExists } from './errors';
import type { Project } from './project';

export interface Team {
  /** That of its identity. */
  readonly id: string;
  readonly projectId: string;
  /** The group that its members are in. */
  readonly identity: Identity;
}

/** The bits of the administrators of a team: read, write, delete, manage its membership, create scopes. */
export const teamAdministration = 31;

/** The token of a team in the namespace of identities. */
export const teamToken = ({ projectId, id }: Pick<Team, 'projectId' | 'id'>) => `${projectId}\\${id}`;

export class Teams {
  readonly #byId = new Map<string, Team>();
  /** Ids of those that a read shows. */
  readonly #visible: EventualSet;

  constructor(
    context: OrganizationContext,
    private readonly identities: Identities,
    private readonly security: Security,
  ) {
    this.#visible = new EventualSet(() => context.staleReads);
  }

  /** What one read shows. */
  list(project: Project): readonly Team[] {
    const visible = this.#visible.read();
    return this.#all(project).filter(({ id }) => visible.has(id));
  }

  /** By name or id, without regard to case; it is one read. */
  find(project: Project, nameOrId: string): Team | undefined {
    const wanted = nameOrId.toLowerCase();
    const teams = this.list(project);
    return teams.find(({ id }) => id === wanted) ?? teams.find((team) => nameOf(team) === wanted);
  }

  byId(id: string): Team | undefined {
    return this.#byId.get(id.toLowerCase());
  }

  /** Spaces around name and description are cut off. @throws OrganizationError when the name is taken */
  create(project: Project, name: string, description = '', creator?: Identity): Team {
    const trimmed = name.trim();
    this.#refuseTaken(project, trimmed, undefined);
    const { identities, security } = this;
    const identity = identities.addGroup({ name: trimmed, description: description.trim(), isTeam: true, project });
    const team: Team = { id: identity.id, projectId: project.id, identity };
    this.#byId.set(team.id, team);
    this.#visible.add(team.id);
    // The service adds entries of its own: the team reads itself, and whoever made it administers it.
    const token = teamToken(team);
    security.set(namespaceIds.identity, token, identity.descriptor, { allow: 1, deny: 0 });
    if (creator) security.set(namespaceIds.identity, token, creator.descriptor, { allow: teamAdministration, deny: 0 });
    return team;
  }

  /** @throws OrganizationError when the name is taken */
  update(project: Project, { identity, id }: Team, name: string | undefined, description: string | undefined): void {
    if (name !== undefined) {
      this.#refuseTaken(project, name.trim(), id);
      this.identities.rename(identity, name.trim());
    }
    if (description !== undefined) identity.description = description.trim();
  }

  remove(team: Team): void {
    this.#byId.delete(team.id);
    this.#visible.delete(team.id);
    this.identities.remove(team.identity);
    this.security.removeLists(namespaceIds.identity, teamToken(team), true);
  }

  removeAll(project: Project): void {
    for (const team of this.#all(project)) this.remove(team);
  }

  #all(project: Project): readonly Team[] {
    return [...this.#byId.values()].filter(({ projectId }) => projectId === project.id);
  }

  #refuseTaken(project: Project, name: string, except: string | undefined): void {
    const isTaken = this.#all(project).some((team) => team.id !== except && nameOf(team) === name.toLowerCase());
    if (isTaken) throw teamExists(name);
  }
}

const nameOf = ({ identity }: Team) => identity.displayName.toLowerCase();
