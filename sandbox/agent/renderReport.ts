import path from 'node:path';
import {
  implicitStage,
  type JobReport,
  type PipelineReport,
  type Result,
  type StepReport,
  type TestRunReport,
} from './report';

const marks: Readonly<Record<Result, string>> = {
  Succeeded: '✔',
  SucceededWithIssues: '!',
  Failed: '✘',
  Canceled: '■',
  Skipped: '–',
};

/** Outputs of one step that are shown; more make the report hard to read. */
const mostOutputs = 10;

/** The report as text: every stage, job and step with its result, messages, outputs and files. */
export function renderReport(report: PipelineReport): string {
  const lines = [`${report.file}, run ${report.buildNumber}`];
  for (const stage of report.stages) {
    if (stage.name !== implicitStage)
      lines.push(line(0, stage.result, `Stage ${stage.displayName}`, stage.durationMilliseconds));
    lines.push(...stage.notes.map((note) => indent(1, note)));
    for (const job of stage.jobs) lines.push(...renderJob(job));
  }
  lines.push(...report.notes);
  for (const { name, folder } of report.artifacts) lines.push(`Artifact ${name}: ${folder}`);
  if (report.buildTags.length > 0) lines.push(`Tags: ${report.buildTags.join(', ')}`);
  lines.push(line(0, report.result, report.result, report.durationMilliseconds));
  return lines.join('\n');
}

/** 0 only when nothing failed and nothing was cancelled. */
export function exitCodeOf({ result }: PipelineReport): number {
  return result === 'Failed' || result === 'Canceled' ? 1 : 0;
}

/** Such as `demo_model: 12 tests passed, 1 failed`. */
export function renderTestRun({ title, passed, failed, skipped }: TestRunReport): string {
  const others = [...(failed > 0 ? [`${failed} failed`] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])];
  return [`${title}: ${passed} ${passed === 1 ? 'test' : 'tests'} passed`, ...others].join(', ');
}

function renderJob(job: JobReport): string[] {
  return [
    line(1, job.result, `Job ${job.displayName}`, job.durationMilliseconds),
    ...job.notes.map((note) => indent(2, note)),
    ...job.steps.flatMap(renderStep),
  ];
}

function renderStep(step: StepReport): string[] {
  const title =
    step.task === undefined || step.task.startsWith(`${step.displayName}@`)
      ? step.displayName
      : `${step.displayName} (${step.task})`;
  const outputs = Object.entries(step.outputs);
  const attempts = step.attempts > 1 ? [`${step.attempts} attempts`] : [];
  const dropped = step.droppedIssues > 0 ? [`${step.droppedIssues} more errors and warnings are in the log`] : [];
  const details = [
    ...step.notes,
    ...(step.message === undefined ? [] : [step.message]),
    ...attempts,
    ...step.issues.filter(({ message }) => message !== step.message).map(({ type, message }) => `${type}: ${message}`),
    ...dropped,
    ...step.testRuns.map(renderTestRun),
    ...outputs.slice(0, mostOutputs).map(([name, value]) => `${name} = ${value}`),
    ...(outputs.length > mostOutputs ? [`and ${outputs.length - mostOutputs} more outputs`] : []),
    ...step.summaries.map((file) => `summary: ${file}`),
    ...step.attachments.map(({ type, file }) => `${type}: ${file}`),
    ...(step.result === 'Failed' ? [`log: ${path.normalize(step.logFile)}`] : []),
  ];
  return [line(2, step.result, title, step.durationMilliseconds), ...details.map((detail) => indent(3, detail))];
}

function line(depth: number, result: Result, title: string, milliseconds: number): string {
  const time = result === 'Skipped' ? 'skipped' : `${(milliseconds / 1000).toFixed(1)} s`;
  return `${'  '.repeat(depth)}${marks[result]} ${title} (${time})`;
}

/** Indents every line of the text. */
function indent(depth: number, text: string): string {
  const space = '  '.repeat(depth + 1);
  return text
    .split('\n')
    .map((each) => `${space}${each}`)
    .join('\n');
}
