import { RestError } from '../../host/host';

/** An object of an answer of Azure DevOps. */
export type Fields = Readonly<Record<string, unknown>>;

/** @throws RestError where it is something else */
export function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw unexpected(name);
}

/** The entries of a list answer: `{ count, value }`. @throws RestError */
export function listOf(answer: unknown, name: string): readonly Fields[] {
  const { value } = fieldsOf(answer, name);
  if (!Array.isArray(value)) throw unexpected(name);
  return value.map((each) => fieldsOf(each, name));
}

/** @throws RestError where there is no such text */
export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  throw unexpected(name);
}

export function optionalTextIn(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** @throws RestError where there is no such number */
export function numberIn(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === 'number') return value;
  throw unexpected(name);
}

function unexpected(name: string): RestError {
  return new RestError(`The answer of Azure DevOps has no ${name} that can be read.`, undefined);
}
