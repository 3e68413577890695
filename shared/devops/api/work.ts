import type { TeamFieldValuesPatch, TeamSettingsPatch } from 'azure-devops-node-api/interfaces/WorkInterfaces';
import * as shape from '../../http/shape';
import type { DevopsHttp, Wire } from './devopsHttp';

/** An area or an iteration. */
export type ClassificationNode = shape.Read<typeof classificationNode>;
export type TeamFieldValues = shape.Read<typeof teamFieldValues>;
export type TeamSettings = shape.Read<typeof teamSettings>;

export type StructureGroup = 'areas' | 'iterations';

/**
 * Areas, iterations and the settings of teams. Every method throws what `DevopsHttp` throws; nothing that creates is repeated.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/work and …/wit.
 */
export class WorkApi {
  constructor(private readonly http: DevopsHttp) {}

  /** An area or iteration by its path below the root of the project, such as `churn/europe`; the root without one. */
  node(project: string, structureGroup: StructureGroup, path?: string): Promise<ClassificationNode> {
    return this.http.json(
      {
        method: 'GET',
        route: 'classificationNodes',
        parameters: { project, structureGroup, path },
        purpose: `read ${path === undefined ? `the root of the ${structureGroup}` : `'${path}' of the ${structureGroup}`} of the project '${project}'`,
      },
      classificationNode,
    );
  }

  /** Creates a node below a parent, or below the root. */
  createNode(
    project: string,
    structureGroup: StructureGroup,
    name: string,
    parentPath?: string,
  ): Promise<ClassificationNode> {
    return this.http.json(
      {
        method: 'POST',
        route: 'classificationNodes',
        parameters: { project, structureGroup, path: parentPath },
        json: { name },
        purpose: `create '${name}' in the ${structureGroup} of the project '${project}'`,
      },
      classificationNode,
    );
  }

  /** The areas that belong to a team: none for a new one. */
  teamFieldValues(project: string, team: string): Promise<TeamFieldValues> {
    const purpose = `read the areas of the team '${team}'`;
    return this.http.json(
      { method: 'GET', route: 'teamFieldValues', parameters: { project, team }, purpose },
      teamFieldValues,
    );
  }

  /** Replaces the areas of a team. Area paths are whole, without a backslash at the beginning; the default one is needed. */
  setTeamFieldValues(project: string, team: string, json: Wire<TeamFieldValuesPatch>): Promise<TeamFieldValues> {
    return this.http.json(
      {
        method: 'PATCH',
        route: 'teamFieldValues',
        parameters: { project, team },
        json,
        purpose: `set the areas of the team '${team}'`,
        repeatable: true,
      },
      teamFieldValues,
    );
  }

  teamSettings(project: string, team: string): Promise<TeamSettings> {
    const purpose = `read the settings of the team '${team}'`;
    return this.http.json(
      { method: 'GET', route: 'teamSettings', parameters: { project, team }, purpose },
      teamSettings,
    );
  }

  setTeamSettings(project: string, team: string, json: Wire<TeamSettingsPatch>): Promise<TeamSettings> {
    return this.http.json(
      {
        method: 'PATCH',
        route: 'teamSettings',
        parameters: { project, team },
        json,
        purpose: `change the settings of the team '${team}'`,
        repeatable: true,
      },
      teamSettings,
    );
  }

  /** The ids of the iterations that a team has selected. */
  async teamIterations(project: string, team: string): Promise<readonly string[]> {
    const purpose = `list the iterations of the team '${team}'`;
    const found = await this.http.list(
      { method: 'GET', route: 'teamIterations', parameters: { project, team }, purpose },
      teamIteration,
    );
    return found.map(({ id }) => id);
  }

  /** Selects an iteration for a team, which must have a backlog iteration. */
  async addTeamIteration(project: string, team: string, id: string): Promise<void> {
    await this.http.json(
      {
        method: 'POST',
        route: 'teamIterations',
        parameters: { project, team },
        json: { id },
        purpose: `add an iteration to the team '${team}'`,
        repeatable: true,
      },
      teamIteration,
    );
  }
}

const classificationNode = shape.object({
  id: shape.number,
  /** The id by which teams refer to it. */
  identifier: shape.nonEmptyText,
  name: shape.nonEmptyText,
  /** `\project\Area\churn` */
  path: shape.shown,
});

const teamFieldValues = shape.object({
  defaultValue: shape.optionalText,
  values: shape.list(
    shape.object({
      value: shape.nonEmptyText,
      includeChildren: shape.mapped(shape.maybe(shape.boolean), (is) => is === true),
    }),
  ),
});

const teamSettings = shape.object({
  backlogIteration: shape.maybe(shape.object({ id: shape.optionalText, name: shape.optionalText })),
  defaultIteration: shape.maybe(shape.object({ id: shape.optionalText, name: shape.optionalText })),
});

const teamIteration = shape.object({ id: shape.nonEmptyText });
