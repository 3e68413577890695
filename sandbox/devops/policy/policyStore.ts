import type { OrganizationState } from '../organizationState';
import type { EvaluatedPullRequest, PolicyRepository } from './evaluatedPullRequest';
import { matchesPatterns } from './filePatterns';
import { patternsOf, type PolicyScope, type PolicySettings } from './policySettings';
import type { PolicyType } from './policyTypes';

export interface PolicyConfiguration {
  readonly id: number;
  readonly projectId: string;
  readonly type: PolicyType;
  readonly revision: number;
  readonly isEnabled: boolean;
  readonly isBlocking: boolean;
  readonly settings: PolicySettings;
  readonly createdById: string;
  /** Of this revision, in epoch milliseconds. */
  readonly createdAt: number;
}

type NewConfiguration = Omit<PolicyConfiguration, 'id' | 'revision'>;

export class PolicyStore {
  /** Filled by the area that has pull requests; by project and number. */
  findPullRequest: (projectId: string, id: number) => EvaluatedPullRequest | undefined = () => undefined;
  /** Ids of evaluations, by pull request and configuration. */
  readonly #evaluationIds = new Map<string, string>();
  /** All revisions, the newest last. */
  readonly #revisions = new Map<number, PolicyConfiguration[]>();
  readonly #deleted = new Set<number>();

  constructor(private readonly organization: OrganizationState) {}

  add(configuration: NewConfiguration): PolicyConfiguration {
    const added = { ...configuration, id: this.organization.nextNumber('policy configuration'), revision: 1 };
    this.#revisions.set(added.id, [added]);
    return added;
  }

  update({ id, revision }: PolicyConfiguration, changed: NewConfiguration): PolicyConfiguration {
    const updated = { ...changed, id, revision: revision + 1 };
    this.#revisions.get(id)?.push(updated);
    return updated;
  }

  delete({ id }: PolicyConfiguration): void {
    this.#deleted.add(id);
  }

  find(projectId: string, id: number): PolicyConfiguration | undefined {
    const newest = this.#deleted.has(id) ? undefined : this.#revisions.get(id)?.at(-1);
    return newest?.projectId === projectId ? newest : undefined;
  }

  /** By number. */
  list(projectId: string): PolicyConfiguration[] {
    return [...this.#revisions.keys()].flatMap((id) => this.find(projectId, id) ?? []);
  }

  /** The newest first. */
  revisions({ id }: PolicyConfiguration): PolicyConfiguration[] {
    return [...(this.#revisions.get(id) ?? [])].reverse();
  }

  /** All that hold for a branch: of the branch, a prefix, the default branch, the repository or the whole project. */
  applying(repository: PolicyRepository, refName: string | undefined): PolicyConfiguration[] {
    return this.list(repository.projectId).filter(({ settings }) =>
      settings.scope.some((scope) => covers(scope, repository, refName)),
    );
  }

  /**
   * Whether a branch can be changed by a pull request only.
   * @param changedPaths what a push changes; without it, any file
   */
  blocksPush(repository: PolicyRepository, refName: string, changedPaths?: () => readonly string[]): boolean {
    const blocking = this.applying(repository, refName).filter(
      ({ type, isEnabled, isBlocking }) => type.appliesTo === 'branch' && isEnabled && isBlocking,
    );
    return blocking.some(({ settings }) => {
      const patterns = patternsOf(settings);
      return patterns.length === 0 || changedPaths === undefined || matchesPatterns(patterns, changedPaths());
    });
  }

  /** The same for as long as the organisation lives. */
  evaluationId(pullRequestId: number, configurationId: number): string {
    const key = `${pullRequestId} ${configurationId}`;
    const id = this.#evaluationIds.get(key) ?? this.organization.newId();
    this.#evaluationIds.set(key, id);
    return id;
  }

  /** What an evaluation belongs to. */
  evaluationKey(
    evaluationId: string,
  ): { readonly pullRequestId: number; readonly configurationId: number } | undefined {
    const key = [...this.#evaluationIds].find(([, id]) => id === evaluationId.toLowerCase())?.[0];
    const [pullRequestId, configurationId] = key?.split(' ').map(Number) ?? [];
    return pullRequestId === undefined || configurationId === undefined
      ? undefined
      : { pullRequestId, configurationId };
  }
}

function covers(scope: PolicyScope, repository: PolicyRepository, refName: string | undefined): boolean {
  if (scope.repositoryId !== undefined && scope.repositoryId !== repository.id) return false;
  switch (scope.matchKind) {
    case undefined:
      return true;
    case 'DefaultBranch':
      return refName !== undefined && refName === repository.defaultBranch;
    case 'Exact':
      return refName === scope.refName;
    case 'Prefix':
      return scope.refName !== undefined && (refName?.startsWith(scope.refName) ?? false);
  }
}
