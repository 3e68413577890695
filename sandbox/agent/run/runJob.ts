import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { JobPlan, LegPlan, StagePlan, StepPlan } from '../plan/plan';
import { worstOf, type JobReport, type Result, type StepReport } from '../report';
import { findConnection } from '../tasks/connections';
import { findTask } from '../tasks/taskDefinitions';
import { findInput, isConnection } from '../tasks/taskInputs';
import type { Variable, Variables } from '../variables/variables';
import { predefinedOfJob, project } from '../variables/predefined';
import { checkoutPlaces, type CheckoutPlaces } from './checkoutPlaces';
import type { RuntimeContext } from './evaluateCondition';
import { makeVariables, type VariableLayer } from './jobVariables';
import { killTree } from './runProcess';
import type { JobFolders, JobState, RunState } from './runState';
import { runStep } from './runStep';
import { safeName } from './stepRecord';

/** What one run of a job gives to those that depend on it. */
export interface JobEnd {
  readonly report: JobReport;
  readonly result: Result;
  /** A step failed, whether the job may or not. */
  readonly hasFailed: boolean;
  /** By `step.variable`, secrets as they are. */
  readonly outputs: ReadonlyMap<string, Variable>;
}

/** Runs the steps of a job, or of one of its legs, in folders of its own that are gone afterwards. */
export async function runJob(
  run: RunState,
  stage: StagePlan,
  job: JobPlan,
  leg: LegPlan,
  layers: readonly VariableLayer[],
  context: Omit<RuntimeContext, 'variables'>,
): Promise<JobEnd> {
  const started = run.clock.now();
  const jobName = leg.name === undefined ? job.name : `${job.name}.${leg.name}`;
  const displayName = leg.name === undefined ? job.displayName : `${job.displayName} ${leg.name}`;
  const emptyFolders = makeFolders(path.join(run.outputFolder, 'work', safeName(`${stage.name}.${jobName}`)));
  const names = { stage: stage.name, stageDisplayName: stage.displayName, job: jobName, jobDisplayName: displayName };
  const predefined = {
    ...predefinedOfJob(names, emptyFolders, run.predefined),
    ...leg.predefined,
  };
  const variables = makeVariables(
    run,
    predefined,
    [...layers, { variables: leg.variables, hasRuntimeValues: true }],
    context,
  );
  const places = placeSources(leg, emptyFolders, run, variables);
  const { folders } = places;
  run.collection.startJob?.({ variables, connectionIds: namedConnections(leg.steps, run, variables) });
  const state: JobState = {
    run,
    stageName: stage.name,
    jobName,
    variables,
    folders,
    checkoutPlaces: places.placeOf,
    prependedPaths: [],
    outputs: new Map(),
    processIds: [],
    status: 'Succeeded',
  };
  run.onEvent({
    kind: 'jobStarted',
    stage: run.masker.mask(stage.displayName),
    job: run.masker.mask(displayName),
  });
  const notes = leg === job.legs[0] ? environmentNotes(job, run.admitStage !== undefined) : [];
  try {
    const steps = await runSteps(job, leg, state, context, notes);
    const result = state.status === 'Failed' && job.continueOnError ? 'SucceededWithIssues' : state.status;
    const outputs = Object.fromEntries([...state.outputs].map(([name, { value }]) => [name, run.masker.mask(value)]));
    const durationMilliseconds = run.clock.now() - started;
    return {
      report: { name: jobName, displayName, result, durationMilliseconds, notes, outputs, steps },
      result,
      hasFailed: state.status === 'Failed',
      outputs: state.outputs,
    };
  } finally {
    state.processIds.forEach(killTree);
    rmSync(folders.workspace, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * After a cancel, or when the job's time is up, steps whose condition still holds are run, for as long as the job's cancel
 * timeout lets them.
 */
async function runSteps(
  job: JobPlan,
  leg: LegPlan,
  state: JobState,
  context: Omit<RuntimeContext, 'variables'>,
  notes: string[],
): Promise<StepReport[]> {
  const { clock, signal } = state.run;
  const [timeout, deadline, ended] = [new AbortController(), new AbortController(), new AbortController()];
  const after = (minutes: number, controller: AbortController): void =>
    void clock.sleep(minutes * 60_000, ended.signal).then(
      () => controller.abort(),
      () => undefined,
    );
  // A job that is started in spite of a cancel, because its condition says so, is not cancelled by that.
  const canceled = signal.aborted ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
  const startDeadline = (): void => after(job.cancelTimeoutMinutes, deadline);
  if (job.timeoutMinutes > 0) after(job.timeoutMinutes, timeout);
  canceled.addEventListener('abort', startDeadline, { once: true, signal: ended.signal });
  const reports: StepReport[] = [];
  try {
    for (const [index, step] of leg.steps.entries()) {
      if (canceled.aborted) state.status = 'Canceled';
      const report = await runStep(step, index + 1, state, context, canceled.aborted ? deadline.signal : canceled);
      reports.push(report);
      if (report.result !== 'Skipped') state.status = worstOf([state.status, report.result]);
    }
    if (canceled.aborted) state.status = 'Canceled';
    if (timeout.signal.aborted)
      notes.push(`The job ran longer than ${job.timeoutMinutes} minutes, which is its limit.`);
    return reports;
  } finally {
    ended.abort();
  }
}

/** Puts the sources where the job's checkouts say, and tells its variables. */
function placeSources(leg: LegPlan, folders: JobFolders, run: RunState, variables: Variables): CheckoutPlaces {
  const selfName = variables.get('Build.Repository.Name') ?? project;
  const places = checkoutPlaces(leg.steps, folders, run.plan.resources, selfName, (text) => variables.expand(text));
  const values = {
    'Build.SourcesDirectory': places.folders.sources,
    'System.DefaultWorkingDirectory': places.folders.working,
    'Build.Repository.LocalPath': places.repository,
  };
  for (const [name, value] of Object.entries(values)) variables.define(name, { value, isReadonly: true });
  return places;
}

function environmentNotes({ environment, environmentResource }: JobPlan, areChecksMade: boolean): string[] {
  if (environment === undefined) return [];
  return [
    ...(areChecksMade ? [] : [`Approval of environment '${environment}' would be asked here.`]),
    ...(environmentResource === undefined
      ? []
      : [`The tasks are not given the connection of its resource '${environmentResource}'.`]),
  ];
}

/** Ids of the connections that inputs of the tasks name; a task counts whether it will run or not. */
function namedConnections(
  steps: readonly StepPlan[],
  { tasks, connections }: RunState,
  variables: Variables,
): string[] {
  const references = steps.flatMap((step) => {
    const task = step.kind === 'task' && findTask(tasks, step.task, step.majorVersion);
    if (!task) return [];
    const values = step.inputs.filter(({ name }) => {
      const input = findInput(task, name);
      return input && isConnection(input);
    });
    return values.flatMap(({ value }) => variables.expand(value).split(','));
  });
  return references
    .map((reference) => findConnection(connections, reference.trim())?.id)
    .filter((id) => id !== undefined);
}

function makeFolders(workspace: string): JobFolders {
  const folders: JobFolders = {
    workspace,
    sources: path.join(workspace, 's'),
    working: path.join(workspace, 's'),
    artifacts: path.join(workspace, 'a'),
    binaries: path.join(workspace, 'b'),
    testResults: path.join(workspace, 'TestResults'),
    temp: path.join(workspace, '_temp'),
    tools: path.join(workspace, '_tool'),
  };
  for (const folder of Object.values(folders) as string[]) mkdirSync(folder, { recursive: true });
  return folders;
}
