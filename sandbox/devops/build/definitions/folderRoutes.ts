import { namespaceIds } from '../../identities/namespaces';
import { requirePermission } from '../../identities/requirePermission';
import { argumentMissing } from '../../organizationError';
import { isObject, textAt, type JsonObject } from '../../rest/requestBody';
import { listOf, location, noContent, ok, type DevopsRequest, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { personView } from '../../resources/person';
import { folderNotFound } from '../buildErrors';
import { buildBits, definitionToken } from './definition';
import { Definitions } from './definitions';
import { projectView } from './definitionViews';
import { folderPath, Folders, isInside, type Folder } from './folders';

/** The folders of pipelines. */
export function addFolderRoutes(router: Router): void {
  router.add({
    location: location(
      'a906531b-d2da-4f55-bda7-f3e676cc50d9',
      'build',
      'folders',
      '{project}/_apis/{area}/{resource}/{*path}',
      [2, '3.0', '7.2', '0.0'],
    ),
    handlers: { GET: list, PUT: create, POST: update, DELETE: remove },
    scopes: { GET: 'vso.build', PUT: 'vso.build_execute', POST: 'vso.build_execute', DELETE: 'vso.build_execute' },
  });
}

/** From the route or, as the reference has it, from the query. */
function pathOf({ parameters, query }: DevopsRequest): string {
  return folderPath(parameters['path'] ?? query.get('path') ?? '');
}

/** All folders, or one and those in it. */
function list(request: DevopsRequest): Reply {
  const { organization, project, query } = request;
  const folders = [...organization.of(Folders).inside(project?.id ?? '', pathOf(request))];
  if (query.get('queryOrder')?.toLowerCase() === 'folderdescending') folders.reverse();
  return listOf(folders.map((folder) => folderView(request, folder)));
}

function create(request: DevopsRequest): Reply {
  const { organization, project, caller } = request;
  const path = pathOf(request);
  if (path === '\\') throw argumentMissing('path');
  requireEdit(request, path);
  const description = textAt(bodyOf(request), 'description');
  const folder = organization.of(Folders).add(project?.id ?? '', path, description, caller.identity.id);
  return ok(folderView(request, folder));
}

/** Renames a folder: the pipelines in it move along. */
function update(request: DevopsRequest): Reply {
  const { organization, project, caller } = request;
  const projectId = project?.id ?? '';
  const [path, body] = [pathOf(request), bodyOf(request)];
  requireEdit(request, path);
  const to = folderPath(textAt(body, 'path') ?? path);
  const definitions = organization.of(Definitions);
  const folder = organization.of(Folders).update(projectId, path, to, textAt(body, 'description'), caller.identity.id);
  for (const each of definitions.ofProject(projectId)) {
    if (isInside(each.content.path, path)) definitions.move(each, to + each.content.path.slice(path.length));
  }
  return ok(folderView(request, folder));
}

/** With the pipelines in it. */
function remove(request: DevopsRequest): Reply {
  const { organization, project } = request;
  const projectId = project?.id ?? '';
  const path = pathOf(request);
  if (path === '\\' || !organization.of(Folders).find(projectId, path)) throw folderNotFound(path);
  requireEdit(request, path);
  organization.of(Folders).remove(projectId, path);
  for (const each of organization.of(Definitions).ofProject(projectId)) {
    if (isInside(each.content.path, path)) organization.of(Definitions).remove(each);
  }
  return noContent;
}

const bodyOf = ({ body }: DevopsRequest): JsonObject => (isObject(body) ? body : {});

function requireEdit(request: DevopsRequest, path: string): void {
  const token = definitionToken(request.project?.id ?? '', path);
  requirePermission(request, namespaceIds.build, token, buildBits.editDefinition, `folder ${path}`);
}

function folderView({ organization, project }: DevopsRequest, folder: Folder): object {
  const { path, description, createdById, lastChangedOn, lastChangedById } = folder;
  return {
    path,
    ...(description !== undefined && { description }),
    createdOn: organization.time(folder.createdOn),
    ...(createdById !== undefined && { createdBy: personView(organization, createdById) }),
    ...(lastChangedOn !== undefined && { lastChangedDate: organization.time(lastChangedOn) }),
    ...(lastChangedById !== undefined && { lastChangedBy: personView(organization, lastChangedById) }),
    project: projectView(organization, project?.id ?? ''),
  };
}
