import { argumentInvalid } from '../../organizationError';
import type { OrganizationState } from '../../organizationState';
import { namespaceIds } from '../../identities/namespaces';
import { requirePermission } from '../../identities/requirePermission';
import { findProject } from '../../projects/findProject';
import type { Project } from '../../projects/project';
import { flagAt, type JsonObject, objectIn, requiredText, textAt, valueAt } from '../../rest/requestBody';
import { created, type DevopsRequest, noContent, ok, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { gitBits, gitToken } from '../repositories/gitPermission';
import { GitStore } from '../repositories/gitStore';
import type { Repository } from '../repositories/repository';
import { nameTaken, refNotFound, repositoryNameInvalid, repositoryNotFound } from './errors';
import { gitLocation } from './gitLocation';
import { findReadable, isReadable, repositoryOf, requireGit } from './repositoryAccess';
import { repositoryReference, repositoryView } from './views';

/** `_apis/git/repositories`. A project has a repository of its name from the start. */
export function addRepositoryRoutes(router: Router, organization: OrganizationState): void {
  const store = organization.of(GitStore);
  organization.hooks.projectCreated.add(({ id, name }) => void store.create(name, id));
  organization.hooks.projectDeleted.add(({ id }) => store.forget(id));
  router.add({
    location: gitLocation('225f7195-f9c7-4d14-ab28-a83f7ff77e1f', 'repositories', '{resource}/{repositoryId}'),
    isProjectOptional: true,
    handlers: { GET: read, POST: create, PATCH: update, DELETE: remove },
    scopes: { GET: 'vso.code', POST: 'vso.code_manage', PATCH: 'vso.code_manage', DELETE: 'vso.code_manage' },
  });
}

function read(request: DevopsRequest): Reply {
  const { organization, parameters, query, caller, project } = request;
  if (parameters['repositoryId'] !== undefined) return ok(repositoryView(organization, repositoryOf(request)));
  const showsHidden = query.get('includeHidden')?.toLowerCase() === 'true';
  const all = organization.of(GitStore).list(project?.id);
  const shown = all.filter((each) => isReadable(caller, each) && (showsHidden || !each.isDisabled));
  // Lists name the value before the count (recorded).
  const value = shown.map((each) => repositoryReference(organization, each));
  return { status: 200, body: { value, count: value.length } };
}

function create(request: DevopsRequest): Reply {
  const { organization, caller } = request;
  const body = objectIn(request.body, 'gitRepositoryToCreate');
  const name = requiredText(body, 'name').trim();
  if (valueAt(body, 'parentRepository')) throw argumentInvalid('parentRepository', 'The sandbox has no forks.');
  const project = request.project ?? projectIn(request, body);
  // The token of a job that is limited to named repositories learns nothing of others.
  if (caller.credential.repositories !== undefined) throw repositoryNotFound(name);
  requirePermission(request, namespaceIds.git, gitToken(project.id), gitBits.CreateRepository);
  const store = organization.of(GitStore);
  checkName(store, project.id, name);
  return created(repositoryReference(organization, store.create(name, project.id)));
}

function projectIn({ organization, caller }: DevopsRequest, body: JsonObject): Project {
  const project = objectIn(valueAt(body, 'project'), 'project');
  return findProject(organization, caller, textAt(project, 'id') ?? requiredText(project, 'name'));
}

/** https://learn.microsoft.com/azure/devops/organizations/settings/naming-restrictions#azure-repos-git */
function checkName(store: GitStore, projectId: string, name: string): void {
  if (name === '' || name.length > 64 || /[\\/:*?"<>|#;$,+=[\]{}]|^[._]|\.$/.test(name))
    throw repositoryNameInvalid(name);
  if (store.isTaken(projectId, name)) throw nameTaken(name);
}

function update(request: DevopsRequest): Reply {
  const { organization, caller, project, parameters } = request;
  const nameOrId = parameters['repositoryId'] ?? '';
  const repository = findReadable(organization, caller, project?.id, nameOrId);
  const body = objectIn(request.body, 'newRepositoryInfo');
  const isDisabled = flagAt(body, 'isDisabled');
  if (!repository || (repository.isDisabled && isDisabled !== false)) throw repositoryNotFound(nameOrId);
  if (isDisabled !== undefined) {
    requireGit(request, repository, 'DeleteRepository');
    repository.isDisabled = isDisabled;
  }
  rename(request, repository, textAt(body, 'name'));
  setDefaultBranch(request, repository, textAt(body, 'defaultBranch'));
  return ok(repositoryView(organization, repository));
}

function rename(request: DevopsRequest, repository: Repository, name: string | undefined): void {
  if (name === undefined || name === repository.name) return;
  requireGit(request, repository, 'RenameRepository');
  const isOtherCase = name.toLowerCase() === repository.name.toLowerCase();
  if (!isOtherCase) checkName(request.organization.of(GitStore), repository.projectId, name);
  repository.name = name;
}

function setDefaultBranch(request: DevopsRequest, repository: Repository, branch: string | undefined): void {
  if (branch === undefined || branch === repository.defaultBranch) return;
  requireGit(request, repository, 'EditPolicies');
  if (!branch.startsWith('refs/heads/') || !repository.refs.has(branch))
    throw refNotFound(branch, request.parameters['repositoryId'] ?? '');
  repository.defaultBranch = branch;
}

/** Into the recycle bin; also one that is disabled. */
function remove(request: DevopsRequest): Reply {
  const { organization, caller, project, parameters } = request;
  const nameOrId = parameters['repositoryId'] ?? '';
  const repository = findReadable(organization, caller, project?.id, nameOrId);
  if (!repository) throw repositoryNotFound(nameOrId);
  requireGit(request, repository, 'DeleteRepository');
  organization.of(GitStore).delete(repository, caller.identity.id, organization.clock.now());
  return noContent;
}
