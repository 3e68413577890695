import { isObject, type Json, type JsonObject, objectOf } from '../json';
import type { ManagedFieldsEntry } from '../types';

/**
 * The entries from which the ownership of a written object is computed, as the API server finds them (apimachinery,
 * `managedfields/internal/fieldmanager.go`, `decodeLiveOrNew`): those that were written, which is how clients migrate
 * them; those of the live object when none or invalid ones were written, or when a subresource was; none when an empty
 * list or one empty entry was written.
 */
export function entriesOf(
  live: JsonObject | undefined,
  next: JsonObject,
  subresource: string,
): readonly ManagedFieldsEntry[] {
  const present = readEntries(managedFieldsOf(live)) ?? [];
  if (subresource !== '') return present;
  const written = managedFieldsOf(next);
  if (isReset(written)) return [];
  const entries = readEntries(written);
  return entries && entries.length > 0 ? entries : present;
}

export const managedFieldsOf = (object: JsonObject | undefined): Json | undefined =>
  objectOf(object?.metadata).managedFields;

function isReset(written: Json | undefined): boolean {
  if (!Array.isArray(written)) return false;
  const [first] = written;
  return written.length === 0 || (written.length === 1 && isObject(first) && Object.keys(first).length === 0);
}

/** Undefined when one of them is invalid. */
function readEntries(written: Json | undefined): readonly ManagedFieldsEntry[] | undefined {
  if (written === undefined || written === null) return [];
  return Array.isArray(written) && written.every(isEntry) ? (written as unknown as ManagedFieldsEntry[]) : undefined;
}

function isEntry(entry: Json): boolean {
  if (!isObject(entry)) return false;
  const { operation, apiVersion, fieldsType, fieldsV1 } = entry;
  const isOperation = operation === 'Apply' || operation === 'Update';
  return (
    isOperation &&
    typeof apiVersion === 'string' &&
    apiVersion !== '' &&
    fieldsType === 'FieldsV1' &&
    isObject(fieldsV1)
  );
}
