import { argumentMissing } from '../../organizationError';
import { isObject, objectIn, textAt, valueAt, type JsonObject } from '../../rest/requestBody';
import { listOf, location, noContent, ok, type DevopsRequest, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { findResource } from '../findResource';
import { personView } from '../person';
import { mayAdminister, resourceTypeOf, type ProtectedResource } from '../protection';
import { accessDenied, checkNotFound, resourceNotFound, resourceTypeUnknown } from '../resourceErrors';
import { CheckConfigurations, type CheckConfiguration } from './checkConfigurations';
import { readSettings, readTimeout } from './checkSettings';

const scopes = {
  GET: 'vso.pipelineresources_use',
  POST: 'vso.pipelineresources_manage',
  PATCH: 'vso.pipelineresources_manage',
  DELETE: 'vso.pipelineresources_manage',
};

/** The checks of resources: approvals, exclusive locks, and tasks without an agent. */
export function addCheckRoutes(router: Router): void {
  router.add({
    location: location(
      '86c8381e-5aee-4cde-8ae4-25c0c7f5eaea',
      'PipelinesChecks',
      'configurations',
      '{project}/_apis/pipelines/checks/{resource}/{id}',
      [1, '5.1', '7.2', '0.0'],
    ),
    handlers: {
      GET: (request) => (request.parameters['id'] === undefined ? list(request) : read(request)),
      POST: create,
      PATCH: update,
      DELETE: remove,
    },
    scopes,
  });
  router.add({
    location: location(
      '5f3d0e64-f943-4584-8811-77eb495e831e',
      'PipelinesChecks',
      'queryconfigurations',
      '{project}/_apis/pipelines/checks/{resource}',
      [1, '5.2', '7.2', '0.0'],
    ),
    handlers: { POST: query },
    scopes: { POST: 'vso.pipelineresources_use' },
  });
}

const hasSettings = ({ query: parameters }: DevopsRequest): boolean =>
  parameters.get('$expand')?.toLowerCase() === 'settings';

function list(request: DevopsRequest): Reply {
  const { organization, project } = request;
  const [type, id] = [request.query.get('resourceType') ?? '', request.query.get('resourceId') ?? ''];
  const resource = namedResource(type, id);
  const found = organization.of(CheckConfigurations).ofResource(project?.id ?? '', resource);
  return listOf(found.map((each) => checkView(request, each, hasSettings(request))));
}

/** The checks of many resources at once. */
function query(request: DevopsRequest): Reply {
  const { organization, project, body } = request;
  if (!Array.isArray(body)) throw argumentMissing('resources');
  const found = body.flatMap((item) => {
    const resource = objectIn(item, 'resources');
    return organization
      .of(CheckConfigurations)
      .ofResource(project?.id ?? '', namedResource(textAt(resource, 'type') ?? '', String(valueAt(resource, 'id'))));
  });
  return listOf(found.map((each) => checkView(request, each, hasSettings(request))));
}

function read(request: DevopsRequest): Reply {
  return ok(checkView(request, find(request), hasSettings(request)));
}

function create(request: DevopsRequest): Reply {
  const { organization, project, caller } = request;
  const projectId = project?.id ?? '';
  const body = objectIn(request.body, 'configuration');
  const [type, resource] = [objectAt(body, 'type'), objectAt(body, 'resource')];
  const named = namedResource(textAt(resource, 'type') ?? '', String(valueAt(resource, 'id')));
  const found = findResource(organization, projectId, named.type, named.id);
  if (!found) throw resourceNotFound(named.type, named.id);
  requireAdministrator(request, named);
  const typeId = (textAt(type, 'id') ?? '').toLowerCase();
  if (typeId === '') throw argumentMissing('type');
  const configuration = organization.of(CheckConfigurations).add(
    {
      projectId,
      type: { id: typeId, name: textAt(type, 'name') ?? '' },
      // An environment comes back without its name, a queue with it.
      resource: { ...named, name: named.type === 'environment' ? undefined : textAt(resource, 'name') },
      settings: readSettings(organization, typeId, valueAt(body, 'settings')),
      timeout: readTimeout(body),
    },
    caller.identity.id,
  );
  return ok(checkView(request, configuration, true));
}

function update(request: DevopsRequest): Reply {
  const { organization, caller } = request;
  const configuration = find(request);
  requireAdministrator(request, configuration.resource);
  const body = objectIn(request.body, 'configuration');
  const settings = valueAt(body, 'settings');
  organization
    .of(CheckConfigurations)
    .update(
      configuration,
      settings === undefined ? configuration.settings : readSettings(organization, configuration.type.id, settings),
      valueAt(body, 'timeout') === undefined ? configuration.timeout : readTimeout(body),
      caller.identity.id,
    );
  return ok(checkView(request, configuration, true));
}

function remove(request: DevopsRequest): Reply {
  const configuration = find(request);
  requireAdministrator(request, configuration.resource);
  request.organization.of(CheckConfigurations).remove(configuration);
  return noContent;
}

/** The check of a resource that is gone can't be read: 403 (terraform-provider-azuredevops 1.16, fix 1583). */
function find({ organization, project, caller, parameters: { id = '' } }: DevopsRequest): CheckConfiguration {
  const projectId = project?.id ?? '';
  const found = organization.of(CheckConfigurations).byId(projectId, Number(id));
  if (!found) throw checkNotFound(id);
  const { resource } = found;
  if (!findResource(organization, projectId, resource.type, resource.id))
    throw accessDenied(caller.identity.displayName, 'View');
  return found;
}

function requireAdministrator({ caller, project }: DevopsRequest, resource: ProtectedResource): void {
  if (!mayAdminister(caller, project?.id ?? '', resource))
    throw accessDenied(caller.identity.displayName, 'Administer');
}

function namedResource(typeText: string, id: string): ProtectedResource {
  const type = resourceTypeOf(typeText);
  if (!type) throw resourceTypeUnknown(typeText);
  return { type, id };
}

function objectAt(body: JsonObject, key: string): JsonObject {
  const value = valueAt(body, key);
  if (!isObject(value)) throw argumentMissing(key);
  return value;
}

function checkView({ organization, project }: DevopsRequest, check: CheckConfiguration, withSettings: boolean): object {
  const { id, type, timeout, version, resource } = check;
  const url = organization.url(`${project?.id ?? ''}/_apis/pipelines/checks/configurations/${id}`);
  return {
    ...(withSettings && { settings: check.settings }),
    createdBy: personView(organization, check.createdById),
    createdOn: organization.time(check.createdOn),
    modifiedBy: personView(organization, check.modifiedById),
    modifiedOn: organization.time(check.modifiedOn),
    timeout,
    _links: { self: { href: url } },
    id,
    version,
    type,
    url,
    resource: {
      type: resource.type,
      id: resource.id,
      ...(resource.name !== undefined && { name: resource.name }),
    },
  };
}
