/** How a stage, job or step ended. */
export type Result = 'Succeeded' | 'SucceededWithIssues' | 'Failed' | 'Canceled' | 'Skipped';

/** An error or warning that a step reported. */
export interface Issue {
  readonly type: 'error' | 'warning';
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly code?: string;
}

/** The stage of a pipeline that names none. */
export const implicitStage = '__default';

/** The result of a run. Secrets are masked in every text; files are absolute paths below the output folder. */
export interface PipelineReport {
  readonly result: Result;
  readonly file: string;
  readonly buildNumber: string;
  readonly buildTags: readonly string[];
  readonly durationMilliseconds: number;
  /** What this machine could not run, and what has no effect on it. */
  readonly notes: readonly string[];
  readonly stages: readonly StageReport[];
  readonly artifacts: readonly ArtifactReport[];
}

export interface StageReport {
  readonly name: string;
  readonly displayName: string;
  readonly result: Result;
  readonly durationMilliseconds: number;
  /** Facts such as why it was skipped. */
  readonly notes: readonly string[];
  readonly jobs: readonly JobReport[];
}

export interface JobReport {
  /** With the leg of a matrix: `job.leg`. */
  readonly name: string;
  readonly displayName: string;
  readonly result: Result;
  readonly durationMilliseconds: number;
  readonly notes: readonly string[];
  /** As later jobs see them, `step.variable`; secrets masked. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly StepReport[];
}

export interface StepReport {
  readonly name: string | undefined;
  readonly displayName: string;
  /** The task's name with its version; undefined for other steps. */
  readonly task: string | undefined;
  readonly result: Result;
  readonly durationMilliseconds: number;
  readonly attempts: number;
  /** The message with which the task set its result. */
  readonly message: string | undefined;
  readonly notes: readonly string[];
  /** At most ten errors and ten warnings; `droppedIssues` counts the others. */
  readonly issues: readonly Issue[];
  readonly droppedIssues: number;
  readonly outputs: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly attachments: readonly AttachmentReport[];
  /** Markdown files. */
  readonly summaries: readonly string[];
  /** The test results that it published. */
  readonly testRuns: readonly TestRunReport[];
  /** Files for the run's log archive. */
  readonly files: readonly string[];
}

export interface TestRunReport {
  readonly title: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface AttachmentReport {
  readonly type: string;
  readonly name: string;
  readonly file: string;
}

export interface ArtifactReport {
  readonly name: string;
  readonly folder: string;
}

/**
 * The progress of a run, in order: stages, jobs and steps run one at a time. Secrets are masked.
 * A stage or job that is not run has only an end.
 */
export type RunEvent =
  | { readonly kind: 'jobStarted'; readonly stage: string; readonly job: string }
  | { readonly kind: 'stepStarted'; readonly step: string }
  | { readonly kind: 'stepEnded'; readonly report: StepReport }
  | { readonly kind: 'jobEnded'; readonly report: JobReport }
  | { readonly kind: 'stageEnded'; readonly report: StageReport };

const severity: readonly Result[] = ['Skipped', 'Succeeded', 'SucceededWithIssues', 'Canceled', 'Failed'];

/** The worst of several results; `Skipped` only when all are skipped. */
export function worstOf(results: readonly Result[], none: Result = 'Succeeded'): Result {
  const [first = none, ...rest] = results;
  return rest.reduce((worst, result) => (severity.indexOf(result) > severity.indexOf(worst) ? result : worst), first);
}
