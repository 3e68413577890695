import {
  boolCoreTag,
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  floatCoreTag,
  intCoreTag,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  nullCoreTag,
} from 'js-yaml';
import type { DocumentPath } from '../finding';
import type { Json } from '../json';

/**
 * Whether the value at a path is text, however it is written; undefined where that is not known. `ifOther`: a number or a
 * boolean is one if JSON writes it the same, and else the text that was written.
 */
export type TextAt = (path: DocumentPath) => boolean | 'ifOther' | undefined;

export interface ValueRules {
  /** Without it, nothing is known to be text. */
  readonly textAt?: TextAt | undefined;
  /** Is told the path of each number and boolean that JSON writes otherwise, where it is not known whether it is text. */
  readonly onOtherText?: (path: DocumentPath) => void;
  /** Is told the path of each .inf and .nan, which JSON does not have. */
  readonly onInfinite: (path: DocumentPath) => void;
}

/** A scalar that YAML does not read as text, together with the text that was written. */
export class WrittenScalar {
  constructor(
    readonly value: number | bigint | boolean | null,
    readonly text: string,
  ) {}
}

/** A value in which scalars are kept as they were written. */
export type Written = string | WrittenScalar | readonly Written[] | { readonly [name: string]: Written };

/** How YAML reads the scalars of a type. */
interface ScalarTag {
  readonly tagName: string;
  resolve(source: string, isExplicit: boolean, tagName: string): unknown;
}

/** A schema for js-yaml by which it reads a `Written`: merge keys, and YAML 1.2's types unless another tag is given. */
export function writtenSchema({ bool = boolCoreTag, int = intCoreTag }: { bool?: ScalarTag; int?: ScalarTag } = {}) {
  return CORE_SCHEMA.withTags(
    mergeTag,
    ...[nullCoreTag, bool, floatCoreTag, int].map(keepingText),
    // A name is always text: `1.10: a` is not the name 1.1.
    defineMappingTag(mapTag.tagName, {
      ...mapTag,
      addPair: (map, key, value) => mapTag.addPair(map, nameOf(key), value),
      has: (map, key) => mapTag.has(map, nameOf(key)),
    }),
  );
}

/** The value of what was written, with texts where the rules have text. */
export function valueOf(written: Written, rules: ValueRules, path: DocumentPath = []): Json {
  if (typeof written === 'string') return written;
  if (written instanceof WrittenScalar) return scalarOf(written, rules, path);
  if (isWrittenList(written)) return written.map((item, index) => valueOf(item, rules, [...path, index]));
  return Object.fromEntries(
    Object.entries(written).map(([name, item]) => [name, valueOf(item, rules, [...path, name])]),
  );
}

/** How many values there are once aliases are written out: a few lines of nested aliases can stand for billions. */
export function countValues(value: Written, counted = new Map<Written, number>()): number {
  if (typeof value === 'string' || value instanceof WrittenScalar) return 1;
  const known = counted.get(value);
  if (known !== undefined) return known;
  counted.set(value, Infinity); // where it is found again within itself: a cycle
  let count = 1;
  for (const item of Object.values<Written>(value)) count += countValues(item, counted);
  counted.set(value, count);
  return count;
}

function scalarOf({ value, text }: WrittenScalar, rules: ValueRules, path: DocumentPath): Json {
  if (typeof value === 'number' && !Number.isFinite(value)) rules.onInfinite(path);
  if (value === null) return null;
  const isText = rules.textAt?.(path);
  const isOther = String(value) !== text;
  if (isText === true || (isText === 'ifOther' && isOther)) return text;
  if (isText === undefined && isOther) rules.onOtherText?.(path);
  return value;
}

function keepingText(tag: ScalarTag) {
  return defineScalarTag<WrittenScalar>(tag.tagName, {
    ...(tag as typeof intCoreTag),
    resolve(source, isExplicit, tagName) {
      const value = tag.resolve(source, isExplicit, tagName);
      return value === NOT_RESOLVED ? NOT_RESOLVED : new WrittenScalar(value as WrittenScalar['value'], source);
    },
  });
}

function nameOf(key: unknown): unknown {
  return key instanceof WrittenScalar ? key.text : key;
}

// Array.isArray does not narrow a readonly list.
function isWrittenList(written: Written): written is readonly Written[] {
  return Array.isArray(written);
}
