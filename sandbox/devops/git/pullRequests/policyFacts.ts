import type { EvaluatedPullRequest } from '../../policy/evaluatedPullRequest';
import { mergeBase } from '../objects/history';
import { noObject } from '../objects/objectStore';
import type { PullRequest } from './pullRequest';

/** What policies need to know of a pull request. */
export function policyFacts(pullRequest: PullRequest): EvaluatedPullRequest {
  const { repository, merge, threads, workItems, statuses } = pullRequest;
  const base = mergeBase(repository.objects, merge.target, merge.source) ?? noObject;
  const changes = repository.changesBetween(base, merge.source);
  return {
    id: pullRequest.id,
    repository,
    sourceRefName: pullRequest.sourceRefName,
    targetRefName: pullRequest.targetRefName,
    createdById: pullRequest.createdById,
    lastPusherId: pullRequest.lastPusherId,
    createdAt: pullRequest.createdAt,
    reviewers: pullRequest.reviewers,
    changedPaths: changes.map(({ path }) => `/${path}`),
    addedPaths: changes.filter(({ change }) => change === 'add').map(({ path }) => `/${path}`),
    hasActiveComments: threads.some(({ status }) => status === 'active' || status === 'pending'),
    hasWorkItems: workItems.length > 0,
    statuses: statuses.map((status) => ({ ...status, isOutdated: status.commit !== merge.source })),
  };
}
