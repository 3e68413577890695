import type { Caller } from './identities/caller';
import type { Project } from './projects/project';

export interface RefUpdate {
  /** Such as `refs/heads/main`. */
  readonly name: string;
  /** 40 zeros for a ref that is new. */
  readonly oldObjectId: string;
  /** 40 zeros for a ref that is deleted. */
  readonly newObjectId: string;
}

export interface RepositoryKey {
  readonly id: string;
  readonly projectId: string;
}

export interface PullRequestKey {
  readonly id: number;
  readonly repository: RepositoryKey;
  readonly sourceRefName: string;
  readonly targetRefName: string;
}

export type BuildPolicyState = 'queued' | 'running' | 'approved' | 'rejected';

/** Which builds a policy accepts. */
export interface BuildPolicyRules {
  /** Somebody has to queue each build. */
  readonly isManual: boolean;
  /** A build stays valid when the target branch changes. */
  readonly isForSourceOnly: boolean;
  /** How long a build stays valid after its end once the target branch has changed; 0 for ever. */
  readonly validMinutes: number;
}

/** Tells an area of what happened in another one. */
class Listeners<T extends readonly unknown[]> {
  readonly #listeners: ((...happened: T) => void | Promise<void>)[] = [];

  add(listener: (...happened: T) => void | Promise<void>): void {
    this.#listeners.push(listener);
  }

  /** In the order in which they were added, one after the other. */
  async tell(...happened: T): Promise<void> {
    for (const listener of this.#listeners) await listener(...happened);
  }
}

/** What the areas know of each other. */
export class Hooks {
  /** A project was made: repositories, queues and so on come with it. */
  readonly projectCreated = new Listeners<[project: Project]>();
  readonly projectDeleted = new Listeners<[project: Project]>();
  /** Refs of a repository have changed, by a push or by the REST API. */
  readonly pushed = new Listeners<[repository: RepositoryKey, updates: readonly RefUpdate[], caller: Caller]>();
  /** Why nobody but those who may bypass policies can push to a ref; undefined when everybody can. */
  blocksPush: (repository: RepositoryKey, refName: string) => string | undefined = () => undefined;
  /** How the build that a policy demands of a pull request ended; asking queues one for commits that have none. */
  buildPolicyState: (
    pullRequest: PullRequestKey,
    definitionId: number,
    rules: BuildPolicyRules,
  ) => BuildPolicyState | undefined = () => undefined;
  /** Queues the build that a policy demands once more, and cancels one that runs. */
  requeueBuild: (pullRequest: PullRequestKey, definitionId: number) => void = () => undefined;
  /** The number of the newest build that a policy demanded. */
  buildOfPolicy: (pullRequest: PullRequestKey, definitionId: number) => number | undefined = () => undefined;
  /** Whether the policies of a branch let a pull request be completed; texts of those that do not. */
  blocksCompletion: (pullRequest: PullRequestKey, caller: Caller) => readonly string[] = () => [];
}
