import type { OrganizationState } from '../../organizationState';
import { permissionMissing } from '../../permissionErrors';
import { accountOf } from '../../identities/identity';
import { namespaceIds } from '../../identities/namespaces';
import { identityReference } from '../../policy/identityReference';
import { pageOf } from '../../rest/paging';
import { created, type DevopsRequest, listOf, ok, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { ancestors } from '../objects/history';
import { noObject } from '../objects/objectStore';
import { applyUpdates } from '../repositories/applyUpdates';
import { ChangeError, changeFiles } from '../repositories/changeFiles';
import type { Push, RefUpdate, Repository } from '../repositories/repository';
import { permissionOfStatus, type RefUpdateStatus } from '../repositories/updateRefs';
import {
  rejectedByPolicy,
  changeConflict,
  objectNotFound,
  pushInvalid,
  pushTooLarge,
  staleReference,
} from '../rest/errors';
import { gitLocation } from '../rest/gitLocation';
import { readPush, type RequestedPush } from './readPush';
import { pusherOf, pushProblemOf, repositoryOf, requireGit } from '../rest/repositoryAccess';
import { commitReference, pushReference, repositoryReference, repositoryUrl } from '../rest/views';

/** `_apis/git/repositories/{id}/pushes`. */
export function addPushRoutes(router: Router): void {
  const path = 'repositories/{repositoryId}/{resource}/{pushId}';
  router.add({
    location: gitLocation('ea98d07b-3c87-4971-8ede-a613694ffb55', 'pushes', path, 3),
    isProjectOptional: true,
    handlers: { GET: read, POST: push },
    scopes: { GET: 'vso.code', POST: 'vso.code_write' },
  });
}

/** https://learn.microsoft.com/azure/devops/repos/git/limits */
const largestPush = 26_214_400;

async function push(request: DevopsRequest): Promise<Reply> {
  const { organization, caller, received } = request;
  const repository = repositoryOf(request);
  if (received.body.length > largestPush) throw pushTooLarge();
  const requested = readPush(request.body);
  const { name } = requested;
  const tip = repository.tipOf(name);
  requireGit(request, repository, 'GenericContribute', name);
  // A branch that does not exist may be based on any commit of the repository.
  const isBased = tip === noObject && repository.objects.isA('commit', requested.oldObjectId);
  if (requested.oldObjectId !== tip && !isBased) throw staleReference(name);
  const commits = writeCommits(request, repository, requested);
  const update: RefUpdate = { name, oldObjectId: tip, newObjectId: commits.at(-1) ?? noObject };
  const pusher = pusherOf(organization, caller, repository);
  const { statuses, push: noted } = await applyUpdates(organization, caller, repository, [update], pusher);
  if (!noted) throw refusal(request, repository, update, statuses[0] ?? 'staleOldObjectId');
  return created(pushView(organization, repository, noted, commits));
}

/** @returns their ids, the oldest first */
function writeCommits(
  { organization, caller }: DevopsRequest,
  repository: Repository,
  requested: RequestedPush,
): string[] {
  const { objects } = repository;
  const { identity } = caller;
  const signature = {
    name: identity.displayName,
    email: identity.mailAddress ?? identity.principalName,
    seconds: Math.floor(organization.clock.now() / 1000),
    zone: '+0000',
  };
  const written: string[] = [];
  let parent = requested.oldObjectId === noObject ? undefined : requested.oldObjectId;
  for (const { comment, changes, author, committer } of requested.commits) {
    parent = objects.writeCommit({
      tree: changed(() =>
        changeFiles(objects, parent === undefined ? undefined : objects.readCommit(parent).tree, changes),
      ),
      parents: parent === undefined ? [] : [parent],
      author: { ...signature, ...author },
      committer: { ...signature, ...committer },
      message: comment,
    });
    written.push(parent);
  }
  return written;
}

function changed(change: () => string): string {
  try {
    return change();
  } catch (error) {
    if (!(error instanceof ChangeError)) throw error;
    throw error.kind === 'invalid' ? pushInvalid(error.message) : changeConflict(error.message);
  }
}

/** What speaks against the update of a reference, as the error of a request. */
export function refusal(
  { organization, caller: { identity } }: DevopsRequest,
  repository: Repository,
  update: RefUpdate,
  status: RefUpdateStatus,
) {
  const { name } = update;
  if (status === 'rejectedByPolicy') return rejectedByPolicy(pushProblemOf(organization, repository, update));
  if (status === 'staleOldObjectId') return staleReference(name);
  const permission = permissionOfStatus[status];
  if (permission === undefined) return pushInvalid(`The reference '${name}' cannot be updated: ${status}.`);
  return permissionMissing(namespaceIds.git, {
    account: accountOf(identity),
    displayName: identity.displayName,
    id: identity.id,
    permission,
    subject: 'branch',
  });
}

function read(request: DevopsRequest): Reply {
  const { organization, parameters, query } = request;
  const repository = repositoryOf(request);
  const wanted = parameters['pushId'];
  if (wanted !== undefined) {
    const found = repository.pushes.find(({ id }) => id === Number(wanted));
    if (!found) throw objectNotFound(wanted, repository.name);
    return ok(pushView(organization, repository, found, commitsOf(repository, found)));
  }
  const ref = query.get('searchCriteria.refName');
  const listed = [...repository.pushes]
    .reverse()
    .filter(({ refUpdates }) => ref === null || refUpdates.some(({ name }) => name === ref));
  const { page } = pageOf(listed, query);
  return listOf(
    page.map((each) => ({
      repository: repositoryReference(organization, repository),
      ...pushReference(organization, each),
      url: `${repositoryUrl(organization, repository)}/pushes/${each.id}`,
    })),
  );
}

/** What the updated references have that they did not have before; the oldest first. */
function commitsOf({ objects }: Repository, { refUpdates }: Push): string[] {
  const before = ancestors(
    objects,
    refUpdates.map(({ oldObjectId }) => oldObjectId),
  );
  const after = ancestors(
    objects,
    refUpdates.map(({ newObjectId }) => newObjectId),
  );
  return [...after].filter((oid) => !before.has(oid)).reverse();
}

function pushView(organization: OrganizationState, repository: Repository, noted: Push, commits: readonly string[]) {
  const self = `${repositoryUrl(organization, repository)}/pushes/${noted.id}`;
  return {
    commits: commits.map((oid) => {
      const { tree, parents } = repository.objects.readCommit(oid);
      return { treeId: tree, ...commitReference(organization, repository, oid), parents };
    }),
    refUpdates: noted.refUpdates.map((each) => ({ repositoryId: repository.id, ...each })),
    repository: repositoryReference(organization, repository),
    ...pushReference(organization, noted),
    url: self,
    _links: {
      self: { href: self },
      repository: { href: repositoryUrl(organization, repository) },
      commits: { href: `${self}/commits` },
      pusher: { href: String(identityReference(organization, noted.pushedById)['url']) },
      refs: { href: `${repositoryUrl(organization, repository)}/refs` },
    },
  };
}
