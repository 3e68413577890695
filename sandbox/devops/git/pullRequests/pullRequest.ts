import type { Repository } from '../repositories/repository';
import type { PostedStatus } from '../statuses';

export type MergeStrategy = 'noFastForward' | 'squash' | 'rebase' | 'rebaseMerge';

export const mergeStrategies: readonly MergeStrategy[] = ['noFastForward', 'squash', 'rebase', 'rebaseMerge'];

/** How a pull request is to be completed. */
export interface CompletionOptions {
  readonly mergeStrategy?: MergeStrategy;
  readonly mergeCommitMessage?: string;
  readonly deleteSourceBranch?: boolean;
  readonly bypassPolicy?: boolean;
  readonly bypassReason?: string;
  readonly squashMerge?: boolean;
  readonly transitionWorkItems?: boolean;
}

export interface Reviewer {
  readonly id: string;
  vote: number;
  isRequired: boolean;
}

export interface Thread {
  readonly id: number;
  /** `active` and `pending` ones are not resolved. */
  status: string;
  readonly publishedAt: number;
  lastUpdatedAt: number;
  readonly context: unknown;
  readonly comments: Comment[];
}

export interface Comment {
  readonly id: number;
  readonly parentCommentId: number;
  readonly authorId: string;
  readonly content: string;
  readonly publishedAt: number;
}

/** The last attempt to merge the source into the target. */
export interface MergeAttempt {
  readonly status: 'queued' | 'conflicts' | 'succeeded' | 'rejectedByPolicy';
  readonly source: string;
  readonly target: string;
  /** Of a successful one. */
  readonly commit: string | undefined;
  readonly conflicts: readonly { readonly path: string; readonly type: string }[];
}

export interface PullRequest {
  readonly id: number;
  readonly repository: Repository;
  readonly sourceRefName: string;
  targetRefName: string;
  title: string;
  description: string | undefined;
  isDraft: boolean;
  status: 'active' | 'completed' | 'abandoned';
  readonly createdById: string;
  readonly createdAt: number;
  closedById: string | undefined;
  closedAt: number | undefined;
  completionQueuedAt: number | undefined;
  mergeId: string;
  merge: MergeAttempt;
  completionOptions: CompletionOptions | undefined;
  autoCompleteById: string | undefined;
  lastPusherId: string;
  readonly workItems: readonly string[];
  readonly labels: { readonly id: string; readonly name: string }[];
  readonly reviewers: Reviewer[];
  readonly threads: Thread[];
  /** Each with the commit of the source that it was posted for. */
  readonly statuses: (PostedStatus & { readonly commit: string })[];
}
