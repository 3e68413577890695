import type { OrganizationState } from '../organizationState';
import { argumentInvalid, argumentMissing } from '../organizationError';
import type { Project } from '../projects/project';
import { pageOf } from '../rest/paging';
import { isObject, type JsonObject, listAt, objectIn, textAt, valueAt } from '../rest/requestBody';
import { created, type DevopsRequest, type Handlers, listOf, location, noContent, ok, type Reply } from '../rest/route';
import type { Router } from '../rest/router';
import { scopeDescriptor } from './descriptors';
import { directoryObjectNotFound, groupExists, subjectNotFound } from './errors';
import type { Identity } from './identity';
import { graphUrl, graphView } from './identityViews';
import { groupToken } from './membership';
import { namespaceIds } from './namespaces';
import { requirePermission } from './requirePermission';

const scopes = { GET: 'vso.graph', POST: 'vso.graph_manage', PATCH: 'vso.graph_manage', DELETE: 'vso.graph_manage' };
const graph = (id: string, name: string, template: string, minVersion = '4.0') =>
  location(id, 'Graph', name, template, [1, minVersion, '7.2', '0.0']);

/** Users, groups and service principals of the Graph API, and the two names of each. */
export function addGraphRoutes(router: Router): void {
  const add = (route: ReturnType<typeof graph>, handlers: Handlers, needed: object = scopes) => {
    router.add({ host: 'vssps', location: route, handlers, scopes: needed });
  };
  add(graph('048aee0a-7072-4cde-ab73-7af77b1e0b4e', 'Descriptors', '_apis/{area}/{resource}/{storageKey}'), {
    GET: readDescriptor,
  });
  add(graph('eb85f8cc-f0f6-4264-a5b1-ffe2e4d4801f', 'StorageKeys', '_apis/{area}/{resource}/{subjectDescriptor}'), {
    GET: readStorageKey,
  });
  add(graph('ebbe6af8-0b91-4c13-8cf1-777c14858188', 'Groups', '_apis/{area}/{resource}/{groupDescriptor}'), {
    GET: (request) => readSubjects(request, 'group', 'groupDescriptor'),
    POST: createGroup,
    PATCH: updateGroup,
    DELETE: (request) => removeSubject(request, 'group', 'groupDescriptor'),
  });
  add(graph('005e26ec-6b77-4e4f-a986-b3827bf241f5', 'Users', '_apis/{area}/{resource}/{userDescriptor}'), {
    GET: (request) => readSubjects(request, 'user', 'userDescriptor'),
    POST: createUser,
    DELETE: (request) => removeSubject(request, 'user', 'userDescriptor'),
  });
  add(
    graph(
      'e1dbb0ae-49cb-4532-95a1-86cd89cfcab4',
      'ServicePrincipals',
      '_apis/{area}/{resource}/{servicePrincipalDescriptor}',
      '6.1',
    ),
    { GET: (request) => readSubjects(request, 'servicePrincipal', 'servicePrincipalDescriptor') },
  );
  add(
    graph('4dd4d168-11f2-48c4-83e8-756fa0de027c', 'SubjectLookup', '_apis/{area}/{resource}'),
    { POST: lookUp },
    {
      POST: 'vso.graph',
    },
  );
  add(
    graph('05942c89-006a-48ce-bb79-baeb8abf99c6', 'SubjectQuery', '_apis/{area}/{resource}', '5.1'),
    { POST: queryFor },
    {
      POST: 'vso.graph',
    },
  );
}

/** Of somebody, or of the scope of a project. */
function readDescriptor({ organization, parameters: { storageKey = '' } }: DevopsRequest): Reply {
  const project = organization.projects.find(storageKey);
  const identity = organization.identities.byId(storageKey);
  if (!project && !identity) throw subjectNotFound(storageKey);
  const value = project ? scopeDescriptor(project.scopeId) : (identity?.subjectDescriptor ?? '');
  const at = (path: string) => ({ href: organization.url(`_apis/Graph/${path}`, 'vssps') });
  return ok({
    value,
    _links: {
      self: at(`Descriptors/${storageKey}`),
      storageKey: at(`StorageKeys/${value}`),
      subject: identity ? { href: graphUrl(organization, identity) } : at(`Scopes/${value}`),
    },
  });
}

