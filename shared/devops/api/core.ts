import type { WebApiTeam } from 'azure-devops-node-api/interfaces/CoreInterfaces';
import * as shape from '../../http/shape';
import { listBySkip, type DevopsHttp, type Wire } from './devopsHttp';

export type Project = shape.Read<typeof project>;
export type Team = shape.Read<typeof team>;
export type TeamMember = shape.Read<typeof teamMember>;

/**
 * Projects and their teams, by name or id; names are compared without regard to case. Every method throws what `DevopsHttp`
 * throws; nothing that creates is repeated.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/core.
 */
export class CoreApi {
  readonly #projects = new Map<string, Promise<Project>>();

  constructor(private readonly http: DevopsHttp) {}

  /** The projects that the identity may see. */
  projects(): Promise<readonly Project[]> {
    return this.http.list({ method: 'GET', route: 'projects', purpose: 'list the projects' }, project);
  }

  /** The project of a name or id, which is requested once: its id never changes. */
  async project(projectId: string): Promise<Project> {
    const purpose = `read the project '${projectId}'`;
    const reading =
      this.#projects.get(projectId) ??
      this.http.json({ method: 'GET', route: 'projects', parameters: { projectId }, purpose }, project);
    this.#projects.set(projectId, reading);
    try {
      return await reading;
    } catch (error) {
      this.#projects.delete(projectId);
      throw error;
    }
  }

  teams(projectId: string): Promise<readonly Team[]> {
    const purpose = `list the teams of the project '${projectId}'`;
    return listBySkip(
      this.http,
      { method: 'GET', route: 'teams', parameters: { projectId }, query: { $expandIdentity: true }, purpose },
      team,
      ({ id }) => id,
    );
  }

  team(projectId: string, teamId: string): Promise<Team> {
    const purpose = `read the team '${teamId}'`;
    const query = { $expandIdentity: true };
    return this.http.json({ method: 'GET', route: 'teams', parameters: { projectId, teamId }, query, purpose }, team);
  }

  /** The service trims the name and the description. */
  createTeam(projectId: string, json: Pick<Wire<WebApiTeam>, 'name' | 'description'>): Promise<Team> {
    const purpose = `create the team '${json.name}' in the project '${projectId}'`;
    return this.http.json({ method: 'POST', route: 'teams', parameters: { projectId }, json, purpose }, team);
  }

  updateTeam(projectId: string, teamId: string, json: Pick<Wire<WebApiTeam>, 'name' | 'description'>): Promise<Team> {
    const purpose = `update the team '${teamId}'`;
    return this.http.json(
      { method: 'PATCH', route: 'teams', parameters: { projectId, teamId }, json, purpose, repeatable: true },
      team,
    );
  }

  /** Members of the team itself, not those of groups in it. */
  members(projectId: string, teamId: string): Promise<readonly TeamMember[]> {
    const purpose = `list the members of the team '${teamId}'`;
    return listBySkip(
      this.http,
      { method: 'GET', route: 'teamMembers', parameters: { projectId, teamId }, purpose },
      teamMember,
      (member) => member.identity.id,
    );
  }
}

const project = shape.object({
  id: shape.nonEmptyText,
  name: shape.nonEmptyText,
  /** `wellFormed`, `createPending`, `deleting` … */
  state: shape.shown,
  visibility: shape.shown,
  defaultTeam: shape.maybe(shape.object({ id: shape.nonEmptyText, name: shape.shown })),
});

const team = shape.object({
  /** Also the storage key of the group that the team is. */
  id: shape.nonEmptyText,
  name: shape.nonEmptyText,
  description: shape.shown,
  projectId: shape.optionalText,
  projectName: shape.optionalText,
  identity: shape.maybe(shape.object({ descriptor: shape.nonEmptyText, subjectDescriptor: shape.optionalText })),
});

const teamMember = shape.object({
  identity: shape.object({ id: shape.nonEmptyText, displayName: shape.shown, uniqueName: shape.shown }),
  isTeamAdmin: shape.mapped(shape.maybe(shape.boolean), (isTeamAdmin) => isTeamAdmin === true),
});
