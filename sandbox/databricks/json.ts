import { parse, stringify } from 'lossless-json';

export type Json = string | number | bigint | boolean | null | undefined | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Parses JSON; integers that a double cannot hold become bigint, so that ids stay exact. */
export function parseJson(text: string): Json {
  // The exact parser takes seconds for a large import, and only numbers of 16 digits and more need it.
  return (/\d{16}/.test(text) ? parse(text, undefined, exactNumber) : JSON.parse(text)) as Json;
}

/** Writes JSON; a bigint becomes a plain number, as Databricks writes its int64 ids. */
export function toJson(value: Json, indent?: number): string {
  return stringify(value, undefined, indent) ?? 'null';
}

export function isJsonObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function exactNumber(digits: string): number | bigint {
  const number = Number(digits);
  return /^-?\d+$/.test(digits) && !Number.isSafeInteger(number) ? BigInt(digits) : number;
}

/** The objects of a list; an empty list for anything else. */
export function objectsOf(value: Json): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : [];
}

/** A value as text: strings as they are, numbers with all their digits; `undefined` for everything else. */
export function textOf(value: Json): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}

/** The object without some of its fields. */
export function without(object: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** The values of a map as text; an empty map for anything else. */
export function textsOf(value: Json): Record<string, string> {
  const entries = Object.entries(isJsonObject(value) ? value : {});
  return Object.fromEntries(entries.map(([key, entry]) => [key, textOf(entry) ?? toJson(entry)]));
}
