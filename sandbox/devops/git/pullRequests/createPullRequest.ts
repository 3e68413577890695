import type { OrganizationState } from '../../organizationState';
import { argumentMissing } from '../../organizationError';
import { matchesPatterns } from '../../policy/filePatterns';
import { patternsOf } from '../../policy/policySettings';
import { PolicyStore } from '../../policy/policyStore';
import { policyTypeIds } from '../../policy/policyTypes';
import { flagAt, isObject, listAt, objectIn, requiredText, textAt, valueAt } from '../../rest/requestBody';
import type { DevopsRequest } from '../../rest/route';
import { noObject } from '../objects/objectStore';
import { GitStore } from '../repositories/gitStore';
import { pullRequestExists, pullRequestNotPossible } from '../rest/errors';
import { repositoryOf, requireGit } from '../rest/repositoryAccess';
import { readCompletionOptions } from './merge/completionOptions';
import { policyFacts } from './policyFacts';
import type { PullRequest } from './pullRequest';

/** @throws OrganizationError TF401179 if there is an active one for both branches */
export function createPullRequest(request: DevopsRequest): PullRequest {
  const { organization, caller } = request;
  const repository = repositoryOf(request);
  requireGit(request, repository, 'PullRequestContribute');
  const body = objectIn(request.body, 'gitPullRequestToCreate');
  const [sourceRefName, targetRefName] = [requiredText(body, 'sourceRefName'), requiredText(body, 'targetRefName')];
  const title = requiredText(body, 'title');
  const [source, target] = [repository.tipOf(sourceRefName), repository.tipOf(targetRefName)];
  if (source === noObject || target === noObject || sourceRefName === targetRefName) throw pullRequestNotPossible();
  const store = organization.of(GitStore);
  const isDuplicate = [...store.pullRequests.values()].some(
    (each) =>
      each.repository === repository &&
      each.status === 'active' &&
      each.sourceRefName === sourceRefName &&
      each.targetRefName === targetRefName,
  );
  if (isDuplicate) throw pullRequestExists();
  const options = valueAt(body, 'completionOptions');
  const pullRequest: PullRequest = {
    id: store.nextNumber('pullRequest'),
    repository,
    sourceRefName,
    targetRefName,
    title,
    description: textAt(body, 'description'),
    isDraft: flagAt(body, 'isDraft') ?? false,
    status: 'active',
    createdById: caller.identity.id,
    createdAt: organization.clock.now(),
    closedById: undefined,
    closedAt: undefined,
    completionQueuedAt: undefined,
    mergeId: organization.newId(),
    merge: { status: 'queued', source, target, commit: undefined, conflicts: [] },
    completionOptions: isObject(options) ? readCompletionOptions(options) : undefined,
    autoCompleteById: undefined,
    lastPusherId:
      repository.pushes.findLast(({ refUpdates }) => refUpdates.some(({ name }) => name === sourceRefName))
        ?.pushedById ?? caller.identity.id,
    workItems: listAt(body, 'workItemRefs').flatMap((each) => (isObject(each) ? (textAt(each, 'id') ?? []) : [])),
    labels: listAt(body, 'labels').flatMap((each) =>
      isObject(each) ? { id: organization.newId(), name: requiredText(each, 'name') } : [],
    ),
    reviewers: listAt(body, 'reviewers').flatMap((each) => readReviewer(organization, each)),
    threads: [],
    statuses: [],
  };
  store.pullRequests.set(pullRequest.id, pullRequest);
  addPolicyReviewers(organization, pullRequest);
  return pullRequest;
}

/** @throws OrganizationError if it names no identity */
export function readReviewer(organization: OrganizationState, reviewer: unknown) {
  const given = objectIn(reviewer, 'reviewer');
  const identity = organization.identities.byId(requiredText(given, 'id'));
  if (!identity) throw argumentMissing('reviewer');
  const vote = valueAt(given, 'vote');
  return {
    id: identity.id,
    vote: typeof vote === 'number' ? vote : 0,
    isRequired: flagAt(given, 'isRequired') ?? false,
  };
}

/** Adds the reviewers that a policy of the target branch asks for. */
function addPolicyReviewers(organization: OrganizationState, pullRequest: PullRequest): void {
  const { changedPaths } = policyFacts(pullRequest);
  for (const { type, isEnabled, isBlocking, settings } of organization
    .of(PolicyStore)
    .applying(pullRequest.repository, pullRequest.targetRefName)) {
    if (type.id !== policyTypeIds.requiredReviewers || !isEnabled) continue;
    if (!matchesPatterns(patternsOf(settings), changedPaths)) continue;
    for (const id of (settings.values['requiredReviewerIds'] as readonly string[]).map((each) => each.toLowerCase())) {
      const present = pullRequest.reviewers.find((each) => each.id === id);
      if (present) present.isRequired ||= isBlocking;
      else pullRequest.reviewers.push({ id, vote: 0, isRequired: isBlocking });
    }
  }
}
