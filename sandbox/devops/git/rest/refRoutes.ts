import { argumentMissing } from '../../organizationError';
import type { OrganizationState } from '../../organizationState';
import { identityReference } from '../../policy/identityReference';
import { pageOf } from '../../rest/paging';
import { flagAt, isObject, objectIn, requiredText } from '../../rest/requestBody';
import { type DevopsRequest, ok, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { applyUpdates } from '../repositories/applyUpdates';
import type { RefUpdate, Repository } from '../repositories/repository';
import { advanceImports } from '../imports/advanceImports';
import { refNotFound } from './errors';
import { gitLocation } from './gitLocation';
import { pusherOf, repositoryOf, requireGit } from './repositoryAccess';
import { repositoryUrl } from './views';

/** `_apis/git/repositories/{id}/refs`. */
export function addRefRoutes(router: Router): void {
  const path = 'repositories/{repositoryId}/{resource}/{*filter}';
  router.add({
    location: gitLocation('2d874a60-a811-4f62-9c9f-963a6ea0a55b', 'refs', path, 2),
    isProjectOptional: true,
    handlers: { GET: list, POST: update, PATCH: lock },
    scopes: { GET: 'vso.code', POST: 'vso.code_write', PATCH: 'vso.code_write' },
  });
}

/** The names that start with a filter, which leaves `refs/` out. */
async function list(request: DevopsRequest): Promise<Reply> {
  const { organization, query, parameters } = request;
  const repository = repositoryOf(request);
  await advanceImports(organization, repository);
  const filter = parameters['filter'] ?? query.get('filter') ?? '';
  const contains = query.get('filterContains') ?? '';
  const names = [...repository.refs.keys()].sort().filter((name) => {
    const short = name.replace(/^refs\//, '');
    return short.startsWith(filter.replace(/^refs\//, '')) && short.includes(contains);
  });
  const { page, headers } = pageOf(names, query);
  const peelsTags = query.get('peelTags')?.toLowerCase() === 'true';
  const value = page.map((name) => refView(organization, repository, name, peelsTags));
  return { status: 200, headers, body: { value, count: value.length } };
}

/** Answers 200 even if nothing was updated: the outcome of each update is in the list. */
async function update(request: DevopsRequest): Promise<Reply> {
  const { organization, caller } = request;
  const repository = repositoryOf(request);
  if (!Array.isArray(request.body) || request.body.length === 0) throw argumentMissing('refUpdates');
  const updates = (request.body as unknown[]).map(readUpdate);
  const pusher = pusherOf(organization, caller, repository);
  const { statuses } = await applyUpdates(organization, caller, repository, updates, pusher);
  const value = updates.map((each, at) => ({
    repositoryId: repository.id,
    ...each,
    isLocked: false,
    updateStatus: statuses[at],
    success: statuses[at]?.startsWith('succeeded') ?? false,
  }));
  return { status: 200, body: { value, count: value.length } };
}

function readUpdate(update: unknown): RefUpdate {
  const given = objectIn(update, 'refUpdates');
  return {
    name: requiredText(given, 'name'),
    oldObjectId: requiredText(given, 'oldObjectId').toLowerCase(),
    newObjectId: requiredText(given, 'newObjectId').toLowerCase(),
  };
}

/** Only who locked a branch, or who may remove the locks of others, unlocks it. */
function lock(request: DevopsRequest): Reply {
  const { organization, caller, query, parameters } = request;
  const repository = repositoryOf(request);
  const name = `refs/${(parameters['filter'] ?? query.get('filter') ?? '').replace(/^refs\//, '')}`;
  const ref = repository.refs.get(name);
  if (!ref) throw refNotFound(name, repository.id);
  const isLocked = isObject(request.body) ? flagAt(request.body, 'isLocked') : undefined;
  if (isLocked === undefined) throw argumentMissing('newRefInfo');
  requireGit(request, repository, 'GenericContribute', name);
  const { isLockedBy, ...unlocked } = ref;
  const isForeign = isLockedBy !== undefined && isLockedBy !== caller.identity.id;
  if (isForeign) requireGit(request, repository, 'RemoveOthersLocks', name);
  repository.refs.set(name, isLocked ? { ...unlocked, isLockedBy: caller.identity.id } : unlocked);
  return ok(refView(organization, repository, name, false));
}

function refView(organization: OrganizationState, repository: Repository, name: string, peelsTags: boolean) {
  const ref = repository.refs.get(name);
  if (!ref) throw new Error(`There is no reference ${name}.`);
  const peeled = repository.objects.peel(ref.objectId);
  return {
    name,
    objectId: ref.objectId,
    ...(peelsTags && peeled !== ref.objectId && { peeledObjectId: peeled }),
    ...(ref.isLockedBy !== undefined && {
      isLockedBy: identityReference(organization, ref.isLockedBy),
      isLocked: true,
    }),
    creator: identityReference(organization, ref.creatorId),
    url: `${repositoryUrl(organization, repository)}/refs?filter=${encodeURIComponent(name.replace(/^refs\//, ''))}`,
  };
}
