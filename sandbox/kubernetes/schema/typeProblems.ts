import { isObject, type Json } from '../json';
import { keyDefaults, type ListSchema, type ScalarSchema, type Schema } from './schema';

export interface TypeCheck {
  /** Whether items of a list may have the same key: in what is stored, not in what is applied. */
  readonly allowsDuplicates?: boolean;
}

/**
 * What a configuration holds that the schema doesn't know or allow, in the words of server-side apply
 * (structured-merge-diff, `typed/validate.go`).
 */
export function typeProblems(schema: Schema, value: Json | undefined, check: TypeCheck = {}, path = ''): string[] {
  if (value === undefined || value === null || schema.kind === 'any') return [];
  if (schema.kind === 'scalar') {
    const problem = scalarProblem(schema.type, value);
    return problem ? [`${path}: ${problem}`] : [];
  }
  if (schema.kind === 'list') {
    if (!Array.isArray(value)) return [`${path}: expected list, got &{${goText(value)}}`];
    return listProblems(schema, value, check, path);
  }
  if (!isObject(value)) return [`${path}: expected map, got &{${goText(value)}}`];
  const problems: string[] = [];
  for (const [name, part] of Object.entries(value)) {
    const below = schema.kind === 'map' ? schema.values : schema.fields[name];
    const at = `${path}.${name}`;
    // The rest of the map is not read.
    if (!below) return [...problems, `${at}: field not declared in schema`];
    problems.push(...typeProblems(below, part, check, at));
  }
  return problems;
}

function listProblems(schema: ListSchema, value: readonly Json[], check: TypeCheck, path: string): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    if (schema.type === 'atomic' || check.allowsDuplicates) {
      problems.push(...typeProblems(schema.items, item, check, `${path}[${index}]`));
      continue;
    }
    const element = elementOf(schema, item);
    // An item that is none ends the reading of its list.
    if ('problem' in element) return [...problems, `${path}: element ${index}: ${element.problem}`];
    if (seen.has(element.key)) problems.push(`${path}: duplicate entries for key ${element.key}`);
    seen.add(element.key);
    problems.push(...typeProblems(schema.items, item, check, path + element.key));
  }
  return problems;
}

/** How an item of a set, or of a list with keys, is named in a path. */
function elementOf(
  { type, keys, items }: ListSchema,
  item: Json,
): { readonly key: string } | { readonly problem: string } {
  if (type === 'set') {
    if (item === null) return { problem: "associative list without keys has an element that's an explicit null" };
    if (Array.isArray(item)) return { problem: 'not supported: associative list with lists as elements' };
    if (isObject(item)) return { problem: "associative list without keys has an element that's a map type" };
    return { key: `[=${JSON.stringify(item)}]` };
  }
  if (item === null) return { problem: 'associative list with keys may not have a null element' };
  if (!isObject(item)) return { problem: 'associative list with keys may not have non-map elements' };
  const values = [...keys].sort().map((key): [string, Json] => [key, item[key] ?? defaultOf(items, key)]);
  return { key: `[${values.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]` };
}

/** The fields that are keys have default values in the API's own schema. */
function defaultOf(items: Schema, key: string): Json {
  const field = items.kind === 'struct' ? items.fields[key] : undefined;
  return keyDefaults[key] ?? (field?.kind === 'scalar' && field.type === 'integer' ? 0 : '');
}

function scalarProblem(type: ScalarSchema['type'], value: Json): string | undefined {
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goText(value)}}`;
    case 'intOrString':
      return undefined;
    case 'quantity':
    case 'time':
      return typeof value === 'object' ? `expected any scalar, got &{${goText(value)}}` : undefined;
    case 'string':
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
  }
}

/** As Go's `%T`. */
function goType(value: Json): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** As Go's `%v`. */
function goText(value: Json | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return String(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `map[${entries.map(([name, part]) => `${name}:${goText(part)}`).join(' ')}]`;
}

/** As Go's `%#v`. */
function goSyntax(value: Json | undefined): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `map[string]interface {}{${entries.map(([name, part]) => `${JSON.stringify(name)}:${goSyntax(part)}`).join(', ')}}`;
}
