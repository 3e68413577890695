import { isObject, type JsonObject, without } from '../json';
import type { StructSchema } from '../schema/schema';
import { StatusError } from '../status';
import type { ManagedFieldsEntry } from '../types';
import {
  difference,
  emptySet,
  type FieldSet,
  fromFieldsV1,
  intersection,
  isEmpty,
  pathsOf,
  sameSets,
  toFieldsV1,
  union,
  withoutPaths,
} from './fieldSet';
import { compare, fieldsOf, merge, removeFields, withNamedFields } from './typedFields';
import { entriesOf } from './writtenManagedFields';

/** Who writes, and how. */
export interface Writer {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339. */
  readonly time: string;
  /** Fields that this way of writing can't change, and so never owns. */
  readonly ignored: readonly (readonly string[])[];
}

interface Owner {
  readonly entry: ManagedFieldsEntry;
  readonly fields: FieldSet;
}

/** Nobody owns these: they name the object or belong to the server. */
const unowned = [
  ['f:apiVersion'],
  ['f:kind'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((field) => ['f:metadata', `f:${field}`]),
];

/** The ownership after an object was written as a whole, or patched. An object that has no owners gets none. */
export function ownUpdate(
  schema: StructSchema,
  live: JsonObject | undefined,
  next: JsonObject,
  writer: Writer,
): ManagedFieldsEntry[] {
  const owners = entriesOf(live, next, writer.subresource).map(ownerIn);
  if (live && owners.length === 0) return [];
  const comparison = compare(schema, withoutManagedFields(live ?? {}), withoutManagedFields(next));
  const changed = owned(comparison.changed, writer);
  const removed = owned(comparison.removed, writer);
  const mine = owners.find((owner) => isOf(owner, writer));
  const fields = union(difference(mine?.fields ?? emptySet(), removed), changed);
  return writeOwners(owners, mine, ownerOf(writer, fields, mine), changed, removed);
}

export interface Applied {
  readonly object: JsonObject;
  readonly managedFields: ManagedFieldsEntry[];
}

/**
 * Server-side apply: the live object with what the configuration says, without what this manager applied before and
 * doesn't any more. Throws 409 when that changes fields of others, unless forced.
 */
export function applyConfiguration(
  schema: StructSchema,
  live: JsonObject | undefined,
  config: JsonObject,
  writer: Writer,
  isForced: boolean,
): Applied {
  const before = withoutManagedFields(live ?? {});
  const merged = merge(schema, before, config) as JsonObject;
  const owners = live ? ownersBefore(schema, live, writer) : [];
  const mine = owners.find((owner) => isOf(owner, writer));
  const others = owners.filter((owner) => owner !== mine);
  const fields = owned(fieldsOf(schema, config), writer);
  const next = prune(schema, merged, mine?.fields ?? emptySet(), [fields, ...others.map((owner) => owner.fields)]);

  const { changed, removed } = compare(schema, before, next);
  const conflicts = others
    .map((owner) => ({ owner, fields: intersection(owner.fields, owned(changed, writer)) }))
    .filter(({ fields: common }) => !isEmpty(common));
  if (conflicts.length > 0 && !isForced) {
    throw applyConflict(
      conflicts.flatMap(({ owner, fields: common }) =>
        pathsOf(common).map((path) => ({ manager: managerText(owner.entry), path })),
      ),
    );
  }
  const applier = ownerOf(writer, fields, mine);
  return { object: next, managedFields: writeOwners(owners, mine, applier, owned(changed, writer), removed) };
}

/** Removes what was applied last time and that nobody claims now. */
function prune(schema: StructSchema, merged: JsonObject, last: FieldSet, claims: readonly FieldSet[]): JsonObject {
  if (isEmpty(last)) return merged;
  const named = (set: FieldSet) => withNamedFields(schema, set);
  const lastApplied = named(last);
  const all = named(fieldsOf(schema, merged));
  const keep = (removal: FieldSet) => (removeFields(schema, merged, removal) ?? {}) as JsonObject;
  const cut = keep(lastApplied);
  const claimed = keep(difference(all, union(named(fieldsOf(schema, cut)), named(claims.reduce(union)))));
  return keep(intersection(difference(all, named(fieldsOf(schema, claimed))), lastApplied));
}

function applyConflict(conflicts: readonly { readonly manager: string; readonly path: string }[]): StatusError {
  const [first] = conflicts;
  const byManager = new Map<string, string[]>();
  for (const { manager, path } of conflicts) byManager.set(manager, [...(byManager.get(manager) ?? []), path]);
  const lists = [...byManager]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([manager, paths]) => [`conflicts with ${manager}:`, ...paths.map((path) => `- ${path}`)].join('\n'));
  const message =
    conflicts.length === 1 && first
      ? `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.path}`
      : `Apply failed with ${conflicts.length} conflicts: ${lists.join('\n')}`;
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field: path,
  }));
  return new StatusError(409, 'Conflict', message, { causes });
}

