import { editTexts, type EditResult, type EditValue, type TextEdit } from '../../../shared/variables/edit/editText';

/** A change of one cell: its value, null to unset it; or its removal, so that it inherits again. */
export type CellEdit = CellPlace &
  ({ readonly value: EditValue; readonly text?: string } | { readonly isRemoved: true });

export interface CellPlace {
  readonly path: readonly string[];
  /** Undefined for all environments. */
  readonly environment: string | undefined;
}

/** The text with changes of cells; every other byte stays. */
export function editCells(text: string, edits: readonly CellEdit[]): EditResult {
  return editTexts(text, edits.map(textEdit));
}

function textEdit({ environment, path: names, ...change }: CellEdit): TextEdit {
  const section = environment === undefined ? ['variables'] : ['environments', environment];
  return { path: [...section, ...names], ...change };
}