function readStorageKey({ organization, parameters: { subjectDescriptor = '' } }: DevopsRequest): Reply {
  const project = projectOfScope(organization, subjectDescriptor);
  const value = project?.id ?? organization.identities.find(subjectDescriptor)?.id;
  if (value === undefined) throw subjectNotFound(subjectDescriptor);
  const at = (path: string) => ({ href: organization.url(`_apis/Graph/${path}`, 'vssps') });
  return ok({
    value,
    _links: { self: at(`StorageKeys/${subjectDescriptor}`), descriptor: at(`Descriptors/${value}`) },
  });
}

const projectOfScope = ({ projects }: OrganizationState, descriptor: string): Project | undefined =>
  projects.all().find(({ scopeId }) => scopeDescriptor(scopeId) === descriptor);

/** @throws OrganizationError when there is no such subject */
export function findSubject({ identities }: OrganizationState, descriptor: string): Identity {
  const identity = identities.find(descriptor);
  if (!identity) throw subjectNotFound(descriptor);
  return identity;
}

function readSubjects(request: DevopsRequest, kind: Identity['kind'], parameter: string): Reply {
  const { organization, parameters, query } = request;
  const descriptor = parameters[parameter];
  if (descriptor !== undefined) return ok(graphView(organization, findSubject(organization, descriptor)));
  const scope = query.get('scopeDescriptor');
  const project = scope === null ? undefined : projectOfScope(organization, scope);
  if (scope !== null && !project) throw subjectNotFound(scope);
  const subjects = organization.identities
    .all()
    .filter((each) => each.kind === kind && (!project || each.projectId === project.id));
  // The service has pages of 500 users.
  const { page, headers } = pageOf(subjects, query, { size: 500 });
  return listOf(
    page.map((each) => graphView(organization, each)),
    headers,
  );
}

function requireWrite(request: DevopsRequest, project: Project | undefined): void {
  const token = project?.id ?? request.organization.collectionId;
  requirePermission(request, namespaceIds.identity, token, 2, project?.name ?? request.organization.name);
}

/** A new group of a project or of the organisation, or a group of Entra, which comes into the organisation by this. */
function createGroup(request: DevopsRequest): Reply {
  const { organization, query } = request;
  const { identities, directory } = organization;
  const scope = query.get('scopeDescriptor');
  const project = scope === null ? undefined : projectOfScope(organization, scope);
  if (scope !== null && !project) throw subjectNotFound(scope);
  requireWrite(request, project);
  const body = objectIn(request.body, 'creationContext');
  const originId = textAt(body, 'originId');
  let group: Identity;
  if (originId === undefined) {
    const name = textAt(body, 'displayName')?.trim();
    if (name === undefined || name === '') throw argumentMissing('displayName');
    if (isTaken(organization, name, project)) throw groupExists(name);
    group = identities.addGroup({ name, description: textAt(body, 'description') ?? '', project });
  } else {
    const found = directory.find('group', originId);
    if (!found) throw directoryObjectNotFound(originId);
    group = identities.byOrigin(originId) ?? identities.addEntraGroup(originId, found.name);
  }
  addToGroups(request, group);
  return { ...created(graphView(organization, group)), headers: { location: graphUrl(organization, group) } };
}

function isTaken({ identities }: OrganizationState, name: string, project: Project | undefined): boolean {
  return identities
    .all()
    .some(
      ({ kind, origin, displayName, projectId }) =>
        kind === 'group' &&
        origin === 'vsts' &&
        projectId === project?.id &&
        displayName.toLowerCase() === name.toLowerCase(),
    );
}

function addToGroups({ organization, query }: DevopsRequest, member: Identity): void {
  const groups = query.get('groupDescriptors');
  for (const descriptor of groups === null ? [] : groups.split(',')) {
    organization.identities.addMember(member, findSubject(organization, descriptor.trim()));
  }
}

