import { elementText } from '../apply/fieldSet';
import { itemKey } from '../apply/typedFields';
import { isObject, type Json } from '../json';
import { keyDefaults, type ListSchema, type Schema } from './schema';

/** Finds what is wrong with the items of a list, whose place is given. */
type ItemCheck = (schema: ListSchema, items: readonly Json[], path: string) => string[];

/** What an object holds that the schema doesn't know or allow. */
export function typeProblems(schema: Schema, value: Json | undefined): string[] {
  return problemsIn(schema, value, '', eachItem);

  function eachItem({ items: below }: ListSchema, items: readonly Json[], path: string): string[] {
    return items.flatMap((item, index) => problemsIn(below, item, `${path}[${index}]`, eachItem));
  }
}

/** What server-side apply finds wrong with a configuration: it takes no two items with the same keys either. */
export function configurationProblems(schema: Schema, config: Json): string[] {
  return problemsIn(schema, config, '', itemProblems);
}

function problemsIn(schema: Schema, value: Json | undefined, path: string, check: ItemCheck): string[] {
  if (value === undefined || value === null || schema.kind === 'any') return [];
  if (schema.kind === 'scalar') {
    const problem = scalarProblem(schema.type, value);
    return problem ? [`${path}: ${problem}`] : [];
  }
  if (schema.kind === 'list')
    return Array.isArray(value)
      ? check(schema, value, path)
      : [`${path}: expected list, got &{${JSON.stringify(value)}}`];
  if (!isObject(value)) return [`${path}: expected map, got &{${JSON.stringify(value)}}`];
  return Object.entries(value).flatMap(([name, part]) => {
    const below = schema.kind === 'map' ? schema.values : schema.fields[name];
    const at = `${path}.${name}`;
    return below ? problemsIn(below, part, at, check) : [`${at}: field not declared in schema`];
  });
}

/** Items with keys are named by them, and no two may share them (structured-merge-diff, `typed/validate.go`). */
function itemProblems(schema: ListSchema, items: readonly Json[], path: string): string[] {
  if (schema.type === 'atomic')
    return items.flatMap((item, index) => problemsIn(schema.items, item, `${path}[${index}]`, itemProblems));
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    const problem = keyProblem(schema, item);
    // What has no key can't be named: the server looks no further.
    if (problem !== undefined) return [...problems, `${path}: element ${index}: ${problem}`];
    const key = itemKey(schema, item);
    const name = elementText(key);
    if (seen.has(key)) problems.push(`${path}: duplicate entries for key ${name}`);
    seen.add(key);
    problems.push(...problemsIn(schema.items, item, path + name, itemProblems));
  }
  return problems;
}

function keyProblem({ type, keys }: ListSchema, item: Json): string | undefined {
  if (type === 'set') {
    if (item === null) return "associative list without keys has an element that's an explicit null";
    if (isObject(item)) return "associative list without keys has an element that's a map type";
    return Array.isArray(item) ? 'not supported: associative list with lists as elements' : undefined;
  }
  if (item === null) return 'associative list with keys may not have a null element';
  if (!isObject(item)) return 'associative list with keys may not have non-map elements';
  if (keys.some((key) => item[key] !== undefined || keyDefaults[key] !== undefined)) return undefined;
  const names = keys.map((key) => JSON.stringify(key)).join(' ');
  return `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`;
}

function scalarProblem(type: string, value: Json): string | undefined {
  switch (type) {
    case 'integer':
      return Number.isInteger(value) ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${JSON.stringify(value)}}`;
    case 'intOrString':
    case 'quantity':
      return typeof value === 'object' || typeof value === 'boolean'
        ? `expected string, got &{${JSON.stringify(value)}}`
        : undefined;
    default:
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${JSON.stringify(value)}}`;
  }
}

const goType = (value: Json) => (typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : 'map');
