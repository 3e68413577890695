import { Definitions } from '../../build/definitions/definitions';
import { definitionNotFound } from '../../build/buildErrors';
import { argumentMissing } from '../../organizationError';
import { flagAt, objectIn, requiredText, textAt, valueAt } from '../../rest/requestBody';
import { listOf, location, type DevopsRequest, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { findResource } from '../findResource';
import { mayAdminister, resourceTypeOf, type ProtectedResource } from '../protection';
import { accessDenied, resourceNotFound, resourceTypeUnknown } from '../resourceErrors';
import { PipelinePermissions } from './pipelinePermissions';

/** The older ways to let pipelines use resources: all pipelines of a project, or one. */
export function addAuthorizedResourceRoutes(router: Router): void {
  router.add({
    location: location(
      '398c85bc-81aa-4822-947c-a194a05f0fef',
      'build',
      'authorizedresources',
      '{project}/_apis/{area}/{resource}',
      [1, '5.0', '7.2', '0.0'],
    ),
    handlers: { GET: (request) => list(request, 'all'), PATCH: (request) => update(request, 'all') },
    scopes: { GET: 'vso.build', PATCH: 'vso.build_execute' },
  });
  router.add({
    location: location(
      'ea623316-1967-45eb-89ab-e9e6110cf2d6',
      'build',
      'resources',
      '{project}/_apis/{area}/definitions/{definitionId}/{resource}',
      [1, '5.0', '7.2', '0.0'],
    ),
    handlers: {
      GET: (request) => list(request, pipelineOf(request)),
      PATCH: (request) => update(request, pipelineOf(request)),
    },
    scopes: { GET: 'vso.build', PATCH: 'vso.build_execute' },
  });
}

function pipelineOf({ organization, project, parameters: { definitionId = '' } }: DevopsRequest): number {
  const definition = organization.of(Definitions).byId(project?.id ?? '', Number(definitionId));
  if (!definition) throw definitionNotFound(definitionId);
  return definition.id;
}

/** The resource of a kind and id, when it is authorised. */
function list(request: DevopsRequest, pipeline: number | 'all'): Reply {
  const { query } = request;
  const [type, id] = [query.get('type'), query.get('id')];
  if (type === null || id === null) return listOf([]);
  const resource = find(request, type, id);
  return listOf(isAuthorized(request, resource, pipeline) ? [view(resource, true)] : []);
}

function update(request: DevopsRequest, pipeline: number | 'all'): Reply {
  const { organization, project, caller, body } = request;
  if (!Array.isArray(body)) throw argumentMissing('resources');
  const changes = body.map((item) => {
    const object = objectIn(item, 'resources');
    const id = textAt(object, 'id') ?? String(valueAt(object, 'id'));
    return {
      resource: find(request, requiredText(object, 'type'), id),
      isGranted: flagAt(object, 'authorized') === true,
    };
  });
  const projectId = project?.id ?? '';
  for (const { resource } of changes) {
    if (!mayAdminister(caller, projectId, resource)) throw accessDenied(caller.identity.displayName, 'Administer');
  }
  const permissions = organization.of(PipelinePermissions);
  for (const { resource, isGranted } of changes) {
    if (isGranted) permissions.grant(projectId, resource, pipeline, caller.identity.id);
    else permissions.revoke(projectId, resource, pipeline);
  }
  return listOf(changes.map(({ resource, isGranted }) => view(resource, isGranted)));
}

function find({ organization, project }: DevopsRequest, typeText: string, id: string): ProtectedResource {
  const type = resourceTypeOf(typeText);
  if (!type) throw resourceTypeUnknown(typeText);
  const resource = findResource(organization, project?.id ?? '', type, id);
  if (!resource) throw resourceNotFound(typeText, id);
  return resource;
}

function isAuthorized(
  { organization, project }: DevopsRequest,
  resource: ProtectedResource,
  pipeline: number | 'all',
): boolean {
  const { all, pipelines } = organization.of(PipelinePermissions).of(project?.id ?? '', resource);
  return all !== undefined || (pipeline !== 'all' && pipelines.has(pipeline));
}

const view = ({ type, id }: ProtectedResource, authorized: boolean): object => ({ type, id, authorized });
