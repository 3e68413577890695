import { ExpressionError } from '../expressions/value';
import { describeProblem } from '../pipelineError';
import type { JobPlan, StagePlan } from '../plan/plan';
import { worstOf, type JobReport } from '../report';
import type { Variable } from '../variables/variables';
import { unitStatusFunctions, whyNotRun, type Outcome, type Refusal, type RuntimeContext } from './evaluateCondition';
import { pick, resultsBefore } from './graph';
import { makeVariables, type VariableLayer } from './jobVariables';
import { runJob } from './runJob';
import type { RunState } from './runState';

/** What a job finds around it. */
export interface StageSurroundings {
  readonly run: RunState;
  readonly stage: StagePlan;
  /** Variables of the root and of the stage. */
  readonly layers: readonly VariableLayer[];
  readonly stageDependencies: readonly Outcome[];
}

interface JobLegsEnd {
  readonly outcome: Outcome;
  readonly reports: readonly JobReport[];
}

/** Runs a job, in all legs of its matrix, if its condition holds. */
export async function runJobLegs(
  { run, stage, layers, stageDependencies }: StageSurroundings,
  job: JobPlan,
  earlier: ReadonlyMap<string, Outcome>,
): Promise<JobLegsEnd> {
  const { name } = job;
  const context: Omit<RuntimeContext, 'variables'> = {
    dependencies: pick(job.dependsOn, earlier),
    stageDependencies,
    startTime: run.startTime,
  };
  const withOwn = (hasRuntimeValues: boolean): VariableLayer[] => [
    ...layers,
    { variables: job.variables, hasRuntimeValues },
  ];
  const before = resultsBefore(job.dependsOn, stage.jobs, earlier);
  const refusal = whyNotRun(job, unitStatusFunctions(run.signal.aborted, before), () => {
    const predefined = { 'System.StageName': stage.name, 'System.JobName': name };
    return { ...context, variables: makeVariables(run, predefined, withOwn(false), context).toDictionary() };
  });
  const reports: JobReport[] = [];
  const add = (report: JobReport): void => {
    reports.push(report);
    run.onEvent({ kind: 'jobEnded', report });
  };
  if (refusal) {
    add(notRun(job, refusal));
    return { outcome: { name, result: refusal.result, outputs: {} }, reports };
  }

  const outputs: Record<string, Variable> = {};
  for (const leg of job.legs) {
    try {
      const end = await runJob(run, stage, job, leg, withOwn(true), context);
      add(end.report);
      // Outputs of a leg are known under its name, those of a deployment under the job's.
      const prefix = leg.name ?? (job.environment === undefined ? undefined : name);
      for (const [key, value] of end.outputs) outputs[prefix === undefined ? key : `${prefix}.${key}`] = value;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const message = `a variable has no value: ${error.message}`;
      add(notRun(job, { result: 'Failed', note: `Not run: ${describeProblem({ message, at: job.at })}` }));
    }
  }
  return { outcome: { name, result: worstOf(reports.map(({ result }) => result)), outputs }, reports };
}

function notRun({ name, displayName }: JobPlan, { result, note }: Refusal): JobReport {
  return { name, displayName, result, durationMilliseconds: 0, notes: [note], outputs: {}, steps: [] };
}
