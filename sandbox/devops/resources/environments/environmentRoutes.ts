import { requirePermission } from '../../identities/requirePermission';
import { pageOf } from '../../rest/paging';
import { objectIn, requiredText, textAt } from '../../rest/requestBody';
import { listOf, location, ok, type DevopsRequest, type Handlers, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { personView } from '../person';
import { grantToCreator, protectionOf } from '../protection';
import { environmentNotFound } from '../resourceErrors';
import { Environments, type Environment } from './environments';

/** Environments on both of their routes; the second one is the newer. */
export function addEnvironmentRoutes(router: Router): void {
  const handlers: Handlers = {
    GET: (request) => (request.parameters['environmentId'] === undefined ? list(request) : read(request)),
    POST: create,
    PATCH: update,
    DELETE: remove,
  };
  const scopes = {
    GET: 'vso.environment_manage',
    POST: 'vso.environment_manage',
    PATCH: 'vso.environment_manage',
    DELETE: 'vso.environment_manage',
  };
  router.add({
    location: location(
      '8572b1fc-2482-47fa-8f74-7e3ed53ee54b',
      'distributedtask',
      'environments',
      '{project}/_apis/{area}/{resource}/{environmentId}',
      [1, '5.0', '7.2', '7.1'],
    ),
    handlers,
    scopes,
  });
  router.add({
    location: location(
      'd86b72de-d240-4d6f-8d06-08c2d66b015d',
      'environments',
      'environments',
      '{project}/_apis/pipelines/{resource}/{environmentId}',
      [1, '5.2', '7.2', '7.1'],
    ),
    handlers,
    scopes,
  });
}

const { namespaceId, token, view } = protectionOf('environment');
const [manageBit, createBit] = [2, 32];

/** `name` is the beginning of the names to list (an assumption: the reference says no more than "name of the environment"). */
function list(request: DevopsRequest): Reply {
  const { organization, query, caller } = request;
  const projectId = request.project?.id ?? '';
  const start = query.get('name')?.toLowerCase() ?? '';
  const environments = organization
    .of(Environments)
    .ofProject(projectId)
    .filter(({ name }) => name.toLowerCase().startsWith(start))
    .filter(({ id }) => caller.may(namespaceId, token(projectId, String(id)), view))
    .sort((a, b) => a.name.localeCompare(b.name));
  const { page, headers } = pageOf(environments, query);
  return listOf(
    page.map((environment) => environmentView(request, environment, false)),
    headers,
  );
}

function read(request: DevopsRequest): Reply {
  return ok(
    environmentView(request, find(request), request.query.get('expands')?.toLowerCase() === 'resourcereferences'),
  );
}

function create(request: DevopsRequest): Reply {
  const { organization, caller } = request;
  const projectId = request.project?.id ?? '';
  const body = objectIn(request.body, 'environmentCreateParameter');
  const name = requiredText(body, 'name');
  requirePermission(request, namespaceId, token(projectId), createBit);
  const environment = organization
    .of(Environments)
    .add(projectId, name, textAt(body, 'description') ?? '', caller.identity.id);
  grantToCreator(organization, caller, 'environment', projectId, String(environment.id));
  return ok(environmentView(request, environment, true));
}

function update(request: DevopsRequest): Reply {
  const environment = find(request);
  requirePermission(request, namespaceId, token(environment.projectId, String(environment.id)), manageBit);
  const body = objectIn(request.body, 'environmentUpdateParameter');
  const [name, description] = [textAt(body, 'name'), textAt(body, 'description')];
  request.organization
    .of(Environments)
    .update(
      environment,
      { ...(name !== undefined && { name }), ...(description !== undefined && { description }) },
      request.caller.identity.id,
    );
  return ok(environmentView(request, environment, true));
}

function remove(request: DevopsRequest): Reply {
  const environment = find(request);
  requirePermission(request, namespaceId, token(environment.projectId, String(environment.id)), manageBit);
  request.organization.of(Environments).remove(environment);
  return { status: 200 };
}

function find({ organization, project, caller, parameters: { environmentId = '' } }: DevopsRequest): Environment {
  const environment = organization.of(Environments).byId(project?.id ?? '', Number(environmentId));
  if (!environment || !caller.may(namespaceId, token(environment.projectId, environmentId), view))
    throw environmentNotFound(environmentId);
  return environment;
}

function environmentView(
  { organization, project }: DevopsRequest,
  environment: Environment,
  hasResources: boolean,
): object {
  const { id, name, description } = environment;
  return {
    id,
    name,
    description,
    createdBy: personView(organization, environment.createdById),
    createdOn: organization.time(environment.createdOn),
    lastModifiedBy: personView(organization, environment.lastModifiedById),
    lastModifiedOn: organization.time(environment.lastModifiedOn),
    ...(hasResources && { resources: [] }),
    project: { id: project?.id, name: project?.name },
  };
}