function managerText({ manager, operation, subresource, apiVersion, time }: ManagedFieldsEntry): string {
  const name = JSON.stringify(manager) + (subresource ? ` with subresource "${subresource}"` : '');
  if (operation === 'Apply') return name;
  return `${name} using ${apiVersion}${time === undefined ? '' : ` at ${time}`}`;
}

const owned = (fields: FieldSet, { ignored }: Writer) => {
  const rest = withoutPaths(fields, [...unowned, ...ignored]);
  const metadata = rest.children.get('f:metadata');
  if (metadata) {
    const below = { ...metadata, isMember: false };
    if (isEmpty(below)) rest.children.delete('f:metadata');
    else rest.children.set('f:metadata', below);
  }
  return { ...rest, isMember: false };
};

const isOf = ({ entry }: Owner, { manager, operation, subresource, apiVersion }: Writer) =>
  entry.manager === manager &&
  entry.operation === operation &&
  (entry.subresource ?? '') === subresource &&
  (operation === 'Apply' || entry.apiVersion === apiVersion);

function ownerOf(writer: Writer, fields: FieldSet, before: Owner | undefined): Owner {
  const { manager, operation, apiVersion, subresource, time } = writer;
  const isSame = before !== undefined && before.entry.apiVersion === apiVersion && sameSets(before.fields, fields);
  if (isSame) return before;
  const entry = { manager, operation, apiVersion, time, fieldsType: 'FieldsV1' as const, fieldsV1: {} };
  return { entry: { ...entry, ...(subresource && { subresource }) }, fields };
}

/** Who owns what of an object that is applied to. Without owners, all of it belongs to what was done before. */
function ownersBefore(schema: StructSchema, live: JsonObject, writer: Writer): Owner[] {
  const owners = entriesOf(live, live, '').map(ownerIn);
  if (owners.length > 0) return owners;
  const all = owned(compare(schema, {}, withoutManagedFields(live)).changed, writer);
  const before = { ...writer, manager: 'before-first-apply', operation: 'Update', subresource: '' } as const;
  const { entry, fields } = ownerOf(before, all, undefined);
  // It was never written.
  return [{ entry: without(entry, 'time'), fields }];
}

const ownerIn = (entry: ManagedFieldsEntry): Owner => ({ entry, fields: fieldsOfEntry(entry) });

/** Entries in the store are frozen, so that what was read of one once stays true. */
const knownFieldSets = new WeakMap<ManagedFieldsEntry, FieldSet>();

function fieldsOfEntry(entry: ManagedFieldsEntry): FieldSet {
  const known = knownFieldSets.get(entry);
  if (known) return known;
  const fields = fromFieldsV1(entry.fieldsV1);
  if (Object.isFrozen(entry)) knownFieldSets.set(entry, fields);
  return fields;
}

/** All owners: the one who writes as it is now, the others without what was written or removed. */
function writeOwners(
  owners: readonly Owner[],
  mine: Owner | undefined,
  next: Owner,
  changed: FieldSet,
  removed: FieldSet,
): ManagedFieldsEntry[] {
  const rest = owners.map((owner) =>
    owner === mine ? next : { ...owner, fields: difference(difference(owner.fields, changed), removed) },
  );
  return [...rest, ...(mine ? [] : [next])]
    .filter(({ fields }) => !isEmpty(fields))
    .map(({ entry, fields }) =>
      fields === knownFieldSets.get(entry) ? entry : { ...entry, fieldsV1: toFieldsV1(fields) },
    )
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

/** As the API server sorts the entries: who applied first, then the oldest. */
function orderOf({ operation, time = '', manager, apiVersion, subresource = '' }: ManagedFieldsEntry): string {
  return [operation, time, manager, apiVersion, subresource].join('\0');
}

function withoutManagedFields(object: JsonObject): JsonObject {
  const { metadata } = object;
  if (!isObject(metadata)) return object;
  return { ...object, metadata: without(metadata, 'managedFields') };
}
