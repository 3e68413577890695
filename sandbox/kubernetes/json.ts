export type Json = string | number | boolean | null | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json | undefined };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value where it is an object, else an empty one. */
export const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** The objects of a list; an empty list for anything else. */
export const objectsOf = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

export const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** Whether two values are the same; a field that is undefined is another thing than one that isn't there. */
export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && equal(a[name], b[name]))
  );
}

/** A copy of a JSON value that may be changed. */
export const clone = <T>(value: T): T => copied(value, clone);

/** A copy that nobody can change by accident; what is frozen already is taken as it is. */
export const frozen = <T>(value: T): T => (Object.isFrozen(value) ? value : Object.freeze(copied(value, frozen)));

function copied<T>(value: T, copy: <P>(part: P) => P): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy) as T;
  const result: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) result[key] = copy(part);
  return result as T;
}

/** The value at a path of object keys. */
export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((at, key) => objectOf(at)[key], value);
}

/** The object without some of its fields. */
export function without<T extends object>(object: T, ...names: readonly string[]): T {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name))) as T;
}

/** The object without its null values and without those that aren't there, at any depth. */
export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept: JsonObject = {};
  for (const [key, part] of Object.entries(value)) {
    if (part !== undefined && part !== null) kept[key] = withoutNulls(part);
  }
  return kept;
}
