import { fold } from '../caseInsensitiveMap';
import type { StagePlan } from '../plan/plan';
import { worstOf, type JobReport, type StageReport } from '../report';
import type { Variable } from '../variables/variables';
import { unitStatusFunctions, whyNotRun, type Outcome, type Refusal } from './evaluateCondition';
import { inOrder, pick, resultsBefore } from './graph';
import { makeVariables, type VariableLayer } from './jobVariables';
import { runJobLegs } from './runJobLegs';
import type { RunState } from './runState';

interface StageEnd {
  readonly outcome: Outcome;
  readonly report: StageReport;
}

const waitsForStart: Refusal = {
  result: 'Skipped',
  note: 'Skipped: the stage is started by hand. Select it to run it.',
};

/** Runs the stages one after another, each after those that it depends on. `selected` leaves the others out. */
export async function runStages(run: RunState, selected: readonly string[] | undefined): Promise<StageReport[]> {
  const outcomes = new Map<string, Outcome>();
  const reports: StageReport[] = [];
  const add = (report: StageReport): void => {
    reports.push(report);
    run.onEvent({ kind: 'stageEnded', report });
  };
  for (const stage of inOrder(run.plan.stages)) {
    if (selected && !selected.some((name) => fold(name) === fold(stage.name))) {
      // It has no outcome, so those that depend on it take it as done.
      add(notRun(stage, { result: 'Skipped', note: 'Skipped: the stage was not selected.' }).report);
      continue;
    }
    const { outcome, report } =
      stage.isManual && !selected ? notRun(stage, waitsForStart) : await runStage(run, stage, outcomes);
    outcomes.set(fold(stage.name), outcome);
    add(report);
  }
  return reports;
}

async function runStage(run: RunState, stage: StagePlan, earlier: ReadonlyMap<string, Outcome>): Promise<StageEnd> {
  const started = run.clock.now();
  const dependencies = pick(stage.dependsOn, earlier);
  const root: VariableLayer = { variables: run.plan.variables, hasRuntimeValues: true };
  const { resources, startTime } = run;
  const context = { dependencies, stageDependencies: dependencies, resources, startTime };
  const before = resultsBefore(stage.dependsOn, run.plan.stages, earlier);
  const refusal = whyNotRun(stage, unitStatusFunctions(run.signal.aborted, before), () => {
    const layers = [root, { variables: stage.variables, hasRuntimeValues: false }];
    const variables = makeVariables(run, { 'System.StageName': stage.name }, layers, context);
    return { ...context, variables: variables.toDictionary() };
  });
  if (refusal) return notRun(stage, refusal);
  const admission = await run.admitStage?.(stage.name);
  if (admission !== undefined && admission !== 'admitted') return notRun(stage, admission);

  const layers = [root, { variables: stage.variables, hasRuntimeValues: true }];
  const outcomes = new Map<string, Outcome>();
  const reports: JobReport[] = [];
  for (const job of inOrder(stage.jobs)) {
    const end = await runJobLegs({ run, stage, layers, stageDependencies: dependencies }, job, outcomes);
    outcomes.set(fold(job.name), end.outcome);
    reports.push(...end.reports);
  }
  const jobs = [...outcomes.values()];
  const result = worstOf(jobs.map((job) => job.result));
  const outputs = jobs.flatMap((job) =>
    Object.entries(job.outputs).map(([name, value]) => [`${job.name}.${name}`, value]),
  );
  const { name, displayName } = stage;
  return {
    outcome: { name, result, outputs: Object.fromEntries(outputs) as Record<string, Variable>, jobs },
    report: { name, displayName, result, durationMilliseconds: run.clock.now() - started, notes: [], jobs: reports },
  };
}

function notRun({ name, displayName }: StagePlan, { result, note }: Refusal): StageEnd {
  return {
    outcome: { name, result, outputs: {}, jobs: [] },
    report: { name, displayName, result, durationMilliseconds: 0, notes: [note], jobs: [] },
  };
}
