import { isApplicationId } from './identities';
import type { Router } from '../router';

/** Current user API (https://docs.databricks.com/api/workspace/currentuser/me); a service principal has no address. */
export function addScimRoutes(router: Router): void {
  router.add('GET', '/api/2.0/preview/scim/v2/Me', ({ user }) => ({
    schemas: [
      'urn:ietf:params:scim:schemas:core:2.0:User',
      'urn:ietf:params:scim:schemas:extension:workspace:2.0:User',
    ],
    id: user.id,
    userName: user.userName,
    displayName: user.displayName,
    active: true,
    ...(!isApplicationId(user.userName) && { emails: [{ type: 'work', value: user.userName, primary: true }] }),
    groups: [{ display: 'users', type: 'direct', value: '1000000001', $ref: 'Groups/1000000001' }],
    entitlements: [{ value: 'workspace-access' }],
  }));
}
