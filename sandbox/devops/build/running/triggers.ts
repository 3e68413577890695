import { noObject } from '../../git/objects/objectStore';
import { GitStore } from '../../git/repositories/gitStore';
import type { RefUpdate } from '../../hooks';
import type { Identity } from '../../identities/identity';
import { OrganizationError } from '../../organizationError';
import type { OrganizationState } from '../../organizationState';
import { isObject, listAt, numberAt, textAt, valueAt, type JsonObject } from '../../rest/requestBody';
import { PipelinePermissions } from '../../resources/permissions/pipelinePermissions';
import { validationResultsOf } from '../buildErrors';
import type { Build } from '../builds/build';
import type { Definition } from '../definitions/definition';
import { Definitions } from '../definitions/definitions';
import { isOfYaml } from '../definitions/triggerBody';
import { matchesBranch, matchesPath, passesFilter, signedFilter } from './branchFilter';
import { BuildEngine, type QueueRequest } from './buildEngine';
import { triggerPart } from './triggerPart';

/** The messages of commits that start nothing: https://learn.microsoft.com/azure/devops/pipelines/repos/azure-repos-git#skipping-ci-for-individual-pushes */
const skipMarks =
  /\[(skip ci|ci skip|skip azurepipelines|azurepipelines skip|skip azpipelines|azpipelines skip|skip azp|azp skip)\]|\*\*\*NO_CI\*\*\*/i;

/**
 * Starts runs without anybody asking for them: after pushes, and after the ends of other runs.
 *
 * A pipeline that was made by the REST API does not react to pushes or to other runs before its first run, or before
 * somebody let it use a resource (azure-devops-cli-extension issue 999).
 */
export class Triggers {
  constructor(private readonly state: OrganizationState) {
    const engine = state.of(BuildEngine);
    state.hooks.pushed.add(({ id }, updates, { identity }) => engine.track(this.#onPush(id, updates, identity)));
    engine.onEnd.push((build) => this.#onEnd(build));
  }

  #isAwake({ hasRun, projectId, id }: Definition): boolean {
    return hasRun || this.state.of(PipelinePermissions).isNamed(projectId, id);
  }

  async #onPush(repositoryId: string, updates: readonly RefUpdate[], requester: Identity): Promise<void> {
    const repository = this.state.of(GitStore).find(undefined, repositoryId);
    if (!repository) return;
    for (const { name: branch, oldObjectId, newObjectId } of updates) {
      if (newObjectId === noObject || !branch.startsWith('refs/heads/')) continue;
      const { message } = repository.objects.readCommit(newObjectId);
      if (skipMarks.test(message)) continue;
      const changed = repository.changesBetween(oldObjectId, newObjectId).map(({ path }) => path);
      for (const definition of this.state.of(Definitions).all()) {
        const trigger = definition.content.triggers.find(
          (each) => valueAt(each, 'triggerType') === 'continuousIntegration',
        );
        if (!trigger || definition.content.repository.id !== repositoryId || !this.#isAwake(definition)) continue;
        const request: QueueRequest = {
          requester,
          reason: 'individualCI',
          branch,
          commit: newObjectId,
          triggerInfo: {
            'ci.sourceBranch': branch,
            'ci.sourceSha': newObjectId,
            'ci.message': message.split('\n')[0] ?? '',
            'ci.triggerRepository': repositoryId,
          },
        };
        await this.#queue(definition, request, newObjectId, () => this.#reacts(definition, trigger, request, changed));
      }
    }
  }

  /** By the file at the commit, or by the filters of the pipeline. */
  async #reacts(
    definition: Definition,
    trigger: JsonObject,
    request: QueueRequest,
    changed: readonly string[],
  ): Promise<boolean> {
    const onBranch = matchesBranch(request.branch ?? '');
    if (!isOfYaml(trigger)) {
      const [branches, paths] = ['branchFilters', 'pathFilters'].map((key) => signedFilter(textsAt(trigger, key)));
      return (
        passesFilter(branches ?? everything, onBranch) &&
        changed.some((path) => passesFilter(paths ?? everything, matchesPath(path)))
      );
    }
    const { pipeline } = await this.state.of(BuildEngine).prepare(definition, request, triggerPart);
    const push = pipeline?.described.triggers.push;
    if (!push || !passesFilter(push.branches, onBranch)) return false;
    return changed.some((path) => passesFilter(push.paths, matchesPath(path)));
  }

  /** A pipeline whose file is broken leaves a run that failed, as nobody is there to be told. */
  async #queue(
    definition: Definition,
    request: QueueRequest,
    commit: string,
    reacts: () => Promise<boolean>,
  ): Promise<void> {
    const engine = this.state.of(BuildEngine);
    try {
      if (await reacts()) await engine.queue(definition, request);
    } catch (thrown) {
      const results = thrown instanceof OrganizationError ? validationResultsOf(thrown) : undefined;
      if (!results) throw thrown;
      // A branch without the file is not for this pipeline.
      if (!results.some(({ message }) => message.startsWith('File /')))
        engine.addFailed(definition, request, commit, results);
    }
  }

  /** Runs of pipelines that name the one that has ended, in their YAML or in their own triggers. */
  async #onEnd(build: Build): Promise<void> {
    const { projectId, definition: source, sourceBranch } = build;
    const requester = this.state.identities.byId(build.requestedForId);
    if (!requester) return;
    for (const definition of this.state.of(Definitions).ofProject(projectId)) {
      if (definition.id === source.id || !this.#isAwake(definition)) continue;
      const request = { requester, triggeredById: build.id, triggerInfo: { alias: source.content.name } };
      const classic = definition.content.triggers.find((each) => isCompletionOf(each, source.id));
      if (classic) {
        const isGood = valueAt(classic, 'requiresSuccessfulBuild') === false || build.result === 'succeeded';
        const branches = signedFilter(textsAt(classic, 'branchFilters'));
        if (isGood && passesFilter(branches, matchesBranch(sourceBranch)))
          await this.#queue(definition, { ...request, reason: 'buildCompletion' }, build.sourceVersion, () =>
            Promise.resolve(true),
          );
      } else if (build.result === 'succeeded') {
        const ofResource: QueueRequest = { ...request, reason: 'resourceTrigger' };
        await this.#queue(definition, ofResource, build.sourceVersion, async () => {
          const { pipeline } = await this.state.of(BuildEngine).prepare(definition, ofResource, triggerPart);
          return (pipeline?.described.triggers.completions ?? []).some(
            (each) =>
              this.state.of(Definitions).bySource(projectId, each.source)?.id === source.id &&
              passesFilter(each.branches, matchesBranch(sourceBranch)),
          );
        });
      }
    }
  }
}

const everything = { include: [], exclude: [] };

const textsAt = (object: JsonObject, key: string): string[] =>
  listAt(object, key).filter((each) => typeof each === 'string');

function isCompletionOf(trigger: JsonObject, definitionId: number): boolean {
  const definition = valueAt(trigger, 'definition');
  return (
    textAt(trigger, 'triggerType') === 'buildCompletion' &&
    isObject(definition) &&
    numberAt(definition, 'id') === definitionId
  );
}
