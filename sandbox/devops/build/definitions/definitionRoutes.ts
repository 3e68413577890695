import { namespaceIds } from '../../identities/namespaces';
import { requirePermission } from '../../identities/requirePermission';
import { pageOf } from '../../rest/paging';
import { numberAt, objectIn } from '../../rest/requestBody';
import { listOf, location, noContent, ok, type DevopsRequest, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { definitionIdDiffers, definitionNotFound } from '../buildErrors';
import { buildBits, definitionToken, type Definition } from './definition';
import { readDefinition } from './definitionBody';
import { Definitions } from './definitions';
import { definitionSummary, definitionView } from './definitionViews';
import { folderPath } from './folders';

/** Pipelines as build definitions: the only API that can change them. */
export function addDefinitionRoutes(router: Router): void {
  router.add({
    location: location(
      'dbeaf647-6167-421a-bda9-c9327b25e2e6',
      'Build',
      'Definitions',
      '{project}/_apis/build/{resource}/{definitionId}',
      [7, '1.0', '7.2', '7.1'],
    ),
    handlers: {
      GET: (request) =>
        request.parameters['definitionId'] === undefined
          ? list(request)
          : ok(definitionView(request.organization, findDefinition(request))),
      POST: create,
      PUT: update,
      DELETE: remove,
    },
    scopes: {
      GET: 'vso.build',
      POST: 'vso.build_execute',
      PUT: 'vso.build_execute',
      DELETE: 'vso.build_execute',
    },
  });
}

/** Texts with `*` for any text, without regard to case. */
export function matchesName(name: string, pattern: string): boolean {
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`, 'is').test(name);
}

function list(request: DevopsRequest): Reply {
  const { organization, project, query } = request;
  const [name, path, repositoryId, yaml] = ['name', 'path', 'repositoryId', 'yamlFilename'].map((key) =>
    query.get(key),
  );
  const ids = query.get('definitionIds')?.split(',').map(Number);
  const found = organization
    .of(Definitions)
    .ofProject(project?.id ?? '')
    .filter((each) => isSeen(request, each))
    .filter(({ content }) => typeof name !== 'string' || matchesName(content.name, name))
    .filter(({ content }) => typeof path !== 'string' || content.path.toLowerCase() === folderPath(path).toLowerCase())
    .filter(({ content }) => typeof repositoryId !== 'string' || content.repository.id === repositoryId.toLowerCase())
    .filter(({ content }) => typeof yaml !== 'string' || content.yamlFilename === yaml.replace(/^\//, ''))
    .filter(({ id }) => ids?.includes(id) ?? true)
    .sort(orderOf(query.get('queryOrder')));
  const { page, headers } = pageOf(found, query);
  const view = query.get('includeAllProperties')?.toLowerCase() === 'true' ? definitionView : definitionSummary;
  return listOf(
    page.map((each) => view(organization, each)),
    headers,
  );
}

function orderOf(order: string | null): (a: Definition, b: Definition) => number {
  const sign = order?.toLowerCase().endsWith('descending') === true ? -1 : 1;
  if (order?.toLowerCase().startsWith('definitionname') === true)
    return (a, b) => sign * a.content.name.localeCompare(b.content.name);
  return (a, b) => sign * (a.id - b.id);
}

function create(request: DevopsRequest): Reply {
  const { organization, project, caller } = request;
  const projectId = project?.id ?? '';
  const content = readDefinition(request, objectIn(request.body, 'definition'), undefined);
  const token = definitionToken(projectId, content.path);
  requirePermission(
    request,
    namespaceIds.build,
    token,
    buildBits.createDefinition,
    `team project ${project?.name ?? ''}`,
  );
  return ok(definitionView(organization, organization.of(Definitions).add(projectId, content, caller.identity.id)));
}

function update(request: DevopsRequest): Reply {
  const { organization, caller, parameters } = request;
  const definition = findDefinition(request);
  const body = objectIn(request.body, 'definition');
  const id = numberAt(body, 'id') ?? 0;
  if (id !== definition.id) throw definitionIdDiffers(parameters['definitionId'] ?? '', id);
  requireDefinition(request, definition, buildBits.editDefinition);
  organization
    .of(Definitions)
    .update(definition, readDefinition(request, body, definition), numberAt(body, 'revision'), caller.identity.id);
  return ok(definitionView(organization, definition));
}

function remove(request: DevopsRequest): Reply {
  const definition = findDefinition(request);
  requireDefinition(request, definition, buildBits.deleteDefinition);
  request.organization.of(Definitions).remove(definition);
  return noContent;
}

/** That of `{definitionId}`. @throws OrganizationError when it does not exist, or may not be seen */
export function findDefinition(request: DevopsRequest, id = request.parameters['definitionId'] ?? ''): Definition {
  const definition = request.organization.of(Definitions).byId(request.project?.id ?? '', Number(id));
  if (!definition || !isSeen(request, definition)) throw definitionNotFound(id);
  return definition;
}

function isSeen({ caller }: DevopsRequest, { projectId, content, id }: Definition): boolean {
  return caller.may(namespaceIds.build, definitionToken(projectId, content.path, id), buildBits.viewDefinition);
}

/** @throws OrganizationError TF215106 */
export function requireDefinition(request: DevopsRequest, { id, projectId, content }: Definition, bits: number): void {
  const token = definitionToken(projectId, content.path, id);
  const subject = `build pipeline ${id}:${content.name} in team project ${request.project?.name ?? ''}`;
  requirePermission(request, namespaceIds.build, token, bits, subject);
}
