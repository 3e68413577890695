import type { OrganizationState } from '../../organizationState';
import { isObject } from '../../rest/requestBody';
import { type DevopsRequest, listOf, ok, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { ancestors, log } from '../objects/history';
import { codeScopes, gitLocation } from '../rest/gitLocation';
import { requireGit } from '../rest/repositoryAccess';
import { listedCommit, repositoryUrl } from '../rest/views';
import { findPullRequest } from './findPullRequest';
import { type PostedStatus, readStatus, statusView } from '../statuses';
import type { PullRequest } from './pullRequest';
import { pullRequestUrl } from './pullRequestViews';

/** What else can be read of a pull request: `statuses`, `commits`, `workitems` and `conflicts`. */
export function addDetailRoutes(router: Router): void {
  const path = 'repositories/{repositoryId}/pullRequests/{pullRequestId}';
  const add = (id: string, resource: string, rest: string, version: number, minVersion: string, handlers: Handlers) =>
    router.add({
      location: gitLocation(id, resource, `${path}/${rest}`, version, minVersion),
      isProjectOptional: true,
      handlers,
      scopes: codeScopes,
    });
  const statuses = { GET: readStatuses, POST: postStatus };
  add('b5f6bb4f-8d1e-4d79-8d11-4c9172c99c35', 'pullRequestStatuses', 'statuses/{statusId}', 2, '3.0', statuses);
  add('52823034-34a8-4576-922c-8d8b77e9e4c4', 'pullRequestCommits', 'commits', 1, '2.1', { GET: readCommits });
  add('0a637fcc-5370-4ce8-b0e8-98091f5f9482', 'pullRequestWorkItems', 'workitems', 1, '1.0', { GET: readWorkItems });
  const conflicts = 'conflicts/{conflictId}';
  add('d840fb74-bbef-42d3-b250-564604c054a4', 'pullRequestConflicts', conflicts, 1, '3.0', { GET: readConflicts });
}

type Handlers = Parameters<Router['add']>[0]['handlers'];

async function readStatuses(request: DevopsRequest): Promise<Reply> {
  const pullRequest = await findPullRequest(request);
  return listOf(pullRequest.statuses.map((each) => statusOf(request.organization, pullRequest, each)));
}

async function postStatus(request: DevopsRequest): Promise<Reply> {
  const { organization } = request;
  const pullRequest = await findPullRequest(request);
  requireGit(request, pullRequest.repository, 'PullRequestContribute');
  const status = readStatus(request, pullRequest.statuses.length + 1);
  pullRequest.statuses.push({ ...status, commit: pullRequest.merge.source });
  return ok(statusOf(organization, pullRequest, status));
}

const statusOf = (organization: OrganizationState, pullRequest: PullRequest, status: PostedStatus) => ({
  ...statusView(organization, status),
  _links: {
    self: { href: `${pullRequestUrl(organization, pullRequest)}/statuses/${status.id}` },
    repository: { href: repositoryUrl(organization, pullRequest.repository) },
  },
});

/** Those of the source that the target does not have. */
async function readCommits(request: DevopsRequest): Promise<Reply> {
  const { repository, merge } = await findPullRequest(request);
  const known = ancestors(repository.objects, [merge.target]);
  const commits = log(repository.objects, merge.source).filter((oid) => !known.has(oid));
  return listOf(commits.map((oid) => listedCommit(request.organization, repository, oid)));
}

async function readWorkItems(request: DevopsRequest): Promise<Reply> {
  const { workItems } = await findPullRequest(request);
  return listOf(workItems.map((id) => ({ id, url: request.organization.url(`_apis/wit/workItems/${id}`) })));
}

async function readConflicts(request: DevopsRequest): Promise<Reply> {
  const pullRequest = await findPullRequest(request);
  const { organization, parameters } = request;
  const all = pullRequest.merge.conflicts.map(({ path, type }, at) => ({
    conflictId: at + 1,
    conflictPath: path,
    conflictType: type,
    mergeSourceCommit: { commitId: pullRequest.merge.source },
    mergeTargetCommit: { commitId: pullRequest.merge.target },
    resolutionStatus: 'unresolved',
    url: `${pullRequestUrl(organization, pullRequest)}/conflicts/${at + 1}`,
  }));
  const wanted = parameters['conflictId'];
  if (wanted === undefined) return listOf(all);
  const found = all.find(({ conflictId }) => conflictId === Number(wanted));
  return isObject(found) ? ok(found) : listOf([]);
}
