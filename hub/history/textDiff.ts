import { structuredPatch } from 'diff';

/** A line of a comparison of two texts. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  /** The number of the line before and after, counted from 1; undefined where the line is not in that text. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Lines of a comparison that follow each other, and how many lines before them are the same and left out. */
export interface DiffPart {
  readonly skipped: number;
  readonly lines: readonly DiffLine[];
}

/** `lineBreaks`: the texts differ in nothing else. */
export interface TextDiff {
  readonly kind: 'same' | 'lineBreaks' | 'different';
  readonly parts: readonly DiffPart[];
  /** The lines after the last part, which are the same. */
  readonly skippedAfter: number;
}

const contextLines = 3;
/** In milliseconds. Texts without a common line take quadratic time; they are shown as removed and added as a whole. */
const longestSearchMs = 400;

/** Compares two texts line by line. */
export function diffTexts(before: string, after: string): TextDiff {
  if (before === after) return { kind: 'same', parts: [], skippedAfter: 0 };
  const [plainBefore, plainAfter] = [withoutReturns(before), withoutReturns(after)];
  if (plainBefore === plainAfter) return { kind: 'lineBreaks', parts: [], skippedAfter: 0 };
  const patch = structuredPatch('', '', plainBefore, plainAfter, undefined, undefined, {
    context: contextLines,
    timeout: longestSearchMs,
  });
  const lineCount = linesOf(plainBefore).length;
  if (!patch) return { kind: 'different', parts: [replaced(plainBefore, plainAfter)], skippedAfter: 0 };
  let next = 1;
  const parts = patch.hunks.map((hunk): DiffPart => {
    // Of an empty text, a patch names the line before the first one.
    const start = hunk.oldLines === 0 ? hunk.oldStart + 1 : hunk.oldStart;
    const skipped = start - next;
    next = start + hunk.oldLines;
    return { skipped, lines: numbered(hunk.lines, start, hunk.newLines === 0 ? hunk.newStart + 1 : hunk.newStart) };
  });
  return { kind: 'different', parts, skippedAfter: lineCount - next + 1 };
}

function numbered(lines: readonly string[], firstBefore: number, firstAfter: number): readonly DiffLine[] {
  let [before, after] = [firstBefore, firstAfter];
  return lines.flatMap((line): readonly DiffLine[] => {
    const text = line.slice(1);
    if (line.startsWith('-')) return [{ kind: 'removed', text, before: before++, after: undefined }];
    if (line.startsWith('+')) return [{ kind: 'added', text, before: undefined, after: after++ }];
    // The remark `\ No newline at end of file` is no line.
    return line.startsWith(' ') ? [{ kind: 'same', text, before: before++, after: after++ }] : [];
  });
}

function replaced(before: string, after: string): DiffPart {
  const removed = linesOf(before).map((text, index): DiffLine => {
    return { kind: 'removed', text, before: index + 1, after: undefined };
  });
  const added = linesOf(after).map((text, index): DiffLine => {
    return { kind: 'added', text, before: undefined, after: index + 1 };
  });
  return { skipped: 0, lines: [...removed, ...added] };
}

function withoutReturns(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}
