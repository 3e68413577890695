import type { InputProblem } from '../errors';

/** A rule about which inputs are given together. Inputs whose own `when` does not hold take no part in it. */
export type Relation<Name extends string = string> =
  | { readonly kind: 'exactlyOneOf' | 'atLeastOneOf' | 'atMostOneOf'; readonly inputs: readonly Name[] }
  | { readonly kind: 'requiredWith'; readonly inputs: readonly [required: Name, other: Name] };

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

/** What breaks a relation, if anything does: by the names of the inputs that apply, and of those that are given. */
export function relationProblem(
  { kind, inputs }: Relation,
  { applicable, given }: { readonly applicable: ReadonlySet<string>; readonly given: ReadonlySet<string> },
): InputProblem | undefined {
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

function requiredUnless(others: readonly string[]): string {
  return others.length === 0 ? 'is required.' : `is required, unless ${quoted(others)} is given.`;
}

function quoted(names: readonly string[]): string {
  const [last = '', ...before] = names.map((name) => `'${name}'`).reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} or ${last}`;
}
