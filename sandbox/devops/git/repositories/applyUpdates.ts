import type { Caller } from '../../identities/caller';
import type { OrganizationState } from '../../organizationState';
import { GitStore } from './gitStore';
import type { Push, RefUpdate, Repository } from './repository';
import { carryOutUpdate, type Pusher, refusalOf, type RefUpdateStatus } from './updateRefs';

export interface AppliedUpdates {
  /** In the order of the updates. */
  readonly statuses: readonly RefUpdateStatus[];
  /** Undefined if nothing was updated. */
  readonly push: Push | undefined;
}

/** Carries out all updates that nothing speaks against, notes them as a push, and tells the other areas. */
export async function applyUpdates(
  organization: OrganizationState,
  caller: Caller,
  repository: Repository,
  updates: readonly RefUpdate[],
  pusher: Pusher,
): Promise<AppliedUpdates> {
  const statuses = updates.map((update): RefUpdateStatus => {
    const refusal = refusalOf(repository, update, pusher);
    if (refusal === undefined) carryOutUpdate(repository, update, pusher.id);
    return refusal ?? 'succeeded';
  });
  const done = updates.filter((_, at) => statuses[at] === 'succeeded');
  return { statuses, push: await notePush(organization, caller, repository, done) };
}

/** Notes updates that were carried out. */
export async function notePush(
  organization: OrganizationState,
  caller: Caller,
  repository: Repository,
  refUpdates: readonly RefUpdate[],
): Promise<Push | undefined> {
  if (refUpdates.length === 0) return undefined;
  const push: Push = {
    id: organization.of(GitStore).nextNumber('push'),
    date: organization.clock.now(),
    pushedById: caller.identity.id,
    refUpdates,
  };
  repository.pushes.push(push);
  await organization.hooks.pushed.tell(repository, refUpdates, caller);
  return push;
}
