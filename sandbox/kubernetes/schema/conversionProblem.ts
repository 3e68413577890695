import { isObject, type Json } from '../json';
import { parseQuantity } from '../quantity';
import type { ScalarSchema, Schema } from './schema';

const quantityRule = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/**
 * Why a value that the schema of server-side apply allows is none of Go's type all the same: the first reason, without a
 * path. The texts are those that kube-apiserver 1.36 answered.
 */
export function conversionProblem(schema: Schema, value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (schema.kind === 'scalar') return scalarProblem(schema.type, value);
  if (schema.kind === 'list')
    return Array.isArray(value) ? first(value.map((item) => conversionProblem(schema.items, item))) : undefined;
  if (!isObject(value) || schema.kind === 'any') return undefined;
  const parts = Object.entries(value).map(([name, part]) => {
    const below = schema.kind === 'map' ? schema.values : schema.fields[name];
    return below && conversionProblem(below, part);
  });
  return first(parts);
}

/** Why the data of a Secret can't be decoded. */
export function base64Problem(data: Json | undefined): string | undefined {
  if (!isObject(data)) return undefined;
  const offsets = Object.values(data).map((text) => (typeof text === 'string' ? badByte(text) : undefined));
  const offset = offsets.find((each) => each !== undefined);
  return offset === undefined ? undefined : `error decoding from json: illegal base64 data at input byte ${offset}`;
}

function scalarProblem(type: ScalarSchema['type'], value: Json): string | undefined {
  switch (type) {
    case 'integer':
      return typeof value !== 'number' || Number.isInteger(value) ? undefined : 'cannot convert float64 to int32';
    case 'quantity':
      return typeof value === 'number' || (typeof value === 'string' && parseQuantity(value) !== undefined)
        ? undefined
        : quantityRule;
    case 'intOrString':
      return typeof value === 'string' || Number.isInteger(value)
        ? undefined
        : `json: cannot unmarshal ${jsonType(value)} into Go value of type int32`;
    case 'time':
      return typeof value === 'string' && Number.isNaN(Date.parse(value))
        ? `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`
        : undefined;
    case 'string':
    case 'boolean':
      return undefined;
  }
}

function jsonType(value: Json): string {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return `number ${value}`;
  return Array.isArray(value) ? 'array' : 'object';
}

function badByte(text: string): number | undefined {
  const bad = text.search(/[^A-Za-z0-9+/=\r\n]/);
  if (bad >= 0) return bad;
  const { length } = text.replace(/[\r\n]/g, '');
  return length % 4 === 0 ? undefined : length - (length % 4);
}

function first(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}
