import { readScalar } from '../document/readScalar';
import { pathText } from '../pathText';
import { isList, type Plain } from '../tree';
import { isSameText, plainTextOf, withEdit, type PlainText } from './plainText';
import { UnwritableValue } from './scalarText';
import { readSpans, UneditableText } from './spans';
import { spliced } from './splice';
import type { EditValue, TextEdit } from './textEdit';

export type { EditValue, TextEdit };

/** `refused`: the text cannot be changed so; the problem is a sentence. */
export type EditResult =
  | { readonly kind: 'edited'; readonly text: string }
  | { readonly kind: 'refused'; readonly problem: string; readonly edit: TextEdit };

/**
 * Sets, adds or removes one value in the text of a variable file, in YAML or JSON. Every other byte stays: comments, order,
 * quotes, indentation and the ends of lines. The result has been read again: it is the same tree with this one change, and
 * else the edit is refused. Removing the last value of a map removes the map too, up to the section.
 */
export function editText(text: string, edit: TextEdit): EditResult {
  try {
    return { kind: 'edited', text: edited(text, edit) };
  } catch (error) {
    if (!(error instanceof UneditableText || error instanceof UnwritableValue)) throw error;
    return { kind: 'refused', problem: error.message, edit };
  }
}

/** Makes several edits one after the other; where one is refused, none is made. */
export function editTexts(text: string, edits: readonly TextEdit[]): EditResult {
  let current = text;
  for (const edit of edits) {
    const result = editText(current, edit);
    if (result.kind === 'refused') return result;
    current = result.text;
  }
  return { kind: 'edited', text: current };
}

function edited(text: string, edit: TextEdit): string {
  const [mark = '', body = ''] = text.startsWith('\uFEFF') ? ['\uFEFF', text.slice(1)] : ['', text];
  if ('text' in edit && readScalar(edit.text, () => undefined) !== edit.value)
    throw new UnwritableValue(`The spelling of ${pathText(edit.path)} is read as another value.`);
  if (edit.path.length < 2) throw new UneditableText('The path must name a section, and a value in it.');
  const root = readSpans(body);
  if (!root && !/^(?:\s|#[^\r\n]*)*$/.test(body)) throw new UneditableText('The text has no value.');
  const before = plainTextOf(body);
  const wanted = withEdit(before, edit);
  if (isSameText(before, wanted)) return text;
  const after = spliced(body, root, edit);
  if (!isSameText(plainOrNothing(after), wanted))
    throw new UneditableText(`${pathText(edit.path)} cannot be changed in the way that the text is written.`);
  return mark + after;
}

/** A splice that breaks the text is refused as one that changes anything else. */
function plainOrNothing(text: string): PlainText {
  try {
    return plainTextOf(text);
  } catch (error) {
    if (error instanceof UneditableText) return null;
    throw error;
  }
}

export function isEditValue(value: Plain | undefined): value is EditValue {
  return value !== undefined && (value === null || typeof value !== 'object' || isList(value));
}
