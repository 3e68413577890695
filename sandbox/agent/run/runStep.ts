import { existsSync } from 'node:fs';
import path from 'node:path';
import type { StepPlan } from '../plan/plan';
import type { Result, StepReport } from '../report';
import { findAlias, whyNoArtifacts } from '../resources/standIns';
import { runDownload, runPublish } from '../steps/artifacts';
import { runCheckout } from '../steps/checkout';
import { executable, runScript } from '../steps/scriptStep';
import type { StepRun } from '../steps/stepRun';
import { runTask } from '../steps/taskStep';
import { guidOf } from '../tasks/connections';
import { findTask } from '../tasks/taskDefinitions';
import { stepStatusFunctions, whyNotRun, type Refusal, type RuntimeContext } from './evaluateCondition';
import type { JobState } from './runState';
import { StepRecord, safeName } from './stepRecord';

/** Runs one step of a job if its condition holds, and tells what came of it. `signal` aborts when it is to be cancelled. */
export async function runStep(
  step: StepPlan,
  index: number,
  job: JobState,
  context: Omit<RuntimeContext, 'variables'>,
  signal: AbortSignal,
): Promise<StepReport> {
  const { run, variables } = job;
  const started = run.clock.now();
  setPredefined(job, { 'Agent.JobStatus': job.status });
  const warnings = variables.expandAll();
  const stepName = step.name ?? `${step.kind}${index}`;
  const displayName = variables.expand(step.displayName);
  const shownName = run.masker.mask(displayName);
  const folder = path.join(run.outputFolder, 'logs', safeName(`${job.stageName}.${job.jobName}`));
  const fileName = `${String(index).padStart(2, '0')}_${safeName(shownName)}`;
  const record = new StepRecord(path.join(folder, `${fileName}.log`), path.join(folder, fileName), run.masker, (text) =>
    run.onLine({ stage: job.stageName, job: job.jobName, step: shownName, text }),
  );
  setPredefined(job, {
    'System.TaskInstanceId': guidOf(`${job.stageName}.${job.jobName}.${stepName}`),
    'System.TaskInstanceName': stepName,
    // Masked, because every script has it in its environment.
    'System.TaskDisplayName': shownName,
  });
  run.onEvent({ kind: 'stepStarted', step: shownName });
  record.write(`##[section]Starting: ${displayName}`);
  for (const warning of warnings) record.warning(warning);
  let report: StepReport;
  try {
    const refusal = whyLeftOut(step, job, context);
    if (refusal) record.note(refusal.note);
    const result = refusal?.result ?? (await runAttempts(step, { job, record, stepName, signal }));
    const task = step.kind === 'task' ? `${step.task}@${step.majorVersion}` : undefined;
    report = makeReport(step, record, shownName, task, result, run.clock.now() - started);
  } finally {
    record.write(`##[section]Finishing: ${displayName}`);
    record.close();
  }
  run.onEvent({ kind: 'stepEnded', report });
  return report;
}

/** Why a step is left out; undefined when it runs. */
function whyLeftOut(step: StepPlan, job: JobState, context: Omit<RuntimeContext, 'variables'>): Refusal | undefined {
  if (!step.isEnabled) return { result: 'Skipped', note: 'Skipped: the step is not enabled.' };
  const refusal = whyNotRun(step, stepStatusFunctions(job.status), () => ({
    ...context,
    variables: job.variables.toDictionary(),
  }));
  if (refusal) return refusal;
  const why = whyNotHere(step, job);
  if (why !== undefined) {
    job.run.leftOut.push(`The step ${job.variables.expand(step.displayName)} was skipped: ${why}.`);
    return { result: 'Skipped', note: `Skipped: ${why}.` };
  }
  if (step.kind === 'task' && !findTask(job.run.tasks, step.task, step.majorVersion)) {
    const task = `${step.task}@${step.majorVersion}`;
    return { result: 'Skipped', note: `Skipped: ${task} is not among the tasks that are built here.` };
  }
  if (step.kind === 'script' && !isInstalled(executable(step.shell), job.run.baseEnvironment)) {
    return { result: 'Skipped', note: `Skipped: '${executable(step.shell)}' is not installed on this machine.` };
  }
  return undefined;
}

