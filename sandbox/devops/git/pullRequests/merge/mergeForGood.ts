import type { OrganizationState } from '../../../organizationState';
import { readFiles } from '../../objects/files';
import { ancestors, log } from '../../objects/history';
import { mergeCommits, mergeFiles } from '../../objects/merge';
import type { ObjectStore } from '../../objects/objectStore';
import { shortName, signatureOf } from './attemptMerge';
import type { MergeStrategy, PullRequest } from '../pullRequest';

/** Makes the commit that the target branch gets. @returns undefined if there are conflicts */
export function mergeForGood(
  organization: OrganizationState,
  pullRequest: PullRequest,
  strategy: MergeStrategy,
  identityId: string,
): string | undefined {
  const { objects } = pullRequest.repository;
  const { source, target } = pullRequest.merge;
  const signature = signatureOf(organization, identityId);
  const message = pullRequest.completionOptions?.mergeCommitMessage ?? defaultMessage(pullRequest, strategy);
  const write = (tree: string, parents: readonly string[]) =>
    objects.writeCommit({ tree, parents, author: signature, committer: signature, message });
  switch (strategy) {
    case 'noFastForward': {
      const { tree } = mergeCommits(objects, target, source);
      return tree && write(tree, [target, source]);
    }
    case 'squash': {
      const { tree } = mergeCommits(objects, target, source);
      return tree && write(tree, [target]);
    }
    case 'rebase':
      return replay(objects, target, source, signature);
    case 'rebaseMerge': {
      const tip = replay(objects, target, source, signature);
      return tip && write(objects.readCommit(tip).tree, [target, tip]);
    }
  }
}

function defaultMessage({ id, title, sourceRefName, targetRefName }: PullRequest, strategy: MergeStrategy): string {
  return strategy === 'squash'
    ? `Merged PR ${id}: ${title}`
    : `Merge pull request ${id} from ${shortName(sourceRefName)} into ${shortName(targetRefName)}`;
}

/** Repeats the commits of the source on the target, the oldest first, without merges. */
function replay(
  objects: ObjectStore,
  target: string,
  source: string,
  committer: ReturnType<typeof signatureOf>,
): string | undefined {
  const known = ancestors(objects, [target]);
  let tip = target;
  for (const oid of log(objects, source).reverse()) {
    const { tree, parents, author, message } = objects.readCommit(oid);
    if (known.has(oid) || parents.length > 1) continue;
    const filesOf = (commit: string | undefined) =>
      commit === undefined ? new Map() : readFiles(objects, objects.readCommit(commit).tree);
    const merged = mergeFiles(objects, filesOf(parents[0]), filesOf(tip), readFiles(objects, tree));
    if (merged.tree === undefined) return undefined;
    tip = objects.writeCommit({ tree: merged.tree, parents: [tip], author, committer, message });
  }
  return tip;
}
