import type { InputProblem } from '../errors';
import { isObject } from '../json';

/** A rule about which inputs are given together. Inputs whose own `when` does not hold take no part in it. */
export type Relation<Name extends string = string> =
  | { readonly kind: 'exactlyOneOf' | 'atLeastOneOf' | 'atMostOneOf'; readonly inputs: readonly Name[] }
  | { readonly kind: 'requiredWith'; readonly inputs: readonly [required: Name, other: Name] }
  | { readonly kind: 'distinctNames'; readonly inputs: readonly [one: Name, other: Name] };

/** One of these inputs must be given, and no second one. */
export function exactlyOneOf<const Name extends string>(...inputs: readonly Name[]): Relation<Name> {
  return { kind: 'exactlyOneOf', inputs };
}

/** One of these inputs must be given, or more of them. */
export function atLeastOneOf<const Name extends string>(...inputs: readonly Name[]): Relation<Name> {
  return { kind: 'atLeastOneOf', inputs };
}

/** No two of these inputs can be given. */
export function atMostOneOf<const Name extends string>(...inputs: readonly Name[]): Relation<Name> {
  return { kind: 'atMostOneOf', inputs };
}

/** The first input must be given when the other one is. */
export function requiredWith<const Name extends string>(required: Name, other: Name): Relation<Name> {
  return { kind: 'requiredWith', inputs: [required, other] };
}

/** Two inputs with named values can't have a name in common. */
export function distinctNames<const Name extends string>(one: Name, other: Name): Relation<Name> {
  return { kind: 'distinctNames', inputs: [one, other] };
}

/** Says that the values of two places have names in common; undefined when they have none. Values are not repeated. */
export function repeatedNames(values: unknown, others: unknown, place: string): string | undefined {
  if (!isObject(values) || !isObject(others)) return undefined;
  const repeated = Object.keys(values).filter((name) => Object.hasOwn(others, name));
  if (repeated.length === 0) return undefined;
  return `contains ${repeated.join(', ')}, which ${place} contains too. Keep each name in one of them.`;
}

/** What breaks a relation, if anything does: by the names of the inputs that apply, those that are given, and their values. */
export function relationProblem(
  { kind, inputs }: Relation,
  { applicable, given, values }: RelationFacts,
): InputProblem | undefined {
  if (kind === 'distinctNames') {
    const [one, other] = inputs;
    const problem = repeatedNames(values.get(other), values.get(one), `'${one}'`);
    return problem === undefined ? undefined : { input: other, problem };
  }
  const candidates = inputs.filter((name) => applicable.has(name));
  const [input, ...others] = candidates;
  if (input === undefined) return undefined;
  if (kind === 'requiredWith') {
    const [required, other] = inputs;
    return input === required && !given.has(required) && given.has(other)
      ? { input, problem: `is required when '${other}' is given.` }
      : undefined;
  }
  const [first, ...more] = candidates.filter((name) => given.has(name));
  if (first === undefined) return kind === 'atMostOneOf' ? undefined : { input, problem: requiredUnless(others) };
  return kind === 'atLeastOneOf' || more.length === 0
    ? undefined
    : { input: first, problem: `cannot be combined with ${quoted(more)}.` };
}

interface RelationFacts {
  readonly applicable: ReadonlySet<string>;
  readonly given: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, unknown>;
}

function requiredUnless(others: readonly string[]): string {
  return others.length === 0 ? 'is required.' : `is required, unless ${quoted(others)} is given.`;
}

function quoted(names: readonly string[]): string {
  const [last = '', ...before] = names.map((name) => `'${name}'`).reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} or ${last}`;
}
