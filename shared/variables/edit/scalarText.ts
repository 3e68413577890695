import { readNumber, readScalar } from '../document/readScalar';
import { isList, type Plain } from '../tree';

/** How a value is written: as YAML, or as in JSON, with all texts and names in double quotes. */
export type Notation = 'yaml' | 'json';

/** A value that no text can stand for; the message is a sentence without the value. */
export class UnwritableValue extends Error {}

/** Readers of YAML 1.1 take these for true and false. */
const oldWords = /^(y|yes|n|no|on|off)$/i;
/** What is text without quotes for every reader of YAML, alone and in brackets. */
const plainText = /^[\p{L}_/](?:[\p{L}\p{N}\w./\\@+=~^()%;-]|:(?=[\p{L}\p{N}/\\])| (?=[\p{L}\p{N}]))*$/u;
/** What YAML, or a line of a file, does not hold as it is. */
const escaped = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Writes a value so that our reader, and every other, reads the same again. @throws UnwritableValue */
export function valueText(value: Plain, notation: Notation): string {
  if (isList(value)) return `[${value.map((item) => valueText(item, notation)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([name, item]) => `${nameText(name, notation)}: ${valueText(item, notation)}`,
    );
    return `{${entries.join(', ')}}`;
  }
  if (typeof value === 'string') return stringText(value, notation);
  if (typeof value === 'number' && readNumber(String(value)) === undefined)
    throw new UnwritableValue('A number must be finite, and an integer exact: write it as text.');
  return String(value);
}

/** Writes a name of a map. A name is always text, so that `no` and `010` need no quotes. @throws UnwritableValue */
export function nameText(name: string, notation: Notation): string {
  return notation === 'yaml' && /^[A-Za-z_][\w-]*$/.test(name) ? name : quoted(name, notation);
}

function stringText(text: string, notation: Notation): string {
  const isOther = (): boolean => readScalar(text, () => undefined) !== text || oldWords.test(text);
  return notation === 'yaml' && plainText.test(text) && !isOther() ? text : quoted(text, notation);
}

function quoted(text: string, notation: Notation): string {
  if (/[^\P{Cc}\n\t]|\p{Cs}/u.test(text))
    throw new UnwritableValue('A text must not contain control characters, or half of a character.');
  if (notation === 'yaml' && !/[\n\t]/.test(text) && text.search(escaped) < 0) return `'${text.replaceAll("'", "''")}'`;
  const hex = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replaceAll(escaped, hex);
}
