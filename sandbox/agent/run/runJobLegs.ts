import { ExpressionError } from '../expressions/value';
import { describeProblem } from '../pipelineError';
import type { JobPlan, LegPlan, StagePlan } from '../plan/plan';
import { worstOf, type JobReport } from '../report';
import type { Variable } from '../variables/variables';
import { unitStatusFunctions, whyNotRun, type Outcome, type Refusal, type RuntimeContext } from './evaluateCondition';
import { pick, resultsBefore } from './graph';
import { makeVariables, type VariableLayer } from './jobVariables';
import { legsOfRun, type MatrixSurroundings } from './legsOfRun';
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

/** Runs a job, in all its legs, if its condition holds. */
export async function runJobLegs(
  { run, stage, layers, stageDependencies }: StageSurroundings,
  job: JobPlan,
  earlier: ReadonlyMap<string, Outcome>,
): Promise<JobLegsEnd> {
  const { name } = job;
  const context: Omit<RuntimeContext, 'variables'> = {
    dependencies: pick(job.dependsOn, earlier),
    stageDependencies,
    resources: run.resources,
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

  if (job.needsContainers !== undefined) {
    const note = `Skipped: it runs ${job.needsContainers}, and the local agent runs no containers.`;
    run.leftOut.push(`The job ${job.displayName} was skipped: it runs ${job.needsContainers}.`);
    add(notRun(job, { result: 'Skipped', note }));
    return { outcome: { name, result: 'Skipped', outputs: {} }, reports };
  }

  const outputs: Record<string, Variable> = {};
  const addFailure = (what: string, error: unknown): void => {
    if (!(error instanceof ExpressionError)) throw error;
    const note = `Not run: ${describeProblem({ message: `${what} has no value: ${error.message}`, at: job.at })}`;
    add(notRun(job, { result: 'Failed', note }));
  };
  let hasFailed = false;
  for (const leg of legsOf(job, { run, stage, layers: withOwn(true), context }, (error) =>
    addFailure('the matrix', error),
  )) {
    if (leg.runs === (hasFailed ? 'unlessFailed' : 'onFailure')) continue;
    try {
      const end = await runJob(run, stage, job, leg, withOwn(true), context);
      add(end.report);
      hasFailed ||= end.hasFailed;
      for (const prefix of leg.outputPrefixes) {
        for (const [key, value] of end.outputs) outputs[prefix === '' ? key : `${prefix}.${key}`] = value;
      }
      // A canceled deployment doesn't go on with its next hook.
      if (end.result === 'Canceled' && leg.runs !== 'always') break;
    } catch (error) {
      addFailure('a variable', error);
      hasFailed = true;
    }
  }
  return { outcome: { name, result: worstOf(reports.map(({ result }) => result)), outputs }, reports };
}

function legsOf(job: JobPlan, around: MatrixSurroundings, onError: (error: unknown) => void): readonly LegPlan[] {
  try {
    return legsOfRun(job, around);
  } catch (error) {
    onError(error);
    return [];
  }
}

function notRun({ name, displayName }: JobPlan, { result, note }: Refusal): JobReport {
  return { name, displayName, result, durationMilliseconds: 0, notes: [note], outputs: {}, steps: [] };
}
