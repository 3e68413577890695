import { specTypes, specWords, type Fields } from '../../../shared/databricks/specs/specTypes';
import type { DetailsMap } from '../localCommand';

/**
 * The JSON Schema of a type of the Databricks SDK. An unknown field is not an error: the SDK lags behind the service, and
 * the tasks warn of it only.
 */
export function specJsonSchema(title: string, type: string): DetailsMap {
  const used = new Set<string>();
  const top = schemaOf(type, used);
  const definitions: Record<string, DetailsMap> = {};
  // Types that are added while it walks are visited, too.
  for (const name of used) definitions[name] = definition(name, used);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title,
    allOf: [top],
    definitions: Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function schemaOf(type: string, used: Set<string>): DetailsMap {
  if (type.endsWith('[]')) return { type: 'array', items: schemaOf(type.slice(0, -2), used) };
  if (type.endsWith('{}')) return { type: 'object', additionalProperties: schemaOf(type.slice(0, -2), used) };
  if (Object.hasOwn(specTypes, type) || Object.hasOwn(specWords, type)) {
    used.add(type);
    return { $ref: `#/definitions/${type}` };
  }
  return scalars[type] ?? { type: 'string' };
}

/** The service accepts a number in quotes. */
const scalars: Readonly<Record<string, DetailsMap>> = {
  number: { anyOf: [{ type: 'number' }, { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' }] },
  boolean: { type: 'boolean' },
};

function definition(name: string, used: Set<string>): DetailsMap {
  const fields = Object.hasOwn(specTypes, name) ? specTypes[name] : undefined;
  if (fields) return objectOf(fields, used);
  // Words that editors offer, of which there may be more.
  return { anyOf: [{ enum: specWords[name] ?? [] }, { type: 'string' }] };
}

function objectOf(fields: Fields, used: Set<string>): DetailsMap {
  const entries = Object.entries(fields);
  const required = entries.filter(([, type]) => type.endsWith('!')).map(([name]) => name);
  const properties = entries.map(([name, type]) => [name, orEmpty(schemaOf(type.replace('!', ''), used))] as const);
  return { type: 'object', properties: Object.fromEntries(properties), ...(required.length > 0 && { required }) };
}

/** Empty values are those of fields that are not set. */
function orEmpty(schema: DetailsMap): DetailsMap {
  return { anyOf: [schema, { type: 'null' }] };
}
