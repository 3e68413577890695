import { isMap, isObject, parsedJson, type Json, type JsonMap } from '../../json';

/**
 * A set of fields as `fieldsV1` of managed fields writes it: a tree of path elements (`f:<field>`, `k:<keys of a list
 * item>`, `v:<value of a set>`), where an empty node and a node with `.` are in the set themselves.
 */
export type FieldSet = JsonMap;

/** Reads `fieldsV1`. */
export function fieldSetOf(fields: unknown): FieldSet {
  if (!isObject(fields)) return {};
  return Object.fromEntries(Object.entries(fields).map(([key, below]) => [key, fieldSetOf(below)]));
}

/** What is in any of the sets. */
export function unionOf(sets: readonly FieldSet[]): FieldSet {
  const [first = {}, ...others] = sets.filter((set) => !isEmpty(set));
  return others.reduce(joined, first);
}

/** Of two nodes that are there. */
function joined(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(a) && isEmpty(b)) return {};
  const all: Record<string, Json> = isMember(a) || isMember(b) ? { '.': {} } : {};
  for (const key of new Set([...keysOf(a), ...keysOf(b)])) {
    const [inA, inB] = [below(a, key), below(b, key)];
    all[key] = inA && inB ? joined(inA, inB) : (inA ?? inB ?? {});
  }
  return all;
}

/** The paths of what is in the first set, and not in the second, nor anything below it. */
export function pathsBeyond(all: FieldSet, known: FieldSet): readonly FieldPath[] {
  const found: FieldPath[] = [];
  const compare = (a: FieldSet, b: FieldSet | undefined, path: FieldPath): void => {
    if (path.length > 0 && isMember(a) && !b) found.push(path);
    for (const key of keysOf(a)) compare(below(a, key) ?? {}, b && below(b, key), [...path, key]);
  };
  compare(all, known, []);
  return found;
}

/** The paths of the fields of a set that have no others below them. */
export function leavesOf(fields: FieldSet, path: FieldPath = []): readonly FieldPath[] {
  const keys = keysOf(fields);
  if (keys.length === 0) return path.length > 0 ? [path] : [];
  return keys.flatMap((key) => leavesOf(below(fields, key) ?? {}, [...path, key]));
}

/** Whether a field is in a set. */
export function holds(fields: FieldSet, ...path: FieldPath): boolean {
  const found = path.reduce<FieldSet | undefined>((at, key) => at && below(at, key), fields);
  return found !== undefined && isMember(found);
}

/** Path elements as in a `FieldSet`. */
export type FieldPath = readonly string[];

/** The value of a field of an object; undefined when it does not have it. */
export function valueAt(object: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((at, element) => {
    const rest = element.slice(2);
    if (element.startsWith('f:')) return isObject(at) ? at[rest] : undefined;
    if (!Array.isArray(at)) return undefined;
    if (element.startsWith('v:')) return at.find((item) => JSON.stringify(item) === rest) as unknown;
    const keys = Object.entries(fieldKeys(rest));
    return at.find((item: unknown) => isObject(item) && keys.every(([name, value]) => item[name] === value)) as unknown;
  }, object);
}

/** As the API server writes it: `.spec.containers[name="a"].image`. */
export function pathText(path: FieldPath): string {
  return path.map(elementText).join('');
}

function elementText(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (!element.startsWith('k:')) return `[=${rest}]`;
  const keys = Object.entries(fieldKeys(rest)).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `[${keys.join(',')}]`;
}

function fieldKeys(text: string): Readonly<Record<string, unknown>> {
  const keys = parsedJson(text);
  return isObject(keys) ? keys : {};
}

function isMember(fields: FieldSet): boolean {
  return isEmpty(fields) || '.' in fields;
}

function isEmpty(fields: FieldSet): boolean {
  return Object.keys(fields).length === 0;
}

function keysOf(fields: FieldSet): readonly string[] {
  return Object.keys(fields).filter((key) => key !== '.');
}

function below(fields: FieldSet, key: string): FieldSet | undefined {
  const found = fields[key];
  return isMap(found) ? found : undefined;
}
