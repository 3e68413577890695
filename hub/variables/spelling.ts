import type { EditValue } from '../../shared/variables/edit/editText';
import { readDocument, type Located } from '../../shared/variables/document/readDocument';
import { readScalar, type Scalar } from '../../shared/variables/document/readScalar';
import { schemasAlong } from '../../shared/variables/schema/schemasAlong';
import type { VariableSchema } from '../../shared/variables/schema/variableSchema';
import { isList, type Leaf, type Plain } from '../../shared/variables/tree';

/**
 * A value as people write it in a cell: a text that would be read as something else in quotes, such as '3' and 'true'; a
 * list in brackets.
 */
export function spellValue({ value, text }: Pick<Leaf, 'value' | 'text'>): string {
  if (text !== undefined && typeof value !== 'string') return text;
  return spellPlain(value);
}

/** The spelling of a plain value; empty for one that is not set. */
export function spellPlain(value: Plain | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return spellText(value);
  if (isList(value) && value.every((item) => typeof item !== 'object' || item === null))
    return `[${value.map((item) => (typeof item === 'string' ? spellItem(item) : String(item))).join(', ')}]`;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function spellText(text: string): string {
  const isOther = text !== text.trim() || /^(?:\[|'|"|\{(?!\{))/.test(text) || isReadAsOther(text);
  return isOther ? quoted(text) : text;
}

/** An item of a list in brackets, where commas and brackets end it. */
function spellItem(text: string): string {
  const isPlain = /^[\w./@%+=$][\w ./@%+=$-]*$/.test(text) && text === text.trim() && !isReadAsOther(text);
  if (isPlain) return text;
  // Only double quotes have escapes, which line breaks and control characters need.
  return /[^\x20-\x7e\xa0-\ud7ff]/.test(text) ? JSON.stringify(text) : quoted(text);
}

function isReadAsOther(text: string): boolean {
  const problems: string[] = [];
  const read = readScalar(text, (problem) => void problems.push(problem));
  return problems.length > 0 || typeof read !== 'string';
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What was typed, as a value; or why it is none, as a sentence. */
export type TypedValue =
  | {
      readonly value: EditValue;
      /** How a number or a boolean was spelled, such as `1.10` for 1.1. */
      readonly text?: string;
    }
  | { readonly problem: string };

const noMap = 'A map cannot be entered here. Add its names one by one, such as training.epochs, or use the File tab.';
const noList = 'A list here has single values, such as [a, b]. Use the File tab for lists of lists or maps.';

/**
 * Reads what was typed into a cell as YAML would be read: 300 is a number, true a boolean, null unsets, '300' is text. Where
 * the schema wants text, what is not in quotes is text.
 */
export function readTyped(typed: string, schema: VariableSchema, path: readonly string[]): TypedValue {
  const text = typed.trim();
  const quote = text.length >= 2 && /^['"]/.test(text) && text.endsWith(text.charAt(0));
  if (quote) return { value: unquoted(text) };
  if (/^\[/.test(text)) return readTypedList(text);
  if (/^\{(?!\{)/.test(text)) return { problem: noMap };
  const [own] = schemasAlong(schema, path).slice(path.length);
  const isText = own?.type === 'string';
  let problem: string | undefined;
  const read = readScalar(text, (message) => (problem = message));
  if (read === null) return { value: null };
  if (isText) return { value: typed };
  if (problem !== undefined) return { problem: `The value ${problem}` };
  if (typeof read === 'string') return { value: typed };
  return text === String(read) ? { value: read } : { value: read, text };
}

function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  if (text.startsWith("'")) return inner.replaceAll("''", "'");
  try {
    return String(JSON.parse(text));
  } catch {
    return inner; // Quotes that are part of the text, such as "a" and "b".
  }
}

function readTypedList(text: string): TypedValue {
  const problems: string[] = [];
  const list = readDocument(text, 'list', (_, message) => void problems.push(message));
  const [problem] = problems;
  if (problem !== undefined) return { problem: `The list ${problem}` };
  if (!list || !('items' in list)) return { problem: noList };
  const items = list.items.map(scalarOf);
  const values = items.filter((item) => item !== undefined);
  return values.length === items.length ? { value: values } : { problem: noList };
}

function scalarOf(item: Located): Scalar | undefined {
  return 'scalar' in item ? item.scalar : undefined;
}
