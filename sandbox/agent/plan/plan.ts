import type { Expression } from '../expressions/parseExpression';
import type { Position } from '../pipelineError';
import type { Resources } from '../resources/resources';
import type { BuildNumberFormat } from '../variables/buildNumber';

/** A pipeline as it will run: everything that can be known before the run is settled. */
export interface PipelinePlan {
  /** The format of the build number; undefined for the default. */
  readonly name: BuildNumberFormat | undefined;
  readonly resources: Resources;
  readonly variables: readonly VariablePlan[];
  readonly stages: readonly StagePlan[];
}

export interface VariablePlan {
  readonly name: string;
  /** A text, or what a `$[ ]` is evaluated to when the job starts. */
  readonly value: string | Expression;
  readonly isReadonly: boolean;
  readonly isSecret: boolean;
}

/** What a stage and a job have in common. */
interface UnitPlan {
  readonly name: string;
  readonly displayName: string;
  readonly dependsOn: readonly string[];
  readonly condition: Expression;
  readonly variables: readonly VariablePlan[];
  readonly at: Position;
}

export interface StagePlan extends UnitPlan {
  /** Waits until a person starts it. */
  readonly isManual: boolean;
  readonly jobs: readonly JobPlan[];
}

export interface JobPlan extends UnitPlan {
  readonly continueOnError: boolean;
  /** 0 for no limit. */
  readonly timeoutMinutes: number;
  /** How long the steps that run in spite of a cancel may take. */
  readonly cancelTimeoutMinutes: number;
  /** In the order in which they run. */
  readonly legs: readonly LegPlan[];
  /** Gives the legs of a matrix when the job starts; each is then like the one in `legs`. */
  readonly runtimeMatrix: Expression | undefined;
  /** What it needs containers for, as in "in the container 'image'"; undefined when it needs none. */
  readonly needsContainers: string | undefined;
  /** Set for a deployment job. */
  readonly environment: string | undefined;
  /** The resource of the environment, where one is named. */
  readonly environmentResource: string | undefined;
  /** Those of all legs. */
  readonly steps: readonly StepPlan[];
}

/** One run of a job: all of it, a leg of its matrix, one of its slices, or a hook of its deployment. */
export interface LegPlan {
  /** Undefined when there is only one. */
  readonly name: string | undefined;
  readonly variables: readonly VariablePlan[];
  /** Predefined variables of its own. */
  readonly predefined: Readonly<Record<string, string>>;
  readonly steps: readonly StepPlan[];
  /** Under each of these its outputs are known to others, before `step.variable`; '' for nothing before it. */
  readonly outputPrefixes: readonly string[];
  /** Whether it runs after another leg failed, only after one, or in any case. */
  readonly runs: 'always' | 'unlessFailed' | 'onFailure';
}

export interface StepCommon {
  /** Undefined when the author gave none; then its outputs can't be referred to. */
  readonly name: string | undefined;
  readonly displayName: string;
  readonly condition: Expression;
  readonly continueOnError: boolean;
  readonly isEnabled: boolean;
  /** 0 for no limit. */
  readonly timeoutMinutes: number;
  readonly retryCount: number;
  readonly environment: readonly (readonly [string, string])[];
  readonly restrictions: Restrictions;
  /** The container that it runs in; undefined for this machine. */
  readonly container: string | undefined;
  readonly at: Position;
}

/** What a step may tell the agent. */
export interface Restrictions {
  readonly areCommandsRestricted: boolean;
  /** Globs of the variables that it may set; undefined for all. */
  readonly settableVariables: readonly string[] | undefined;
}

export type Shell = 'script' | 'bash' | 'pwsh' | 'powershell';

export interface ScriptStepPlan extends StepCommon {
  readonly kind: 'script';
  readonly shell: Shell;
  readonly script: string;
  readonly workingDirectory: string | undefined;
  readonly failOnStderr: boolean;
  readonly errorActionPreference: string;
  readonly ignoreLastExitCode: boolean;
}

export interface TaskStepPlan extends StepCommon {
  readonly kind: 'task';
  /** The name or id as written, without the version. */
  readonly task: string;
  readonly majorVersion: number;
  readonly inputs: readonly TaskInputPlan[];
}

export interface TaskInputPlan {
  readonly name: string;
  readonly value: string;
  readonly at: Position;
}

export interface CheckoutStepPlan extends StepCommon {
  readonly kind: 'checkout';
  /** `self`, `none`, the alias of a repository, or `git://Project/repository@ref`. */
  readonly source: string;
  /** From the workspace on. */
  readonly path: string | undefined;
  /** Its folder is the default working directory of the job. */
  readonly isWorkspace: boolean;
  /** Everything is copied, whatever it says. */
  readonly isSparse: boolean;
}

export interface PublishStepPlan extends StepCommon {
  readonly kind: 'publish';
  readonly path: string;
  readonly artifact: string | undefined;
}

export interface DownloadStepPlan extends StepCommon {
  readonly kind: 'download';
  /** `current`, `none`, or the alias of a pipeline or build. */
  readonly source: string;
  /** Nobody wrote it: deployments begin with it. */
  readonly isImplicit: boolean;
  /** Undefined for all. */
  readonly artifact: string | undefined;
  readonly patterns: readonly string[];
  readonly path: string | undefined;
}

/** A step that only the service can do. */
export interface ServiceStepPlan extends StepCommon {
  readonly kind: 'service';
  /** Such as `reviewApp`. */
  readonly step: string;
}

export type StepPlan =
  ScriptStepPlan | TaskStepPlan | CheckoutStepPlan | PublishStepPlan | DownloadStepPlan | ServiceStepPlan;
