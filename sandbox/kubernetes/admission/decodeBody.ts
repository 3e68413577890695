import { type JsonObject, withoutNulls } from '../json';
import type { ResourceType } from '../resources';
import { typeProblems } from '../schema/typeProblems';
import { badRequest } from '../status';
import type { Write } from '../write';
import { knownFields, unknownFields } from './unknownFields';

/** Reads what a client sent: types are checked; unknown fields are refused, warned of or dropped. */
export function decodeBody({ kind, version, schema }: ResourceType, body: JsonObject, write: Write): JsonObject {
  const refuse = (why: string) => badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
  const unknown = unknownFields(schema, body).map((field) => `unknown field "${field}"`);
  if (unknown.length > 0 && write.fieldValidation === 'Strict')
    throw refuse(`strict decoding error: ${unknown.join(', ')}`);
  if (write.fieldValidation !== 'Ignore') for (const text of unknown) write.warn?.(text);
  const known = withoutNulls(knownFields(schema, body)) as JsonObject;
  const [problem] = typeProblems(schema, known, { allowsDuplicates: true });
  if (problem !== undefined) throw refuse(`json: cannot unmarshal: ${problem.slice(1)}`);
  return known;
}
