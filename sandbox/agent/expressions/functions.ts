import { CaseInsensitiveMap, fold } from '../caseInsensitiveMap';
import { Decimal } from './decimal';
import { formatText } from './formatText';
import type { Arity } from './parseExpression';
import { toJson } from './toJson';
import {
  ExpressionError,
  areEqual,
  compare,
  convert,
  describeKind,
  kindOf,
  toBoolean,
  toNumber,
  toText,
  type Value,
} from './value';

/** Parameters come unevaluated, because some functions stop at the first that decides. */
export type Lazy = () => Value;

export interface ExpressionFunction extends Arity {
  readonly run: (...parameters: Lazy[]) => Value;
}

/**
 * The functions that every expression has, by lower-case name:
 * https://learn.microsoft.com/azure/devops/pipelines/process/expressions#functions
 * `substring` is not documented, but the service has it. `iif` evaluates all its parameters, as the service does.
 */
export const generalFunctions: ReadonlyMap<string, ExpressionFunction> = new Map(
  Object.entries({
    and: lazy(2, Infinity, (...all) => all.every((each) => toBoolean(each()))),
    or: lazy(2, Infinity, (...all) => all.some((each) => toBoolean(each()))),
    not: eager(1, 1, (value) => !toBoolean(value)),
    xor: eager(2, 2, (left, right) => toBoolean(left) !== toBoolean(right)),
    iif: eager(1, 3, (test, yes = null, no = null) => (toBoolean(test) ? yes : no)),
    coalesce: lazy(2, Infinity, (...all) => firstNotEmpty(all)),

    eq: eager(2, 2, areEqual),
    ne: eager(2, 2, (left, right) => !areEqual(left, right)),
    gt: eager(2, 2, (left, right) => compare(left, right) > 0),
    ge: eager(2, 2, (left, right) => compare(left, right) >= 0),
    lt: eager(2, 2, (left, right) => compare(left, right) < 0),
    le: eager(2, 2, (left, right) => compare(left, right) <= 0),
    in: lazy(1, Infinity, (left: Lazy, ...rest) => isAmong(left, rest)),
    notin: lazy(1, Infinity, (left: Lazy, ...rest) => !isAmong(left, rest)),

    contains: eager(2, 2, (left, right) => fold(text(left)).includes(fold(text(right)))),
    startswith: eager(2, 2, (left, right) => fold(text(left)).startsWith(fold(text(right)))),
    endswith: eager(2, 2, (left, right) => fold(text(left)).endsWith(fold(text(right)))),
    containsvalue: lazy(2, 2, (collection: Lazy, wanted: Lazy) => containsValue(collection(), wanted)),

    lower: eager(1, 1, (value) => lower(text(value))),
    upper: eager(1, 1, (value) => fold(text(value))),
    trim: eager(1, 1, (value) => text(value).replaceAll(/^[^\S\uFEFF]+|[^\S\uFEFF]+$/g, '')),
    replace: eager(3, 3, (value, from, to) => replace(text(value), text(from), text(to))),
    split: eager(2, 2, (value, delimiters) => split(text(value), text(delimiters))),
    substring: eager(3, 3, (value, start, length) => substring(text(value), integer(start), integer(length))),
    join: lazy(2, 2, (separator: Lazy, items: Lazy) => join(separator, items())),
    length: eager(1, 1, (value) => Decimal.of(lengthOf(value))),
    format: lazy(1, Infinity, (template: Lazy, ...values) => formatText(text(template()), values)),
    converttojson: eager(1, 1, (value) => toJson(value)),
  }),
);

/** A function that looks at all its parameters. */
export function eager(min: number, max: number, run: (...values: Value[]) => Value): ExpressionFunction {
  return { min, max, run: (...parameters) => run(...parameters.map((parameter) => parameter())) };
}

function lazy(min: number, max: number, run: (...parameters: Lazy[]) => Value): ExpressionFunction {
  return { min, max, run };
}

function text(value: Value): string {
  return toText(value) ?? notText(value);
}

function notText(value: Value): never {
  throw new ExpressionError(`can't convert ${describeKind(value)} to a string`);
}

function firstNotEmpty(candidates: readonly Lazy[]): Value {
  for (const candidate of candidates) {
    const value = candidate();
    if (value !== null && value !== '') return value;
  }
  return null;
}

function isAmong(left: Lazy, rest: readonly Lazy[]): boolean {
  const value = left();
  return rest.some((each) => areEqual(value, each()));
}

function integer(value: Value): number {
  const number = toNumber(value);
  if (!number) throw new ExpressionError(`can't convert ${describeKind(value)} to a number`);
  return number.truncate();
}

/** What a collection holds; undefined for anything else. */
function itemsOf(value: Value): readonly Value[] | undefined {
  if (value instanceof CaseInsensitiveMap) return value.values();
  return Array.isArray(value) ? (value as readonly Value[]) : undefined;
}

/** Here the items are made the kind of the value that is looked for. */
function containsValue(collection: Value, wanted: Lazy): boolean {
  const items = itemsOf(collection);
  if (!items) return false;
  const value = wanted();
  return items.some((item) => {
    const converted = convert(item, kindOf(value));
    return converted !== undefined && areEqual(value, converted);
  });
}

/** Each character on its own, as .NET does it. */
function lower(value: string): string {
  return value.replaceAll(/[A-Z]+|[\u0080-\u{10ffff}]/gu, (part) => {
    const changed = part.toLowerCase();
    return part.charCodeAt(0) < 0x80 || (changed.length === part.length && changed.charCodeAt(0) >= 0x80)
      ? changed
      : part;
  });
}

function replace(value: string, from: string, to: string): string {
  return from === '' ? value : value.replaceAll(from, () => to);
}

/** Every character of the second text is a delimiter of its own. */
function split(value: string, delimiters: string): string[] {
  const parts = [''];
  for (const character of value) {
    if (delimiters.includes(character)) parts.push('');
    else parts.push((parts.pop() ?? '') + character);
  }
  return parts;
}

/** Like .NET, it refuses a part that is not all in the text. */
function substring(value: string, start: number, length: number): string {
  if (start < 0 || length < 0 || start + length > value.length)
    throw new ExpressionError(`'${value}' has no ${length} characters from position ${start} on`);
  return value.slice(start, start + length);
}

/** Items without a text are empty, and so is the result for an object. */
function join(separator: Lazy, items: Value): string {
  if (!Array.isArray(items)) return toText(items) ?? '';
  const texts = (items as readonly Value[]).map((item) => toText(item) ?? '');
  return texts.length > 1 ? texts.join(text(separator())) : texts.join('');
}

function lengthOf(value: Value): number {
  return itemsOf(value)?.length ?? text(value).length;
}
