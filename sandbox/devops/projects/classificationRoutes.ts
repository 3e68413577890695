import { requirePermission } from '../identities/requirePermission';
import type { OrganizationState } from '../organizationState';
import { argumentInvalid } from '../organizationError';
import { isObject, numberAt, objectIn, requiredText, textAt, valueAt } from '../rest/requestBody';
import { created, type DevopsRequest, listOf, location, noContent, ok, type Reply } from '../rest/route';
import type { Router } from '../rest/router';
import { type ClassificationNode, ClassificationNodes, namesOf, namespaceOf, nodeToken } from './classificationNodes';
import { nodeNumberNotFound, projectNotFound } from './errors';
import type { Project } from './project';

const versions = [2, '1.0', '7.2', '7.1'] as const;
const scopes = { GET: 'vso.work', POST: 'vso.work_write', PATCH: 'vso.work_write', DELETE: 'vso.work_write' };

/** Areas and iterations. */
export function addClassificationRoutes(router: Router, state: OrganizationState): void {
  state.hooks.projectDeleted.add((project) => state.of(ClassificationNodes).forget(project));
  router.add({
    location: location(
      'a70579d1-f53a-48ee-a5be-7be8659023b9',
      'wit',
      'classificationNodes',
      '{project}/_apis/{area}/{resource}',
      versions,
    ),
    handlers: { GET: list },
    scopes,
  });
  router.add({
    location: location(
      '5a172953-1b41-49d3-840a-33f79c3ce89f',
      'wit',
      'classificationNodes',
      '{project}/_apis/{area}/{resource}/{structureGroup}/{*path}',
      versions,
    ),
    handlers: { GET: read, POST: addOrMove, PATCH: update, DELETE: remove },
    scopes,
  });
}

function list({ organization, project, query }: DevopsRequest): Reply {
  const nodes = organization.of(ClassificationNodes);
  const owner = needed(project);
  const ids = query.get('ids');
  if (ids === null) {
    const { area, iteration } = nodes.rootsOf(owner);
    return listOf([area, iteration].map((node) => nodeView(organization, node, depthOf(query), false)));
  }
  const all = nodes.all(owner);
  const found = ids.split(',').map((id) => {
    const node = all.find((each) => String(each.id) === id.trim());
    if (!node && query.get('errorPolicy')?.toLowerCase() !== 'omit') throw nodeNumberNotFound(id);
    return node;
  });
  return listOf(found.flatMap((node) => (node ? [nodeView(organization, node, depthOf(query), true)] : [])));
}

function read(request: DevopsRequest): Reply {
  return ok(nodeView(request.organization, nodeOf(request), depthOf(request.query), true));
}

/** A body with an id moves what is there already below the node of the path; one with a name makes a new node. */
function addOrMove(request: DevopsRequest): Reply {
  const { organization, project } = request;
  const nodes = organization.of(ClassificationNodes);
  const owner = needed(project);
  const parent = nodeOf(request);
  requireWrite(request, parent, 4);
  const body = objectIn(request.body, 'postedNode');
  const id = numberAt(body, 'id');
  if (id !== undefined && id !== 0) {
    const node = nodes.all(owner).find((each) => each.id === id && each.parent && each.structure === parent.structure);
    if (!node) throw nodeNumberNotFound(String(id));
    nodes.move(node, parent);
    return { ...ok(nodeView(organization, node, 0, true)), headers: { location: urlOf(organization, node) } };
  }
  const node = nodes.add(parent, owner, requiredText(body, 'name'), attributesOf(valueAt(body, 'attributes')));
  return { ...created(nodeView(organization, node, 0, true)), headers: { location: urlOf(organization, node) } };
}

function update(request: DevopsRequest): Reply {
  const { organization } = request;
  const node = nodeOf(request);
  requireWrite(request, node, 2);
  const body = objectIn(request.body, 'postedNode');
  const name = textAt(body, 'name');
  if (name !== undefined) organization.of(ClassificationNodes).rename(node, name);
  node.attributes = attributesOf(valueAt(body, 'attributes')) ?? node.attributes;
  return { ...ok(nodeView(organization, node, 0, true)), headers: { location: urlOf(organization, node) } };
}

function remove(request: DevopsRequest): Reply {
  const { organization } = request;
  const node = nodeOf(request);
  requireWrite(request, node, 8);
  if (!node.parent) throw argumentInvalid('path', 'The root of the areas or iterations cannot be deleted.');
  organization.of(ClassificationNodes).remove(node);
  return noContent;
}

function requireWrite(request: DevopsRequest, node: ClassificationNode, bits: number): void {
  requirePermission(request, namespaceOf(node.structure), nodeToken(node), bits, node.name);
}

function nodeOf(request: DevopsRequest): ClassificationNode {
  const { organization, project, parameters } = request;
  return organization.of(ClassificationNodes).at(needed(project), structureOf(request), parameters['path'] ?? '');
}

function structureOf({ parameters: { structureGroup = '' } }: DevopsRequest): ClassificationNode['structure'] {
  switch (structureGroup.toLowerCase()) {
    case 'areas':
    case '0':
      return 'area';
    case 'iterations':
    case '1':
      return 'iteration';
    default:
      throw argumentInvalid('structureGroup', `There are no nodes of the kind '${structureGroup}'.`);
  }
}

/** Dates are kept as they come; an empty object is nothing. */
function attributesOf(value: unknown): ClassificationNode['attributes'] {
  return isObject(value) && Object.keys(value).length > 0 ? value : undefined;
}

const depthOf = (query: URLSearchParams): number => Number(query.get('$depth') ?? '0');

function needed(project: Project | undefined): Project {
  if (!project) throw projectNotFound('');
  return project;
}

function urlOf(organization: OrganizationState, node: ClassificationNode): string {
  const group = node.structure === 'area' ? 'Areas' : 'Iterations';
  const path = [group, ...namesOf(node)].map(encodeURIComponent).join('/');
  return organization.url(`${node.projectId}/_apis/wit/classificationNodes/${path}`);
}

/** Only the node that was asked for has links. */
export function nodeView(
  organization: OrganizationState,
  node: ClassificationNode,
  depth: number,
  hasLinks: boolean,
): object {
  const url = urlOf(organization, node);
  const root = node.structure === 'area' ? 'Area' : 'Iteration';
  const projectName = organization.projects.find(node.projectId)?.name ?? '';
  return {
    id: node.id,
    identifier: node.identifier,
    name: node.parent ? node.name : projectName,
    structureType: node.structure,
    hasChildren: node.children.length > 0,
    ...(node.attributes && { attributes: node.attributes }),
    ...(depth > 0 &&
      node.children.length > 0 && {
        children: node.children.map((child) => nodeView(organization, child, depth - 1, false)),
      }),
    path: `\\${[projectName, root, ...namesOf(node)].join('\\')}`,
    ...(hasLinks && {
      _links: { self: { href: url }, ...(node.parent && { parent: { href: urlOf(organization, node.parent) } }) },
    }),
    url,
  };
}
