import fc from 'fast-check';
import type { Fault } from '../../sandbox/http/faults';
import { isObject, type Json, parseJson, stringifyJson } from '../../shared/json';
import { isPlausible } from './plausible';
import { repeatedSecret } from './tryOut';

/** What is done to an answer, by numbers that pick a place in whatever comes. */
export interface Mutation {
  readonly kind: 'replace' | 'delete' | 'duplicate' | 'status' | 'text';
  readonly place: number;
  readonly value: Json;
  readonly status: number;
}

const statuses = [
  200, 201, 202, 203, 204, 205, 206, 207, 299, 302, 304, 400, 401, 403, 404, 409, 410, 412, 429, 500, 503,
];
const hugeText = 'x'.repeat(200_000);

/** Values that are nothing like what is documented. */
const values = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom<Json[]>(null, true, false, 0, -1, 1.5, '', 'text', [], {}, [null], [[]], [{}]),
  },
  fc.constantFrom<Json[]>({ error: 'x' }, { error_code: 'X', message: 'y' }, 1e300, 12345678901234567890n, '5', 'null'),
  fc.constantFrom<Json[]>(hugeText, '\u0000', '##vso[task.complete result=Succeeded]', '__proto__', repeatedSecret),
  // What parsers of addresses, dates, numbers, paths and patterns refuse.
  fc.constantFrom<Json[]>(
    '\ud800',
    'a\nb',
    '(',
    '..',
    '/',
    '[::1',
    'https://%',
    'xn--a',
    '2026-13-45',
    '-1',
    '1e400',
    70_000,
  ),
  fc.jsonValue({ maxDepth: 3 }).map((value) => value as Json),
);

export const mutations: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('replace' as const) },
    { weight: 2, arbitrary: fc.constant('delete' as const) },
    fc.constantFrom('duplicate' as const, 'status' as const, 'text' as const),
  ),
  place: fc.nat(10_000),
  value: values,
  status: fc.constantFrom(...statuses),
});

/** A fault that mutates the real answers. */
export interface MutatingFault extends Fault {
  /** Whether a change, or all together, were such that the answer could as well be true. */
  isPlausible(): boolean;
  /** The first answer that was changed, before and after, for a message. */
  changes(): string;
}

export function mutated(all: readonly Mutation[]): MutatingFault {
  let isAnyPlausible = false;
  let first = '';
  return {
    effect: 'rewritten',
    rewrite(status, body) {
      let answer = { status, body };
      for (const mutation of all) {
        const before = answer;
        answer = mutate(before, mutation);
        isAnyPlausible ||= answer.body !== before.body && isPlausible(jsonOf(before.body), jsonOf(answer.body));
      }
      isAnyPlausible ||= isPlausible(jsonOf(body), jsonOf(answer.body));
      first ||= `${status} ${body.slice(0, shown)}\nbecame ${answer.status} ${answer.body.slice(0, shown)}`;
      return answer;
    },
    isPlausible: () => isAnyPlausible,
    changes: () => first,
  };
}

/** How much of an answer a message shows, in characters. */
const shown = 2000;

function mutate(
  { status, body }: { readonly status: number; readonly body: string },
  { kind, place, value, status: other }: Mutation,
): { readonly status: number; readonly body: string } {
  if (kind === 'status') return { status: other, body };
  const whole = jsonOf(body);
  // A line of a watch keeps its end.
  const end = body.endsWith('\n') ? '\n' : '';
  if (kind === 'text' || whole === undefined) return { status, body: body.slice(0, place % (body.length + 1)) + end };
  const places = placesIn(whole);
  const at = places[place % places.length] ?? [];
  return { status, body: stringifyJson(changed(whole, at, kind, value)) + end };
}

type Place = readonly (string | number)[];

/** Every value in a document, the document first. */
function placesIn(value: Json, at: Place = []): readonly Place[] {
  if (Array.isArray(value)) return [at, ...value.flatMap((each: Json, index) => placesIn(each, [...at, index]))];
  if (!isObject(value)) return [at];
  return [at, ...Object.entries(value).flatMap(([name, each]) => placesIn(each as Json, [...at, name]))];
}

function changed(whole: Json, [name, ...rest]: Place, kind: Mutation['kind'], value: Json): Json {
  if (name === undefined) return kind === 'duplicate' ? [whole, whole] : kind === 'delete' ? {} : value;
  if (Array.isArray(whole)) {
    const items = whole as readonly Json[];
    return items.flatMap((item, index) => {
      if (index !== name) return [item];
      if (rest.length > 0) return [changed(item, rest, kind, value)];
      return kind === 'delete' ? [] : kind === 'duplicate' ? [item, item] : [value];
    });
  }
  return Object.fromEntries(
    Object.entries(whole as Readonly<Record<string, Json>>).flatMap(([key, each]) => {
      if (key !== name) return [[key, each]];
      if (rest.length > 0) return [[key, changed(each, rest, kind, value)]];
      return kind === 'delete' ? [] : [[key, kind === 'duplicate' ? [each, each] : value]];
    }),
  );
}

function jsonOf(body: string): Json | undefined {
  try {
    return parseJson(body) as Json;
  } catch {
    return undefined; // no JSON, such as the content of a file
  }
}
