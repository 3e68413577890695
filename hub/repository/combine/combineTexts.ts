import { editTexts, isEditValue, type TextEdit } from '../../../shared/variables/edit/editText';
import { changesBetween, type TextChange } from '../../../shared/variables/edit/changes';
import { editOf, mergeTexts } from '../../../shared/variables/edit/mergeTexts';
import { pathText } from '../../../shared/variables/pathText';
import { isSame, type Plain } from '../../../shared/variables/tree';
import { overlap } from '../../../shared/variables/variableFile';

export type Side = 'hub' | 'file';

/** A name to which the hub and the file give different values, and nothing says which one is newer. */
export interface ContestedValue {
  /** Of the name and its environment, for lists and choices. */
  readonly key: string;
  readonly path: readonly string[];
  /** Undefined for the values of all environments. */
  readonly environment: string | undefined;
  /** Undefined where the name is not set. */
  readonly hub: Plain | undefined;
  readonly file: Plain | undefined;
  /** Sets the value of the hub in the file; undefined where it cannot be written. */
  readonly edit: TextEdit | undefined;
}

/** `problem`: the texts cannot be combined by name; the sentence says why. */
export type Combination =
  | {
      readonly kind: 'combined';
      /** The text of the file with what was changed in the hub; where names are contested, with the value of the file. */
      readonly text: string;
      readonly contested: readonly ContestedValue[];
    }
  | { readonly kind: 'problem'; readonly problem: string };

/**
 * The text of the file with the values that were changed in the hub, and nothing else of the hub: comments, order and the
 * ends of lines are those of the file.
 * @param base what both were changed from; undefined where that is not known: every name that differs is contested then
 */
export function combineTexts(base: string | undefined, hub: string, file: string): Combination {
  const between = changesBetween(file, hub);
  const [ofHub, ofFile] =
    base === undefined ? [between, between] : [changesBetween(base, hub), changesBetween(base, file)];
  if (!between || !ofHub || !ofFile) return unreadable;
  const isOfFile = (change: TextChange): boolean => ofFile.some((other) => isOverlapping(change, other));
  const newInHub = between.filter((change) => ofHub.some((own) => isOverlapping(change, own)));
  const edits = newInHub.filter((change) => !isOfFile(change)).map(contestedOf);
  const contested = newInHub.filter(isOfFile).map(contestedOf);
  const edited = withChoices(file, edits, () => true);
  return edited.kind === 'problem' ? edited : { kind: 'combined', text: edited.text, contested };
}

/**
 * The same for a text that the model is to get: comments that were changed in the hub stay where that is possible.
 */
export function combineForHub(base: string | undefined, hub: string, file: string): Combination {
  const combined = combineTexts(base, hub, file);
  if (base === undefined || combined.kind === 'problem' || combined.contested.length > 0) return combined;
  const merged = mergeTexts(base, hub, file);
  return merged.kind === 'merged' && merged.contested.length === 0 ? { ...combined, text: merged.text } : combined;
}

/**
 * Sets the value of the hub for the names for which it is chosen.
 * @param text of a combination
 */
export function withChoices(
  text: string,
  contested: readonly ContestedValue[],
  isOfHub: (key: string) => boolean,
): Combination {
  const chosen = contested.filter(({ key }) => isOfHub(key));
  const unwritable = chosen.find(({ edit }) => edit === undefined);
  if (unwritable) return { kind: 'problem', problem: `${pathText(unwritable.path)} cannot be written into the file.` };
  const edited = editTexts(
    text,
    chosen.flatMap(({ edit }) => edit ?? []),
  );
  return edited.kind === 'refused'
    ? { kind: 'problem', problem: edited.problem }
    : { kind: 'combined', text: edited.text, contested: [] };
}

const unreadable: Combination = { kind: 'problem', problem: 'One of the texts cannot be read as a variable file.' };

function contestedOf(change: TextChange): ContestedValue {
  const { path, environment, before, after } = change;
  const edit = after === undefined || isEditValue(after) ? editOf(change) : undefined;
  return { key: JSON.stringify([environment ?? null, ...path]), path, environment, hub: after, file: before, edit };
}

function isOverlapping(one: TextChange, other: TextChange): boolean {
  const isSameSection = isSame(one.environment ?? null, other.environment ?? null);
  return isSameSection && (overlap(one.path, other.path) || overlap(other.path, one.path));
}
