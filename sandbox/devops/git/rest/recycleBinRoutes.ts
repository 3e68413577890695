import type { OrganizationState } from '../../organizationState';
import { identityReference } from '../../policy/identityReference';
import { projectReference } from '../../projects/projectViews';
import { flagAt, objectIn } from '../../rest/requestBody';
import { type DevopsRequest, listOf, ok, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { type DeletedRepository, GitStore } from '../repositories/gitStore';
import { repositoryNotFound } from './errors';
import { gitLocation } from './gitLocation';
import { isReadable, requireGit } from './repositoryAccess';
import { projectOf, repositoryView } from './views';

/** Repositories that were deleted: they keep their names until they are destroyed. */
export function addRecycleBinRoutes(router: Router): void {
  const path = 'recycleBin/repositories/{repositoryId}';
  router.add({
    location: gitLocation('a663da97-81db-4eb3-8b83-287670f63073', 'recycleBinRepositories', path, 1, '4.1'),
    handlers: { GET: list, PATCH: restore, DELETE: destroy },
    scopes: { GET: 'vso.code', PATCH: 'vso.code_manage', DELETE: 'vso.code_manage' },
  });
  router.add({
    location: gitLocation('2b6869c4-cb25-42b5-b7a3-0d3e6be0a11a', 'deletedRepositories', '{resource}', 1, '2.2'),
    handlers: { GET: list },
    scopes: { GET: 'vso.code' },
  });
}

function list({ organization, project, caller }: DevopsRequest): Reply {
  const deleted = [...organization.of(GitStore).recycleBin.values()].filter(
    ({ repository }) => repository.projectId === project?.id && isReadable(caller, repository),
  );
  return listOf(deleted.map((each) => deletedView(organization, each)));
}

function deletedOf({ organization, project, parameters, caller }: DevopsRequest): DeletedRepository {
  const id = parameters['repositoryId'] ?? '';
  const found = organization.of(GitStore).recycleBin.get(id.toLowerCase());
  if (found?.repository.projectId !== project?.id || !found || !isReadable(caller, found.repository))
    throw repositoryNotFound(id);
  return found;
}

function restore(request: DevopsRequest): Reply {
  const { organization } = request;
  const { repository } = deletedOf(request);
  requireGit(request, repository, 'DeleteRepository');
  if (flagAt(objectIn(request.body, 'repositoryDetails'), 'deleted') === false)
    organization.of(GitStore).restore(repository);
  return ok(repositoryView(organization, repository));
}

function destroy(request: DevopsRequest): Reply {
  const { repository } = deletedOf(request);
  requireGit(request, repository, 'DeleteRepository');
  request.organization.of(GitStore).recycleBin.delete(repository.id);
  return { status: 200 };
}

function deletedView(organization: OrganizationState, { repository, deletedById, deletedDate }: DeletedRepository) {
  return {
    id: repository.id,
    name: repository.name,
    project: projectReference(organization, projectOf(organization, repository)),
    deletedBy: identityReference(organization, deletedById),
    createdDate: organization.time(repository.createdAt),
    deletedDate: organization.time(deletedDate),
  };
}
