import type { OrganizationState } from '../../organizationState';
import type { Identity } from '../../identities/identity';
import { Changes } from '../../resources/changes';
import type { ProtectedResource } from '../../resources/protection';
import { queueRefused, type ValidationResult } from '../buildErrors';
import { Builds } from '../builds/builds';
import type { Build, BuildReason } from '../builds/build';
import { addRecord, recordStageEnd, stageRecord } from '../builds/timeline';
import { fullBranchName, type Definition } from '../definitions/definition';
import {
  PipelineRejected,
  type DescribedPipeline,
  type PipelineRunner,
  type PipelineSource,
  type RunEnd,
} from './pipelineRunner';
import { createEnvironments, resolveResource } from './resolveResources';
import { predefinedOf } from './runPredefined';
import { commitOf, repositoryOf, sourceOf } from './sources';
import { StageGate } from './stageGate';

/** A run that somebody or something asks for. */
export interface QueueRequest {
  readonly requester: Identity;
  readonly reason: BuildReason;
  /** That of the pipeline by default. */
  readonly branch?: string | undefined;
  /** The newest of the branch by default. */
  readonly commit?: string | undefined;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly stagesToSkip?: readonly string[];
  readonly triggerInfo?: Readonly<Record<string, string>>;
  readonly triggeredById?: number;
  readonly priority?: string;
}

interface Prepared {
  readonly branch: string;
  readonly commit: string;
  /** Undefined without a runner. */
  readonly pipeline: { readonly described: DescribedPipeline; readonly source: PipelineSource } | undefined;
}

/** Called when a run has ended. */
type EndListener = (build: Build) => void | Promise<void>;

/** Queues runs and has them run, when there is somebody to run them. */
export class BuildEngine {
  /** Undefined for an organisation without agents: its runs stay in the queue. */
  runner: PipelineRunner | undefined;
  readonly onEnd: EndListener[] = [];
  readonly onStart: EndListener[] = [];
  readonly #gate: StageGate;
  readonly #running = new Set<Promise<void>>();
  #isStopped = false;

  constructor(private readonly state: OrganizationState) {
    this.#gate = new StageGate(state);
  }

  /** @throws OrganizationError with all reasons for which the run cannot be queued */
  async queue(definition: Definition, request: QueueRequest): Promise<Build> {
    const { branch, commit, pipeline } = await this.prepare(definition, request);
    if (pipeline) {
      const names = pipeline.described.stages.flatMap(({ resources }) => resources);
      createEnvironments(this.state, definition, names, request.requester);
      const problems = this.#problemsOf(definition, pipeline.described);
      if (problems.length > 0) throw queueRefused(problems);
    }
    const build = this.#add(definition, request, { branch, commit, pipeline });
    definition.hasRun = true;
    if (pipeline && this.runner) this.#start(build, this.runner, pipeline.source);
    return build;
  }

  /** What a run would be: its branch, its commit, its pipeline, also for another file. @throws OrganizationError as `queue` */
  async prepare(definition: Definition, request: QueueRequest, yaml?: string | ReplaceYaml): Promise<Prepared> {
    const { content } = definition;
    const repository = repositoryOf(this.state, definition);
    const branch = fullBranchName(request.branch ?? content.repository.defaultBranch ?? 'main');
    const commit = repository && (request.commit ?? commitOf(this.state, repository, branch));
    const problem = problemOf(definition, repository !== undefined, branch, commit);
    if (problem !== undefined || !repository || commit === undefined) throw queueRefused([error(problem ?? '')]);
    const facts = { branch, commit, reason: request.reason, requestedForId: request.requester.id };
    const source = sourceOf(this.state, definition, repository, {
      branch,
      commit,
      parameters: request.parameters ?? {},
      variables: request.variables ?? {},
      predefined: predefinedOf(this.state, definition, repository, facts),
      ...(typeof yaml === 'string' && { yaml }),
    });
    if (!source.files.has(content.yamlFilename))
      throw queueRefused([
        error(
          `File /${content.yamlFilename} not found in repository ${repository.name} branch ${branch} version ${commit}.`,
        ),
      ]);
    if (!this.runner) return { branch, commit, pipeline: undefined };
    const described = typeof yaml === 'function' ? withYaml(source, yaml) : source;
    try {
      return { branch, commit, pipeline: { described: await this.runner.describe(described), source } };
    } catch (thrown) {
      if (thrown instanceof PipelineRejected) throw queueRefused(thrown.problems.map(error));
      throw thrown;
    }
  }

