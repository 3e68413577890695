import { argumentInvalid } from '../organizationError';
import type { OrganizationState } from '../organizationState';
import { isObject, objectIn, requiredText, textAt, valueAt } from '../rest/requestBody';
import { type DevopsRequest, location, noContent, ok, type Reply } from '../rest/route';
import type { Router } from '../rest/router';
import { identityNotFound } from './errors';
import type { Identity } from './identity';
import { graphView } from './identityViews';
import { namespaceIds } from './namespaces';
import { requirePermission } from './requirePermission';

const entitlements = (id: string, template: string) =>
  location(id, 'MemberEntitlementManagement', 'UserEntitlements', template, [4, '4.0', '7.2', '7.1']);
const scopes = { GET: 'vso.memberentitlementmanagement', PATCH: 'vso.memberentitlementmanagement_write' };

/** Who has a licence of the organisation. */
export function addEntitlementRoutes(router: Router): void {
  router.add({
    host: 'vsaex',
    location: entitlements('387f832c-dbf2-4643-88e9-c1aa94dbb737', '_apis/{resource}'),
    handlers: { GET: list, PATCH: change },
    scopes,
  });
  router.add({
    host: 'vsaex',
    location: entitlements('8480c6eb-ce60-47e9-88df-eca3c801638b', '_apis/{resource}/{userId}'),
    handlers: { GET: (request) => ok(view(request.organization, userOf(request))), DELETE: remove },
    scopes: { ...scopes, DELETE: 'vso.memberentitlementmanagement_write' },
  });
}

const usersOf = ({ identities }: OrganizationState) => identities.all().filter(({ kind }) => kind === 'user');

function view(organization: OrganizationState, user: Identity): object {
  return {
    user: graphView(organization, user),
    extensions: [],
    id: user.id,
    accessLevel: {
      licensingSource: 'account',
      accountLicenseType: 'express',
      msdnLicenseType: 'none',
      gitHubLicenseType: 'none',
      licenseDisplayName: 'Basic',
      status: 'active',
      statusMessage: '',
      assignmentSource: 'unknown',
    },
    lastAccessedDate: organization.time(user.createdAt),
    dateCreated: organization.time(user.createdAt),
    projectEntitlements: [],
    groupAssignments: [],
  };
}

function list({ organization, query }: DevopsRequest): Reply {
  const users = usersOf(organization);
  const start = Number(query.get('continuationToken') ?? query.get('skip') ?? '0');
  const page = users.slice(start, start + Number(query.get('top') ?? '100'));
  const shown = page.map((user) => view(organization, user));
  const next = start + page.length;
  return ok({
    members: shown,
    continuationToken: next < users.length ? String(next) : '',
    totalCount: users.length,
    items: shown,
  });
}

function userOf({ organization, parameters: { userId = '' } }: DevopsRequest): Identity {
  const user = usersOf(organization).find(({ id }) => id === userId.toLowerCase());
  if (!user) throw identityNotFound(userId);
  return user;
}

function requireAdministration(request: DevopsRequest): void {
  requirePermission(request, namespaceIds.collection, 'NAMESPACE:', 2, 'the collection');
}

/** A JSON patch that adds users; what is wrong with one of them is in the answer, whose status is 200 all the same. */
function change(request: DevopsRequest): Reply {
  const { organization, body } = request;
  requireAdministration(request);
  if (!Array.isArray(body)) throw argumentInvalid('document', 'The body is a list of changes.');
  const results = (body as readonly unknown[]).map((operation) => {
    const user = addUser(organization, operation);
    return { userId: user.id, isSuccess: true, errors: [], result: view(organization, user) };
  });
  return ok({ id: organization.newId(), status: 'succeeded', haveResultsSucceeded: true, completed: true, results });
}

function addUser(organization: OrganizationState, operation: unknown): Identity {
  const { op, value } = objectIn(operation, 'document');
  const given = isObject(value) ? valueAt(value, 'user') : undefined;
  if (typeof op !== 'string' || op.toLowerCase() !== 'add' || !isObject(given))
    throw argumentInvalid('document', 'Only users can be added.');
  const principalName = requiredText(given, 'principalName');
  const known = usersOf(organization).find((user) => user.principalName.toLowerCase() === principalName.toLowerCase());
  const displayName = textAt(given, 'displayName');
  return known ?? organization.identities.addUser({ principalName, ...(displayName !== undefined && { displayName }) });
}

function remove(request: DevopsRequest): Reply {
  requireAdministration(request);
  request.organization.identities.remove(userOf(request));
  return noContent;
}