/** Why this machine can't do what the step needs; undefined when it can. */
function whyNotHere(step: StepPlan, { run }: JobState): string | undefined {
  if (step.container !== undefined)
    return `it runs in the container '${step.container}', and the local agent runs no containers`;
  if (step.kind === 'service') return `only the service can do '${step.step}'`;
  const resource = step.kind === 'download' && step.isImplicit && findAlias(run.plan.resources.runs, step.source);
  return resource ? whyNoArtifacts(run.standIns, resource.alias, resource.source) : undefined;
}

async function runAttempts(step: StepPlan, run: StepRun): Promise<Result> {
  const { record, signal } = run;
  const { clock } = run.job.run;
  const timeout = new AbortController();
  const ended = new AbortController();
  if (step.timeoutMinutes > 0) {
    void clock.sleep(step.timeoutMinutes * 60_000, ended.signal).then(
      () => timeout.abort(),
      () => undefined,
    );
  }
  const attempt = { ...run, signal: AbortSignal.any([signal, timeout.signal]) };
  try {
    for (;;) {
      record.startAttempt();
      await runOnce(step, attempt);
      if (record.result !== 'Failed' || record.attempts > step.retryCount || attempt.signal.aborted) break;
      record.write(`The step failed; this is retry ${record.attempts} of ${step.retryCount}.`);
      await clock.sleep(record.attempts ** 2 * 1000, attempt.signal).catch(() => undefined);
    }
  } finally {
    ended.abort();
  }
  if (signal.aborted) {
    record.error('The step was canceled.');
    return 'Canceled';
  }
  if (timeout.signal.aborted)
    record.fail(`The step ran longer than ${step.timeoutMinutes} minutes, which is its limit.`);
  const result: Result = record.result ?? 'Succeeded';
  return result === 'Failed' && step.continueOnError ? 'SucceededWithIssues' : result;
}

/** Whatever goes wrong on the way fails the step, as with the real agent. */
async function runOnce(step: StepPlan, run: StepRun): Promise<void> {
  try {
    run.signal.throwIfAborted();
    if (step.kind === 'script') await runScript(step, run);
    else if (step.kind === 'task') await runTask(step, run);
    else if (step.kind === 'checkout') runCheckout(step, run.job, run.record);
    else if (step.kind === 'publish') runPublish(step, run.job, run.record);
    else if (step.kind === 'download') runDownload(step, run.job, run.record);
    else throw new Error(`only the service can do '${step.step}'`);
  } catch (error) {
    if (!run.signal.aborted) run.record.fail((error as Error).message);
  }
}

function setPredefined({ variables }: JobState, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) variables.set(name, { value, isReadonly: true });
}

function isInstalled(executableName: string, environment: Readonly<Record<string, string>>): boolean {
  const folders = (environment['PATH'] ?? environment['Path'] ?? '').split(path.delimiter);
  const names = process.platform === 'win32' ? [`${executableName}.exe`, executableName] : [executableName];
  return folders.some((folder) => names.some((name) => existsSync(path.join(folder, name))));
}

function makeReport(
  step: StepPlan,
  record: StepRecord,
  displayName: string,
  task: string | undefined,
  result: Result,
  durationMilliseconds: number,
): StepReport {
  const { attempts, message, notes, issues, droppedIssues, outputs, logFile, attachments, summaries, testRuns, files } =
    record;
  const masked = [...outputs].map(([name, value]) => [name, record.masker.mask(value)] as const);
  return {
    name: step.name,
    displayName,
    task,
    result,
    durationMilliseconds,
    attempts,
    message,
    notes,
    issues,
    droppedIssues,
    outputs: Object.fromEntries(masked),
    logFile,
    attachments,
    summaries,
    testRuns,
    files,
  };
}
