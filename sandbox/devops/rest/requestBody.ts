import type { Received } from '../../http/httpServer';
import { argumentMissing, bodyInvalid, mediaTypeNotSupported } from '../organizationError';

const mediaTypes = ['application/json', 'application/json-patch+json', 'text/json'];

/** The JSON of a request; undefined without one. @throws OrganizationError */
export function readBody({ headers, body }: Received): unknown {
  if (body.length === 0) return undefined;
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (mediaType === undefined || !mediaTypes.includes(mediaType)) throw mediaTypeNotSupported(mediaType);
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw bodyInvalid(error instanceof Error ? error.message : String(error));
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws OrganizationError when the body is not an object */
export function objectIn(body: unknown, name: string): JsonObject {
  if (!isObject(body)) throw argumentMissing(name);
  return body;
}

/** The value of a key without regard to its case: the service reads `displayName` and `DisplayName` alike. */
export function valueAt(object: JsonObject, key: string): unknown {
  if (key in object) return object[key];
  const found = Object.keys(object).find((each) => each.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : object[found];
}

export function textAt(object: JsonObject, key: string): string | undefined {
  const value = valueAt(object, key);
  return typeof value === 'string' ? value : undefined;
}

/** @throws OrganizationError when there is no such text */
export function requiredText(object: JsonObject, key: string): string {
  const text = textAt(object, key);
  if (text === undefined || text.trim() === '') throw argumentMissing(key);
  return text;
}

/** A number, also one that is written as text. */
export function numberAt(object: JsonObject, key: string): number | undefined {
  const value = valueAt(object, key);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function flagAt(object: JsonObject, key: string): boolean | undefined {
  const value = valueAt(object, key);
  if (typeof value === 'string') return value.toLowerCase() === 'true';
  return typeof value === 'boolean' ? value : undefined;
}

/** An empty list when there is none. */
export function listAt(object: JsonObject, key: string): readonly unknown[] {
  const value = valueAt(object, key);
  return Array.isArray(value) ? (value as unknown[]) : [];
}
