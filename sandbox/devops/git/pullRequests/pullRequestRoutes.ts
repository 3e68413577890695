import type { OrganizationState } from '../../organizationState';
import { PolicyStore } from '../../policy/policyStore';
import { policyTypeIds } from '../../policy/policyTypes';
import { pageOf } from '../../rest/paging';
import { created, type DevopsRequest, listOf, ok, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { noObject } from '../objects/objectStore';
import { GitStore } from '../repositories/gitStore';
import { enumValue } from '../rest/enumValue';
import { codeScopes, gitLocation } from '../rest/gitLocation';
import { isReadable, repositoryOf } from '../rest/repositoryAccess';
import { attemptMerge } from './merge/attemptMerge';
import { complete } from './merge/complete';
import { createPullRequest } from './createPullRequest';
import { findPullRequest } from './findPullRequest';
import { offerPolicies } from './offerPolicies';
import type { PullRequest } from './pullRequest';
import { pullRequestListView, pullRequestView } from './pullRequestViews';
import { settle } from './merge/settle';
import { updatePullRequest } from './updatePullRequest';

/** `_apis/git/repositories/{id}/pullRequests` and `_apis/git/pullRequests`. */
export function addPullRequestRoutes(router: Router, organization: OrganizationState): void {
  followPushes(organization);
  offerPolicies(organization);
  const path = 'repositories/{repositoryId}/{resource}/{pullRequestId}';
  router.add({
    location: gitLocation('9946fd70-0d40-406e-b686-b4744cbbcc37', 'pullRequests', path, 2),
    isProjectOptional: true,
    handlers: { GET: read, POST: create, PATCH: update },
    scopes: codeScopes,
  });
  const byNumber = '{resource}/{pullRequestId}';
  router.add({
    location: gitLocation('01a46dea-7d46-4d40-bc84-319e7c260d99', 'pullRequests', byNumber, 2, '3.0'),
    isProjectOptional: true,
    handlers: { GET: readOne },
    scopes: codeScopes,
  });
  router.add({
    location: gitLocation('a5d28130-9cd2-40fa-9f08-902e7daa9efb', 'pullRequests', '{resource}', 2),
    handlers: { GET: listOfProject },
    scopes: codeScopes,
  });
}

/** A push to the source of an active pull request is merged again, and can take votes back. */
function followPushes(organization: OrganizationState): void {
  organization.hooks.pushed.add(async ({ id }, updates, caller) => {
    for (const pullRequest of organization.of(GitStore).pullRequests.values()) {
      if (pullRequest.repository.id !== id || pullRequest.status !== 'active') continue;
      const update = updates.find(({ name }) => name === pullRequest.sourceRefName);
      if (!update || update.newObjectId === noObject) continue;
      pullRequest.lastPusherId = caller.identity.id;
      resetVotes(organization, pullRequest);
      await settle(organization, pullRequest);
    }
  });
}

function resetVotes(organization: OrganizationState, { repository, targetRefName, reviewers }: PullRequest): void {
  const settings = organization
    .of(PolicyStore)
    .applying(repository, targetRefName)
    .filter(({ type, isEnabled }) => type.id === policyTypeIds.minimumReviewers && isEnabled)
    .map(({ settings: { values } }) => values);
  const resetsAll = settings.some((values) => values['resetOnSourcePush'] === true);
  const resetsRejections = settings.some((values) => values['resetRejectionsOnSourcePush'] === true);
  for (const reviewer of reviewers) if (resetsAll || (resetsRejections && reviewer.vote < 0)) reviewer.vote = 0;
}

async function read(request: DevopsRequest): Promise<Reply> {
  if (request.parameters['pullRequestId'] !== undefined)
    return ok(pullRequestView(request.organization, await findPullRequest(request)));
  const repository = repositoryOf(request);
  return list(request, (each) => each.repository === repository);
}

/** By its number alone; this answer has no links (recorded). */
async function readOne(request: DevopsRequest): Promise<Reply> {
  const { project, parameters } = request;
  if (parameters['pullRequestId'] === undefined && project) return listOfProject(request);
  return ok(pullRequestView(request.organization, await findPullRequest(request), false));
}

const listOfProject = (request: DevopsRequest) =>
  list(request, ({ repository: { projectId } }) => projectId === request.project?.id);

const listedStatuses = { notSet: 0, active: 1, abandoned: 2, completed: 3, all: 4 };

async function list(request: DevopsRequest, isWanted: (pullRequest: PullRequest) => boolean): Promise<Reply> {
  const { organization, query, caller } = request;
  const all = [...organization.of(GitStore).pullRequests.values()].filter(
    (each) => isWanted(each) && isReadable(caller, each.repository),
  );
  for (const each of all) await settle(organization, each);
  const criterion = (name: string) => query.get(`searchCriteria.${name}`) ?? undefined;
  const asked = enumValue(listedStatuses, criterion('status') ?? 'active');
  const status = asked === 'notSet' ? 'active' : asked;
  const matches = (name: string, value: string) => [undefined, value].includes(criterion(name));
  const found = all.filter(
    (each) =>
      (status === 'all' || each.status === status) &&
      matches('sourceRefName', each.sourceRefName) &&
      matches('targetRefName', each.targetRefName) &&
      matches('creatorId', each.createdById) &&
      matches('repositoryId', each.repository.id) &&
      (criterion('reviewerId') === undefined || each.reviewers.some(({ id }) => id === criterion('reviewerId'))),
  );
  const { page } = pageOf(found.reverse(), query, { size: 101 });
  return listOf(page.map((each) => pullRequestListView(organization, each)));
}

async function create(request: DevopsRequest): Promise<Reply> {
  const { organization } = request;
  const pullRequest = createPullRequest(request);
  const view = { ...pullRequestView(organization, pullRequest), labels: pullRequest.labels };
  await settle(organization, pullRequest);
  return created(view);
}

/** The answer shows the state before the service has merged or completed; the next read shows the result. */
async function update(request: DevopsRequest): Promise<Reply> {
  const { organization, caller } = request;
  const pullRequest = await findPullRequest(request);
  const isToComplete = updatePullRequest(request, pullRequest);
  const view = pullRequestView(organization, pullRequest);
  if (pullRequest.status === 'active' && pullRequest.merge.status === 'queued') attemptMerge(organization, pullRequest);
  if (isToComplete && pullRequest.merge.status === 'succeeded') await complete(organization, pullRequest, caller);
  return ok(view);
}
