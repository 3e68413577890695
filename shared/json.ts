import { parse, stringify } from 'lossless-json';

/** A value that JSON can carry. Integers beyond 2^53 are read as strings of digits, and written from `bigint`. */
export type Json = string | number | boolean | bigint | null | readonly Json[] | JsonMap;
export type JsonMap = { readonly [key: string]: Json | undefined };

export function isMap(value: Json | undefined): value is JsonMap {
  return isObject(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** For data of unknown shape: an object that is neither null nor a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A list of 10,000 pods, the longest answer of any API that is called, has fewer. They are read in less than a second, in
 * which no cancellation is heard, and need less than 1 GB of memory.
 */
const mostValues = 2_500_000;
/** Kubernetes and Databricks nest less than 50 levels. Functions that walk through a value call themselves for each. */
const mostLevels = 500;

/** JSON that would take more memory or more of the stack than there may be. The message is the words that follow its name. */
export class JsonLimitError extends SyntaxError {}

/**
 * Reads JSON; integers beyond 2^53 become strings of their digits. Throws a SyntaxError, and a JsonLimitError before
 * anything is read that has more than 2.5 million values or 500 levels.
 */
export function parseJson(text: string): unknown {
  checkLimits(text);
  // An integer that a number can't hold has 16 digits or more; everything else is left to the fast parser.
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return parse(text, undefined, { parseNumber: exactNumber, onDuplicateKey: ({ newValue }) => newValue });
}

/** As `parseJson`; undefined for a text that it refuses. */
export function parsedJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Counts values by what stands between them, which takes a small part of the time of reading them. */
function checkLimits(text: string): void {
  let values = 1;
  let levels = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === quote) at = endOfString(text, at);
    else if (character === comma) values++;
    else if (character === openList || character === openMap) {
      values++;
      levels++;
      if (levels > mostLevels) throw new JsonLimitError(`is nested deeper than ${mostLevels} levels`);
    } else if (character === closeList || character === closeMap) levels--;
  }
  if (values > mostValues) throw new JsonLimitError(`has more than ${mostValues} values`);
}

/** Where the string that begins at a position ends; the end of the text where it does not. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === backslash) at++;
    else if (character === quote) return at;
  }
  return text.length;
}

const [quote, comma, backslash, openList, closeList, openMap, closeMap] = ['"', ',', '\\', '[', ']', '{', '}'].map(
  (character) => character.charCodeAt(0),
);

function exactNumber(digits: string): number | string {
  const value = Number(digits);
  return /^-?\d+$/.test(digits) && !Number.isSafeInteger(value) ? digits : value;
}

/** Writes JSON; a `bigint` becomes bare digits, a property that is undefined is left out. */
export function stringifyJson(value: Json): string {
  return stringify(value) ?? 'null';
}
