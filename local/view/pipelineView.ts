import path from 'node:path';
import { renderReport } from '../../sandbox/agent/renderReport';
import {
  implicitStage,
  type PipelineReport,
  type JobReport,
  type RunEvent,
  type StageReport,
  type StepReport,
} from '../../sandbox/agent/report';
import { LogTail, readable } from './logTail';
import type { ViewOutput } from './output';
import { firstSentence, issueLines, marks, renderRow, stepRow, type Row } from './rows';
import { duration, firstLine, withoutControls, type Paint, type Style } from './terminalText';

/** Is told of pipelines while they are prepared and run. Secrets are masked in all it gets. */
export interface PipelineListener {
  /** Does work that comes before the first step of a pipeline. `describe` says what came of it. */
  prepare<T>(title: string, work: () => Promise<T>, describe?: (result: T) => string): Promise<T>;
  /** A pipeline starts. */
  pipeline(title: string, file: string): void;
  /** Something that a person should know. */
  note(text: string): void;
  event(event: RunEvent): void;
  /** A line of a step's log. */
  line(text: string): void;
}

export interface ViewOptions {
  readonly paint: Paint;
  /** Shows the log of every step; else only that of a step that failed. */
  readonly isVerbose: boolean;
  /** Files are named relative to it. */
  readonly folder: string;
  readonly now?: () => number;
}

/** Shows pipelines as they run: a heading for each job, a line for each step, and the log of a step that failed. */
export class PipelineView implements PipelineListener {
  #tail = new LogTail();
  /** Whether what is printed stands below the heading of a pipeline. */
  #isPipelineTitled = false;
  /** Whether the last thing that was printed belongs to a pipeline that has ended. */
  #hasEndedPipeline = false;

  constructor(
    private readonly output: ViewOutput,
    private readonly options: ViewOptions,
  ) {}

  async prepare<T>(title: string, work: () => Promise<T>, describe: (result: T) => string = () => ''): Promise<T> {
    if (this.#hasEndedPipeline) this.output.print('');
    this.#hasEndedPipeline = false;
    const { now = Date.now } = this.options;
    const started = now();
    const depth = this.#isPipelineTitled ? 1 : 0;
    const end = (result: 'Succeeded' | 'Failed', detail: string): void => {
      this.output.stop();
      this.#row({ depth, ...marks[result], title, detail, time: duration(now() - started) });
    };
    this.output.start({ depth, title });
    try {
      const result = await work();
      end('Succeeded', describe(result));
      return result;
    } catch (error) {
      end('Failed', '');
      throw error;
    }
  }

  pipeline(title: string, file: string): void {
    this.output.print(`\n${this.#paint('bold', title)}  ${this.#paint('dim', file)}`);
    this.#isPipelineTitled = true;
    this.#hasEndedPipeline = false;
  }

  note(text: string): void {
    this.output.print(this.#isPipelineTitled ? `  ${text}` : text);
  }

  event(event: RunEvent): void {
    switch (event.kind) {
      case 'jobStarted':
        this.output.print(`  ${this.#paint('bold', headingOf(event.stage, event.job))}`);
        break;
      case 'stepStarted':
        this.#tail = new LogTail();
        this.output.start({ depth: 2, title: event.step });
        break;
      case 'stepEnded':
        this.output.stop();
        this.#step(event.report);
        break;
      case 'jobEnded':
        this.#ended(event.report, event.report.steps.length > 0);
        break;
      case 'stageEnded':
        this.#ended(event.report, event.report.jobs.length > 0);
        break;
    }
  }

  line(text: string): void {
    this.#tail.add(text);
    if (this.options.isVerbose) this.output.print(withoutControls(text));
    const shown = firstLine(readable(text));
    if (shown !== '' && !/^(Starting: |Task {9}: |Version {6}: )/.test(shown)) this.output.tell(shown);
  }

  /** What came of a pipeline. In full only where all logs are: else its lines have said it. */
  report(report: PipelineReport): void {
    if (this.options.isVerbose) this.output.print(`\n${withoutControls(renderReport(report))}`);
    this.#isPipelineTitled = false;
    this.#hasEndedPipeline = true;
  }

  /** Lines that stay. */
  print(text: string): void {
    this.output.print(text);
  }

  close(): void {
    this.output.close();
  }

  #step(report: StepReport): void {
    const { result, logFile } = report;
    this.#row(stepRow(report, 2));
    const style = result === 'Failed' ? 'red' : 'yellow';
    for (const issue of issueLines(report)) this.#block(issue, style);
    if (result !== 'Failed') return;
    const file = path.relative(this.options.folder, logFile);
    const { lines, isCut } = this.#tail.render(report);
    if (this.options.isVerbose || lines.length === 0) this.#block(`Its log: ${file}`);
    else {
      this.#block(isCut ? `The end of its log (all of it: ${file}):` : `Its log (${file}):`);
      for (const line of lines) this.output.print(`        ${this.#paint('dim', '│')} ${line}`);
    }
  }

  /** A job or stage that has run has shown its steps; of one that has not, the reason is all there is. */
  #ended({ displayName: title, result, notes }: JobReport | StageReport, hasRun: boolean): void {
    if (hasRun) for (const note of notes) this.output.print(`    ${this.#paint('dim', withoutControls(note))}`);
    else if (result === 'Skipped') {
      const detail = firstSentence(notes.join(' ')).replace(/^Skipped: /, '');
      this.#row({ depth: 1, ...marks[result], title, detail, time: 'skipped' });
    } else {
      this.#row({ depth: 1, ...marks[result], title, detail: '', time: 'not run' });
      for (const note of notes) this.#block(`error: ${withoutControls(note).replace(/^Not run: /, '')}`, 'red');
    }
  }

  #row(row: Row): void {
    this.output.print(renderRow(row, this.output.columns, this.options.paint));
  }

  /** A text below a step; its further lines stand below its first. */
  #block(text: string, style?: Style): void {
    for (const line of text.split('\n')) this.output.print(`        ${style ? this.#paint(style, line) : line}`);
  }

  #paint(style: Style, text: string): string {
    return this.options.paint(style, text);
  }
}

/** Both names, unless they are the same or the pipeline names no stage. */
function headingOf(stage: string, job: string): string {
  if (stage === implicitStage) return withoutControls(job);
  return withoutControls(stage.toLowerCase() === job.toLowerCase() ? stage : `${stage} › ${job}`);
}
