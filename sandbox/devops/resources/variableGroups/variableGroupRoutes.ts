import { requirePermission } from '../../identities/requirePermission';
import type { OrganizationState } from '../../organizationState';
import { findProject } from '../../projects/findProject';
import type { Project } from '../../projects/project';
import { pageOf } from '../../rest/paging';
import { isObject, listAt, objectIn, requiredText, textAt, valueAt, type JsonObject } from '../../rest/requestBody';
import { listOf, location, noContent, ok, type DevopsRequest, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { grantToCreator, protectionOf } from '../protection';
import { notPartOfProject, projectReferenceMissing, sharingNotAllowed, variableGroupNotFound } from '../resourceErrors';
import { readVariables, type GroupReference, type VariableGroup, variableViews } from './variableGroup';
import { VariableGroups } from './variableGroups';

const scopes = {
  GET: 'vso.variablegroups_read',
  POST: 'vso.variablegroups_manage',
  PUT: 'vso.variablegroups_manage',
  PATCH: 'vso.variablegroups_manage',
  DELETE: 'vso.variablegroups_manage',
};

/** Variable groups on both of their routes: the one of a project, and the one of the organisation. */
export function addVariableGroupRoutes(router: Router): void {
  router.add({
    location: location(
      'f5b09dd5-9d54-45a1-8b5a-1c8287d634cc',
      'distributedtask',
      'variablegroups',
      '{project}/_apis/{area}/{resource}/{groupId}',
      [2, '3.1', '7.2', '7.1'],
    ),
    handlers: {
      GET: (request) => (request.parameters['groupId'] === undefined ? list(request) : read(request)),
      POST: create,
      PUT: update,
      DELETE: remove,
    },
    scopes,
  });
  router.add({
    location: location(
      'ef5b7057-ffc3-4c77-bbad-c10b4a4abcc7',
      'distributedtask',
      'variablegroups',
      '_apis/{area}/{resource}/{groupId}',
      [2, '5.2', '7.2', '7.1'],
    ),
    handlers: {
      POST: create,
      PUT: update,
      PATCH: () => {
        throw sharingNotAllowed();
      },
      DELETE: remove,
    },
    scopes,
  });
}

const { namespaceId, token, administer, view } = protectionOf('variablegroup');
const createBit = 4;

function list({ organization, project, query, caller }: DevopsRequest): Reply {
  const { id = '' } = project ?? {};
  const [name, ids] = [query.get('groupName'), query.get('groupIds')];
  const wanted = ids?.split(',').map((each) => Number(each));
  const groups = organization
    .of(VariableGroups)
    .ofProject(id)
    .filter((group) => wanted?.includes(group.id) ?? true)
    .filter((group) => name === null || matches(group.reference.name, name))
    .filter((group) => caller.may(namespaceId, token(id, String(group.id)), view))
    .sort((a, b) => (query.get('queryOrder')?.toLowerCase() === 'iddescending' ? b.id - a.id : a.id - b.id));
  const { page, headers } = pageOf(groups, query, {
    names: { top: '$top', skip: '$skip', token: 'continuationToken' },
  });
  // A list leaves the references out, which only a read by id has.
  return listOf(
    page.map((group) => ({ ...groupView(organization, group, true), variableGroupProjectReferences: null })),
    headers,
  );
}

/** A `*` stands for any text. */
function matches(name: string, pattern: string): boolean {
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`, 'is').test(name);
}

/** `null` for a group that does not exist, is in another project or may not be seen. */
function read({ organization, project, caller, parameters }: DevopsRequest): Reply {
  const group = organization.of(VariableGroups).byId(Number(parameters['groupId']));
  if (!group || group.reference.projectId !== project?.id) return ok(null);
  if (!caller.may(namespaceId, token(project.id, String(group.id)), view)) return ok(null);
  return ok(groupView(organization, group, true));
}

function create(request: DevopsRequest): Reply {
  const { organization, caller } = request;
  const body = objectIn(request.body, 'group');
  const reference = readReference(request, body);
  requirePermission(request, namespaceId, token(reference.projectId), createBit, 'the library');
  const group = organization.of(VariableGroups).add(
    {
      type: textAt(body, 'type') ?? 'Vsts',
      providerData: valueAt(body, 'providerData') ?? undefined,
      variables: readVariables(body, new Map()),
      reference,
    },
    caller.identity.id,
  );
  grantToCreator(organization, caller, 'variablegroup', reference.projectId, String(group.id));
  return ok(groupView(organization, group, false));
}

function update(request: DevopsRequest): Reply {
  const { organization, caller, project, parameters } = request;
  const groups = organization.of(VariableGroups);
  const group = findGroup(request, groups, parameters['groupId'] ?? '', project);
  const body = objectIn(request.body, 'group');
  const reference = readReference(request, body, group.reference);
  if (reference.projectId !== group.reference.projectId) throw notPartOfProject(reference.projectId);
  requirePermission(request, namespaceId, tokenOf(group), administer, `variable group ${group.reference.name}`);
  groups.replace(
    group,
    {
      type: textAt(body, 'type') ?? group.type,
      providerData: valueAt(body, 'providerData') ?? undefined,
      variables: readVariables(body, group.variables),
      reference,
    },
    caller.identity.id,
  );
  return ok(groupView(organization, group, false));
}

function remove(request: DevopsRequest): Reply {
  const { organization, project, parameters, query } = request;
  const groups = organization.of(VariableGroups);
  const group = findGroup(request, groups, parameters['groupId'] ?? '', project);
  if (!project) {
    const ids = query.get('projectIds')?.toLowerCase().split(',') ?? [];
    if (ids.length === 0) throw projectReferenceMissing();
    if (!ids.includes(group.reference.projectId)) throw notPartOfProject(ids.join(', '));
  }
  requirePermission(request, namespaceId, tokenOf(group), administer, `variable group ${group.reference.name}`);
  groups.remove(group);
  return noContent;
}

function findGroup(
  { caller }: DevopsRequest,
  groups: VariableGroups,
  id: string,
  project: Project | undefined,
): VariableGroup {
  const group = groups.byId(Number(id));
  const isElsewhere = project !== undefined && group?.reference.projectId !== project.id;
  if (!group || isElsewhere || !caller.may(namespaceId, tokenOf(group), view)) throw variableGroupNotFound(id);
  return group;
}

const tokenOf = ({ id, reference }: VariableGroup): string => token(reference.projectId, String(id));

/** Where a group belongs: the references of the body, or on the route of a project that project. */
function readReference(
  { organization, project, caller }: DevopsRequest,
  body: JsonObject,
  before?: GroupReference,
): GroupReference {
  const references = listAt(body, 'variableGroupProjectReferences').filter(isObject);
  const own = references.find((each) => projectOf(each) === before?.projectId);
  if (before && references.length > 1) {
    const other = references.map(projectOf).find((id) => id !== undefined && id !== before.projectId);
    if (other !== undefined) throw notPartOfProject(other);
  }
  if (references.length > 1) throw sharingNotAllowed();
  const reference = own ?? references[0];
  if (!reference && !project && !before) throw projectReferenceMissing();
  if (!reference) {
    const projectId = project?.id ?? before?.projectId ?? '';
    return { projectId, name: requiredText(body, 'name'), description: textAt(body, 'description') };
  }
  const id = projectOf(reference);
  const found = project ?? (id === undefined ? undefined : findProject(organization, caller, id));
  if (!found) throw projectReferenceMissing();
  return {
    projectId: found.id,
    name: textAt(reference, 'name') ?? requiredText(body, 'name'),
    description: textAt(reference, 'description') ?? textAt(body, 'description'),
  };
}

function projectOf(reference: JsonObject): string | undefined {
  const project = valueAt(reference, 'projectReference');
  return isObject(project) ? (textAt(project, 'id') ?? textAt(project, 'name'))?.toLowerCase() : undefined;
}

/** Answers to POST and PUT have no names of people. */
function groupView(state: OrganizationState, group: VariableGroup, hasNames: boolean): object {
  const { reference, providerData } = group;
  const person = (id: string): object => {
    const identity = state.identities.byId(id);
    if (!hasNames || !identity) return { displayName: null, id };
    return { displayName: identity.displayName, id, uniqueName: identity.principalName };
  };
  const project = state.projects.find(reference.projectId);
  const description = reference.description !== undefined && { description: reference.description };
  return {
    variables: variableViews(group.variables),
    id: group.id,
    type: group.type,
    name: reference.name,
    ...description,
    ...(providerData !== undefined && { providerData }),
    createdBy: person(group.createdById),
    createdOn: state.time(group.createdOn),
    modifiedBy: person(group.modifiedById),
    modifiedOn: state.time(group.modifiedOn),
    isShared: false,
    variableGroupProjectReferences: [
      {
        projectReference: { id: reference.projectId, name: project?.name ?? '' },
        name: reference.name,
        ...description,
      },
    ],
  };
}
