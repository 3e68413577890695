import { Definitions } from '../../build/definitions/definitions';
import { definitionNotFound } from '../../build/buildErrors';
import { argumentMissing } from '../../organizationError';
import { flagAt, isObject, listAt, numberAt, objectIn, textAt, valueAt, type JsonObject } from '../../rest/requestBody';
import { listOf, location, ok, type DevopsRequest, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { findResource } from '../findResource';
import { personView } from '../person';
import { mayAdminister, resourceTypeOf, type ProtectedResource } from '../protection';
import { accessDenied, resourceNotFound, resourceTypeUnknown } from '../resourceErrors';
import { PipelinePermissions, type Grant } from './pipelinePermissions';

/** Which pipelines may use a resource. */
export function addPipelinePermissionRoutes(router: Router): void {
  router.add({
    location: location(
      'b5b9a4a4-e6cd-4096-853c-ab7d8b0c4eb2',
      'pipelinePermissions',
      'pipelinePermissions',
      '{project}/_apis/pipelines/{resource}/{resourceType}/{resourceId}',
      [1, '5.1', '7.2', '0.0'],
    ),
    handlers: {
      GET: (request) =>
        ok(
          permissionsView(request, find(request, request.parameters['resourceType'], request.parameters['resourceId'])),
        ),
      PATCH: (request) => (request.parameters['resourceType'] === undefined ? updateAll(request) : updateOne(request)),
    },
    scopes: { GET: 'vso.pipelineresources_use', PATCH: 'vso.pipelineresources_manage' },
  });
}

function updateOne(request: DevopsRequest): Reply {
  const { resourceType, resourceId } = request.parameters;
  const resource = find(request, resourceType, resourceId);
  apply(request, resource, objectIn(request.body, 'resourceAuthorizations'));
  return ok(permissionsView(request, resource));
}

/** All are checked before the first one is changed. */
function updateAll(request: DevopsRequest): Reply {
  const { body } = request;
  if (!Array.isArray(body)) throw argumentMissing('resourceAuthorizations');
  const changes = body.map((item) => {
    const change = objectIn(item, 'resourceAuthorizations');
    const resource = valueAt(change, 'resource');
    const named: JsonObject = isObject(resource) ? resource : {};
    return { change, resource: find(request, textAt(named, 'type'), String(valueAt(named, 'id'))) };
  });
  for (const { change, resource } of changes) apply(request, resource, change);
  return listOf(changes.map(({ resource }) => permissionsView(request, resource)));
}

function find({ organization, project }: DevopsRequest, typeText = '', id = ''): ProtectedResource {
  const type = resourceTypeOf(typeText);
  if (!type) throw resourceTypeUnknown(typeText);
  const resource = findResource(organization, project?.id ?? '', type, id);
  if (!resource) throw resourceNotFound(typeText, id);
  return resource;
}

function apply(
  { organization, project, caller }: DevopsRequest,
  resource: ProtectedResource,
  change: JsonObject,
): void {
  const projectId = project?.id ?? '';
  const permissions = organization.of(PipelinePermissions);
  const { id: callerId, displayName } = caller.identity;
  if (!mayAdminister(caller, projectId, resource)) throw accessDenied(displayName, 'Administer');
  const pipelines = listAt(change, 'pipelines')
    .filter(isObject)
    .map((each) => ({ id: numberAt(each, 'id') ?? 0, isAuthorized: flagAt(each, 'authorized') === true }));
  for (const { id } of pipelines) {
    if (!organization.of(Definitions).byId(projectId, id)) throw definitionNotFound(id);
  }
  const all = valueAt(change, 'allPipelines');
  if (isObject(all)) {
    if (flagAt(all, 'authorized') === true) permissions.grant(projectId, resource, 'all', callerId);
    else permissions.revoke(projectId, resource, 'all');
  }
  for (const { id, isAuthorized } of pipelines) {
    if (isAuthorized) permissions.grant(projectId, resource, id, callerId);
    else permissions.revoke(projectId, resource, id);
  }
}

/** Every pipeline that is permitted, whoever asked. */
function permissionsView({ organization, project }: DevopsRequest, resource: ProtectedResource): object {
  const { pipelines, all } = organization.of(PipelinePermissions).of(project?.id ?? '', resource);
  const grantView = ({ byId, on }: Grant): object => ({
    authorized: true,
    authorizedBy: byId === undefined ? null : personView(organization, byId),
    authorizedOn: organization.time(on),
  });
  return {
    resource: { type: resource.type, id: resource.id },
    ...(all && { allPipelines: grantView(all) }),
    pipelines: [...pipelines].map(([id, grant]) => ({ id, ...grantView(grant) })),
  };
}
