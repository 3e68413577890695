import { ApiError } from '../apiError';
import type { Permissions } from '../permissions';
import type { User } from '../router';
import type { ServingEndpoint } from './endpoint';

/** Levels that give a right on a serving endpoint ("Serving endpoint ACLs"), and how messages name the right. */
const rights = {
  View: ['CAN_VIEW', 'CAN_QUERY', 'CAN_MANAGE'],
  Query: ['CAN_QUERY', 'CAN_MANAGE'],
  Manage: ['CAN_MANAGE'],
} as const;

export type EndpointRight = keyof typeof rights;

/** Who may view, query and manage serving endpoints. */
export class EndpointAccess {
  constructor(private readonly permissions: Permissions) {}

  has(user: User, { id }: ServingEndpoint, right: EndpointRight): boolean {
    return this.permissions.allows(user, 'serving-endpoints', id, rights[right]);
  }

  /** The endpoint. The text is from databricks-demos/dbdemos issue 218. @throws ApiError 403 */
  checked(user: User, endpoint: ServingEndpoint, right: EndpointRight): ServingEndpoint {
    if (!this.has(user, endpoint, right))
      throw new ApiError(
        403,
        'PERMISSION_DENIED',
        `User does not have permission '${right}' on Endpoint ${endpoint.name}`,
      );
    return endpoint;
  }

  /** The highest permission level of the user. */
  levelOf(user: User, endpoint: ServingEndpoint): string {
    if (this.has(user, endpoint, 'Manage')) return 'CAN_MANAGE';
    return this.has(user, endpoint, 'Query') ? 'CAN_QUERY' : 'CAN_VIEW';
  }
}
