import { CaseInsensitiveMap, fold } from '../caseInsensitiveMap';
import { formatText } from './formatText';
import type { Arity } from './parseExpression';
import {
  ExpressionError,
  areEqual,
  compare,
  convert,
  describeKind,
  kindOf,
  toBoolean,
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
 */
export const generalFunctions: ReadonlyMap<string, ExpressionFunction> = new Map(
  Object.entries({
    and: lazy(2, Infinity, (...all) => all.every((each) => toBoolean(each()))),
    or: lazy(2, Infinity, (...all) => all.some((each) => toBoolean(each()))),
    not: eager(1, 1, (value) => !toBoolean(value)),
    xor: eager(2, 2, (left, right) => toBoolean(left) !== toBoolean(right)),
    iif: lazy(1, 3, (test: Lazy, yes?: Lazy, no?: Lazy) => (toBoolean(test()) ? yes : no)?.() ?? null),
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
    containsvalue: eager(2, 2, containsValue),

    lower: eager(1, 1, (value) => text(value).toLowerCase()),
    upper: eager(1, 1, (value) => text(value).toUpperCase()),
    trim: eager(1, 1, (value) => text(value).trim()),
    replace: eager(3, 3, (value, from, to) => replace(text(value), text(from), text(to))),
    split: eager(2, 2, (value, delimiters) => split(text(value), text(delimiters))),
    join: eager(2, 2, (separator, items) => join(text(separator), items)),
    length: eager(1, 1, (value) => (Array.isArray(value) ? value.length : text(value).length)),
    format: eager(1, Infinity, (template, ...values) => formatText(text(template), values)),
    converttojson: eager(1, 1, (value) => JSON.stringify(toJson(value), null, 2)),
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

/** Here the items are made the kind of the value that is looked for. */
function containsValue(collection: Value, wanted: Value): boolean {
  const items =
    collection instanceof CaseInsensitiveMap
      ? collection.values()
      : Array.isArray(collection)
        ? (collection as readonly Value[])
        : [];
  return items.some((item) => {
    const converted = convert(item, kindOf(wanted));
    return converted !== undefined && areEqual(wanted, converted);
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

function join(separator: string, items: Value): string {
  return Array.isArray(items)
    ? (items as readonly Value[]).map((item) => toText(item) ?? '').join(separator)
    : text(items);
}

function toJson(value: Value): unknown {
  if (value instanceof CaseInsensitiveMap)
    return Object.fromEntries([...value].map(([key, item]) => [key, toJson(item)]));
  if (Array.isArray(value)) return (value as readonly Value[]).map(toJson);
  return typeof value === 'object' ? toText(value) : value;
}
