import type { VariableGroupParameters } from 'azure-devops-node-api/interfaces/TaskAgentInterfaces';
import * as shape from '../../../http/shape';
import type { DevopsHttp, Wire } from '../devopsHttp';

/** An agent pool, as a project may use it. */
export type Queue = shape.Read<typeof queue>;
/** A variable group. The values of its secrets are not read, whatever comes. */
export type VariableGroup = shape.Read<typeof variableGroup>;
export type GroupVariable = ({ readonly isSecret: false; readonly value: string } | { readonly isSecret: true }) & {
  readonly isReadOnly?: true;
};
export type Environment = shape.Read<typeof environment>;

/** A variable to write; a secret without a value keeps the value that it has. */
export interface VariableToWrite {
  readonly value?: string;
  readonly isSecret: boolean;
  readonly isReadOnly?: true;
}

/** A variable group to write: whatever is not in it is lost, except the values of secrets that are named without one. */
export interface VariableGroupToWrite {
  readonly name: string;
  readonly description: string;
  readonly variables: Readonly<Record<string, VariableToWrite>>;
  readonly project: { readonly id: string; readonly name: string };
}

/**
 * Agent pools of a project, variable groups and environments. Every method throws what `DevopsHttp` throws; nothing that
 * creates is repeated.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/distributedtask.
 */
export class TaskAgentApi {
  constructor(private readonly http: DevopsHttp) {}

  /** The agent pools that the identity may see in a project: one that is missing may be one that it may not use. */
  queues(project: string): Promise<readonly Queue[]> {
    const purpose = `list the agent pools of the project '${project}'`;
    return this.http.list({ method: 'GET', route: 'queues', parameters: { project }, purpose }, queue);
  }

  /** The variable groups of a project. Projects that share one are in the answer to a single read only. */
  variableGroups(project: string, groupName?: string): Promise<readonly VariableGroup[]> {
    return this.http.list(
      {
        method: 'GET',
        route: 'variableGroups',
        parameters: { project },
        query: { groupName },
        purpose: `list the variable groups of the project '${project}'`,
      },
      variableGroup,
    );
  }

  /** Undefined for a group that does not exist, and for one of another project: Azure DevOps answers 200 to both. */
  variableGroup(project: string, groupId: number): Promise<VariableGroup | undefined> {
    const purpose = `read the variable group ${groupId}`;
    return this.http.json(
      { method: 'GET', route: 'variableGroups', parameters: { project, groupId }, purpose },
      shape.maybe(variableGroup),
    );
  }

  createVariableGroup(group: VariableGroupToWrite): Promise<VariableGroup> {
    return this.#writeGroup('POST', undefined, group, `create the variable group '${group.name}'`);
  }

  /** Replaces a group. The last one who writes wins: groups have no revision. */
  updateVariableGroup(groupId: number, group: VariableGroupToWrite): Promise<VariableGroup> {
    return this.#writeGroup('PUT', groupId, group, `update the variable group '${group.name}'`);
  }

  #writeGroup(
    method: 'POST' | 'PUT',
    groupId: number | undefined,
    { name, description, variables, project }: VariableGroupToWrite,
    purpose: string,
  ): Promise<VariableGroup> {
    const secrets = Object.values(variables).flatMap(({ value, isSecret }) => (isSecret && value ? [value] : []));
    const json = {
      name,
      description,
      type: 'Vsts',
      variables: Object.fromEntries(Object.entries(variables).map(([key, variable]) => [key, written(variable)])),
      variableGroupProjectReferences: [{ name, description, projectReference: { ...project } }],
    } satisfies Wire<VariableGroupParameters>;
    return this.http.json(
      {
        method,
        route: 'organizationVariableGroups',
        parameters: { groupId },
        json,
        purpose,
        secrets,
        hasSecretAnswer: true,
        repeatable: method === 'PUT',
      },
      variableGroup,
    );
  }

  /** Environments whose name contains this one. */
  environments(project: string, name?: string): Promise<readonly Environment[]> {
    return this.http.list(
      {
        method: 'GET',
        route: 'environments',
        parameters: { project },
        query: { name },
        purpose: `list the environments of the project '${project}'`,
      },
      environment,
    );
  }

  createEnvironment(project: string, name: string, description: string): Promise<Environment> {
    const purpose = `create the environment '${name}'`;
    const json = { name, description };
    return this.http.json(
      { method: 'POST', route: 'environments', parameters: { project }, json, purpose },
      environment,
    );
  }

  updateEnvironment(
    project: string,
    environmentId: number,
    json: { readonly name: string; readonly description: string },
  ): Promise<Environment> {
    return this.http.json(
      {
        method: 'PATCH',
        route: 'environments',
        parameters: { project, environmentId },
        json: { ...json },
        purpose: `update the environment '${json.name}'`,
        repeatable: true,
      },
      environment,
    );
  }
}

/** `value: ''` and `value: null` are not the same as no value: only without the key is a secret kept for certain. */
function written({ value, isSecret, isReadOnly }: VariableToWrite): {
  readonly value?: string;
  readonly isSecret: boolean;
} {
  const flags = { isSecret, ...(isReadOnly && { isReadOnly }) };
  return isSecret && value === undefined ? flags : { value: value ?? '', ...flags };
}

const queue = shape.object({
  id: shape.number,
  name: shape.nonEmptyText,
  pool: shape.maybe(shape.object({ id: shape.number, name: shape.shown })),
});

const variable = shape.mapped(
  shape.object({
    value: shape.optional(shape.json),
    isSecret: shape.maybe(shape.boolean),
    isReadOnly: shape.maybe(shape.boolean),
  }),
  ({ value, isSecret, isReadOnly }): GroupVariable => ({
    ...(isSecret === true ? { isSecret } : { isSecret: false, value: typeof value === 'string' ? value : '' }),
    ...(isReadOnly === true && { isReadOnly }),
  }),
);

const variableGroup = shape.object({
  id: shape.number,
  name: shape.nonEmptyText,
  /** `Vsts`, or `AzureKeyVault` for names whose values are in a key vault. */
  type: shape.shown,
  description: shape.shown,
  variables: shape.mapped(shape.maybe(shape.mapOf(variable)), (variables) => variables ?? {}),
  /** Undefined in lists. */
  variableGroupProjectReferences: shape.maybe(
    shape.list(shape.object({ projectReference: shape.object({ id: shape.nonEmptyText, name: shape.shown }) })),
  ),
});

const environment = shape.object({ id: shape.number, name: shape.nonEmptyText, description: shape.shown });
