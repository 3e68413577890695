import { readDocument, type Located } from '../document/readDocument';
import { textOf } from '../tree';
import type { TextEdit } from './textEdit';
import { UneditableText } from './spans';

/** What a text says, for comparison: maps as lists of entries in the order of their names, scalars with their spelling. */
export type PlainText =
  | null
  | { readonly scalar: unknown; readonly text: string }
  | { readonly items: readonly PlainText[] }
  | { readonly entries: readonly (readonly [name: string, value: PlainText])[] };

/** @throws UneditableText where nothing can be read */
export function plainTextOf(text: string): PlainText {
  if (/^(?:\s|#[^\r\n]*)*$/.test(text)) return { entries: [] };
  const problems: string[] = [];
  const located = readDocument(text, '', ({ line }, message) => {
    problems.push(line === undefined ? `The text ${message}` : `Line ${line}: ${message}`);
  });
  if (!located) throw new UneditableText(problems.join('\n'));
  return plainOf(located);
}

function plainOf(located: Located): PlainText {
  if ('items' in located) return { items: located.items.map(plainOf) };
  if ('entries' in located) return mapOf([...located.entries].map(([name, value]) => [name, plainOf(value)]));
  const { scalar, text } = located;
  return scalar === null ? null : { scalar, text: typeof scalar === 'string' ? '' : text };
}

type Entries = readonly (readonly [name: string, value: PlainText])[];

function mapOf(entries: Entries): PlainText {
  return { entries: [...entries].sort(([one], [other]) => (one < other ? -1 : 1)) };
}

/** Whether two texts say the same; a section may be written as nothing, or as `{}`. */
export function isSameText(one: PlainText, other: PlainText): boolean {
  return JSON.stringify(withSections(one, 2)) === JSON.stringify(withSections(other, 2));
}

function withSections(plain: PlainText, levels: number): PlainText {
  if (levels < 0 || !plain || !('entries' in plain)) return plain;
  if (plain.entries.length === 0) return null;
  const isEnvironments = ([name]: readonly [string, PlainText]): boolean => levels < 2 || name === 'environments';
  return mapOf(
    plain.entries.map((entry) => [entry[0], withSections(entry[1], isEnvironments(entry) ? levels - 1 : 0)] as const),
  );
}

/** The same with one value set or removed. @throws UneditableText where a value is in the way */
export function withEdit(plain: PlainText, edit: TextEdit): PlainText {
  return changed(plain, edit, 0);
}

function changed(plain: PlainText, edit: TextEdit, depth: number): PlainText {
  const [name, isLast] = [edit.path[depth] ?? '', depth === edit.path.length - 1];
  if (plain && 'items' in plain && isLast && depth > 0) return { items: changedItems(plain.items, name, edit) };
  if (plain && !('entries' in plain))
    throw new UneditableText(`${edit.path.slice(0, depth).join('.')} is a value, not a map.`);
  const entries = plain?.entries ?? [];
  const found = entries.find(([own]) => own === name)?.[1];
  if ('isRemoved' in edit && found === undefined) return plain;
  const value = isLast ? leafOf(edit, found) : changed(found ?? null, edit, depth + 1);
  const others = entries.filter(([own]) => own !== name);
  // A map that loses its last value goes with it: what is empty would unset the map of an earlier file.
  const isEmpty = value && 'entries' in value && value.entries.length === 0;
  const isSection = depth < (edit.path[0] === 'environments' ? 2 : 1);
  if (value === undefined || ('isRemoved' in edit && isEmpty && !isSection)) return mapOf(others);
  return mapOf([...others, [name, value]]);
}

function leafOf(edit: TextEdit, before: PlainText | undefined): PlainText | undefined {
  if ('isRemoved' in edit) return undefined;
  if (before && 'entries' in before) throw new UneditableText(`${edit.path.join('.')} is a map, not a value.`);
  return plainValue(edit.value, edit.text);
}

function plainValue(value: unknown, text?: string): PlainText {
  if (Array.isArray(value)) return { items: value.map((item) => plainValue(item)) };
  if (typeof value === 'object' && value !== null)
    return mapOf(Object.entries(value).map(([name, item]) => [name, plainValue(item)]));
  if (value === null) return null;
  const scalar = value as string | number | boolean;
  return { scalar, text: typeof scalar === 'string' ? '' : textOf({ value: scalar, text }) };
}

/** The list form of Azure Pipelines. */
function changedItems(items: readonly PlainText[], name: string, edit: TextEdit): readonly PlainText[] {
  const fieldOf = (item: PlainText, field: string): PlainText | undefined =>
    item && 'entries' in item ? item.entries.find(([own]) => own === field)?.[1] : undefined;
  const isNamed = (item: PlainText): boolean => {
    const own = fieldOf(item, 'name');
    return own !== null && own !== undefined && 'scalar' in own && (own.text || own.scalar) === name;
  };
  if ('isRemoved' in edit) return items.filter((item) => !isNamed(item));
  const value = plainValue(edit.value, edit.text);
  const named = { scalar: name, text: '' };
  const fresh: PlainText = {
    entries: [
      ['name', named],
      ['value', value],
    ],
  };
  if (!items.some(isNamed)) return [...items, fresh];
  return items.map((item) => {
    if (!isNamed(item) || !item || !('entries' in item)) return item;
    return mapOf([...item.entries.filter(([field]) => field !== 'value'), ['value', value]]);
  });
}
