import { editTexts, type EditValue, type TextEdit } from '../../shared/variables/edit/editText';
import { changesBetween } from '../../shared/variables/edit/changes';
import { mergeTexts } from '../../shared/variables/edit/mergeTexts';
import type { Plain } from '../../shared/variables/tree';

export type Side = 'hub' | 'file';

/** A name to which the hub and the file give different values, and nothing says which one is newer. */
export interface ContestedValue {
  /** Of the name and its environment, for lists and choices. */
  readonly key: string;
  readonly path: readonly string[];
  /** Undefined for the values of all environments. */
  readonly environment: string | undefined;
  /** Undefined where the name is not set. */
  readonly base: Plain | undefined;
  readonly hub: Plain | undefined;
  readonly file: Plain | undefined;
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
 * What the file and the model have in common after both were changed.
 * @param base what both were changed from; undefined where that is not known: every name that differs is contested then
 */
export function combineTexts(base: string | undefined, hub: string, file: string): Combination {
  if (base !== undefined) {
    const merged = mergeTexts(base, hub, file);
    if (merged.kind === 'conflict') return { kind: 'problem', problem: merged.problem };
    const contested = merged.contested.map(({ path, environment, base: before, mine, theirs }) => ({
      ...{ key: keyOf(path, environment), path, environment },
      ...{ base: before, hub: mine, file: theirs },
    }));
    return { kind: 'combined', text: merged.text, contested };
  }
  const changes = changesBetween(file, hub);
  if (changes === undefined) return { kind: 'problem', problem: 'The texts cannot be read as variable files.' };
  const contested = changes.map(({ path, environment, before, after }) => ({
    ...{ key: keyOf(path, environment), path, environment },
    ...{ base: undefined, hub: after, file: before },
  }));
  return { kind: 'combined', text: file, contested };
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
  const edits: TextEdit[] = [];
  for (const { key, path, environment, hub } of contested) {
    if (!isOfHub(key)) continue;
    const whole = [...(environment === undefined ? ['variables'] : ['environments', environment]), ...path];
    if (hub === undefined) edits.push({ path: whole, isRemoved: true });
    else if (isEditValue(hub)) edits.push({ path: whole, value: hub });
    else
      return {
        kind: 'problem',
        problem: `${path.join('.')} is a map, or a list of maps, which the page cannot set in the file. Change it in the repository.`,
      };
  }
  const edited = edits.length === 0 ? ({ kind: 'edited', text } as const) : editTexts(text, edits);
  return edited.kind === 'refused'
    ? { kind: 'problem', problem: edited.problem }
    : { kind: 'combined', text: edited.text, contested: [] };
}

function keyOf(path: readonly string[], environment: string | undefined): string {
  return JSON.stringify([environment ?? null, ...path]);
}

function isEditValue(value: Plain): value is EditValue {
  const isScalar = (each: Plain): boolean => typeof each !== 'object' || each === null;
  return Array.isArray(value) ? (value as readonly Plain[]).every(isScalar) : isScalar(value);
}
