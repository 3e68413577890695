import { argumentInvalid } from '../organizationError';
import { listAt, objectIn, textAt } from '../rest/requestBody';
import { type DevopsRequest, listOf, location, ok, type Reply } from '../rest/route';
import type { Router } from '../rest/router';
import { identityNotFound, queryTooLong } from './errors';
import type { Identity } from './identity';
import { aliasOf, identityView } from './identityViews';
import { requireMembershipManagement } from './membership';

/** Longer queries are refused; clients report it of 50 descriptors. */
const longestQuery = 4096;

/** The identity service. */
export function addIdentityRoutes(router: Router): void {
  const host = 'vssps';
  router.add({
    host,
    location: location('28010c54-d0c0-4c89-a5b0-1c9e188b9fb7', 'IMS', 'Identities', '_apis/{resource}/{identityId}', [
      1,
      '1.0',
      '7.2',
      '7.1',
    ]),
    handlers: { GET: read },
    scopes: { GET: 'vso.identity' },
  });
  router.add({
    host,
    location: location('299e50df-fe45-4d3a-8b5b-a5836fac74dc', 'IMS', 'IdentityBatch', '_apis/{resource}', [
      1,
      '3.0',
      '7.2',
      '0.0',
    ]),
    handlers: { POST: readBatch },
    scopes: { POST: 'vso.identity' },
  });
  router.add({
    host,
    location: location(
      '8ba35978-138e-41f8-8963-7b1ea2c5f775',
      'IMS',
      'Members',
      '_apis/identities/{containerId}/{resource}/{memberId}',
      [1, '3.0', '7.2', '0.0'],
    ),
    handlers: { GET: readMembers, PUT: addMember, DELETE: removeMember },
    scopes: { GET: 'vso.identity', PUT: 'vso.identity_manage', DELETE: 'vso.identity_manage' },
  });
  router.add({
    host,
    location: location('4bb02b5b-c120-4be2-b68e-21f7c50a4b82', 'IMS', 'me', '_apis/identities/{resource}', [
      1,
      '3.0',
      '7.2',
      '0.0',
    ]),
    handlers: { GET: ({ organization, caller }) => ok(identityView(organization, caller.identity)) },
    scopes: { GET: 'vso.identity' },
  });
}

function read(request: DevopsRequest): Reply {
  const { organization, parameters, query, received } = request;
  const { identityId } = parameters;
  if (identityId !== undefined) {
    const identity = organization.identities.byId(identityId);
    if (!identity) throw identityNotFound(identityId);
    return ok(view(request, identity));
  }
  if (received.url.search.length > longestQuery) throw queryTooLong();
  for (const name of ['identityIds', 'descriptors', 'subjectDescriptors']) {
    const list = query.get(name);
    if (list !== null) return listOf(list.split(',').map((text) => shown(request, text)));
  }
  const [filter, value] = [query.get('searchFilter'), query.get('filterValue')];
  if (filter === null || value === null)
    throw argumentInvalid('searchFilter', 'Name identities, or a filter and its value.');
  return listOf(search(request, filter, value).map((identity) => view(request, identity)));
}

/** An identity that is not known is `null` in the list. */
function shown(request: DevopsRequest, text: string): object | null {
  const identity = request.organization.identities.find(text.trim());
  return identity ? view(request, identity) : null;
}

function readBatch(request: DevopsRequest): Reply {
  const body = objectIn(request.body, 'batchInfo');
  const names = ['identityIds', 'descriptors', 'subjectDescriptors'].flatMap((key) => listAt(body, key));
  return listOf(names.map((name) => shown(request, String(name))));
}

/** `General` finds by the name that is shown, the account or the address, each of them whole. */
function search({ organization }: DevopsRequest, filter: string, value: string): readonly Identity[] {
  const wanted = value.toLowerCase();
  const is = (...texts: readonly (string | null)[]) => texts.some((text) => text?.toLowerCase() === wanted);
  const tests: Readonly<Record<string, (identity: Identity) => boolean>> = {
    general: ({ displayName, principalName, mailAddress }) => is(displayName, principalName, mailAddress),
    accountname: ({ principalName, displayName, kind }) => is(kind === 'group' ? displayName : principalName),
    displayname: ({ displayName }) => is(displayName),
    mailaddress: ({ mailAddress }) => is(mailAddress),
    directoryalias: (identity) => identity.kind === 'user' && is(aliasOf(identity)),
    administratorsgroup: ({ displayName }) => displayName === 'Project Collection Administrators',
    localgroupname: ({ principalName, displayName, kind }) => kind === 'group' && is(principalName, displayName),
  };
  const test = tests[filter.toLowerCase()];
  if (!test) throw argumentInvalid('searchFilter', `The filter '${filter}' is not supported.`);
  return organization.identities.all().filter(test);
}

/** `queryMembership` adds who is in it and what it is in: `Direct`, or `Expanded` for all levels. */
function view({ organization, query, body }: DevopsRequest, identity: Identity): object {
  const asked =
    query.get('queryMembership') ??
    (body === undefined ? undefined : textAt(objectIn(body, 'batchInfo'), 'queryMembership'));
  if (asked === undefined || /^(none|0)$/i.test(asked)) return identityView(organization, identity);
  const isDeep = /^(expanded|expandeddown|2|4)$/i.test(asked);
  const { identities } = organization;
  const below = related((each) => identities.related(each, 'down'), identity, isDeep);
  const above = related((each) => identities.related(each, 'up'), identity, isDeep);
  return identityView(organization, identity, {
    members: below.map(({ descriptor }) => descriptor),
    memberOf: above.map(({ descriptor }) => descriptor),
    memberIds: below.map(({ id }) => id),
  });
}

function related(
  next: (of: Identity) => readonly Identity[],
  identity: Identity,
  isDeep: boolean,
): readonly Identity[] {
  const found = new Set(next(identity));
  if (isDeep) for (const each of found) for (const further of next(each)) found.add(further);
  return [...found];
}

/** @throws OrganizationError */
function containerOf({ organization, parameters: { containerId = '' } }: DevopsRequest): Identity {
  const container = organization.identities.find(containerId);
  if (container?.kind !== 'group') throw identityNotFound(containerId);
  return container;
}

/** @throws OrganizationError */
function memberOf({ organization, parameters: { memberId = '' } }: DevopsRequest): Identity {
  const member = organization.identities.find(memberId);
  if (!member) throw identityNotFound(memberId);
  return member;
}

/** Descriptors of the members; one of them as itself. */
function readMembers(request: DevopsRequest): Reply {
  const container = containerOf(request);
  const { identities } = request.organization;
  if (request.parameters['memberId'] === undefined)
    return listOf(identities.related(container, 'down').map(({ descriptor }) => descriptor));
  const member = memberOf(request);
  return { status: 200, body: identities.isMember(member, container) ? member.descriptor : null };
}

/** `false` says that it was a member already. */
function addMember(request: DevopsRequest): Reply {
  const container = containerOf(request);
  requireMembershipManagement(request, container);
  return ok(request.organization.identities.addMember(memberOf(request), container));
}

/** `false` says that it was not a member. */
function removeMember(request: DevopsRequest): Reply {
  const container = containerOf(request);
  requireMembershipManagement(request, container);
  return ok(request.organization.identities.removeMember(memberOf(request), container));
}
