/** A file of a commit. */
export interface SourceFile {
  readonly content: Buffer;
  readonly isExecutable: boolean;
}

/** The files of a commit, by their path without a leading slash. */
export type SourceFiles = ReadonlyMap<string, SourceFile>;

/** A service connection with its secrets, for the tasks of a run. */
export interface RunnerConnection {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

/** What a pipeline is run with. */
export interface PipelineSource {
  /** The YAML file, from the root of the repository on. */
  readonly file: string;
  readonly files: SourceFiles;
  /** Those of another repository, by its name; undefined when there is none. */
  readonly filesOf: (repository: string, ref: string | undefined) => SourceFiles | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly variableGroups: Readonly<Record<string, Readonly<Record<string, string | { readonly secret: string }>>>>;
  readonly connections: readonly RunnerConnection[];
  /** Predefined variables. */
  readonly predefined: Readonly<Record<string, string>>;
  /** Of the organisation; ends with a slash. */
  readonly collectionUrl: string;
}

/** Patterns of branches or paths. */
export interface TriggerFilter {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface RunnerResource {
  readonly type: 'environment' | 'variablegroup' | 'endpoint' | 'queue' | 'repository';
  readonly name: string;
}

export interface DescribedStage {
  readonly name: string;
  readonly displayName: string;
  readonly dependsOn: readonly string[];
  readonly resources: readonly RunnerResource[];
}

/** What a pipeline is, before it runs. */
export interface DescribedPipeline {
  readonly finalYaml: string;
  readonly hasName: boolean;
  readonly stages: readonly DescribedStage[];
  readonly triggers: {
    readonly push: { readonly branches: TriggerFilter; readonly paths: TriggerFilter } | undefined;
    readonly completions: readonly {
      readonly source: string;
      readonly project: string | undefined;
      readonly branches: TriggerFilter;
    }[];
  };
}

/** Whether a stage may run; the note says why not. */
export type StageAdmission = 'admitted' | { readonly result: 'Failed' | 'Canceled' | 'Skipped'; readonly note: string };

export type RunResult = 'succeeded' | 'partiallySucceeded' | 'failed' | 'canceled';

/** A file that a step attached to the run, for pages of extensions. */
export interface Attachment {
  readonly type: string;
  readonly name: string;
  readonly content: Buffer;
}

export interface StepEnd {
  readonly name: string;
  readonly task: string | undefined;
  readonly result: string;
  readonly milliseconds: number;
  readonly issues: readonly { readonly type: 'error' | 'warning'; readonly message: string }[];
  readonly attachments?: readonly Attachment[];
}

export interface JobEnd {
  readonly name: string;
  readonly result: string;
  readonly milliseconds: number;
  readonly steps: readonly StepEnd[];
}

export interface StageEnd {
  readonly name: string;
  readonly result: string;
  readonly milliseconds: number;
  readonly notes: readonly string[];
  readonly jobs: readonly JobEnd[];
}

/** Who watches a run, and decides for it. */
export interface RunControl {
  readonly accessToken: string;
  readonly signal: AbortSignal;
  /** Only these stages are run; all when absent. */
  readonly stages: readonly string[] | undefined;
  admitStage(name: string): Promise<StageAdmission>;
  onLine(text: string): void;
  onStageEnd(stage: StageEnd): void;
}

export interface RunEnd {
  readonly result: RunResult;
  readonly buildNumber: string;
  readonly tags: readonly string[];
  readonly artifacts: readonly string[];
}

/** A pipeline that cannot run as it is written. */
export class PipelineRejected extends Error {
  /** @param problems each as the service words it: `/azure-pipelines.yml (Line: 3, Col: 5): …` */
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Runs pipelines: the agent of the organisation, which is not part of it. */
export interface PipelineRunner {
  /** @throws PipelineRejected */
  describe(source: PipelineSource): Promise<DescribedPipeline>;
  /** @throws PipelineRejected */
  run(source: PipelineSource, control: RunControl): Promise<RunEnd>;
}
