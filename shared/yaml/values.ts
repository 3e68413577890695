import {
  boolCoreTag,
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  floatCoreTag,
  intCoreTag,
  load,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  nullCoreTag,
} from 'js-yaml';
import type { DocumentPath } from '../finding';
import type { Json } from '../json';
import { documentLines } from './documentLines';
import { InvalidYaml } from './invalidYaml';
import { orInvalid } from './located';

export const largestBytes = 2 * 1024 * 1024;
const mostValues = 100_000;

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
}

type Scalar = number | bigint | boolean | null;

/** A scalar that YAML does not read as text, together with the text that was written. */
class WrittenScalar {
  constructor(
    readonly value: Scalar,
    readonly text: string,
  ) {}
}

/** A value in which scalars are kept as they were written. */
type Written = string | WrittenScalar | readonly Written[] | { readonly [name: string]: Written };

interface ScalarTag {
  readonly tagName: string;
  resolve(source: string, isExplicit: boolean, tagName: string): unknown;
}

const schema = CORE_SCHEMA.withTags(
  mergeTag,
  keepingText(nullCoreTag),
  keepingText(boolCoreTag),
  keepingText(floatCoreTag),
  keepingText({
    ...intCoreTag,
    // Databricks' ids are 64 bits wide: an integer that a number can't hold exactly is kept as a bigint.
    resolve(source, isExplicit, tagName) {
      const value = intCoreTag.resolve(source, isExplicit, tagName);
      return !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? BigInt(source) : value;
    },
  }),
  // A name is always text: `1.10: a` is not the name 1.1.
  defineMappingTag(mapTag.tagName, {
    ...mapTag,
    addPair: (map, key, value) => mapTag.addPair(map, nameOf(key), value),
    has: (map, key) => mapTag.has(map, nameOf(key)),
  }),
);

/**
 * Reads the value of a YAML or JSON text of one document, within limits. Where it is known to have text, a number or a
 * boolean is the text that was written: `1.10`, `007`, `831877e8`. Throws an InvalidYaml.
 */
export function readYamlValue(text: string, rules: ValueRules = {}): Json {
  if (text.length > largestBytes) throw new InvalidYaml(`is larger than ${largestBytes / 1024 / 1024} MiB`);
  const written = orInvalid(() => load(text, { schema })) as Written;
  if (countValues(written, new Map()) > mostValues) throw new InvalidYaml(`holds more than ${mostValues} values`);
  const infinite: DocumentPath[] = [];
  const value = valueOf(written, [], { ...rules, onInfinite: (path) => void infinite.push(path) });
  if (infinite.length === 0) return value;
  const lines = infinite.map(documentLines(text)).join(', ');
  throw new InvalidYaml(`has .inf or .nan, which JSON does not have: put it in quotes (line ${lines})`);
}

function keepingText(tag: ScalarTag) {
  return defineScalarTag<WrittenScalar>(tag.tagName, {
    ...(tag as typeof intCoreTag),
    resolve(source, isExplicit, tagName) {
      const value = tag.resolve(source, isExplicit, tagName);
      return value === NOT_RESOLVED ? NOT_RESOLVED : new WrittenScalar(value as Scalar, source);
    },
  });
}

function nameOf(key: unknown): unknown {
  return key instanceof WrittenScalar ? key.text : key;
}

interface AllRules extends ValueRules {
  readonly onInfinite: (path: DocumentPath) => void;
}

function valueOf(written: Written, path: DocumentPath, rules: AllRules): Json {
  if (typeof written === 'string') return written;
  if (written instanceof WrittenScalar) return scalarOf(written, path, rules);
  if (isWrittenList(written)) return written.map((item, index) => valueOf(item, [...path, index], rules));
  return Object.fromEntries(
    Object.entries(written).map(([name, item]) => [name, valueOf(item, [...path, name], rules)]),
  );
}

function scalarOf({ value, text }: WrittenScalar, path: DocumentPath, rules: AllRules): Json {
  if (typeof value === 'number' && !Number.isFinite(value)) rules.onInfinite(path);
  if (value === null) return null;
  const isText = rules.textAt?.(path);
  const isOther = String(value) !== text;
  if (isText === true || (isText === 'ifOther' && isOther)) return text;
  if (isText === undefined && isOther) rules.onOtherText?.(path);
  return value;
}

// Array.isArray does not narrow a readonly list.
function isWrittenList(written: Written): written is readonly Written[] {
  return Array.isArray(written);
}

/** How many values there are once aliases are written out: a few lines of nested aliases can stand for billions. */
function countValues(value: unknown, counted: Map<unknown, number>): number {
  if (typeof value !== 'object' || value === null || value instanceof WrittenScalar) return 1;
  const known = counted.get(value);
  if (known !== undefined) return known;
  counted.set(value, Infinity); // where it is found again within itself: a cycle
  let count = 1;
  for (const item of Object.values(value)) count += countValues(item, counted);
  counted.set(value, count);
  return count;
}
