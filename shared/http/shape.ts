import { isObject, type Json, type JsonMap } from '../json';

/**
 * What is read of an answer: which fields it must have, and of which type. Other fields stay in it unchecked. A field
 * that only messages show is lenient (`shown`), because it must not decide about what was asked.
 */
export interface Shape<T> {
  /** Throws a Mismatch. The path names the place for messages; it is empty for the whole answer. */
  read(value: unknown, path: string): T;
  /** The fields that an object has by its shape. */
  readonly fields?: readonly string[];
}

/** What a shape reads. */
export type Read<S> = S extends Shape<infer T> ? T : never;

export type Entries = Readonly<Record<string, Shape<unknown>>>;
type ReadEntries<E extends Entries> = {
  readonly [Name in keyof E as undefined extends Read<E[Name]> ? never : Name]: Read<E[Name]>;
} & {
  readonly [Name in keyof E as undefined extends Read<E[Name]> ? Name : never]?: Exclude<Read<E[Name]>, undefined>;
};

class Mismatch extends Error {}

/** Reads a value by a shape, or says how it differs, such as `'clusters' is null, not a list`. Nothing in it repeats a value. */
export function readShape<T>(shape: Shape<T>, value: unknown): { readonly value: T } | { readonly problem: string } {
  try {
    return { value: shape.read(value, '') };
  } catch (error) {
    if (error instanceof Mismatch) return { problem: error.message };
    throw error;
  }
}

/** Any value of JSON. */
export const json = only('a value', (value): value is Json => value !== undefined);
export const text = only('text', (value): value is string => typeof value === 'string');
export const number = only('a number', (value): value is number => typeof value === 'number');
export const boolean = only('true or false', (value): value is boolean => typeof value === 'boolean');
export const nonEmptyText = only('text', (value): value is string => typeof value === 'string' && value !== '');
/** An object of which nothing else is known. */
export const jsonMap = only('an object', (value): value is JsonMap => isObject(value));

/** An object with these fields, and others. */
export function object<E extends Entries>(entries: E): Shape<ReadEntries<E>> {
  return {
    fields: Object.keys(entries),
    read(value, path) {
      const whole = jsonMap.read(value, path);
      const result = new Map<string, unknown>(Object.entries(whole));
      for (const [name, shape] of Object.entries(entries)) {
        const field = shape.read(whole[name], path === '' ? name : `${path}.${name}`);
        if (field !== undefined) result.set(name, field);
        else result.delete(name); // a field that may be null is read as missing
      }
      return Object.fromEntries(result) as ReadEntries<E>;
    },
  };
}

export function list<T>(item: Shape<T>): Shape<T[]> {
  const values = only('a list', (value): value is readonly unknown[] => Array.isArray(value));
  return { read: (value, path) => values.read(value, path).map((each, index) => item.read(each, `${path}.${index}`)) };
}

/** An object whose values have a shape, whatever their names. */
export function mapOf<T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return {
    read: (value, path) =>
      Object.fromEntries(
        Object.entries(jsonMap.read(value, path)).map(([name, each]) => [name, item.read(each, `${path}.${name}`)]),
      ),
  };
}

/** What may be missing; null is a value of another shape. */
export function optional<T, D extends T | undefined>(shape: Shape<T>, otherwise?: D): Shape<T | D> {
  return { ...shape, read: (value, path) => (value === undefined ? (otherwise as D) : shape.read(value, path)) };
}

/** What a service may leave out, or write as null. */
export function maybe<T>(shape: Shape<T>): Shape<T | undefined> {
  const shapeOrNothing = optional(shape);
  return { ...shape, read: (value, path) => shapeOrNothing.read(value ?? undefined, path) };
}

/** What a service may leave out, or write as null or as an empty text. */
export function blankable<T>(shape: Shape<T>): Shape<T | undefined> {
  const shapeOrNothing = optional(shape);
  return {
    ...shape,
    read: (value, path) => shapeOrNothing.read(value === '' ? undefined : (value ?? undefined), path),
  };
}

/** A list that the service leaves out when it is empty. */
export function listOf<T>(item: Shape<T>): Shape<T[]> {
  return optional(list(item), []);
}

/** What must have a shape to be used, and otherwise is as if it were missing. */
export function lenient<T, D>(shape: Shape<T>, otherwise: D): Shape<T | D> {
  return {
    read(value, path) {
      const reading = readShape({ read: (each) => shape.read(each, path) }, value);
      return 'value' in reading ? reading.value : otherwise;
    },
  };
}

/** The same shape with a rule; the problem is what the rule finds wrong. */
export function checked<T>(shape: Shape<T>, isFine: (value: T) => boolean, problem: string): Shape<T> {
  return {
    ...shape,
    read(value, path) {
      const read = shape.read(value, path);
      if (isFine(read)) return read;
      throw new Mismatch(problem);
    },
  };
}

export function mapped<T, R>(shape: Shape<T>, change: (value: T) => R): Shape<R> {
  return { ...shape, read: (value, path) => change(shape.read(value, path)) };
}

/** The first of two shapes that fits. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return {
    read(value, path) {
      const reading = readShape({ read: (each) => first.read(each, path) }, value);
      return 'value' in reading ? reading.value : second.read(value, path);
    },
  };
}

/** A shape whose field `whole` is the object as it came, to compare it or to send it back. */
export function withWhole<T extends { readonly whole: JsonMap }>(shape: Shape<T>): Shape<T> {
  return { ...shape, read: (value, path) => shape.read(isObject(value) ? { ...value, whole: value } : value, path) };
}

/** An id: some services write a number, and numbers beyond 2^53 are read as text. */
export const id = either(nonEmptyText, mapped(number, String));

/** An id that is an integer of 64 bits, in its digits. */
export const integerId = mapped(only('an integer', isIntegerId), String);

/** A text that is only shown; empty when it is missing or is not text. */
export const shown = lenient(text, '');

/** A number that is only shown or ordered by, such as a time; 0 when it is missing or is not a number. */
export const shownNumber = lenient(number, 0);

/** A text that may be missing; services write that as null, or as an empty text, too. */
export const optionalText = blankable(text);

/** A date, such as `2026-11-30T19:52:20Z`. */
export const date = only('a date', (value): value is string => typeof value === 'string' && isDate(value));

/** The answer to a call that returns no data, which is documented as `{}`. */
export const done = jsonMap;

/** The answer to a call whose answer has no body (204). */
export const noContent = optional(jsonMap);

/** A value that a test recognizes; `expected` names it in messages. */
export function only<T>(expected: string, isIt: (value: unknown) => value is T): Shape<T> {
  return {
    read(value, path) {
      if (isIt(value)) return value;
      const place = path === '' ? 'it' : `'${path}'`;
      if (value === undefined) throw new Mismatch(`${place} is missing`);
      const kind = kindOf(value);
      throw new Mismatch(`${place} is ${kind}${kind === 'empty' ? '' : `, not ${expected}`}`);
    },
  };
}

function isIntegerId(value: unknown): value is string | number {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0;
  return typeof value === 'string' && /^\d{1,19}$/.test(value);
}

function isDate(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === '') return 'empty';
  if (Array.isArray(value)) return 'a list';
  return { string: 'text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'an object';
}
