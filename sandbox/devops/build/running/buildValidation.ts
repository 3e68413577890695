import { GitStore } from '../../git/repositories/gitStore';
import type { BuildPolicyRules, BuildPolicyState, PullRequestKey } from '../../hooks';
import { OrganizationError } from '../../organizationError';
import type { OrganizationState } from '../../organizationState';
import { validationResultsOf } from '../buildErrors';
import type { Build } from '../builds/build';
import type { Definition } from '../definitions/definition';
import { Definitions } from '../definitions/definitions';
import { BuildEngine, type QueueRequest } from './buildEngine';

/** The run for a pull request, and the commits that it merges. */
interface Validation {
  readonly source: string;
  readonly target: string;
  /** Undefined until it is queued. */
  build: Build | undefined;
}

/**
 * Runs the pipelines that policies demand of a pull request, each for the commit that merges it:
 * https://learn.microsoft.com/azure/devops/repos/git/branch-policies#build-validation
 */
export class BuildValidation {
  /** The newest run, by pipeline and pull request. */
  readonly #validations = new Map<string, Validation>();

  constructor(private readonly state: OrganizationState) {
    state.hooks.buildPolicyState = (pullRequest, definitionId, rules) =>
      this.#stateOf(pullRequest, definitionId, rules);
    state.hooks.requeueBuild = (pullRequest, definitionId) => {
      const request = this.#find(pullRequest, definitionId);
      this.#validations.get(keyOf(pullRequest, definitionId))?.build?.cancellation.abort();
      if (request) this.#queue(request, pullRequest);
    };
    state.hooks.buildOfPolicy = (pullRequest, definitionId) =>
      this.#validations.get(keyOf(pullRequest, definitionId))?.build?.id;
  }

  /** The first look at new commits queues a run. */
  #stateOf(pullRequest: PullRequestKey, definitionId: number, rules: BuildPolicyRules): BuildPolicyState | undefined {
    const found = this.#find(pullRequest, definitionId);
    if (!found) return undefined;
    const known = this.#validations.get(keyOf(pullRequest, definitionId));
    const hasSource = known?.source === found.source;
    if (!found.isActive) return known?.build && stateOf(known.build);
    const isUpToDate = hasSource && (rules.isForSourceOnly || known.target === found.target);
    if (!known || !isUpToDate) {
      if (!rules.isManual) this.#queue(found, pullRequest);
      return 'queued';
    }
    const { build, target } = known;
    if (!build) return 'queued';
    const expiresAt = (build.finishTime ?? Infinity) + rules.validMinutes * 60_000;
    const isExpired = rules.validMinutes > 0 && target !== found.target && this.state.clock.now() >= expiresAt;
    return isExpired ? 'queued' : stateOf(build);
  }

  #find(pullRequest: PullRequestKey, definitionId: number): Found | undefined {
    const { repository: key, sourceRefName, targetRefName, id } = pullRequest;
    const git = this.state.of(GitStore);
    const repository = git.find(undefined, key.id);
    const definition = this.state.of(Definitions).byId(key.projectId, definitionId);
    const { createdById = '', status } = git.pullRequests.get(id) ?? {};
    const requester = this.state.identities.byId(createdById);
    if (!repository || !definition || !requester) return undefined;
    const [source, target] = [repository.tipOf(sourceRefName), repository.tipOf(targetRefName)];
    return { definition, requester, source, target, isActive: status === 'active' };
  }

  #queue({ definition, requester, source, target }: Found, { id, repository, sourceRefName }: PullRequestKey): void {
    const validation: Validation = { source, target, build: undefined };
    this.#validations.set(`${definition.id} ${id}`, validation);
    const request: QueueRequest = {
      requester,
      reason: 'pullRequest',
      branch: `refs/pull/${id}/merge`,
      triggerInfo: {
        'pr.number': String(id),
        'pr.sourceBranch': sourceRefName,
        'pr.sourceSha': source,
        'pr.triggerRepository': repository.id,
      },
    };
    this.state.of(BuildEngine).track(
      this.#start(definition, request, source).then((build) => {
        validation.build = build;
      }),
    );
  }

  /** A pipeline that cannot run leaves a run that failed: it must not let the pull request be completed. */
  async #start(definition: Definition, request: QueueRequest, source: string): Promise<Build> {
    const engine = this.state.of(BuildEngine);
    try {
      return await engine.queue(definition, request);
    } catch (thrown) {
      const results = thrown instanceof OrganizationError ? validationResultsOf(thrown) : undefined;
      if (!results) throw thrown;
      return engine.addFailed(definition, request, source, results);
    }
  }
}

interface Found extends Pick<Validation, 'source' | 'target'> {
  readonly definition: Definition;
  readonly requester: QueueRequest['requester'];
  readonly isActive: boolean;
}

const keyOf = ({ id }: PullRequestKey, definitionId: number): string => `${definitionId} ${id}`;

function stateOf({ status, result }: Build): BuildPolicyState {
  if (status === 'completed')
    return result === 'succeeded' || result === 'partiallySucceeded' ? 'approved' : 'rejected';
  return status === 'notStarted' ? 'queued' : 'running';
}
