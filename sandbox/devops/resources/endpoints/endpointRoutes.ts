import { requirePermission } from '../../identities/requirePermission';
import { argumentMissing } from '../../organizationError';
import { isObject, objectIn, textAt } from '../../rest/requestBody';
import { listOf, location, noContent, ok, type DevopsRequest, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { personView } from '../person';
import { grantToCreator, protectionOf } from '../protection';
import { endpointNotFound } from '../resourceErrors';
import { isSecretParameter, readEndpoint, readReferences } from './endpointBody';
import { referenceIn, ServiceEndpoints, type ServiceEndpoint } from './serviceEndpoints';

const scopes = {
  GET: 'vso.serviceendpoint',
  POST: 'vso.serviceendpoint_manage',
  PUT: 'vso.serviceendpoint_manage',
  PATCH: 'vso.serviceendpoint_manage',
  DELETE: 'vso.serviceendpoint_manage',
};

/** Service connections: reads are in a project, writes are on the route of the organisation. */
export function addEndpointRoutes(router: Router): void {
  router.add({
    location: location(
      'e85f1c62-adfc-4b74-b618-11a150fb195e',
      'serviceendpoint',
      'endpoints',
      '{project}/_apis/{area}/{resource}/{endpointId}',
      [4, '4.1', '7.2', '7.1'],
    ),
    handlers: {
      GET: (request) => (request.parameters['endpointId'] === undefined ? list(request) : read(request)),
      POST: create,
    },
    scopes,
  });
  router.add({
    location: location(
      '14e48fdc-2c8b-41ce-a0c3-e26f6cc55bd0',
      'serviceendpoint',
      'endpoints',
      '_apis/{area}/{resource}/{endpointId}',
      [4, '5.2', '7.2', '7.1'],
    ),
    handlers: { POST: create, PUT: update, PATCH: share, DELETE: remove },
    scopes,
  });
}

const { namespaceId, token, administer, view } = protectionOf('endpoint');
const createBit = 4;

function list(request: DevopsRequest): Reply {
  const { organization, query, caller } = request;
  const projectId = request.project?.id ?? '';
  const all = (name: string): string[] | undefined => query.get(name)?.toLowerCase().split(',');
  const [names, ids, type, owner] = [all('endpointNames'), all('endpointIds'), query.get('type'), query.get('owner')];
  const endpoints = organization
    .of(ServiceEndpoints)
    .ofProject(projectId)
    .filter((each) => caller.may(namespaceId, token(projectId, each.id), view))
    .filter((each) => names?.includes(referenceIn(each, projectId)?.name.toLowerCase() ?? '') ?? true)
    .filter(({ id }) => ids?.includes(id) ?? true)
    .filter((each) => type === null || each.type.toLowerCase() === type.toLowerCase())
    .filter((each) => owner === null || each.owner.toLowerCase() === owner.toLowerCase());
  return listOf(endpoints.map((endpoint) => endpointView(request, endpoint)));
}

/** `null` for one that does not exist, is in another project or may not be seen. */
function read(request: DevopsRequest): Reply {
  const { organization, caller, parameters } = request;
  const projectId = request.project?.id ?? '';
  const endpoint = organization.of(ServiceEndpoints).byId(parameters['endpointId'] ?? '');
  if (!endpoint || !referenceIn(endpoint, projectId)) return ok(null);
  if (!caller.may(namespaceId, token(projectId, endpoint.id), view)) return ok(null);
  return ok(endpointView(request, endpoint));
}

function create(request: DevopsRequest): Reply {
  const { organization, caller } = request;
  const body = objectIn(request.body, 'endpoint');
  const content = readEndpoint(request, body, undefined);
  if (content.references.length === 0) throw argumentMissing('serviceEndpointProjectReferences');
  for (const { projectId } of content.references)
    requirePermission(request, namespaceId, token(projectId), createBit, 'service connections');
  const id = textAt(body, 'id')?.toLowerCase() ?? organization.newId();
  const endpoint = organization.of(ServiceEndpoints).add({ id, ...content, createdById: caller.identity.id });
  for (const { projectId } of endpoint.references) grantToCreator(organization, caller, 'endpoint', projectId, id);
  return ok(endpointView(request, endpoint));
}

/** One connection by its id, or a list of them. */
function update(request: DevopsRequest): Reply {
  const { parameters, body } = request;
  if (parameters['endpointId'] !== undefined)
    return ok(updateOne(request, objectIn(body, 'endpoint'), parameters['endpointId']));
  if (!Array.isArray(body)) throw argumentMissing('endpoints');
  return listOf(
    body.map((item) => {
      const object = objectIn(item, 'endpoint');
      return updateOne(request, object, textAt(object, 'id') ?? '');
    }),
  );
}

function updateOne(request: DevopsRequest, body: Parameters<typeof readEndpoint>[1], id: string): object {
  const endpoint = find(request, id);
  request.organization.of(ServiceEndpoints).update(endpoint, readEndpoint(request, body, endpoint));
  return endpointView(request, endpoint);
}

function share(request: DevopsRequest): Reply {
  const { organization, parameters, body } = request;
  const endpoint = find(request, parameters['endpointId'] ?? '');
  if (!Array.isArray(body) || !body.every(isObject)) throw argumentMissing('endpointProjectReferences');
  const added = readReferences(request, body, endpoint);
  const others = endpoint.references.filter(({ projectId }) => !added.some((each) => each.projectId === projectId));
  for (const { projectId } of added)
    requirePermission(request, namespaceId, token(projectId), createBit, 'service connections');
  organization.of(ServiceEndpoints).update(endpoint, { references: [...others, ...added] });
  return noContent;
}

function remove(request: DevopsRequest): Reply {
  const { organization, parameters, query } = request;
  const endpoint = find(request, parameters['endpointId'] ?? '');
  const projectIds = query.get('projectIds')?.toLowerCase().split(',');
  if (!projectIds) throw argumentMissing('projectIds');
  organization.of(ServiceEndpoints).remove(endpoint, projectIds);
  return noContent;
}

/** A connection that the caller administers in one of its projects. @throws OrganizationError */
function find(request: DevopsRequest, id: string): ServiceEndpoint {
  const { organization, caller } = request;
  const endpoint = organization.of(ServiceEndpoints).byId(id);
  const [first] = endpoint?.references ?? [];
  const isSeen = endpoint?.references.some(({ projectId }) => caller.may(namespaceId, token(projectId, id), view));
  if (!endpoint || !first || isSeen !== true) throw endpointNotFound(id);
  const administered = endpoint.references.find(({ projectId }) =>
    caller.may(namespaceId, token(projectId, endpoint.id), administer),
  );
  const { projectId } = administered ?? first;
  requirePermission(
    request,
    namespaceId,
    token(projectId, endpoint.id),
    administer,
    `service connection ${endpoint.name}`,
  );
  return endpoint;
}

/** Secrets are `null`; whoever may only read sees no parameters at all. */
function endpointView({ organization, project, caller }: DevopsRequest, endpoint: ServiceEndpoint): object {
  const { id, references } = endpoint;
  const reference = project && referenceIn(endpoint, project.id);
  const isAdministered = references.some(({ projectId }) => caller.may(namespaceId, token(projectId, id), administer));
  const parameters = [...endpoint.parameters].map(([name, value]) => [name, isSecretParameter(name) ? null : value]);
  return {
    data: endpoint.data,
    id,
    name: reference?.name ?? endpoint.name,
    type: endpoint.type,
    url: endpoint.url,
    createdBy: personView(organization, endpoint.createdById),
    description: reference?.description ?? endpoint.description,
    authorization: {
      ...(isAdministered && { parameters: Object.fromEntries(parameters) as object }),
      scheme: endpoint.scheme,
    },
    isShared: references.length > 1,
    isReady: endpoint.isReady,
    owner: endpoint.owner,
    serviceEndpointProjectReferences: references.map(({ projectId, name, description }) => ({
      projectReference: { id: projectId, name: organization.projects.find(projectId)?.name ?? '' },
      name,
      description,
    })),
  };
}
