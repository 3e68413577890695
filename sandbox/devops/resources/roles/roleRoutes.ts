import { argumentInvalid, argumentMissing } from '../../organizationError';
import { objectIn, requiredText, textAt } from '../../rest/requestBody';
import { listOf, location, ok, type DevopsRequest, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import type { Identity } from '../../identities/identity';
import { requirePermission } from '../../identities/requirePermission';
import { personView } from '../person';
import { identitiesInvalid, roleUnknown } from '../resourceErrors';
import { roleScopes, type Role, type RoleScope } from './roleScopes';

/** Who has which role for environments, variable groups, service connections and queues. */
export function addRoleRoutes(router: Router): void {
  router.add({
    location: location(
      '9461c234-c84c-4ed2-b918-2f0f92ad0a35',
      'securityroles',
      'roleassignments',
      '_apis/{area}/scopes/{scopeId}/{resource}/resources/{resourceId}/{identityId}',
      [1, '2.2', '7.2', '0.0'],
    ),
    handlers: { GET: list, PUT: set, PATCH: removeMany, DELETE: removeOne },
    scopes: {
      GET: 'vso.security_manage',
      PUT: 'vso.security_manage',
      PATCH: 'vso.security_manage',
      DELETE: 'vso.security_manage',
    },
  });
  router.add({
    location: location(
      'f4cc9a86-453c-48d2-b44d-d3bd5c105f4f',
      'securityroles',
      'roledefinitions',
      '_apis/{area}/scopes/{scopeId}/{resource}',
      [1, '2.2', '7.2', '0.0'],
    ),
    handlers: {
      GET: ({ parameters }) => {
        const scope = findScope(parameters['scopeId'] ?? '');
        return listOf(scope.roles.map((role) => roleView(scope, role)));
      },
    },
    scopes: { GET: 'vso.security_manage' },
  });
}

/** The bit to administer, in every namespace that has roles. */
const administerBits: Readonly<Record<string, number>> = {
  'distributedtask.environmentreferencerole': 8,
  'distributedtask.globalenvironmentreferencerole': 8,
  'distributedtask.agentqueuerole': 8,
};

interface Place {
  readonly scope: RoleScope;
  readonly token: string;
  /** What its roles are inherited from. */
  readonly parentToken: string | undefined;
}

function placeOf({ parameters: { scopeId = '', resourceId = '' } }: DevopsRequest): Place {
  const scope = findScope(scopeId);
  const token = scope.tokenOf(resourceId);
  if (token === undefined) throw argumentInvalid('resourceId', `The resource '${resourceId}' is not valid.`);
  return { scope, token, parentToken: scope.parentTokenOf?.(resourceId) };
}

function findScope(id: string): RoleScope {
  const scope = roleScopes.find((each) => each.id === id.toLowerCase());
  if (!scope) throw argumentInvalid('scopeId', `The scope '${id}' is not supported.`);
  return scope;
}

function list(request: DevopsRequest): Reply {
  return listOf(assignments(request, placeOf(request)));
}

function assignments(request: DevopsRequest, { scope, token, parentToken }: Place): object[] {
  const own = rolesAt(request, scope, token, 'assigned');
  const inherited = parentToken === undefined ? [] : rolesAt(request, scope, parentToken, 'inherited');
  const assigned = new Set(own.map(({ identity }) => identity.id));
  return [...own, ...inherited.filter(({ identity }) => !assigned.has(identity.id))].map(
    ({ identity, role, access }) => ({
      identity: personView(request.organization, identity.id),
      role: roleView(scope, role),
      access,
      accessDisplayName: access === 'assigned' ? 'Assigned' : 'Inherited',
    }),
  );
}

function rolesAt({ organization }: DevopsRequest, { namespaceId, roles }: RoleScope, token: string, access: string) {
  const entries = organization.security.find(namespaceId, token)?.entries ?? new Map<string, { allow: number }>();
  return [...entries].flatMap(([descriptor, { allow }]) => {
    const identity = organization.identities.find(descriptor);
    const role = [...roles].sort((a, b) => b.bits - a.bits).find(({ bits }) => (allow & bits) === bits);
    return identity && role ? [{ identity, role, access }] : [];
  });
}

function roleView({ id }: RoleScope, { name, description, bits }: Role): object {
  return {
    displayName: name,
    name,
    allowPermissions: bits,
    denyPermissions: 0,
    identifier: `${id}.${name}`,
    description,
    scope: id,
  };
}

/** One assignment by the identity of the path, or a list of them. */
function set(request: DevopsRequest): Reply {
  const { body, parameters } = request;
  const place = placeOf(request);
  requireAdministrator(request, place);
  if (parameters['identityId'] !== undefined) {
    const roleName = requiredText(objectIn(body, 'roleAssignment'), 'roleName');
    assign(request, place, parameters['identityId'], roleName);
    return ok(assignments(request, place).find((each) => isOf(each, parameters['identityId'] ?? '')) ?? null);
  }
  if (!Array.isArray(body)) throw argumentMissing('roleAssignments');
  for (const item of body) {
    const assignment = objectIn(item, 'roleAssignments');
    assign(request, place, textAt(assignment, 'userId') ?? '', requiredText(assignment, 'roleName'));
  }
  return listOf(assignments(request, place));
}

function isOf(assignment: object, id: string): boolean {
  const { identity } = assignment as { readonly identity: { readonly id: string } };
  return identity.id === id.toLowerCase();
}

/** A role takes the place of the one before. */
function assign(request: DevopsRequest, { scope, token }: Place, id: string, roleName: string): void {
  const identity = findIdentity(request, id);
  const role = scope.roles.find(({ name }) => name.toLowerCase() === roleName.toLowerCase());
  if (!role) throw roleUnknown(roleName, scope.id);
  request.organization.security.set(
    scope.namespaceId,
    token,
    identity.descriptor,
    { allow: role.bits, deny: 0 },
    false,
  );
}

function removeMany(request: DevopsRequest): Reply {
  const place = placeOf(request);
  requireAdministrator(request, place);
  if (!Array.isArray(request.body)) throw argumentMissing('identityIds');
  for (const id of request.body) remove(request, place, String(id));
  return { status: 200 };
}

function removeOne(request: DevopsRequest): Reply {
  const place = placeOf(request);
  requireAdministrator(request, place);
  remove(request, place, request.parameters['identityId'] ?? '');
  return { status: 200 };
}

function remove(request: DevopsRequest, { scope, token }: Place, id: string): void {
  request.organization.security.removeEntry(scope.namespaceId, token, findIdentity(request, id).descriptor);
}

function findIdentity({ organization }: DevopsRequest, id: string): Identity {
  const identity = organization.identities.byId(id);
  if (!identity) throw identitiesInvalid([id]);
  return identity;
}

function requireAdministrator(request: DevopsRequest, { scope, token }: Place): void {
  requirePermission(request, scope.namespaceId, token, administerBits[scope.id] ?? 2, scope.id);
}
