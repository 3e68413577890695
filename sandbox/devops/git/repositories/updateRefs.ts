import { isAncestor } from '../objects/history';
import { noObject } from '../objects/objectStore';
import type { GitPermission } from './gitPermission';
import { conflictsWith, isRefName } from './refName';
import { branchPrefix, type RefUpdate, type Repository } from './repository';

/** GitRefUpdateStatus of the REST API, as far as it occurs here. */
export type RefUpdateStatus =
  | 'succeeded'
  | 'forcePushRequired'
  | 'staleOldObjectId'
  | 'invalidRefName'
  | 'unresolvableToCommit'
  | 'writePermissionRequired'
  | 'manageNotePermissionRequired'
  | 'createBranchPermissionRequired'
  | 'createTagPermissionRequired'
  | 'locked'
  | 'refNameConflict'
  | 'rejectedByPolicy'
  | 'succeededNonExistentRef';

/** Whoever updates references, as far as it matters here. */
export interface Pusher {
  readonly id: string;
  may(permission: GitPermission, refName?: string): boolean;
  /** Whether a policy of the branch, which does not exempt the pusher, demands a pull request for the files that change. */
  isBlocked(update: RefUpdate): boolean;
  /** Whether a policy of the repository speaks against what an update brings, such as the size of a file. */
  isRejected(update: RefUpdate): boolean;
}

/** Why an update must not happen; undefined if it may. */
export function refusalOf(repository: Repository, update: RefUpdate, pusher: Pusher): RefUpdateStatus | undefined {
  const { name, oldObjectId, newObjectId } = update;
  if (!isRefName(name) || name.startsWith('refs/pull/')) return 'invalidRefName';
  const ref = repository.refs.get(name);
  if (!ref && oldObjectId === noObject && newObjectId === noObject) return 'succeededNonExistentRef';
  if (oldObjectId !== repository.tipOf(name)) return 'staleOldObjectId';
  if (ref?.isLockedBy !== undefined && ref.isLockedBy !== pusher.id) return 'locked';
  if (!ref && [...repository.refs.keys()].some((other) => conflictsWith(name, other))) return 'refNameConflict';
  if (newObjectId !== noObject && !isAllowedTarget(repository, name, newObjectId)) return 'unresolvableToCommit';
  const missing = missingPermission(repository, update, pusher);
  if (missing !== undefined) return missing;
  if (pusher.isRejected(update)) return 'rejectedByPolicy';
  return ref && policyRefusal(update, pusher);
}

/** A branch must be a commit; tags and others can be any object. */
const isAllowedTarget = ({ objects }: Repository, name: string, oid: string) =>
  name.startsWith(branchPrefix) ? objects.isA('commit', oid) : objects.find(oid) !== undefined;

function missingPermission(
  repository: Repository,
  { name, oldObjectId, newObjectId }: RefUpdate,
  pusher: Pusher,
): RefUpdateStatus | undefined {
  if (name.startsWith('refs/notes/')) return pusher.may('ManageNote') ? undefined : 'manageNotePermissionRequired';
  if (name.startsWith('refs/tags/') && oldObjectId === noObject)
    return pusher.may('CreateTag') ? undefined : 'createTagPermissionRequired';
  // Whoever made a branch may do everything with it.
  if (repository.refs.get(name)?.creatorId === pusher.id) return undefined;
  if (!pusher.may('GenericContribute', name)) return 'writePermissionRequired';
  if (oldObjectId === noObject) return pusher.may('CreateBranch', name) ? undefined : 'createBranchPermissionRequired';
  const isForward = newObjectId !== noObject && isAncestor(repository.objects, oldObjectId, newObjectId);
  return isForward || pusher.may('ForcePush', name) ? undefined : 'forcePushRequired';
}

function policyRefusal(update: RefUpdate, pusher: Pusher): RefUpdateStatus | undefined {
  if (!update.name.startsWith(branchPrefix)) return undefined;
  return pusher.isBlocked(update) ? 'rejectedByPolicy' : undefined;
}

/** Carries an update out that nothing speaks against. The first branch of a repository becomes its default. */
export function carryOutUpdate(repository: Repository, { name, newObjectId }: RefUpdate, creatorId: string): void {
  if (newObjectId === noObject) {
    repository.refs.delete(name);
    return;
  }
  repository.refs.set(name, { creatorId, ...repository.refs.get(name), objectId: newObjectId });
  if (name.startsWith(branchPrefix)) repository.defaultBranch ??= name;
}

/** The permission that a status asks for. */
export const permissionOfStatus: Partial<Record<RefUpdateStatus, GitPermission>> = {
  forcePushRequired: 'ForcePush',
  writePermissionRequired: 'GenericContribute',
  manageNotePermissionRequired: 'ManageNote',
  createBranchPermissionRequired: 'CreateBranch',
  createTagPermissionRequired: 'CreateTag',
};