/** A JSON patch of the name and the description. */
function updateGroup(request: DevopsRequest): Reply {
  const { organization, body, parameters } = request;
  const group = findSubject(organization, parameters['groupDescriptor'] ?? '');
  requirePermission(
    request,
    namespaceIds.identity,
    groupToken(organization.collectionId, group),
    2,
    group.principalName,
  );
  if (!Array.isArray(body)) throw argumentInvalid('patchDocument', 'The body is a list of changes.');
  for (const change of body as readonly unknown[]) {
    const { path, value } = isObject(change) ? change : {};
    if (typeof path !== 'string' || typeof value !== 'string')
      throw argumentInvalid('patchDocument', 'A change has a path and a text as its value.');
    const key = path.replace(/^\//, '').toLowerCase();
    if (key === 'displayname') organization.identities.rename(group, value);
    else if (key === 'description') group.description = value;
    else throw argumentInvalid('patchDocument', `The path '${path}' cannot be changed.`);
  }
  return ok(graphView(organization, group));
}

function removeSubject(request: DevopsRequest, kind: Identity['kind'], parameter: string): Reply {
  const { organization, parameters } = request;
  const identity = findSubject(organization, parameters[parameter] ?? '');
  if (identity.kind !== kind) throw subjectNotFound(identity.subjectDescriptor);
  requirePermission(
    request,
    namespaceIds.identity,
    groupToken(organization.collectionId, identity),
    4,
    identity.principalName,
  );
  organization.identities.remove(identity);
  return noContent;
}

/** A user of Entra, who comes into the organisation by this. */
function createUser(request: DevopsRequest): Reply {
  const { organization } = request;
  const { identities, directory } = organization;
  requireWrite(request, undefined);
  const body = objectIn(request.body, 'creationContext');
  const wanted = textAt(body, 'originId') ?? textAt(body, 'principalName');
  if (wanted === undefined) throw argumentMissing('principalName');
  const known = identities
    .all()
    .find(({ kind, principalName, originId }) => kind === 'user' && [principalName, originId].includes(wanted));
  const found = directory.find('user', wanted);
  if (!known && !found) throw directoryObjectNotFound(wanted);
  const storageKey = textAt(body, 'storageKey');
  const user =
    known ??
    identities.addUser({
      principalName: found?.name ?? wanted,
      ...(found && { originId: found.objectId }),
      ...(found?.displayName !== undefined && { displayName: found.displayName }),
      ...(storageKey !== undefined && { id: storageKey }),
    });
  addToGroups(request, user);
  return { ...created(graphView(organization, user)), headers: { location: graphUrl(organization, user) } };
}

/** Subjects by descriptor; those that are not known are left out. */
function lookUp({ organization, body }: DevopsRequest): Reply {
  const keys = listAt(objectIn(body, 'subjectLookup'), 'lookupKeys');
  const found = keys.flatMap((key) => {
    const descriptor = isObject(key) ? textAt(key, 'descriptor') : undefined;
    const identity = descriptor === undefined ? undefined : organization.identities.find(descriptor);
    return identity ? [[identity.subjectDescriptor, graphView(organization, identity)] as const] : [];
  });
  const value = Object.fromEntries(found);
  return ok({ count: Object.keys(value).length, value });
}

/** Users and groups whose name or address starts with a text. */
function queryFor({ organization, body }: DevopsRequest): Reply {
  const asked: JsonObject = objectIn(body, 'subjectQuery');
  const start = (textAt(asked, 'query') ?? '').toLowerCase();
  const kinds = listAt(asked, 'subjectKind').map((kind) => String(kind).toLowerCase());
  const scope = valueAt(asked, 'scopeDescriptor');
  const project = typeof scope === 'string' ? projectOfScope(organization, scope) : undefined;
  const found = organization.identities
    .all()
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind.toLowerCase()))
    .filter(({ projectId }) => !project || projectId === undefined || projectId === project.id)
    .filter(({ displayName, principalName }) =>
      [displayName, principalName].some((name) => name.toLowerCase().startsWith(start)),
    );
  return listOf(found.map((identity) => graphView(organization, identity)));
}
