import { CaseInsensitiveMap, fold } from '../caseInsensitiveMap';
import { DateTime } from './dateTime';
import { Decimal } from './decimal';

/**
 * A value of an Azure Pipelines expression, with the conversions of
 * https://learn.microsoft.com/azure/devops/pipelines/process/expressions#type-casting
 */
export type Value = null | boolean | Decimal | string | Version | DateTime | readonly Value[] | Dictionary;
export type Dictionary = CaseInsensitiveMap<Value>;

/** A dictionary whose keys must exist: a miss is an error, not null, as in `parameters`. */
export class StrictDictionary extends CaseInsensitiveMap<Value> {}

/** Two to four numbers, such as `1.2.3`. */
export class Version {
  constructor(readonly parts: readonly number[]) {}

  /** Undefined when the text is not a version. White space and plus signs around the numbers are allowed, as in .NET. */
  static parse(text: string): Version | undefined {
    const parts = text.split('.');
    const areNumbers = parts.every((part) => /^\s*\+?\d+\s*$/.test(part) && Number(part) <= 2_147_483_647);
    return areNumbers && parts.length >= 2 && parts.length <= 4 ? new Version(parts.map(Number)) : undefined;
  }

  toString(): string {
    return this.parts.join('.');
  }
}

/** An expression that can't be read or has no value. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

export type Kind = 'null' | 'boolean' | 'number' | 'string' | 'version' | 'date' | 'array' | 'object';

export function kindOf(value: Value): Kind {
  if (value === null) return 'null';
  if (value instanceof Decimal) return 'number';
  if (value instanceof Version) return 'version';
  if (value instanceof DateTime) return 'date';
  if (value instanceof CaseInsensitiveMap) return 'object';
  if (typeof value === 'object') return 'array';
  return typeof value as 'boolean' | 'string';
}

/** Empty, null, zero and false are false; everything else is true, the text `'false'` too. */
export function toBoolean(value: Value): boolean {
  return value instanceof Decimal ? !value.isZero : value !== null && value !== '' && value !== false;
}

/** Undefined when it can't be converted: arrays and objects have no text. */
export function toText(value: Value): string | undefined {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return value;
  return value instanceof Decimal || value instanceof DateTime || value instanceof Version ? String(value) : undefined;
}

/** Undefined when it can't be converted. A text may have a sign, thousands separators, a decimal point, white space around. */
export function toNumber(value: Value): Decimal | undefined {
  if (value === null || value === '') return Decimal.of(0);
  if (value instanceof Decimal) return value;
  if (typeof value === 'boolean') return Decimal.of(value ? 1 : 0);
  if (typeof value !== 'string' || !/^\s*[-+]?(\d[\d,]*(\.\d*)?|\.\d+)\s*$/.test(value)) return undefined;
  return Decimal.parse(value.trim().replaceAll(',', ''));
}

/** Undefined when it can't be converted. */
export function toVersion(value: Value): Version | undefined {
  if (value instanceof Version) return value;
  const text = value instanceof Decimal ? String(value) : value;
  return typeof text === 'string' ? Version.parse(text) : undefined;
}

/** The value as that kind; undefined when it can't be converted. */
export function convert(value: Value, kind: Kind): Value | undefined {
  switch (kind) {
    case 'boolean':
      return toBoolean(value);
    case 'number':
      return toNumber(value);
    case 'string':
      return toText(value);
    case 'version':
      return toVersion(value);
    case 'date':
      return value instanceof DateTime ? value : typeof value === 'string' ? DateTime.parse(value) : undefined;
    case 'null':
      return value === null || value === '' ? null : undefined;
    default:
      return kindOf(value) === kind ? value : undefined;
  }
}

/** Whether the right value, made the kind of the left, equals it; texts compare without regard to case. */
export function areEqual(left: Value, right: Value): boolean {
  const converted = convert(right, kindOf(left));
  if (converted === undefined) return false;
  const isOrdered = left !== null && !isCollection(left);
  return isOrdered ? compareAlike(left, converted) === 0 : left === converted;
}

/** Negative, zero or positive; the right value is made the kind of the left. Null on the left is the number 0. */
export function compare(left: Value, right: Value): number {
  const ordered = left === null ? Decimal.of(0) : left;
  const converted = convert(right, kindOf(ordered));
  if (converted === undefined || isCollection(ordered)) {
    throw new ExpressionError(`can't compare ${describeKind(left)} with ${describeKind(right)}`);
  }
  return compareAlike(ordered, converted);
}

export function describeKind(value: Value): string {
  const kind = kindOf(value);
  if (kind === 'null') return 'null';
  return `${/^[ao]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

function isCollection(value: Value): boolean {
  return ['array', 'object'].includes(kindOf(value));
}

/** Both of one kind that has an order. */
function compareAlike(left: Value, right: Value): number {
  if (left instanceof Decimal && right instanceof Decimal) return left.compareTo(right);
  if (left instanceof DateTime && right instanceof DateTime) return order(left.ticks, right.ticks);
  if (left instanceof Version && right instanceof Version) {
    const differences = [0, 1, 2, 3].map((index) => (left.parts[index] ?? -1) - (right.parts[index] ?? -1));
    return differences.find((difference) => difference !== 0) ?? 0;
  }
  return typeof left === 'string' && typeof right === 'string'
    ? order(fold(left), fold(right))
    : Number(left) - Number(right);
}

function order<T extends string | bigint>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
