import { identityReference as referenceOf } from '../identities/identityViews';
import type { OrganizationState } from '../organizationState';

/** How other resources show an identity; of one that has been removed only the id is left. */
export function identityReference(organization: OrganizationState, id: string): Readonly<Record<string, unknown>> {
  const identity = organization.identities.byId(id);
  return identity ? { ...referenceOf(organization, identity) } : { id };
}
