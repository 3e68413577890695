/**
 * What a field may hold and how two writers share it. The list types and keys are those of the API's own
 * `x-kubernetes-list-type`, `x-kubernetes-list-map-keys` and `x-kubernetes-patch-merge-key`.
 */
export type Schema = ScalarSchema | AnySchema | StructSchema | MapSchema | ListSchema;

export interface ScalarSchema {
  readonly kind: 'scalar';
  readonly type: 'string' | 'integer' | 'boolean' | 'intOrString' | 'quantity' | 'time';
}

/** Any JSON, owned as a whole. */
export interface AnySchema {
  readonly kind: 'any';
}

export interface StructSchema {
  readonly kind: 'struct';
  readonly fields: Readonly<Record<string, Schema>>;
  /** Owned as a whole. */
  readonly isAtomic?: boolean;
  /** A strategic merge patch names the keys to keep. */
  readonly retainsKeys?: boolean;
}

/** Free keys with values of one kind; each key has its own owner unless the map is atomic. */
export interface MapSchema {
  readonly kind: 'map';
  readonly values: Schema;
  /** Owned as a whole. */
  readonly isAtomic?: boolean;
}

export interface ListSchema {
  readonly kind: 'list';
  readonly items: Schema;
  /** `atomic` lists are owned as a whole, `set` and `map` lists item by item. */
  readonly type: 'atomic' | 'set' | 'map';
  /** What tells the items of a `map` list apart in server-side apply. */
  readonly keys: readonly string[];
  /** What tells items apart in a strategic merge patch; without it the patch replaces the list. */
  readonly mergeKey?: string;
}

const scalar = (type: ScalarSchema['type']): ScalarSchema => ({ kind: 'scalar', type });
export const string = scalar('string');
export const integer = scalar('integer');
export const boolean = scalar('boolean');
export const intOrString = scalar('intOrString');
export const quantity = scalar('quantity');
export const time = scalar('time');
export const any: AnySchema = { kind: 'any' };

type Fields = Readonly<Record<string, Schema>>;
export const struct = (fields: Fields): StructSchema => ({ kind: 'struct', fields });
export const atomicStruct = (fields: Fields): StructSchema => ({ kind: 'struct', fields, isAtomic: true });
export const retainingStruct = (fields: Fields): StructSchema => ({ kind: 'struct', fields, retainsKeys: true });
export const mapOf = (values: Schema): MapSchema => ({ kind: 'map', values });
export const strings = mapOf(string);
export const atomicStrings: MapSchema = { ...strings, isAtomic: true };
export const quantities = mapOf(quantity);

/** A list that is replaced as a whole. */
export const listOf = (items: Schema): ListSchema => ({ kind: 'list', items, type: 'atomic', keys: [] });
/** A list of different scalars, added to by each writer. */
export const setOf = (items: Schema): ListSchema => ({ kind: 'list', items, type: 'set', keys: [], mergeKey: '' });
/** A list of objects told apart by keys; the first one is also that of strategic merge patches. */
export const listBy = (keys: readonly string[], fields: Fields): ListSchema => ({
  kind: 'list',
  items: struct(fields),
  type: 'map',
  keys,
  ...(keys[0] !== undefined && { mergeKey: keys[0] }),
});

/** Values that keys of lists have when an item doesn't name them. */
export const keyDefaults: Readonly<Record<string, string>> = { protocol: 'TCP' };
