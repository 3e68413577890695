import type { DevopsRequest } from '../rest/route';
import type { Identity } from './identity';
import { namespaceIds } from './namespaces';
import { requirePermission } from './requirePermission';

/** The bit of those who may change who is in a group. */
const manageMembership = 8;

/** The token of a group in the namespace of identities: below its project, or below the organisation. */
export const groupToken = (collectionId: string, { projectId, id }: Identity): string =>
  `${projectId ?? collectionId}\\${id}`;

/** @throws OrganizationError for a caller who may not change who is in a group */
export function requireMembershipManagement(request: DevopsRequest, group: Identity): void {
  const token = groupToken(request.organization.collectionId, group);
  requirePermission(request, namespaceIds.identity, token, manageMembership, group.principalName);
}
