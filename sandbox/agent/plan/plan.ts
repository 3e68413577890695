import type { Expression } from '../expressions/parseExpression';
import type { Position } from '../pipelineError';
import type { BuildNumberFormat } from '../variables/buildNumber';

/** A pipeline as it will run: everything that can be known before the run is settled. */
export interface PipelinePlan {
  /** The format of the build number; undefined for the default. */
  readonly name: BuildNumberFormat | undefined;
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
  readonly jobs: readonly JobPlan[];
}

export interface JobPlan extends UnitPlan {
  readonly continueOnError: boolean;
  /** 0 for no limit. */
  readonly timeoutMinutes: number;
  /** How long the steps that run in spite of a cancel may take. */
  readonly cancelTimeoutMinutes: number;
  /** The legs of a matrix; one without a name otherwise. */
  readonly legs: readonly LegPlan[];
  /** Set for a deployment job. */
  readonly environment: string | undefined;
  readonly steps: readonly StepPlan[];
}

export interface LegPlan {
  readonly name: string | undefined;
  readonly variables: readonly VariablePlan[];
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
  readonly source: 'self' | 'none';
}

export interface PublishStepPlan extends StepCommon {
  readonly kind: 'publish';
  readonly path: string;
  readonly artifact: string | undefined;
}

export interface DownloadStepPlan extends StepCommon {
  readonly kind: 'download';
  readonly source: 'current' | 'none';
  /** Undefined for all. */
  readonly artifact: string | undefined;
  readonly patterns: readonly string[];
  readonly path: string | undefined;
}

export type StepPlan = ScriptStepPlan | TaskStepPlan | CheckoutStepPlan | PublishStepPlan | DownloadStepPlan;
