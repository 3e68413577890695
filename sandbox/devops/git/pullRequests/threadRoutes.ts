import type { OrganizationState } from '../../organizationState';
import { identityReference } from '../../policy/identityReference';
import { isObject, type JsonObject, listAt, numberAt, objectIn, textAt, valueAt } from '../../rest/requestBody';
import { type DevopsRequest, listOf, ok, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { enumValue } from '../rest/enumValue';
import { pullRequestNotFound } from '../rest/errors';
import { codeScopes, gitLocation } from '../rest/gitLocation';
import { requireGit } from '../rest/repositoryAccess';
import { findPullRequest } from './findPullRequest';
import type { Comment, PullRequest, Thread } from './pullRequest';
import { pullRequestUrl } from './pullRequestViews';

/** `threads` of a pull request and their `comments`. */
export function addThreadRoutes(router: Router): void {
  const path = 'repositories/{repositoryId}/pullRequests/{pullRequestId}/threads/{threadId}';
  router.add({
    location: gitLocation('ab6e2e5d-a0b7-4153-b64a-a4efe0d49449', 'pullRequestThreads', path, 1, '3.0'),
    isProjectOptional: true,
    handlers: { GET: read, POST: create, PATCH: update },
    scopes: codeScopes,
  });
  router.add({
    location: gitLocation(
      '965a3ec7-5ed8-455a-bdcb-835a5ea7fe7b',
      'pullRequestThreadComments',
      `${path}/comments/{commentId}`,
      1,
      '3.0',
    ),
    isProjectOptional: true,
    handlers: { GET: readComments, POST: addComment },
    scopes: codeScopes,
  });
}

const threadStatuses = { unknown: 0, active: 1, fixed: 2, wontFix: 3, closed: 4, byDesign: 5, pending: 6 };

async function read(request: DevopsRequest): Promise<Reply> {
  const { organization, parameters } = request;
  const pullRequest = await findPullRequest(request);
  if (parameters['threadId'] !== undefined)
    return ok(threadView(organization, pullRequest, threadOf(request, pullRequest)));
  return listOf(pullRequest.threads.map((each) => threadView(organization, pullRequest, each)));
}

async function create(request: DevopsRequest): Promise<Reply> {
  const { organization } = request;
  const pullRequest = await findPullRequest(request);
  requireGit(request, pullRequest.repository, 'PullRequestContribute');
  const body = objectIn(request.body, 'commentThread');
  const now = organization.clock.now();
  const thread: Thread = {
    id: pullRequest.threads.length + 1,
    status: enumValue(threadStatuses, valueAt(body, 'status')) ?? 'unknown',
    publishedAt: now,
    lastUpdatedAt: now,
    context: valueAt(body, 'threadContext') ?? null,
    comments: [],
  };
  for (const comment of listAt(body, 'comments')) if (isObject(comment)) write(request, thread, comment);
  pullRequest.threads.push(thread);
  return ok(threadView(organization, pullRequest, thread));
}

async function update(request: DevopsRequest): Promise<Reply> {
  const { organization } = request;
  const pullRequest = await findPullRequest(request);
  requireGit(request, pullRequest.repository, 'PullRequestContribute');
  const thread = threadOf(request, pullRequest);
  const status = enumValue(threadStatuses, valueAt(objectIn(request.body, 'commentThread'), 'status'));
  thread.status = status ?? thread.status;
  thread.lastUpdatedAt = organization.clock.now();
  return ok(threadView(organization, pullRequest, thread));
}

async function readComments(request: DevopsRequest): Promise<Reply> {
  const { organization, parameters } = request;
  const { comments } = threadOf(request, await findPullRequest(request));
  if (parameters['commentId'] === undefined) return listOf(comments.map((each) => commentView(organization, each)));
  const found = comments.find(({ id }) => id === Number(parameters['commentId']));
  if (!found) throw pullRequestNotFound();
  return ok(commentView(organization, found));
}

async function addComment(request: DevopsRequest): Promise<Reply> {
  const pullRequest = await findPullRequest(request);
  requireGit(request, pullRequest.repository, 'PullRequestContribute');
  const comment = write(request, threadOf(request, pullRequest), objectIn(request.body, 'comment'));
  return ok(commentView(request.organization, comment));
}

function threadOf({ parameters }: DevopsRequest, { threads }: PullRequest): Thread {
  const found = threads.find(({ id }) => id === Number(parameters['threadId']));
  if (!found) throw pullRequestNotFound();
  return found;
}

function write({ organization, caller }: DevopsRequest, { comments }: Thread, body: JsonObject): Comment {
  const comment = {
    id: comments.length + 1,
    parentCommentId: numberAt(body, 'parentCommentId') ?? 0,
    authorId: caller.identity.id,
    content: textAt(body, 'content') ?? '',
    publishedAt: organization.clock.now(),
  };
  comments.push(comment);
  return comment;
}

function threadView(organization: OrganizationState, pullRequest: PullRequest, thread: Thread) {
  const self = `${pullRequestUrl(organization, pullRequest)}/threads/${thread.id}`;
  return {
    id: thread.id,
    publishedDate: organization.time(thread.publishedAt),
    lastUpdatedDate: organization.time(thread.lastUpdatedAt),
    comments: thread.comments.map((each) => commentView(organization, each)),
    ...(thread.status !== 'unknown' && { status: thread.status }),
    threadContext: thread.context,
    properties: {},
    identities: null,
    isDeleted: false,
    _links: { self: { href: self } },
  };
}

function commentView(organization: OrganizationState, comment: Comment) {
  const date = organization.time(comment.publishedAt);
  return {
    id: comment.id,
    parentCommentId: comment.parentCommentId,
    author: identityReference(organization, comment.authorId),
    content: comment.content,
    publishedDate: date,
    lastUpdatedDate: date,
    lastContentUpdatedDate: date,
    commentType: 'text',
    usersLiked: [],
  };
}
