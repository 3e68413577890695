import { TaskError } from '../../../errors';
import { changesBetween, type TextChange } from '../../../variables/edit/changes';
import type { ContestedName } from '../../../variables/edit/mergeTexts';
import type { Plain } from '../../../variables/tree';

/** A variable file that sets nothing. */
export const emptyText = 'variables: {}\n';
const longestShown = 80;

/** How the values of the second text differ from those of the first. Both can be read. */
export function differences(before: string, after: string): readonly TextChange[] {
  const changes = changesBetween(before, after);
  if (!changes) throw new TaskError('The values of the hub and of the repository cannot be compared.');
  return changes;
}

/** The values of a text, the same text for the same values, whatever else differs. */
export function valuesOf(text: string): string {
  return JSON.stringify(differences(emptyText, text).map(keyOf).sort());
}

function keyOf({ path, environment, after }: TextChange): string {
  return JSON.stringify([environment ?? null, path, after ?? null]);
}

/** The name of a value, with its environment: `training.epochs (prod)`. */
export function nameOf({ path, environment }: Pick<TextChange, 'path' | 'environment'>): string {
  return `${path.join('.')}${environment === undefined ? '' : ` (${environment})`}`;
}

/** A difference in a line: `training.epochs (prod): 300 → 400`. */
export function differenceLine(change: TextChange): string {
  return `${nameOf(change)}: ${valueText(change.before)} → ${valueText(change.after)}`;
}

/** What both sides changed, in words. */
export function contestedText(contested: readonly ContestedName[], mine: string, theirs: string): string {
  const lines = contested.map(
    (each) => `\n  - ${nameOf(each)}: ${valueText(each.mine)} in ${mine}, ${valueText(each.theirs)} in ${theirs}`,
  );
  return lines.join('');
}

/** A value as it is shown: as JSON, cut. */
export function valueText(value: Plain | undefined): string {
  if (value === undefined) return 'not set';
  const text = JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
