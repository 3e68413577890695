import { diff3Merge } from 'node-diff3';

export interface MergedText {
  readonly text: string;
  /** How many places both sides changed in different ways; they are between conflict markers. */
  readonly conflicts: number;
}

export interface TextVersions {
  /** What both began with; undefined where nobody knows it any more. */
  readonly base: string | undefined;
  readonly template: string;
  readonly theirs: string;
}

/** The words beside conflict markers. */
export interface ConflictLabels {
  readonly theirs: string;
  readonly template: string;
}

/**
 * Merges the changes of a template into a text that people have changed, line by line. If one side converted all line
 * ends, its line ends stay and the lines are compared without them. Lines that both changed are kept in both forms, between
 * conflict markers.
 */
export function mergeText({ base, template, theirs }: TextVersions, labels: ConflictLabels): MergedText {
  const ends = { base: lineEndsOf(base ?? theirs), template: lineEndsOf(template), theirs: lineEndsOf(theirs) };
  if (ends.base === 'mixed' || ends.template === 'mixed' || ends.theirs === 'mixed')
    return mergeLines(base, template, theirs, labels, ends.theirs === 'crlf' ? '\r\n' : '\n');
  const merged = mergeLines(base && withLf(base), withLf(template), withLf(theirs), labels, '\n');
  const end = ends.theirs === ends.base ? ends.template : ends.theirs;
  return end === 'crlf' ? { ...merged, text: merged.text.replaceAll('\n', '\r\n') } : merged;
}

function mergeLines(
  base: string | undefined,
  template: string,
  theirs: string,
  labels: ConflictLabels,
  end: string,
): MergedText {
  const regions = diff3Merge(linesOf(theirs), linesOf(base ?? ''), linesOf(template), { excludeFalseConflicts: true });
  let conflicts = 0;
  const parts = regions.flatMap(({ ok, conflict }) => {
    if (!conflict) return ok ?? [];
    conflicts++;
    return [
      `<<<<<<< ${labels.theirs}${end}`,
      ...ended(conflict.a, end),
      `=======${end}`,
      ...ended(conflict.b, end),
      `>>>>>>> ${labels.template}${end}`,
    ];
  });
  return { text: parts.join(''), conflicts };
}

/** Lines with their ends. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** The last line of a file may have no end; a conflict marker is on a line of its own. */
function ended(lines: readonly string[], end: string): readonly string[] {
  const last = lines.at(-1);
  return last === undefined || last.endsWith('\n') ? lines : [...lines.slice(0, -1), last + end];
}

function lineEndsOf(text: string): 'lf' | 'crlf' | 'mixed' {
  const all = text.split('\n').length - 1;
  const crlf = text.split('\r\n').length - 1;
  if (crlf === 0) return 'lf';
  return crlf === all ? 'crlf' : 'mixed';
}

function withLf(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
