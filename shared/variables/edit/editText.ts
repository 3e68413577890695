/** A value that can be written: a scalar, or a list of scalars. */
export type EditValue = string | number | boolean | null | readonly (string | number | boolean | null)[];

/** Sets or removes the value at a path of a variable file, such as `variables.training.epochs` or `environments.prod.seed`. */
export type TextEdit =
  | { readonly path: readonly string[]; readonly value: EditValue }
  | { readonly path: readonly string[]; readonly isRemoved: true };

/** `refused`: the text cannot be changed so; the problem is a sentence, and names the line where it is. */
export type EditResult =
  | { readonly kind: 'edited'; readonly text: string }
  | { readonly kind: 'refused'; readonly problem: string; readonly edit: TextEdit };

export declare function editText(text: string, edit: TextEdit): EditResult;
export declare function editTexts(text: string, edits: readonly TextEdit[]): EditResult;
