import { argumentMissing } from '../../organizationError';
import { numberAt, objectIn } from '../../rest/requestBody';
import { type DevopsRequest, listOf, ok, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { codeScopes, gitLocation } from '../rest/gitLocation';
import { requireGit } from '../rest/repositoryAccess';
import { readReviewer } from './createPullRequest';
import { findPullRequest } from './findPullRequest';
import type { PullRequest, Reviewer } from './pullRequest';
import { reviewerView } from './pullRequestViews';

/** `_apis/git/repositories/{id}/pullRequests/{number}/reviewers`. */
export function addReviewerRoutes(router: Router): void {
  const path = 'repositories/{repositoryId}/pullRequests/{pullRequestId}/reviewers/{reviewerId}';
  router.add({
    location: gitLocation('4b6702c7-aa35-4b89-9c96-b9abf6d3e540', 'pullRequestReviewers', path),
    isProjectOptional: true,
    handlers: { GET: read, POST: addAll, PUT: put, PATCH: put, DELETE: remove },
    scopes: codeScopes,
  });
}

async function read(request: DevopsRequest): Promise<Reply> {
  const { organization, parameters } = request;
  const pullRequest = await findPullRequest(request);
  const { reviewers } = pullRequest;
  if (parameters['reviewerId'] === undefined)
    return listOf(reviewers.map((each) => reviewerView(organization, pullRequest, each)));
  const found = reviewers.find(({ id }) => id === parameters['reviewerId']?.toLowerCase());
  if (!found) throw argumentMissing('reviewerId');
  return ok(reviewerView(organization, pullRequest, found));
}

async function addAll(request: DevopsRequest): Promise<Reply> {
  const { organization, body } = request;
  const pullRequest = await editable(request);
  const given = Array.isArray(body) ? (body as unknown[]) : [];
  const added = given.map((each) => merge(pullRequest, readReviewer(organization, each)));
  return listOf(added.map((each) => reviewerView(organization, pullRequest, each)));
}

/** Adds a reviewer or sets the vote; nobody can vote for another. */
async function put(request: DevopsRequest): Promise<Reply> {
  const { organization, caller, parameters } = request;
  const pullRequest = await editable(request);
  const body = objectIn(request.body, 'reviewer');
  const reviewer = readReviewer(organization, { ...body, id: parameters['reviewerId'] });
  const mayVote = reviewer.id === caller.identity.id;
  const added = merge(pullRequest, { ...reviewer, vote: mayVote ? (numberAt(body, 'vote') ?? 0) : 0 });
  return ok(reviewerView(organization, pullRequest, added));
}

async function remove(request: DevopsRequest): Promise<Reply> {
  const { reviewers } = await editable(request);
  const at = reviewers.findIndex(({ id }) => id === request.parameters['reviewerId']?.toLowerCase());
  if (at >= 0) reviewers.splice(at, 1);
  return { status: 200 };
}

async function editable(request: DevopsRequest): Promise<PullRequest> {
  const pullRequest = await findPullRequest(request);
  requireGit(request, pullRequest.repository, 'PullRequestContribute');
  return pullRequest;
}

function merge({ reviewers }: PullRequest, reviewer: Reviewer): Reviewer {
  const present = reviewers.find(({ id }) => id === reviewer.id);
  if (!present) {
    reviewers.push(reviewer);
    return reviewer;
  }
  present.vote = reviewer.vote;
  present.isRequired ||= reviewer.isRequired;
  return present;
}
