import { isObject, type Json } from '../json';
import type { Schema } from './schema';

/** What a configuration holds that the schema doesn't know or allow, as server-side apply says it. */
export function typeProblems(schema: Schema, value: Json | undefined, path = ''): string[] {
  if (value === undefined || value === null || schema.kind === 'any') return [];
  if (schema.kind === 'scalar') {
    const problem = scalarProblem(schema.type, value);
    return problem ? [`${path}: ${problem}`] : [];
  }
  if (schema.kind === 'list') {
    if (!Array.isArray(value)) return [`${path}: expected list, got &{${JSON.stringify(value)}}`];
    return value.flatMap((item, index) => typeProblems(schema.items, item, `${path}[${index}]`));
  }
  if (!isObject(value)) return [`${path}: expected map, got &{${JSON.stringify(value)}}`];
  return Object.entries(value).flatMap(([name, part]) => {
    const below = schema.kind === 'map' ? schema.values : schema.fields[name];
    const at = `${path}.${name}`;
    return below ? typeProblems(below, part, at) : [`${at}: field not declared in schema`];
  });
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
