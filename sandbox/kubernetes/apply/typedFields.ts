import { equal, isObject, type Json, type JsonObject } from '../json';
import { any, keyDefaults, type ListSchema, type Schema } from '../schema/schema';
import { emptySet, type FieldSet, isEmpty } from './fieldSet';

interface Child {
  /** As in a `FieldSet`. */
  readonly key: string;
  readonly schema: Schema;
  readonly value: Json;
  /** Whether it is a member of its own: an item of a list, or a free key. */
  readonly isItem: boolean;
}

/** The parts of a value that have owners of their own; `undefined` for what is owned as a whole. */
export function childrenOf(schema: Schema, value: Json): Child[] | undefined {
  if (isObject(value) && (schema.kind === 'struct' || schema.kind === 'map')) {
    if (schema.isAtomic) return undefined;
    const children: Child[] = [];
    for (const [name, part] of Object.entries(value)) {
      if (part === undefined) continue;
      const field = schema.kind === 'struct' ? schema.fields[name] : undefined;
      const fieldSchema = field ?? (schema.kind === 'map' ? schema.values : { kind: 'any' as const });
      children.push({ key: `f:${name}`, schema: fieldSchema, value: part, isItem: field === undefined });
    }
    return children;
  }
  if (Array.isArray(value) && schema.kind === 'list' && schema.type !== 'atomic')
    return value.map((item) => ({ key: itemKey(schema, item), schema: schema.items, value: item, isItem: true }));
  return undefined;
}

/** What tells an item of a list apart. */
export function itemKey({ type, keys }: ListSchema, item: Json): string {
  if (type === 'set' || !isObject(item)) return `v:${JSON.stringify(item)}`;
  const values: JsonObject = {};
  for (const key of [...keys].sort()) {
    const value = item[key] ?? keyDefaults[key];
    if (value !== undefined) values[key] = value;
  }
  return `k:${JSON.stringify(values)}`;
}

/** All fields that a value names. */
export function fieldsOf(schema: Schema, value: Json): FieldSet {
  const set = emptySet();
  const children = childrenOf(schema, value);
  if (!children) {
    set.isMember = true;
    return set;
  }
  for (const { key, schema: below, value: part, isItem } of children) {
    const child = fieldsOf(below, part);
    const isEmptyObject = isObject(part) && Object.keys(part).length === 0;
    if (isItem || isEmptyObject) child.isMember = true;
    set.children.set(key, child);
  }
  return set;
}

/** With the named fields on the way to a member as members too; free keys and items of lists have to be named. */
export function withNamedFields(schema: Schema, set: FieldSet): FieldSet {
  const result: FieldSet = { isMember: set.isMember, children: new Map() };
  for (const [key, child] of set.children) {
    const field = schema.kind === 'struct' ? schema.fields[key.slice(2)] : undefined;
    const below = field ?? (schema.kind === 'map' ? schema.values : schema.kind === 'list' ? schema.items : any);
    const next = withNamedFields(below, child);
    if (field && child.children.size > 0) next.isMember = true;
    result.children.set(key, next);
  }
  return result;
}

export interface Comparison {
  /** Fields that are new or have another value. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

export function compare(schema: Schema, before: Json | undefined, after: Json | undefined): Comparison {
  const changed = emptySet();
  const removed = emptySet();
  // What is written often shares most with what was there.
  if (before === after) return { changed, removed };
  const old = before === undefined ? [] : childrenOf(schema, before);
  const young = after === undefined ? [] : childrenOf(schema, after);
  if (!old || !young) {
    if (after === undefined) removed.isMember = true;
    else if (!equal(before, after)) changed.isMember = true;
    return { changed, removed };
  }
  if (before === undefined) changed.isMember = true;
  if (after === undefined) removed.isMember = true;
  const oldByKey = new Map(old.map((child) => [child.key, child]));
  const youngByKey = new Map(young.map((child) => [child.key, child]));
  for (const key of new Set([...oldByKey.keys(), ...youngByKey.keys()])) {
    const [a, b] = [oldByKey.get(key), youngByKey.get(key)];
    const below = (b ?? a)?.schema;
    if (!below) continue;
    const parts = compare(below, a?.value, b?.value);
    if (!isEmpty(parts.changed)) changed.children.set(key, parts.changed);
    if (!isEmpty(parts.removed)) removed.children.set(key, parts.removed);
  }
  return { changed, removed };
}

/** The value with what a configuration says laid over it. */
export function merge(schema: Schema, live: Json | undefined, config: Json): Json {
  if (live === undefined || live === null) return config;
  const liveChildren = childrenOf(schema, live);
  const configChildren = childrenOf(schema, config);
  if (!liveChildren || !configChildren) return config;
  const liveByKey = new Map(liveChildren.map((child) => [child.key, child]));
  const merged = new Map(
    configChildren.map(({ key, schema: below, value }) => [key, merge(below, liveByKey.get(key)?.value, value)]),
  );
  if (schema.kind !== 'list') {
    const result: JsonObject = { ...(live as JsonObject) };
    for (const [key, value] of merged) result[key.slice(2)] = value;
    return result;
  }
  return inOrder(
    liveChildren.map(({ key, value }) => [key, value]),
    merged,
  );
}

/** The items of the configuration in its order; the others stay where they are between those that both have. */
function inOrder(live: readonly [string, Json][], config: ReadonlyMap<string, Json>): Json[] {
  const items: Json[] = [];
  const inLive = new Set(live.map(([key]) => key));
  const rest = [...config];
  const take = () => items.push(...rest.splice(0, 1).map(([, value]) => value));
  for (const [key, value] of live) {
    const nextShared = rest.find(([name]) => inLive.has(name))?.[0];
    if (!config.has(key)) items.push(value);
    // Another one that both have comes first: this one is taken in its turn.
    else if (key === nextShared) {
      while (rest[0] && rest[0][0] !== key) take();
      take();
    }
  }
  while (rest.length > 0) take();
  return items;
}

/** The value without the members of a set; what that empties goes too. */
export function removeFields(schema: Schema, value: Json, set: FieldSet): Json | undefined {
  const children = childrenOf(schema, value);
  if (!children) return value;
  const kept: [string, Json][] = [];
  for (const { key, schema: below, value: part } of children) {
    const removal = set.children.get(key);
    if (removal?.isMember) continue;
    const rest = removal ? removeFields(below, part, removal) : part;
    if (rest !== undefined) kept.push([key.slice(2), rest]);
  }
  if (kept.length === 0 && children.length > 0) return undefined;
  return schema.kind === 'list' ? kept.map(([, item]) => item) : Object.fromEntries(kept);
}
