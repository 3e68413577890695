import type { OrganizationState } from '../organizationState';
import { created, type DevopsRequest, listOf, location, ok, type Reply } from '../rest/route';
import type { Router } from '../rest/router';
import { membershipNotFound } from './errors';
import { findSubject } from './graphRoutes';
import type { Identity } from './identity';
import { graphUrl } from './identityViews';
import { requireMembershipManagement } from './membership';

const graph = (id: string, name: string, template: string, minVersion: string) =>
  location(id, 'Graph', name, template, [1, minVersion, '7.2', '0.0']);

/** Who is in which group, by the Graph API. */
export function addMembershipRoutes(router: Router): void {
  router.add({
    host: 'vssps',
    location: graph(
      '3fd2e6ca-fb30-443a-b579-95b19ed0934c',
      'Memberships',
      '_apis/{area}/{resource}/{subjectDescriptor}/{containerDescriptor}',
      '4.0',
    ),
    handlers: { GET: read, HEAD: read, PUT: add, DELETE: remove },
    scopes: { GET: 'vso.graph', HEAD: 'vso.graph', PUT: 'vso.graph_manage', DELETE: 'vso.graph_manage' },
  });
  router.add({
    host: 'vssps',
    location: graph(
      'e34b6394-6b30-4435-94a9-409a5eef3e31',
      'MembershipsBatch',
      '_apis/{area}/Memberships/{subjectDescriptor}',
      '4.1',
    ),
    handlers: { GET: list },
    scopes: { GET: 'vso.graph' },
  });
  router.add({
    host: 'vssps',
    location: graph(
      '1ffe5c94-1144-4191-907b-d0211cad36a8',
      'MembershipStates',
      '_apis/{area}/{resource}/{subjectDescriptor}',
      '4.0',
    ),
    handlers: { GET: readState },
    scopes: { GET: 'vso.graph' },
  });
}

/** A member and the group. @throws OrganizationError */
function pairOf({ organization, parameters }: DevopsRequest): readonly [member: Identity, container: Identity] {
  return [
    findSubject(organization, parameters['subjectDescriptor'] ?? ''),
    findSubject(organization, parameters['containerDescriptor'] ?? ''),
  ];
}

function view(organization: OrganizationState, member: Identity, container: Identity): object {
  const [one, other] = [member.subjectDescriptor, container.subjectDescriptor];
  return {
    containerDescriptor: other,
    memberDescriptor: one,
    _links: {
      self: { href: organization.url(`_apis/Graph/Memberships/${one}/${other}`, 'vssps') },
      member: { href: graphUrl(organization, member) },
      container: { href: graphUrl(organization, container) },
    },
  };
}

function read(request: DevopsRequest): Reply {
  const [member, container] = pairOf(request);
  if (!request.organization.identities.isMember(member, container))
    throw membershipNotFound(member.subjectDescriptor, container.subjectDescriptor);
  return request.received.method === 'HEAD' ? { status: 200 } : ok(view(request.organization, member, container));
}

function list(request: DevopsRequest): Reply {
  const { organization, query, parameters } = request;
  const subject = findSubject(organization, parameters['subjectDescriptor'] ?? '');
  const isDown = query.get('direction')?.toLowerCase() === 'down';
  const related = organization.identities.related(subject, isDown ? 'down' : 'up');
  return listOf(
    related.map((other) => (isDown ? view(organization, other, subject) : view(organization, subject, other))),
  );
}

/** The answer is the same for who was a member already. */
function add(request: DevopsRequest): Reply {
  const [member, container] = pairOf(request);
  requireMembershipManagement(request, container);
  request.organization.identities.addMember(member, container);
  return created(view(request.organization, member, container));
}

function remove(request: DevopsRequest): Reply {
  const [member, container] = pairOf(request);
  requireMembershipManagement(request, container);
  request.organization.identities.removeMember(member, container);
  return { status: 200 };
}

function readState({ organization, parameters }: DevopsRequest): Reply {
  const { subjectDescriptor } = findSubject(organization, parameters['subjectDescriptor'] ?? '');
  const at = (collection: string) => ({
    href: organization.url(`_apis/Graph/${collection}/${subjectDescriptor}`, 'vssps'),
  });
  return ok({ active: true, _links: { self: at('MembershipStates'), memberships: at('Memberships') } });
}
