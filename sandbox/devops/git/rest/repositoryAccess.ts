import { deflateSync } from 'node:zlib';
import type { Caller } from '../../identities/caller';
import { namespaceIds } from '../../identities/namespaces';
import { requirePermission } from '../../identities/requirePermission';
import type { OrganizationState } from '../../organizationState';
import { PolicyStore } from '../../policy/policyStore';
import { pushProblem } from '../../policy/pushPolicies';
import type { DevopsRequest } from '../../rest/route';
import { gitBits, type GitPermission, gitToken } from '../repositories/gitPermission';
import { GitStore } from '../repositories/gitStore';
import type { RefUpdate, Repository } from '../repositories/repository';
import { readFiles } from '../objects/files';
import type { Pusher } from '../repositories/updateRefs';
import { repositoryNotFound } from './errors';

/** The repository of a path. @throws OrganizationError TF401019 if it is absent, disabled, not readable or out of the token's reach */
export function repositoryOf({ organization, caller, project, parameters }: DevopsRequest): Repository {
  const nameOrId = parameters['repositoryId'] ?? parameters['repository'] ?? '';
  const repository = findReadable(organization, caller, project?.id, nameOrId);
  if (!repository || repository.isDisabled) throw repositoryNotFound(nameOrId);
  return repository;
}

/** Also one that is disabled; undefined if it is absent, not readable or out of the token's reach. */
export function findReadable(
  organization: OrganizationState,
  caller: Caller,
  projectId: string | undefined,
  nameOrId: string,
): Repository | undefined {
  const repository = organization.of(GitStore).find(projectId, nameOrId);
  return repository && isReadable(caller, repository) ? repository : undefined;
}

export const isReadable = (caller: Caller, repository: Repository) =>
  caller.reaches(repository.id) && mayUse(caller, repository, 'GenericRead');

export const mayUse = (
  caller: Caller,
  { projectId, id }: Repository,
  permission: GitPermission,
  refName?: string,
): boolean => caller.may(namespaceIds.git, gitToken(projectId, id, refName), gitBits[permission]);

/** @throws OrganizationError TF401027 */
export function requireGit(
  request: Pick<DevopsRequest, 'caller'>,
  { projectId, id }: Repository,
  permission: GitPermission,
  refName?: string,
): void {
  const token = gitToken(projectId, id, refName);
  requirePermission(request, namespaceIds.git, token, gitBits[permission], refName ? 'branch' : 'repository');
}

/**
 * Whether a caller may ignore policies. Nobody may who was not granted it, administrators included: the permission is
 * not set for anybody at first.
 * https://learn.microsoft.com/azure/devops/repos/git/set-git-repository-permissions
 */
export function mayIgnorePolicies(
  { identities, security }: OrganizationState,
  caller: Caller,
  repository: Repository,
  permission: 'PolicyExempt' | 'PullRequestBypassPolicy',
  refName: string,
): boolean {
  if (!mayUse(caller, repository, permission, refName)) return false;
  const parts = gitToken(repository.projectId, repository.id, refName).split('/');
  const tokens = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const lists = tokens.flatMap((token) => security.find(namespaceIds.git, token) ?? []);
  return identities
    .closureOf(caller.identity)
    .some(({ descriptor }) =>
      lists.some(({ entries }) => ((entries.get(descriptor)?.allow ?? 0) & gitBits[permission]) !== 0),
    );
}

/** What a caller may do with the references of a repository. */
export function pusherOf(organization: OrganizationState, caller: Caller, repository: Repository): Pusher {
  const policies = organization.of(PolicyStore);
  return {
    id: caller.identity.id,
    may: (permission, refName) => mayUse(caller, repository, permission, refName),
    isBlocked: ({ name, oldObjectId, newObjectId }) =>
      !mayIgnorePolicies(organization, caller, repository, 'PolicyExempt', name) &&
      policies.blocksPush(
        repository,
        name,
        /^0+$/.test(newObjectId)
          ? undefined
          : () => repository.changesBetween(oldObjectId, newObjectId).map(({ path }) => `/${path}`),
      ),
    isRejected: (update) => pushProblemOf(organization, repository, update) !== undefined,
  };
}

/** Why a policy of the repository rejects what an update brings; undefined if none does. Nobody is exempt. */
export function pushProblemOf(
  organization: OrganizationState,
  repository: Repository,
  { name, oldObjectId, newObjectId }: RefUpdate,
): string | undefined {
  const { objects, refs } = repository;
  if (!objects.isA('commit', newObjectId)) return undefined;
  const changed = repository.changesBetween(oldObjectId, newObjectId).flatMap(({ path, after }) => {
    if (!after || !objects.isA('blob', after.oid)) return [];
    const content = () => objects.readBlob(after.oid);
    return [{ path, bytes: () => content().length, compressedBytes: () => deflateSync(content()).length }];
  });
  const paths = [...readFiles(objects, objects.readCommit(newObjectId).tree).keys()];
  const push = { refName: name, refNames: [...refs.keys()], changed, paths };
  return pushProblem(organization.of(PolicyStore).applying(repository, name), push);
}
