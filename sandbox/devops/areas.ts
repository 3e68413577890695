import { addBuildArea } from './build/buildArea';
import { addExtensionRoutes } from './extensions/extensionRoutes';
import { addGitRoutes } from './git/gitRoutes';
import { addEntitlementRoutes } from './identities/entitlementRoutes';
import { addGraphRoutes } from './identities/graphRoutes';
import { addIdentityRoutes } from './identities/identityRoutes';
import { addMembershipRoutes } from './identities/membershipRoutes';
import { addSecurityRoutes } from './identities/securityRoutes';
import type { OrganizationState } from './organizationState';
import { addPolicyRoutes } from './policy/policyRoutes';
import { addClassificationRoutes } from './projects/classificationRoutes';
import { addProjectRoutes } from './projects/projectRoutes';
import { addPropertyRoutes } from './projects/propertyRoutes';
import { addTeamRoutes } from './projects/teamRoutes';
import { addTeamSettingsRoutes } from './projects/teamSettingsRoutes';
import { addResourceArea } from './resources/resourceArea';
import { addLocationRoutes } from './rest/resourceAreas';
import { Router } from './rest/router';

/** The areas of the REST API, each of which adds its routes and listens to the others. */
const areas: readonly ((router: Router, state: OrganizationState) => void)[] = [
  addLocationRoutes,
  addIdentityRoutes,
  addGraphRoutes,
  addMembershipRoutes,
  addEntitlementRoutes,
  addSecurityRoutes,
  addProjectRoutes,
  addPropertyRoutes,
  addTeamRoutes,
  addTeamSettingsRoutes,
  addClassificationRoutes,
  addGitRoutes,
  addPolicyRoutes,
  addBuildArea,
  addResourceArea,
  addExtensionRoutes,
];

export function createRouter(state: OrganizationState): Router {
  const router = new Router();
  for (const add of areas) add(router, state);
  return router;
}
