import { isSame, type Plain } from '../tree';
import { overlap } from '../variableFile';
import { changesBetween, readFile, valueAt, type TextChange } from './changes';
import { editTexts, isEditValue, type TextEdit } from './editText';

/** A name that both sides changed, to different values. */
export interface ContestedName {
  readonly path: readonly string[];
  /** Undefined for the values of all environments. */
  readonly environment: string | undefined;
  /** Undefined where the name is not set. */
  readonly base: Plain | undefined;
  readonly mine: Plain | undefined;
  readonly theirs: Plain | undefined;
}

/**
 * `merged`: both changes; where names are contested, the text has their value. `conflict`: the texts cannot be merged by
 * name; the problem is a sentence.
 */
export type MergeResult =
  | { readonly kind: 'merged'; readonly text: string; readonly contested: readonly ContestedName[] }
  | { readonly kind: 'conflict'; readonly problem: string };

/**
 * Merges two texts that were made from the same one. The changed values of one are spliced into the other, so that its
 * comments and its order stay. What one side changed beside values, such as comments and locks, stays where the other
 * changed only values; where both did, the texts are a conflict.
 */
export function mergeTexts(base: string, mine: string, theirs: string): MergeResult {
  if (mine === base || mine === theirs) return { kind: 'merged', text: theirs, contested: [] };
  if (theirs === base) return { kind: 'merged', text: mine, contested: [] };
  const [my, their] = [changesBetween(base, mine), changesBetween(base, theirs)];
  if (!my || !their) return conflict('One of the texts cannot be read as a variable file.');
  const isContested = (change: TextChange): boolean => their.some((other) => isOverlapping(change, other));
  const disputed = my.filter((change) => isContested(change) && !their.some((other) => isSameChange(change, other)));
  const contested = disputed.map(({ path, environment }) => {
    const value = (text: string): Plain | undefined => {
      const file = readFile(text);
      return file && valueAt(file, environment, path);
    };
    return { path, environment, base: value(base), mine: value(mine), theirs: value(theirs) };
  });
  const undisputed = my.filter((change) => !isContested(change));
  // What cannot be expressed by values is only on one side: the values of the other are spliced into it.
  const isByValues = (text: string, changes: readonly TextChange[]): boolean => textWith(base, changes) === text;
  const merged = isByValues(mine, my)
    ? textWith(theirs, undisputed)
    : isByValues(theirs, their) &&
      textWith(
        mine,
        their.filter((change) => !my.some((own) => isSameChange(change, own))),
      );
  if (merged === false)
    return conflict('Both sides changed more than single values, such as comments, locks or texts of several lines.');
  if (merged === undefined) return conflict('A changed value cannot be written into the other text.');
  return { kind: 'merged', text: merged, contested };
}

/** The edit that makes a change again, in another text; undefined where it has no such value. */
export function editOf({ path, environment, after, text }: TextChange): TextEdit | undefined {
  const full = [...(environment === undefined ? ['variables'] : ['environments', environment]), ...path];
  if (after === undefined) return { path: full, isRemoved: true };
  if (!isEditValue(after)) return undefined;
  return text === undefined ? { path: full, value: after } : { path: full, value: after, text };
}

/** A text with changes of another one made again; undefined where a value cannot be written into it. */
export function textWith(text: string, changes: readonly TextChange[]): string | undefined {
  const edits = changes.map(editOf);
  const known = edits.filter((edit) => edit !== undefined);
  const result = known.length === edits.length ? editTexts(text, known) : undefined;
  return result?.kind === 'edited' ? result.text : undefined;
}

function isOverlapping(one: TextChange, other: TextChange): boolean {
  return one.environment === other.environment && (overlap(one.path, other.path) || overlap(other.path, one.path));
}

function isSameChange(one: TextChange, other: TextChange): boolean {
  const isSameName = one.environment === other.environment && isSame(one.path, other.path);
  const known = (value: Plain | undefined): Plain => (value === undefined ? [] : [value]);
  return isSameName && isSame(known(one.after), known(other.after)) && one.text === other.text;
}

function conflict(problem: string): MergeResult {
  return { kind: 'conflict', problem };
}
