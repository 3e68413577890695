import path from 'node:path';
import { exitCodeOf } from '../../sandbox/agent/renderReport';
import type { PipelineReport, StepReport } from '../../sandbox/agent/report';
import { firstSentence } from '../view/rows';
import { duration, plain, withoutControls, type Paint } from '../view/terminalText';

/** What came of one pipeline. */
export interface PipelineOutcome {
  /** Its name, with what sets it apart from other runs of the same. */
  readonly title: string;
  /** Undefined when it was not run. */
  readonly report: PipelineReport | undefined;
  /** The address at which the model serves after it, and its answer to the sample. */
  readonly service?: { readonly scoringUri: string; readonly answer: string } | undefined;
}

/** Of a notebook's output. */
const maxMetrics = 2;

/** One line a pipeline, with its figures, or with the reason where it failed. */
export function renderOverview(outcomes: readonly PipelineOutcome[], paint: Paint = plain): string {
  return outcomes.map((outcome) => overviewLine(outcome, paint)).join('\n');
}

/** The same of one pipeline, without a mark. */
export function outcomeText(outcome: PipelineOutcome): string {
  return overviewLine(outcome, plain).replace(/^\S+ /, '');
}

function overviewLine({ title, report, service }: PipelineOutcome, paint: Paint): string {
  if (!report) return paint('dim', `– ${title}: not run, because the pipeline before it did not succeed`);
  const time = duration(report.durationMilliseconds);
  if (report.result === 'Canceled') return `${paint('yellow', '■')} ${title} (${time}): canceled`;
  if (exitCodeOf(report) === 0) {
    const facts = factsOf(report);
    const line = `${paint('green', '✔')} ${title} (${time})${facts.length > 0 ? `: ${facts.join('; ')}` : ''}`;
    return service ? `${line}\n${service.scoringUri} answers the sample with ${service.answer}` : line;
  }
  const step = failedStepOf(report);
  const reason = withoutControls(step?.message ?? step?.issues[0]?.message ?? notesOf(report)[0] ?? report.result);
  return `${paint('red', '✘')} ${title} (${time}): ${step ? `${step.displayName}: ` : ''}${reason}`;
}

/** The first step that failed. */
export function failedStepOf(report: PipelineReport): StepReport | undefined {
  return stepsOf(report).find(({ result }) => result === 'Failed');
}

/** What a person wants to know of a pipeline that succeeded: its tests, what the last notebook measured, and the verdict on it. */
function factsOf(report: PipelineReport): readonly string[] {
  const steps = stepsOf(report);
  const runs = steps.flatMap(({ testRuns }) => testRuns);
  const passed = runs.reduce((sum, run) => sum + run.passed, 0);
  const metrics = steps
    .map(({ outputs }) => metricsOf(outputs['notebookOutput']))
    .findLast((found) => found.length > 0);
  const onboarded = steps.findLast(({ task }) => task?.startsWith('OnboardModel@'))?.message;
  const verdicts = steps.filter(({ task }) => task?.startsWith('EvaluateModel@')).map(({ message }) => message ?? '');
  return [
    ...(runs.length > 0 ? [`${passed} ${passed === 1 ? 'test' : 'tests'} passed`] : []),
    ...(metrics && metrics.length > 0 ? [metrics.slice(0, maxMetrics).join(', ')] : []),
    ...(onboarded === undefined ? [] : [firstSentence(onboarded)]),
    ...verdicts.map((verdict) => firstSentence(verdict).replace(/^The model /, '')).filter((verdict) => verdict !== ''),
  ];
}

/** The numbers in the JSON that a notebook gave as its output. */
function metricsOf(output: string | undefined): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(output ?? '');
  } catch {
    return []; // a notebook may give any text
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, of]) => (typeof of === 'number' ? [`${name} ${of}`] : []));
}

function notesOf({ stages }: PipelineReport): readonly string[] {
  const failed = stages.filter(({ result }) => result === 'Failed');
  return failed.flatMap(({ notes, jobs }) => [...notes, ...jobs.flatMap((job) => job.notes)]);
}

function stepsOf({ stages }: PipelineReport): readonly StepReport[] {
  return stages.flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps));
}

export interface SummaryOptions {
  readonly outcomes: readonly PipelineOutcome[];
  /** The folder that has a folder for each pipeline. */
  readonly runFolder: string;
  /** Paths are shown relative to it. */
  readonly folder: string;
  /** The options of this run that choose the model, as they are typed; empty for the template's. */
  readonly modelOptions: string;
  /** The one pipeline that was asked for; undefined for all. */
  readonly pipeline: string | undefined;
  readonly paint: Paint;
}

/** The end of `npm start`: what came of it, where the logs are, and what to do next. */
export function renderSummary(options: SummaryOptions): string {
  const { outcomes, runFolder, folder, pipeline, paint } = options;
  // A pattern that a shell expands. The deploy pipeline has a folder for each of its ways to run.
  const where = path.relative(folder, path.join(runFolder, pipeline === 'deploy' ? 'deploy*' : (pipeline ?? '*')));
  return [
    '',
    paint('bold', 'Result'),
    renderOverview(outcomes, paint),
    '',
    paint('bold', 'Files'),
    ...table([
      [path.join(where, 'report.txt'), 'all steps with their outputs and summaries'],
      [path.join(where, 'logs'), 'the log of each step'],
    ]),
    '',
    paint('bold', 'Next'),
    ...table(nextSteps(options)),
  ].join('\n');
}

/** The same model; it needs nothing that only pipelines use. */
function hubCommand(modelOptions: string): string {
  const options = modelOptions.match(/--(?:repository|model) (?:'(?:[^']|'\\'')*'|\S+)/g) ?? [];
  return ['npm run hub', ...(options.length > 0 ? ['--', ...options] : [])].join(' ');
}

export type TableRow = readonly [text: string, meaning: string];

function nextSteps({ outcomes, folder, modelOptions, pipeline }: SummaryOptions): readonly TableRow[] {
  const command = (...options: readonly string[]): string => {
    const all = options.filter((option) => option !== '');
    return ['npm start', ...(all.length > 0 ? ['--', ...all] : [])].join(' ');
  };
  const failed = outcomes.find(({ report }) => report && exitCodeOf(report) !== 0);
  if (failed?.report) {
    const log = failedStepOf(failed.report)?.logFile;
    const [name = ''] = failed.title.split(' ');
    return [
      ...(log === undefined ? [] : [[path.relative(folder, log), 'the log of the failed step'] as const]),
      failed.report.result === 'Canceled'
        ? [command(modelOptions, `--pipeline ${name}`), 'run it again']
        : [command(modelOptions, `--pipeline ${name}`, '--verbose'), 'run it again with all logs'],
    ];
  }
  const service = outcomes.some((outcome) => outcome.service);
  return [
    pipeline === undefined
      ? [command(modelOptions), 'again: only changes are sent']
      : [command(modelOptions), 'run all pipelines'],
    ...(service
      ? []
      : [[command(modelOptions, '--pipeline deploy'), 'also serve the model over REST, in three ways'] as const]),
    [hubCommand(modelOptions), 'change the variables of the model in a web page, and see these runs'],
    [command('--pipeline onboard'), 'set up a new model in an Azure DevOps organization'],
    ['template/docs/getting_started.md', 'how to add a model of your own'],
    [command('--help'), 'all options'],
  ];
}

/** Two columns. */
export function table(rows: readonly TableRow[]): readonly string[] {
  const width = Math.max(...rows.map(([text]) => text.length));
  return rows.map(([text, meaning]) => `  ${text.padEnd(width)}  ${meaning}`);
}
