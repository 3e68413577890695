import { namespaceIds } from '../identities/namespaces';
import { requirePermission } from '../identities/requirePermission';
import { argumentInvalid } from '../organizationError';
import { pageOf } from '../rest/paging';
import { isObject, objectIn, requiredText, textAt, valueAt } from '../rest/requestBody';
import { accepted, type DevopsRequest, listOf, location, ok, type Reply } from '../rest/route';
import type { Router } from '../rest/router';
import { operationNotFound, processNotFound, projectExists } from './errors';
import { findProject, seesProject } from './findProject';
import { basicProcess, findProcess, processes } from './processes';
import type { Project } from './project';
import { projectToken } from './projectGroups';
import { projectReference, projectView } from './projectViews';

const released = (resourceVersion: number, minVersion: string) => [resourceVersion, minVersion, '7.2', '7.1'] as const;

/** Projects, the processes that they follow, and the operations that make and delete them. */
export function addProjectRoutes(router: Router): void {
  router.add({
    location: location(
      '603fe2ac-9723-48b9-88ad-09305aa6c6e1',
      'core',
      'projects',
      '_apis/{resource}/{*projectId}',
      released(4, '1.0'),
    ),
    handlers: {
      GET: (request) => (request.parameters['projectId'] === undefined ? list(request) : read(request)),
      POST: create,
      PATCH: update,
      DELETE: remove,
    },
    scopes: {
      GET: 'vso.project',
      POST: 'vso.project_manage',
      PATCH: 'vso.project_write',
      DELETE: 'vso.project_manage',
    },
  });
  router.add({
    location: location(
      '9a1b74b4-2ca8-4a9f-8470-c2f2e6fdc949',
      'operations',
      'operations',
      '_apis/{resource}/{operationId}',
      released(1, '2.0'),
    ),
    handlers: {
      GET: ({ organization, parameters: { operationId = '' } }) => {
        const operation = organization.operations.read(operationId);
        if (!operation) throw operationNotFound(operationId);
        return ok(operation);
      },
    },
  });
  router.add({
    location: location(
      '93878975-88c5-4e6a-8abb-7ddd77a8a7d8',
      'core',
      'processes',
      '_apis/process/{resource}/{*processId}',
      released(1, '1.0'),
    ),
    handlers: { GET: readProcesses },
    scopes: { GET: 'vso.work' },
  });
}

function list({ organization, caller, query }: DevopsRequest): Reply {
  const seen = organization.projects.all().filter((project) => seesProject(caller, project));
  const { page, headers } = pageOf(seen, query);
  return listOf(
    page.map((project) => projectReference(organization, project)),
    headers,
  );
}

function read({ organization, caller, query, parameters: { projectId = '' } }: DevopsRequest): Reply {
  const project = findProject(organization, caller, projectId);
  return ok(projectView(organization, project, query.get('includeCapabilities')?.toLowerCase() === 'true'));
}

async function create(request: DevopsRequest): Promise<Reply> {
  const { organization } = request;
  requirePermission(request, namespaceIds.collection, 'NAMESPACE:', 4, 'the collection');
  const body = objectIn(request.body, 'projectToCreate');
  const name = requiredText(body, 'name').trim();
  const description = textAt(body, 'description');
  const processId = processOf(valueAt(body, 'capabilities'));
  if (!findProcess(processId)) throw processNotFound(processId);
  await organization.projects.create({
    name,
    processId,
    ...(description !== undefined && description !== '' && { description }),
    visibility: visibilityOf(textAt(body, 'visibility') ?? 'private'),
  });
  return accepted(organization.operations.start());
}

function processOf(capabilities: unknown): string {
  const template = isObject(capabilities) ? valueAt(capabilities, 'processTemplate') : undefined;
  return (isObject(template) ? textAt(template, 'templateTypeId') : undefined) ?? basicProcess;
}

function visibilityOf(text: string): Project['visibility'] {
  const found = (['private', 'public', 'organization'] as const).find((each) => each === text.toLowerCase());
  if (!found) throw argumentInvalid('visibility', `The visibility '${text}' is not supported.`);
  return found;
}

function update(request: DevopsRequest): Reply {
  const { organization, caller, parameters } = request;
  const project = findProject(organization, caller, parameters['projectId'] ?? '');
  requirePermission(request, namespaceIds.project, projectToken(project), 2, project.name);
  const body = objectIn(request.body, 'projectUpdate');
  const name = textAt(body, 'name')?.trim();
  if (name !== undefined && name !== '' && name !== project.name) {
    requirePermission(request, namespaceIds.project, projectToken(project), 65536, project.name);
    const taken = organization.projects.find(name);
    if (taken && taken !== project) throw projectExists(name);
    project.name = name;
    organization.identities.renameProject(project.id, name);
  }
  const [description, visibility] = [textAt(body, 'description'), textAt(body, 'visibility')];
  if (description !== undefined) project.description = description === '' ? undefined : description;
  if (visibility !== undefined) project.visibility = visibilityOf(visibility);
  organization.projects.touch(project);
  return ok(organization.operations.start());
}

async function remove(request: DevopsRequest): Promise<Reply> {
  const { organization, caller, parameters } = request;
  const project = findProject(organization, caller, parameters['projectId'] ?? '');
  requirePermission(request, namespaceIds.project, projectToken(project), 4, project.name);
  await organization.projects.remove(project);
  return accepted(organization.operations.start());
}

function readProcesses({ organization, parameters: { processId } }: DevopsRequest): Reply {
  const shown = (process: (typeof processes)[number]) => ({
    id: process.id,
    description: process.description,
    isDefault: process.isDefault,
    type: 'system',
    url: organization.url(`_apis/process/processes/${process.id}`),
    name: process.name,
  });
  if (processId === undefined) return listOf(processes.map(shown));
  const process = findProcess(processId);
  if (!process) throw processNotFound(processId);
  return ok(shown(process));
}
