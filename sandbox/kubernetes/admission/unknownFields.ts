import { isObject, type Json } from '../json';
import type { Schema } from '../schema/schema';

/** Fields that the API doesn't know, as paths. */
export function unknownFields(schema: Schema, value: Json | undefined, path = ''): string[] {
  if (Array.isArray(value) && schema.kind === 'list')
    return value.flatMap((item, index) => unknownFields(schema.items, item, `${path}[${index}]`));
  if (!isObject(value) || (schema.kind !== 'struct' && schema.kind !== 'map')) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const at = path ? `${path}.${name}` : name;
    const below = schema.kind === 'map' ? schema.values : schema.fields[name];
    return below ? unknownFields(below, part, at) : [at];
  });
}

/** The value without them, and with quantities as text, as they are kept. */
export function knownFields(schema: Schema, value: Json): Json {
  if (Array.isArray(value) && schema.kind === 'list') return value.map((item) => knownFields(schema.items, item));
  if (schema.kind === 'scalar' && schema.type === 'quantity' && typeof value === 'number') return String(value);
  if (!isObject(value) || (schema.kind !== 'struct' && schema.kind !== 'map')) return value;
  const kept = Object.entries(value).flatMap(([name, part]): [string, Json][] => {
    const below = schema.kind === 'map' ? schema.values : schema.fields[name];
    return below && part !== undefined ? [[name, knownFields(below, part)]] : [];
  });
  return Object.fromEntries(kept);
}
