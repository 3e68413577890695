/** A repository, as far as policies know it. */
export interface PolicyRepository {
  readonly id: string;
  readonly projectId: string;
  readonly defaultBranch: string | undefined;
}

/** A pull request, as far as policies know it. */
export interface EvaluatedPullRequest {
  readonly id: number;
  readonly repository: PolicyRepository;
  readonly sourceRefName: string;
  readonly targetRefName: string;
  readonly createdById: string;
  /** Who pushed the newest commit of the source branch. */
  readonly lastPusherId: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly reviewers: readonly { readonly id: string; readonly vote: number }[];
  /** Begin with a slash. */
  readonly changedPaths: readonly string[];
  readonly addedPaths: readonly string[];
  readonly hasActiveComments: boolean;
  readonly hasWorkItems: boolean;
  /** The newest of each name last. */
  readonly statuses: readonly {
    readonly genre: string;
    readonly name: string;
    readonly state: string;
    readonly createdById: string;
    /** It was posted for a commit that is not the newest of the source any more. */
    readonly isOutdated: boolean;
  }[];
}
