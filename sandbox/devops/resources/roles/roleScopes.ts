import { namespaceIds } from '../../identities/namespaces';
import { protectionOf } from '../protection';

export interface Role {
  readonly name: string;
  readonly description: string;
  readonly bits: number;
}

/** Roles that people have for a kind of resource; a role is a set of bits in the namespace of the resource. */
export interface RoleScope {
  readonly id: string;
  readonly namespaceId: string;
  /** The security token of a resource of the route; undefined when the text is no such resource. */
  readonly tokenOf: (resource: string) => string | undefined;
  /** That of what a resource inherits roles from; undefined where it inherits none. */
  readonly parentTokenOf?: (resource: string) => string | undefined;
  readonly roles: readonly Role[];
}

const role = (name: string, description: string, bits: number): Role => ({ name, description, bits });

function scope(
  id: string,
  type: 'variablegroup' | 'environment' | 'endpoint',
  separator: string,
  roles: readonly Role[],
): RoleScope {
  const { namespaceId, token } = protectionOf(type);
  return {
    id,
    namespaceId,
    tokenOf: (resource) => {
      const [projectId, name, ...others] = resource.split(separator);
      if (projectId === undefined || others.length > 0) return undefined;
      // 0 is what a project has in common, such as its library.
      return name === undefined || name === '0' ? token(projectId) : token(projectId, name);
    },
    parentTokenOf: (resource) => {
      const [projectId = '', name] = resource.split(separator);
      return name === undefined || name === '0' ? undefined : token(projectId);
    },
    roles,
  };
}

const libraryRoles = [
  role('Administrator', 'Administrator can manage security and use, manage and delete the item.', 31),
  role('Creator', 'Creator can create items.', 5),
  role('Reader', 'Reader can only view the item.', 1),
  role('User', 'User can use the item in build and release pipelines.', 17),
];

const environmentRoles = [
  role('Administrator', 'Administrator can administer permissions, manage, view and use the environment.', 27),
  role('Creator', 'Creator can create environments.', 33),
  role('Reader', 'Reader can view the environment.', 1),
  role('User', 'User can view and use the environment.', 17),
];

const endpointRoles = [
  role('Administrator', 'Administrator can use and manage the service connection.', 19),
  role('Creator', 'Creator can create service connections.', 20),
  role('Reader', 'Reader can view the service connection.', 16),
  role('User', 'User can use the service connection.', 17),
];

/** Names of scopes, and how their resources are written: the documentation of terraform-provider-azuredevops. */
export const roleScopes: readonly RoleScope[] = [
  scope('distributedtask.environmentreferencerole', 'environment', '_', environmentRoles),
  scope('distributedtask.globalenvironmentreferencerole', 'environment', '_', environmentRoles),
  scope('distributedtask.variablegroup', 'variablegroup', '$', libraryRoles),
  scope('distributedtask.library', 'variablegroup', '$', libraryRoles),
  scope('distributedtask.serviceendpointrole', 'endpoint', '_', endpointRoles),
  scope('distributedtask.project.serviceendpointrole', 'endpoint', '_', endpointRoles),
  {
    id: 'distributedtask.agentqueuerole',
    namespaceId: namespaceIds.distributedTask,
    tokenOf: (resource) => `AgentQueues/${resource.replace('_', '/')}`,
    roles: [
      role('Administrator', 'Administrator can administer, manage, view and use agent queues.', 27),
      role('Reader', 'Reader can view the agent queue.', 1),
      role('User', 'User can view and use the agent queue.', 17),
    ],
  },
];
