import { editTexts, type EditValue, type TextEdit } from '../../shared/variables/edit/editText';
import { changesBetween, type TextChange } from '../../shared/variables/edit/changes';
import { mergeTexts, type ContestedName } from '../../shared/variables/edit/mergeTexts';
import type { RegistryModel } from '../../shared/variables/registry/revision';
import { isList, type Plain } from '../../shared/variables/tree';

/** Edits, and the revision that they were made on. */
export interface Edits {
  readonly base: RegistryModel;
  readonly text: string;
}

/**
 * How edits can be saved on top of the newest revision. `ready`: `text` can be saved on `base`; `theirs` is there where
 * someone else saved in the meantime, and the edits were merged. `contested`: both changed the same names; `merged` has
 * their values. `apart`: the texts cannot be merged by name, so that one of them has to be chosen.
 */
export type ReviewPlan =
  | { readonly kind: 'ready'; readonly base: RegistryModel; readonly text: string; readonly theirs?: TheirSave }
  | {
      readonly kind: 'contested';
      readonly base: RegistryModel;
      readonly merged: string;
      readonly contested: readonly ContestedName[];
      readonly theirs: TheirSave;
    }
  | { readonly kind: 'apart'; readonly base: RegistryModel; readonly problem: string; readonly theirs: TheirSave };

/** What someone else saved in the meantime. */
export interface TheirSave {
  readonly who: string;
  readonly rev: number;
  readonly changes: readonly TextChange[];
}

/** Puts edits on top of the newest revision. */
export function planReview({ base, text }: Edits, newest: RegistryModel): ReviewPlan {
  if (newest.rev === base.rev || newest.text === base.text) return { kind: 'ready', base: newest, text };
  const theirs: TheirSave = {
    who: newest.updatedBy.name,
    rev: newest.rev,
    changes: changesBetween(base.text, newest.text) ?? [],
  };
  const result = mergeTexts(base.text, text, newest.text);
  if (result.kind === 'conflict') return { kind: 'apart', base: newest, problem: result.problem, theirs };
  if (result.contested.length === 0) return { kind: 'ready', base: newest, text: result.text, theirs };
  return { kind: 'contested', base: newest, merged: result.text, contested: result.contested, theirs };
}

/** The key of a contested name, for the choices. */
export function contestedKey({ path, environment }: Pick<ContestedName, 'path' | 'environment'>): string {
  return JSON.stringify([environment ?? null, ...path]);
}

/**
 * The merged text with my values where they were chosen.
 * @returns the text, or why a value cannot be put into it, as a sentence
 */
export function withChoices(
  merged: string,
  contested: readonly ContestedName[],
  isMine: (name: ContestedName) => boolean,
): { readonly text: string } | { readonly problem: string } {
  const edits: TextEdit[] = [];
  for (const name of contested.filter(isMine)) {
    const section = name.environment === undefined ? ['variables'] : ['environments', name.environment];
    const path = [...section, ...name.path];
    if (name.mine === undefined) edits.push({ path, isRemoved: true });
    else if (isEditValue(name.mine)) edits.push({ path, value: name.mine });
    else return { problem: `${name.path.join('.')} is a list of lists or maps, which cannot be merged here.` };
  }
  const result = editTexts(merged, edits);
  return result.kind === 'edited' ? { text: result.text } : { problem: result.problem };
}

function isEditValue(value: Plain): value is EditValue {
  if (isList(value)) return value.every((item) => typeof item !== 'object' || item === null);
  return typeof value !== 'object' || value === null;
}
