import { argumentMissing } from '../../organizationError';
import type { OrganizationState } from '../../organizationState';
import { flagAt, isObject, type JsonObject, objectIn, textAt, valueAt } from '../../rest/requestBody';
import type { DevopsRequest } from '../../rest/route';
import { noObject } from '../objects/objectStore';
import { enumValue } from '../rest/enumValue';
import { pullRequestNotEditable, pullRequestNotPossible, pullRequestStale } from '../rest/errors';
import { requireGit } from '../rest/repositoryAccess';
import { strategyOf } from './merge/complete';
import { readCompletionOptions } from './merge/completionOptions';
import type { PullRequest } from './pullRequest';

const statuses = { active: 1, abandoned: 2, completed: 3 };

/**
 * Changes what a request names.
 * @returns whether the pull request is to be completed after the answer, as the service does
 * @throws OrganizationError
 */
export function updatePullRequest(request: DevopsRequest, pullRequest: PullRequest): boolean {
  requireGit(request, pullRequest.repository, 'PullRequestContribute');
  const body = objectIn(request.body, 'gitPullRequestToUpdate');
  const status = enumValue(statuses, valueAt(body, 'status'));
  if (pullRequest.status === 'completed' || (pullRequest.status === 'abandoned' && status !== 'active'))
    throw pullRequestNotEditable();
  editTexts(body, pullRequest);
  setAutoComplete(request.organization, body, pullRequest);
  switch (status) {
    case 'abandoned':
      abandon(request.organization, pullRequest);
      return false;
    case 'active':
      if (pullRequest.status === 'abandoned') reactivate(request.organization, pullRequest);
      return false;
    case 'completed':
      queueCompletion(request, body, pullRequest);
      return true;
    case undefined:
      return false;
  }
}

function editTexts(body: JsonObject, pullRequest: PullRequest): void {
  pullRequest.title = textAt(body, 'title') ?? pullRequest.title;
  pullRequest.description = textAt(body, 'description') ?? pullRequest.description;
  pullRequest.isDraft = flagAt(body, 'isDraft') ?? pullRequest.isDraft;
  const target = textAt(body, 'targetRefName');
  if (target !== undefined && target !== pullRequest.targetRefName) {
    if (pullRequest.repository.tipOf(target) === noObject) throw pullRequestNotPossible();
    pullRequest.targetRefName = target;
    pullRequest.merge = { ...pullRequest.merge, status: 'queued' };
  }
  const options = valueAt(body, 'completionOptions');
  if (isObject(options))
    pullRequest.completionOptions = { ...pullRequest.completionOptions, ...readCompletionOptions(options) };
}

const nobody = '00000000-0000-0000-0000-000000000000';

function setAutoComplete(organization: OrganizationState, body: JsonObject, pullRequest: PullRequest): void {
  const given = valueAt(body, 'autoCompleteSetBy');
  if (!isObject(given)) return;
  const id = textAt(given, 'id') ?? '';
  if (id !== nobody && !organization.identities.byId(id)) throw argumentMissing('autoCompleteSetBy');
  pullRequest.autoCompleteById = id === nobody ? undefined : id.toLowerCase();
}

function abandon(organization: OrganizationState, pullRequest: PullRequest): void {
  pullRequest.status = 'abandoned';
  pullRequest.closedAt = organization.clock.now();
  pullRequest.autoCompleteById = undefined;
  pullRequest.repository.refs.delete(`refs/pull/${pullRequest.id}/merge`);
}

function reactivate(organization: OrganizationState, pullRequest: PullRequest): void {
  const { repository, sourceRefName, targetRefName } = pullRequest;
  const [source, target] = [repository.tipOf(sourceRefName), repository.tipOf(targetRefName)];
  if (source === noObject || target === noObject) throw pullRequestNotPossible();
  pullRequest.status = 'active';
  pullRequest.closedAt = undefined;
  pullRequest.mergeId = organization.newId();
  pullRequest.merge = { status: 'queued', source, target, commit: undefined, conflicts: [] };
}

/** Whoever completes must name the commit that was reviewed. */
function queueCompletion(request: DevopsRequest, body: JsonObject, pullRequest: PullRequest): void {
  const { organization, caller } = request;
  const { repository, targetRefName, sourceRefName } = pullRequest;
  requireGit(request, repository, 'GenericContribute', targetRefName);
  const commit = valueAt(body, 'lastMergeSourceCommit');
  const commitId = isObject(commit) ? textAt(commit, 'commitId') : undefined;
  if (commitId === undefined) throw argumentMissing('lastMergeSourceCommit');
  if (commitId.toLowerCase() !== repository.tipOf(sourceRefName)) throw pullRequestStale();
  if (pullRequest.isDraft) throw pullRequestNotEditable();
  pullRequest.completionQueuedAt = organization.clock.now();
  pullRequest.closedById = caller.identity.id;
  pullRequest.completionOptions = {
    ...pullRequest.completionOptions,
    mergeStrategy: strategyOf(pullRequest.completionOptions),
  };
  pullRequest.merge = { ...pullRequest.merge, status: 'queued' };
}
