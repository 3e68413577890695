import { closeSync, copyFileSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Masker } from '../masker';
import { renderTestRun } from '../renderReport';
import { worstOf, type AttachmentReport, type Issue, type Result, type TestRunReport } from '../report';

/** The agent keeps no more of a step. */
const maxIssuesOfAType = 10;

/** Gathers what one step says and gives: its log, issues, result and files. */
export class StepRecord {
  readonly issues: Issue[] = [];
  readonly attachments: AttachmentReport[] = [];
  readonly summaries: string[] = [];
  readonly testRuns: TestRunReport[] = [];
  readonly files: string[] = [];
  readonly notes: string[] = [];
  readonly outputs = new Map<string, string>();
  droppedIssues = 0;
  attempts = 0;
  message: string | undefined;
  #result: Result | undefined;
  readonly #log: number;

  constructor(
    readonly logFile: string,
    /** Where attachments and summaries are kept. */
    readonly filesFolder: string,
    readonly masker: Masker,
    readonly onLine: (text: string) => void,
  ) {
    mkdirSync(path.dirname(logFile), { recursive: true });
    this.#log = openSync(logFile, 'w');
  }

  /** The worst result said in this attempt; undefined while none was. */
  get result(): Result | undefined {
    return this.#result;
  }

  /** Forgets the result of the attempt before. */
  startAttempt(): void {
    this.attempts += 1;
    this.#result = undefined;
  }

  write(line: string): void {
    const text = this.masker.mask(line);
    writeSync(this.#log, `${text}\n`);
    this.onLine(text);
  }

  /** Says something about the step that the report shows too. */
  note(text: string): void {
    this.notes.push(this.masker.mask(text));
    this.write(`##[section]${text}`);
  }

  addTestRun(run: TestRunReport): void {
    this.testRuns.push({ ...run, title: this.masker.mask(run.title) });
    this.write(renderTestRun(run));
  }

  issue(issue: Issue): void {
    this.write(`##[${issue.type}]${issue.message}`);
    if (this.issues.filter(({ type }) => type === issue.type).length >= maxIssuesOfAType) this.droppedIssues += 1;
    else this.issues.push({ ...issue, message: this.masker.mask(issue.message) });
  }

  error(message: string): void {
    this.issue({ type: 'error', message });
  }

  warning(message: string): void {
    this.issue({ type: 'warning', message });
  }

  /** An error that the step can't succeed after. */
  fail(message: string): void {
    this.error(message);
    this.complete('Failed', undefined);
  }

  /** A result can only get worse. */
  complete(result: Result, message: string | undefined): void {
    this.#result = worstOf([...(this.#result ? [this.#result] : []), result]);
    if (message !== undefined && message !== '') this.message = this.masker.mask(message);
  }

  /** Copies a file to where it outlasts the run; its new place. */
  keep(file: string, kind: string, name = path.basename(file)): string {
    const folder = path.join(this.filesFolder, kind);
    mkdirSync(folder, { recursive: true });
    const { name: stem, ext } = path.parse(safeName(this.masker.mask(name)));
    const taken = [...this.summaries, ...this.files, ...this.attachments.map((each) => each.file)];
    let target = path.join(folder, `${stem}${ext}`);
    for (let count = 2; taken.includes(target); count += 1) target = path.join(folder, `${stem}-${count}${ext}`);
    copyFileSync(file, target);
    return target;
  }

  close(): void {
    closeSync(this.#log);
  }
}

/** A name that is a file name on every system. */
export function safeName(name: string): string {
  const safe = name.replaceAll(/[^\w.-]+/g, '_').replace(/^\.+/, '_');
  return safe.slice(0, 80) || '_';
}
