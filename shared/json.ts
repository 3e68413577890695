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

/** Reads JSON; integers beyond 2^53 become strings of their digits. Throws a SyntaxError, or a RangeError for absurd depth. */
export function parseJson(text: string): unknown {
  // An integer that a number can't hold has 16 digits or more; everything else is left to the fast parser.
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return parse(text, undefined, { parseNumber: exactNumber, onDuplicateKey: ({ newValue }) => newValue });
}

function exactNumber(digits: string): number | string {
  const value = Number(digits);
  return /^-?\d+$/.test(digits) && !Number.isSafeInteger(value) ? digits : value;
}

/** Writes JSON; a `bigint` becomes bare digits, a property that is undefined is left out. */
export function stringifyJson(value: Json): string {
  return stringify(value) ?? 'null';
}
