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

/** How large a value is once its aliases are written out: a few lines of nested aliases can stand for billions of values. */
export interface Size {
  readonly values: number;
  /** Of texts and names. */
  readonly characters: number;
  /** Infinity for more than are walked through. */
  readonly levels: number;
  /** Escapes can write half of a character, which no service accepts, as it can't be sent. */
  readonly isBroken: boolean;
}

export type Limits = Pick<Size, 'values' | 'characters'>;

/** A text has up to 100 levels (js-yaml); aliases can add to them. Functions that walk through a value call themselves for each. */
const mostLevels = 200;
const endless: Size = { values: Infinity, characters: Infinity, levels: Infinity, isBroken: false };
const halfCharacter = /\p{Cs}/u;

/** Why a value of a size is too large, as the words that follow its name; to be asked before anything else is done with it. */
export function sizeProblem({ values, characters, levels, isBroken }: Size, limits: Limits): string | undefined {
  if (values > limits.values) return `holds more than ${limits.values} values`;
  if (levels > mostLevels) return `is nested deeper than ${mostLevels} levels`;
  if (isBroken) return 'has a text with half of a character (\\ud800 to \\udfff)';
  return characters > limits.characters ? `has texts of more than ${inMebibytes(limits.characters)} in all` : undefined;
}

export function inMebibytes(bytes: number): string {
  return `${bytes / 1024 / 1024} MiB`;
}

export function sizeOf(value: Written, sizes = new Map<Written, Size>(), level = 0): Size {
  if (typeof value === 'string') return sizeOfText(value);
  if (value instanceof WrittenScalar) return sizeOfText(value.text);
  const known = sizes.get(value);
  if (known) return known;
  sizes.set(value, endless); // where it is found again within itself: a cycle
  const size = { values: 1, characters: 0, levels: level < mostLevels ? 0 : Infinity, isBroken: false };
  if (level < mostLevels)
    for (const [name, item] of Object.entries<Written>(value)) {
      const { values, characters, levels, isBroken } = sizeOf(item, sizes, level + 1);
      size.values += values;
      size.characters += characters + name.length;
      size.levels = Math.max(size.levels, levels + 1);
      size.isBroken ||= isBroken || halfCharacter.test(name);
    }
  if (size.levels > mostLevels) size.levels = Infinity;
  sizes.set(value, size);
  return size;
}

function sizeOfText(text: string): Size {
  return { values: 1, characters: text.length, levels: 0, isBroken: halfCharacter.test(text) };
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