  /** Adds the record of a run that something asked for and that cannot run, such as one of a push of a broken file. */
  addFailed(
    definition: Definition,
    request: QueueRequest,
    commit: string,
    problems: readonly ValidationResult[],
  ): Build {
    const branch = fullBranchName(request.branch ?? 'main');
    const build = this.#add(definition, request, { branch, commit, pipeline: undefined });
    build.validationResults = problems;
    this.#end(build, { result: 'failed', buildNumber: build.buildNumber, tags: [], artifacts: [] });
    return build;
  }

  cancel(build: Build, byId: string): void {
    Object.assign(build, { status: 'cancelling', lastChangedById: byId, lastChangedOn: this.state.clock.now() });
    build.cancellation.abort();
    // What never started has nobody who would end it.
    if (!build.pipeline)
      this.#end(build, { result: 'canceled', buildNumber: build.buildNumber, tags: [], artifacts: [] });
    this.state.of(Changes).notify();
  }

  /** Resolves when nothing runs, also nothing that waits for somebody; for tests. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Keeps track of work that nobody waits for. */
  track(work: Promise<void>): void {
    const tracked = work.catch((thrown: unknown) => console.error(thrown)).finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** Cancels all runs and waits for their end. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const build of this.state.of(Builds).all()) build.cancellation.abort();
    this.state.of(Changes).notify();
    await this.settle();
  }

  #problemsOf(definition: Definition, { stages }: DescribedPipeline): ValidationResult[] {
    const names = stages.flatMap(({ resources }) => resources);
    const found = names.map((name) => resolveResource(this.state, definition, name));
    const problems = [...new Set(found.filter((each) => typeof each === 'string'))].map(error);
    const hasPool = names.some(({ type }) => type === 'queue') || definition.content.queueId !== undefined;
    return hasPool ? problems : [...problems, error('No pool was specified.')];
  }

  #add(definition: Definition, request: QueueRequest, { branch, commit, pipeline }: Prepared): Build {
    const { requester, reason, parameters = {}, variables = {}, stagesToSkip = [], triggerInfo = {} } = request;
    const described = pipeline?.described;
    const skipped = stagesToSkip.map((name) => name.toLowerCase());
    const build = this.state.of(Builds).add({
      projectId: definition.projectId,
      definition: { ...definition },
      sourceBranch: branch,
      sourceVersion: commit,
      reason,
      priority: request.priority ?? 'normal',
      requestedForId: requester.id,
      requestedById: requester.id,
      queueId: definition.content.queueId,
      parameters,
      variables,
      stages:
        skipped.length === 0
          ? undefined
          : described?.stages.map(({ name }) => name).filter((name) => !skipped.includes(name.toLowerCase())),
      triggerInfo,
      triggeredById: request.triggeredById,
      validationResults: [],
      pipeline: described,
    });
    for (const { name } of described?.stages ?? [])
      addRecord(build.records, () => this.state.newId(), { parent: undefined, type: 'Stage', name });
    return build;
  }

  #start(build: Build, runner: PipelineRunner, source: PipelineSource): void {
    this.track(this.#run(build, runner, source));
  }

  async #run(build: Build, runner: PipelineRunner, source: PipelineSource): Promise<void> {
    const { clock } = this.state;
    for (const listener of this.onStart) await listener(build);
    const stages = new Map(build.pipeline?.stages.map((stage) => [stage.name, stage]));
    const resources = (name: string): ProtectedResource[] =>
      (stages.get(name)?.resources ?? []).flatMap((each) => {
        const resource = resolveResource(this.state, build.definition, each);
        return resource === undefined || typeof resource === 'string' ? [] : [resource];
      });
    const predefined = {
      ...source.predefined,
      'Build.BuildId': String(build.id),
      'Build.BuildUri': `vstfs:///Build/Build/${build.id}`,
      'Build.BuildNumber': build.buildNumber,
      'System.PlanId': build.planId,
      'System.TimelineId': build.planId,
    };
    try {
      const end = await runner.run(
        { ...source, predefined },
        {
          accessToken: this.#jobToken(build),
          signal: build.cancellation.signal,
          stages: build.stages,
          admitStage: async (name) => {
            const admission = await this.#gate.admit(build, name, resources(name));
            if (admission === 'admitted') this.#note(build, name, clock.now());
            return admission;
          },
          onLine: (text) => build.log.push(text),
          onStageEnd: (stage) => {
            recordStageEnd({ clock, newId: () => this.state.newId() }, build.records, stage);
            this.#gate.release(build);
          },
        },
      );
      this.#end(build, { ...end, buildNumber: build.pipeline?.hasName === true ? end.buildNumber : build.buildNumber });
    } catch (thrown) {
      const problems = thrown instanceof PipelineRejected ? thrown.problems : [String(thrown)];
      build.validationResults = problems.map(error);
      if (!(thrown instanceof PipelineRejected)) console.error(thrown);
      this.#end(build, { result: 'failed', buildNumber: build.buildNumber, tags: [], artifacts: [] });
    } finally {
      this.#gate.release(build);
    }
  }

  /** The first stage that may run starts the run. */
  #note(build: Build, stage: string, now: number): void {
    build.startTime ??= now;
    if (build.status === 'notStarted') build.status = 'inProgress';
    const record = stageRecord(build.records, stage);
    if (record) Object.assign(record, { state: 'inProgress', startTime: now });
  }

  #end(build: Build, { result, buildNumber, tags, artifacts }: RunEnd): void {
    const now = this.state.clock.now();
    for (const tag of tags) build.tags.add(tag);
    Object.assign(build, {
      status: 'completed',
      result,
      buildNumber,
      artifacts,
      startTime: build.startTime ?? now,
      finishTime: now,
      lastChangedOn: now,
    });
    if (this.#isStopped) return;
    for (const listener of this.onEnd) this.track(Promise.resolve(listener(build)));
  }

  /** Of the build service of the project; it reaches the repository of the pipeline and those that its YAML names. */
  #jobToken({ projectId, definition, pipeline }: Build): string {
    const { identities, tokens } = this.state;
    const service = identities.buildServiceOf(projectId);
    const named = (pipeline?.stages ?? []).flatMap(({ resources }) => resources);
    const repositories = named.flatMap((each) => {
      const resource = resolveResource(this.state, definition, each);
      return typeof resource === 'object' && resource.type === 'repository' ? [resource.id.split('.')[1] ?? ''] : [];
    });
    return tokens.issueJob({ identity: service, repositories: [definition.content.repository.id, ...repositories] });
  }
}

/** Makes another text of the pipeline's file. */
type ReplaceYaml = (text: string) => string;

function withYaml(source: PipelineSource, replace: ReplaceYaml): PipelineSource {
  const text = source.files.get(source.file)?.content.toString('utf8') ?? '';
  const file = { content: Buffer.from(replace(text)), isExecutable: false };
  return { ...source, files: new Map([...source.files, [source.file, file]]) };
}

const error = (message: string): ValidationResult => ({ result: 'error', message });

function problemOf(
  { content }: Definition,
  hasRepository: boolean,
  branch: string,
  commit: string | undefined,
): string | undefined {
  if (content.queueStatus === 'disabled') return `The pipeline ${content.name} is disabled.`;
  if (!hasRepository) return `The repository of the pipeline ${content.name} does not exist or is disabled.`;
  return commit === undefined ? `The branch ${branch} does not exist.` : undefined;
}
