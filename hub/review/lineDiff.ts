import { diffLines } from 'diff';

/** A line of two texts that were compared; a gap stands for lines that are the same. */
export type DiffLine =
  | {
      readonly kind: 'same' | 'added' | 'removed';
      readonly text: string;
      /** Of the line in the text after; of a removed one, in the text before. */
      readonly number: number;
    }
  | { readonly kind: 'gap'; readonly count: number };

const context = 3;

/** The lines that differ between two texts, each with three lines around it. A line break at the end makes no difference. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const lines: Exclude<DiffLine, { kind: 'gap' }>[] = [];
  let [left, right] = [1, 1];
  for (const { value, added, removed } of diffLines(withEnd(before), withEnd(after)))
    for (const text of value.split('\n').slice(0, -1))
      if (added) lines.push({ kind: 'added', text, number: right++ });
      else if (removed) lines.push({ kind: 'removed', text, number: left++ });
      else {
        lines.push({ kind: 'same', text, number: right++ });
        left++;
      }
  return withGaps(lines);
}

function withEnd(text: string): string {
  const lines = text.replaceAll('\r\n', '\n');
  return lines === '' || lines.endsWith('\n') ? lines : `${lines}\n`;
}

function withGaps(lines: readonly Exclude<DiffLine, { kind: 'gap' }>[]): readonly DiffLine[] {
  const isShown = lines.map(() => false);
  for (const [index, { kind }] of lines.entries())
    if (kind !== 'same') isShown.fill(true, Math.max(index - context, 0), index + context + 1);
  const shown: DiffLine[] = [];
  let count = 0;
  for (const [index, line] of lines.entries()) {
    if (isShown[index] !== true) count++;
    else {
      if (count > 0) shown.push({ kind: 'gap', count });
      count = 0;
      shown.push(line);
    }
  }
  if (count > 0 && shown.length > 0) shown.push({ kind: 'gap', count });
  return shown;
}
