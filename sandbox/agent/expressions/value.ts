import { CaseInsensitiveMap, fold } from '../caseInsensitiveMap';

/**
 * A value of an Azure Pipelines expression, with the conversions of
 * https://learn.microsoft.com/azure/devops/pipelines/process/expressions#type-casting
 */
export type Value = null | boolean | number | string | Version | Date | readonly Value[] | Dictionary;
export type Dictionary = CaseInsensitiveMap<Value>;

/** Two to four numbers, such as `1.2.3`. */
export class Version {
  constructor(readonly parts: readonly number[]) {}

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
  if (value instanceof Version) return 'version';
  if (value instanceof Date) return 'date';
  if (value instanceof CaseInsensitiveMap) return 'object';
  if (typeof value === 'object') return 'array';
  return typeof value as 'boolean' | 'number' | 'string';
}

/** Empty, null, zero and false are false; everything else is true, the text `'false'` too. */
export function toBoolean(value: Value): boolean {
  return value !== null && value !== '' && value !== 0 && value !== false;
}

/** Undefined when it can't be converted: arrays and objects have no text. */
export function toText(value: Value): string | undefined {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string' || typeof value === 'number' || value instanceof Version) return String(value);
  return undefined;
}

/** Undefined when it can't be converted. A text may have a sign, thousands separators, a decimal point, white space around. */
export function toNumber(value: Value): number | undefined {
  if (value === null || value === '') return 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || !/^\s*[-+]?(\d[\d,]*\.?\d*|\.\d+)\s*$/.test(value)) return undefined;
  return Number(value.replaceAll(',', ''));
}

/** Undefined when it can't be converted. */
export function toVersion(value: Value): Version | undefined {
  if (value instanceof Version) return value;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\s*\d+(\.\d+){1,3}\s*$/.test(text)) return undefined;
  const parts = text.trim().split('.').map(Number);
  return parts.every((part) => part <= 2_147_483_647) ? new Version(parts) : undefined;
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

/** Negative, zero or positive; the right value is made the kind of the left. */
export function compare(left: Value, right: Value): number {
  const converted = convert(right, kindOf(left));
  if (converted === undefined || left === null || isCollection(left)) {
    throw new ExpressionError(`can't compare ${describeKind(left)} with ${describeKind(right)}`);
  }
  return compareAlike(left, converted);
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
  if (left instanceof Version && right instanceof Version) {
    const differences = [0, 1, 2, 3].map((index) => (left.parts[index] ?? -1) - (right.parts[index] ?? -1));
    return differences.find((difference) => difference !== 0) ?? 0;
  }
  if (typeof left === 'string' && typeof right === 'string') {
    const [a, b] = [fold(left), fold(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return Number(left) - Number(right);
}
