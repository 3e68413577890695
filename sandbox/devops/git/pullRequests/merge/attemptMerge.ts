import type { OrganizationState } from '../../../organizationState';
import type { Signature } from '../../objects/commit';
import { mergeCommits } from '../../objects/merge';
import type { PullRequest } from '../pullRequest';

export const shortName = (refName: string) => refName.replace(/^refs\/(heads|tags)\//, '');

export function signatureOf(organization: OrganizationState, identityId: string): Signature {
  const identity = organization.identities.byId(identityId);
  return {
    name: identity?.displayName ?? 'Unknown',
    email: identity?.mailAddress ?? '',
    seconds: Math.floor(organization.clock.now() / 1000),
    zone: '+0000',
  };
}

/** Merges the tips of both branches for show, and keeps the result as `refs/pull/{id}/merge`. */
export function attemptMerge(organization: OrganizationState, pullRequest: PullRequest): void {
  const { id, repository, sourceRefName, targetRefName, createdById } = pullRequest;
  const { objects, refs } = repository;
  const [source, target] = [repository.tipOf(sourceRefName), repository.tipOf(targetRefName)];
  if (!objects.isA('commit', source) || !objects.isA('commit', target)) return;
  const { tree, conflicts } = mergeCommits(objects, target, source);
  const refName = `refs/pull/${id}/merge`;
  if (tree === undefined) {
    refs.delete(refName);
    pullRequest.merge = { status: 'conflicts', source, target, commit: undefined, conflicts };
    return;
  }
  const signature = signatureOf(organization, createdById);
  const message = `Merge pull request ${id} from ${shortName(sourceRefName)} into ${shortName(targetRefName)}`;
  const commit = objects.writeCommit({
    tree,
    parents: [target, source],
    author: signature,
    committer: signature,
    message,
  });
  refs.set(refName, { objectId: commit, creatorId: createdById });
  pullRequest.merge = { status: 'succeeded', source, target, commit, conflicts: [] };
}

/** Whether a branch has moved since the last attempt. */
export const isOutdated = ({ repository, merge, sourceRefName, targetRefName }: PullRequest) =>
  merge.source !== repository.tipOf(sourceRefName) || merge.target !== repository.tipOf(targetRefName);
