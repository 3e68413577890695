import type { GitPullRequest } from 'azure-devops-node-api/interfaces/GitInterfaces';
import * as shape from '../../http/shape';
import { listBySkip, type DevopsHttp, type Wire } from './devopsHttp';

interface Branches {
  readonly sourceRefName?: string;
  readonly targetRefName?: string;
}

export type PullRequest = shape.Read<typeof pullRequest>;

/**
 * Pull requests. Every method throws what `DevopsHttp` throws; nothing that creates is repeated.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/git.
 */
export class PullRequestsApi {
  constructor(private readonly http: DevopsHttp) {}

  /** The active pull requests between two branches (`refs/heads/…`): there is one at most. */
  active(project: string, repositoryId: string, branches: Branches): Promise<readonly PullRequest[]> {
    return this.#listed('active', project, repositoryId, branches);
  }

  /** The pull requests between two branches (`refs/heads/…`) that people have abandoned. */
  abandoned(project: string, repositoryId: string, branches: Branches): Promise<readonly PullRequest[]> {
    return this.#listed('abandoned', project, repositoryId, branches);
  }

  #listed(
    status: 'active' | 'abandoned',
    project: string,
    repositoryId: string,
    branches: Branches,
  ): Promise<readonly PullRequest[]> {
    return listBySkip(
      this.http,
      {
        method: 'GET',
        route: 'pullRequests',
        parameters: { project, repositoryId },
        query: {
          'searchCriteria.status': status,
          'searchCriteria.sourceRefName': branches.sourceRefName,
          'searchCriteria.targetRefName': branches.targetRefName,
        },
        purpose: `list the pull requests of the repository '${repositoryId}'`,
      },
      pullRequest,
      ({ pullRequestId }) => String(pullRequestId),
    );
  }

  pullRequest(project: string, repositoryId: string, pullRequestId: number): Promise<PullRequest> {
    const purpose = `read the pull request ${pullRequestId}`;
    const parameters = { project, repositoryId, pullRequestId };
    return this.http.json({ method: 'GET', route: 'pullRequests', parameters, purpose }, pullRequest);
  }

  /** 409 when there is an active one between the same branches. */
  create(
    project: string,
    repositoryId: string,
    json: Pick<
      Wire<GitPullRequest>,
      'sourceRefName' | 'targetRefName' | 'title' | 'description' | 'reviewers' | 'isDraft'
    >,
  ): Promise<PullRequest> {
    const purpose = `create the pull request from '${json.sourceRefName}' to '${json.targetRefName}'`;
    return this.http.json(
      { method: 'POST', route: 'pullRequests', parameters: { project, repositoryId }, json, purpose },
      pullRequest,
    );
  }

  /** Changes its texts, completes it, or lets it complete when its policies are met. */
  update(
    project: string,
    repositoryId: string,
    pullRequestId: number,
    json: Pick<
      Wire<GitPullRequest>,
      'title' | 'description' | 'status' | 'autoCompleteSetBy' | 'completionOptions' | 'lastMergeSourceCommit'
    >,
  ): Promise<PullRequest> {
    const parameters = { project, repositoryId, pullRequestId };
    const purpose = `update the pull request ${pullRequestId}`;
    return this.http.json({ method: 'PATCH', route: 'pullRequests', parameters, json, purpose }, pullRequest);
  }
}

const commit = shape.maybe(shape.object({ commitId: shape.nonEmptyText }));

const pullRequest = shape.object({
  pullRequestId: shape.number,
  /** `active`, `completed` or `abandoned`. */
  status: shape.text,
  title: shape.shown,
  /** Lists cut it off after 400 characters. */
  description: shape.shown,
  sourceRefName: shape.nonEmptyText,
  targetRefName: shape.nonEmptyText,
  /** `queued`, `conflicts`, `succeeded`, `rejectedByPolicy` … */
  mergeStatus: shape.shown,
  lastMergeSourceCommit: commit,
  repository: shape.object({ id: shape.nonEmptyText, name: shape.shown, webUrl: shape.shown }),
});
