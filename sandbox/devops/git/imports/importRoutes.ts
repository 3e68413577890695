import type { OrganizationState } from '../../organizationState';
import { flagAt, isObject, objectIn, requiredText, textAt, valueAt } from '../../rest/requestBody';
import { created, type DevopsRequest, listOf, ok, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { GitStore } from '../repositories/gitStore';
import type { ImportRequest, Repository } from '../repositories/repository';
import { advanceImports } from './advanceImports';
import { importNotFound, importNotPossible } from '../rest/errors';
import { gitLocation } from '../rest/gitLocation';
import { repositoryOf, requireGit } from '../rest/repositoryAccess';
import { referenceIn, ServiceEndpoints } from '../../resources/endpoints/serviceEndpoints';
import { protectionOf } from '../../resources/protection';
import { repositoryReference, repositoryUrl } from '../rest/views';

/** `_apis/git/repositories/{id}/importRequests`. */
export function addImportRoutes(router: Router): void {
  const path = 'repositories/{repositoryId}/importRequests/{importRequestId}';
  router.add({
    location: gitLocation('01828ddc-3600-4a41-8633-99b3a73a0eb3', 'importRequests', path, 1, '3.0'),
    handlers: { GET: read, POST: create, PATCH: update },
    scopes: { GET: 'vso.code', POST: 'vso.code_manage', PATCH: 'vso.code_manage' },
  });
}

function create(request: DevopsRequest): Reply {
  const { organization } = request;
  const repository = repositoryOf(request);
  requireGit(request, repository, 'GenericContribute');
  const parameters = objectIn(valueAt(objectIn(request.body, 'importRequest'), 'parameters'), 'parameters');
  const source = objectIn(valueAt(parameters, 'gitSource'), 'gitSource');
  if (!repository.isEmpty) throw importNotPossible('The import failed because the repository is not empty.');
  const endpointId = textAt(parameters, 'serviceEndpointId')?.toLowerCase();
  if (endpointId !== undefined) requireEndpoint(request, repository, endpointId);
  const importRequest: ImportRequest = {
    id: organization.of(GitStore).nextNumber('importRequest'),
    url: requiredText(source, 'url'),
    overwrite: flagAt(source, 'overwrite') ?? false,
    caller: request.caller,
    endpointId,
    deletesEndpoint: flagAt(parameters, 'deleteServiceEndpointAfterImportIsDone') ?? false,
    status: 'queued',
    errorMessage: undefined,
  };
  repository.importRequests.push(importRequest);
  return created(importView(organization, repository, importRequest));
}

/** @throws OrganizationError if the project has no such connection, or the caller may not use it */
function requireEndpoint({ organization, caller }: DevopsRequest, { projectId }: Repository, id: string): void {
  const endpoint = organization.of(ServiceEndpoints).byId(id);
  const { namespaceId, token } = protectionOf('endpoint');
  const use = 1;
  if (!endpoint || !referenceIn(endpoint, projectId) || !caller.may(namespaceId, token(projectId, id), use))
    throw importNotPossible(`The service connection ${id} was not found, or you do not have permission to use it.`);
}

/** Each read takes an import one step further. */
async function read(request: DevopsRequest): Promise<Reply> {
  const { organization, parameters, query } = request;
  const repository = repositoryOf(request);
  await advanceImports(organization, repository);
  if (parameters['importRequestId'] !== undefined)
    return ok(importView(organization, repository, importOf(request, repository)));
  const showsAbandoned = query.get('includeAbandoned')?.toLowerCase() === 'true';
  const shown = repository.importRequests.filter(({ status }) => showsAbandoned || status !== 'abandoned');
  return listOf([...shown].reverse().map((each) => importView(organization, repository, each)));
}

function update(request: DevopsRequest): Reply {
  const { organization } = request;
  const repository = repositoryOf(request);
  requireGit(request, repository, 'GenericContribute');
  const found = importOf(request, repository);
  const status = isObject(request.body) ? textAt(request.body, 'status')?.toLowerCase() : undefined;
  if (found.status !== 'failed') throw importNotPossible('Only a failed import can be retried or abandoned.');
  if (status === 'abandoned') found.status = 'abandoned';
  else if (status === 'queued') found.status = 'queued';
  else throw importNotPossible('The status of an import can be changed to queued or abandoned.');
  return ok(importView(organization, repository, found));
}

function importOf({ parameters }: DevopsRequest, { importRequests }: Repository): ImportRequest {
  const id = parameters['importRequestId'] ?? '';
  const found = importRequests.find((each) => each.id === Number(id));
  if (!found) throw importNotFound(id);
  return found;
}

const steps = [
  'Processing request',
  'Analyzing repository objects',
  'Storing objects',
  'Storing index file',
  'Updating references',
  'Import completed successfully',
];

function importView(organization: OrganizationState, repository: Repository, shown: ImportRequest) {
  const url = `${repositoryUrl(organization, repository)}/importRequests/${shown.id}`;
  const { status } = shown;
  return {
    importRequestId: shown.id,
    repository: repositoryReference(organization, repository),
    parameters: {
      tfvcSource: null,
      gitSource: { url: shown.url, overwrite: shown.overwrite },
      ...(shown.endpointId !== undefined && { serviceEndpointId: shown.endpointId }),
      deleteServiceEndpointAfterImportIsDone: shown.deletesEndpoint,
    },
    status,
    detailedStatus: {
      currentStep: status === 'completed' ? steps.length : 1,
      allSteps: steps,
      ...(shown.errorMessage !== undefined && { errorMessage: shown.errorMessage }),
    },
    _links: { self: { href: url }, repository: { href: repositoryUrl(organization, repository) } },
    url,
  };
}
