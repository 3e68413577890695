import type { OrganizationState } from '../../organizationState';
import { identityReference } from '../../policy/identityReference';
import { commitReference, commitUrl, projectOf, repositoryReference, repositoryUrl } from '../rest/views';
import { shortName } from './merge/attemptMerge';
import type { PullRequest, Reviewer } from './pullRequest';

export const pullRequestUrl = (organization: OrganizationState, { repository, id }: PullRequest) =>
  `${repositoryUrl(organization, repository)}/pullRequests/${id}`;

/** As a read of one pull request shows it. */
export function pullRequestView(organization: OrganizationState, pullRequest: PullRequest, withLinks = true) {
  const { repository, merge } = pullRequest;
  const shownCommit = isMergeShown(pullRequest) && merge.commit;
  return {
    repository: repositoryReference(organization, repository),
    ...common(organization, pullRequest),
    ...(shownCommit && { lastMergeCommit: commitReference(organization, repository, shownCommit) }),
    reviewers: pullRequest.reviewers.map((each) => reviewerView(organization, pullRequest, each)),
    ...(pullRequest.labels.length > 0 && { labels: pullRequest.labels.map((label) => ({ ...label, active: true })) }),
    url: pullRequestUrl(organization, pullRequest),
    ...(withLinks && { _links: links(organization, pullRequest) }),
    ...completion(organization, pullRequest),
    supportsIterations: true,
    artifactId: `vstfs:///Git/PullRequestId/${repository.projectId}%2f${repository.id}%2f${pullRequest.id}`,
  };
}

/** As lists show it: with less of its repository and of its commit. */
export function pullRequestListView(organization: OrganizationState, pullRequest: PullRequest) {
  const { repository, merge } = pullRequest;
  const project = projectOf(organization, repository);
  const shownCommit = isMergeShown(pullRequest) && merge.commit;
  return {
    repository: {
      id: repository.id,
      name: repository.name,
      url: repositoryUrl(organization, repository),
      project: {
        id: project.id,
        name: project.name,
        state: 'unchanged',
        visibility: 'unchanged',
        lastUpdateTime: '0001-01-01T00:00:00',
      },
    },
    ...common(organization, pullRequest),
    ...(shownCommit && {
      lastMergeCommit: { commitId: shownCommit, url: commitUrl(organization, repository, shownCommit) },
    }),
    reviewers: pullRequest.reviewers.map((each) => reviewerView(organization, pullRequest, each)),
    url: pullRequestUrl(organization, pullRequest),
    ...completion(organization, pullRequest),
    supportsIterations: true,
  };
}

/** An abandoned pull request shows no merge. */
const isMergeShown = ({ status, merge }: PullRequest) => status !== 'abandoned' && merge.status === 'succeeded';

function common(organization: OrganizationState, pullRequest: PullRequest) {
  const { repository, merge, description, closedAt, status } = pullRequest;
  const commit = (oid: string) => ({ commitId: oid, url: commitUrl(organization, repository, oid) });
  return {
    pullRequestId: pullRequest.id,
    codeReviewId: pullRequest.id,
    status,
    createdBy: identityReference(organization, pullRequest.createdById),
    creationDate: organization.time(pullRequest.createdAt),
    ...(closedAt !== undefined && { closedDate: organization.time(closedAt) }),
    title: pullRequest.title,
    ...(description !== undefined && { description }),
    sourceRefName: pullRequest.sourceRefName,
    targetRefName: pullRequest.targetRefName,
    ...(status !== 'abandoned' && { mergeStatus: merge.status }),
    isDraft: pullRequest.isDraft,
    mergeId: pullRequest.mergeId,
    lastMergeSourceCommit: commit(merge.source),
    lastMergeTargetCommit: commit(merge.target),
  };
}

function completion(organization: OrganizationState, pullRequest: PullRequest) {
  const { completionOptions, autoCompleteById, completionQueuedAt, closedById } = pullRequest;
  return {
    ...(completionOptions && { completionOptions }),
    ...(autoCompleteById !== undefined && { autoCompleteSetBy: identityReference(organization, autoCompleteById) }),
    ...(completionQueuedAt !== undefined && { completionQueueTime: organization.time(completionQueuedAt) }),
    ...(closedById !== undefined && { closedBy: identityReference(organization, closedById) }),
  };
}

function links(organization: OrganizationState, pullRequest: PullRequest) {
  const { repository, merge } = pullRequest;
  const self = pullRequestUrl(organization, pullRequest);
  const ref = (name: string) => `${repositoryUrl(organization, repository)}/refs/heads/${shortName(name)}`;
  return {
    self: { href: self },
    repository: { href: repositoryUrl(organization, repository) },
    workItems: { href: `${self}/workitems` },
    sourceBranch: { href: ref(pullRequest.sourceRefName) },
    targetBranch: { href: ref(pullRequest.targetRefName) },
    statuses: { href: `${self}/statuses` },
    sourceCommit: { href: commitUrl(organization, repository, merge.source) },
    targetCommit: { href: commitUrl(organization, repository, merge.target) },
    createdBy: { href: organization.url(`_apis/Identities/${pullRequest.createdById}`, 'vssps') },
    iterations: { href: `${self}/iterations` },
  };
}

/** A reviewer has no descriptor, unlike other identities. */
export function reviewerView(organization: OrganizationState, pullRequest: PullRequest, reviewer: Reviewer) {
  const identity = Object.entries(identityReference(organization, reviewer.id)).filter(([key]) => key !== 'descriptor');
  return {
    reviewerUrl: `${pullRequestUrl(organization, pullRequest)}/reviewers/${reviewer.id}`,
    vote: reviewer.vote,
    hasDeclined: false,
    ...(reviewer.isRequired && { isRequired: true }),
    isFlagged: false,
    ...Object.fromEntries(identity),
  };
}
