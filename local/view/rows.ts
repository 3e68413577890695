import { renderTestRun } from '../../sandbox/agent/renderReport';
import type { Result, StepReport } from '../../sandbox/agent/report';
import { duration, firstLine, fitted, padded, widthOf, withoutControls, type Paint, type Style } from './terminalText';

/** One line of the view: a step, or work before the first step. */
export interface Row {
  /** Levels of indentation. */
  readonly depth: number;
  readonly mark: string;
  readonly style: Style;
  readonly title: string;
  /** What came of it, or what it says just now; shown as far as there is room. */
  readonly detail: string;
  /** How long it took, or that it was skipped. */
  readonly time: string;
}

export const marks: Readonly<Record<Result, { readonly mark: string; readonly style: Style }>> = {
  Succeeded: { mark: '✔', style: 'green' },
  SucceededWithIssues: { mark: '!', style: 'yellow' },
  Failed: { mark: '✘', style: 'red' },
  Canceled: { mark: '■', style: 'yellow' },
  Skipped: { mark: '–', style: 'dim' },
};

/** In a wide terminal, details of short titles stand below each other; a narrow one needs the room. */
const titleColumns = 36;
const wideColumns = 100;
/** Wider than this, the time would stand too far from the title. */
const maxColumns = 110;
/** A detail that is cut to less says nothing. */
const minDetailColumns = 12;

/** The row in one line: for a terminal cut to its columns, with the time at the right; elsewhere in full. */
export function renderRow(row: Row, columns: number | undefined, paint: Paint): string {
  const { mark, style, title, detail, time } = row;
  const indent = '  '.repeat(row.depth);
  if (columns === undefined) {
    const text = `${title} (${time})${detail === '' ? '' : `: ${detail}`}`;
    return `${indent}${paint(style, mark)} ${style === 'dim' ? paint('dim', text) : text}`;
  }
  // The last column stays free: some terminals break the line as soon as it is written to.
  const room = Math.min(columns, maxColumns) - 1 - widthOf(indent) - widthOf(mark) - 1;
  const left = fitted(title, room - widthOf(time) - 1);
  const start = Math.max(widthOf(left), columns < wideColumns ? 0 : titleColumns) + 2;
  const detailRoom = room - start - widthOf(time) - 2;
  const shown = detailRoom < minDetailColumns ? '' : fitted(detail, detailRoom);
  const body = shown === '' ? left : `${padded(left, start)}${paint('dim', shown)}`;
  const used = shown === '' ? widthOf(left) : start + widthOf(shown);
  const gap = ' '.repeat(Math.max(1, room - used - widthOf(time)));
  const painted = style === 'dim' ? paint('dim', body) : body;
  return `${indent}${paint(style, mark)} ${painted}${gap}${paint('dim', time)}`;
}

/** A step that has ended. */
export function stepRow(report: StepReport, depth: number): Row {
  const { result, displayName: title, durationMilliseconds } = report;
  const time = result === 'Skipped' ? 'skipped' : duration(durationMilliseconds);
  return { depth, ...marks[result], title, detail: detailOf(report), time };
}

function detailOf({ result, notes, message, testRuns }: StepReport): string {
  if (result === 'Skipped') return firstSentence(notes[0] ?? '').replace(/^Skipped: /, '');
  if (result === 'Failed') return ''; // stands below it in full
  return firstSentence(message ?? testRuns.map(renderTestRun).join('; '));
}

/** What a message says first; the report has the rest. */
export function firstSentence(text: string): string {
  return firstLine(text).replace(/\.( .*)?$/, '');
}

/** What a step reported as wrong, in full. */
export function issueLines({ result, message, issues, droppedIssues }: StepReport): readonly string[] {
  const reported = issues.map((issue) => ({ ...issue, message: issue.message.trim() }));
  const isKnown = message === undefined || reported.some((issue) => issue.message === message.trim());
  const all = [
    ...(result === 'Failed' && !isKnown ? [{ type: 'error', message }] : []),
    ...reported.filter(({ type }) => type === 'error'),
    ...reported.filter(({ type }) => type === 'warning'),
  ];
  const lines = all.map(({ type, message: text }) => `${type}: ${withoutControls(text)}`);
  return droppedIssues > 0 ? [...lines, `${droppedIssues} more errors and warnings are in the log.`] : lines;
}
