import { CaseInsensitiveMap } from '../caseInsensitiveMap';
import { Decimal } from './decimal';
import { toText, type Value } from './value';

/** The text that `convertToJson` gives: two spaces a level, numbers as their text, dates and versions as texts. */
export function toJson(value: Value, indent = ''): string {
  const inner = `${indent}  `;
  if (value instanceof CaseInsensitiveMap) {
    const members = [...value].map(([key, item]) => `${inner}${quote(key)}: ${toJson(item, inner)}`);
    return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
  }
  if (Array.isArray(value)) {
    const items = (value as readonly Value[]).map((item) => `${inner}${toJson(item, inner)}`);
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (value === null || typeof value === 'boolean') return String(value);
  const text = toText(value) ?? '';
  return value instanceof Decimal ? text : quote(text);
}

/** Newtonsoft escapes these line ends of Unicode too. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u0085\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
