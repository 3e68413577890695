import { isList, type Json } from '../json';

/** Names in maps and positions in lists, from the outside in. */
export type JsonPath = readonly (string | number)[];

/**
 * Reads a path such as `$.predictions[0].label` or `$['a name']`; the `$` may be left out. A negative position counts
 * from the end. Undefined when the text is not such a path.
 */
export function parseJsonPath(text: string): JsonPath | undefined {
  const steps: (string | number)[] = [];
  let rest = text.trim().replace(/^\$/, '');
  if (/^[^.[]/.test(rest)) rest = `.${rest}`;
  while (rest !== '') {
    const [whole, name, index, quoted] = /^(?:\.([^.[\]'"]+)|\[(-?\d+)\]|\[('[^']*'|"[^"]*")\])/.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    if (name !== undefined) steps.push(name);
    else steps.push(index === undefined ? (quoted ?? '').slice(1, -1) : Number(index));
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** The value at a path; undefined when there is none. */
export function valueAt(document: Json, path: JsonPath): Json | undefined {
  let value: Json | undefined = document;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (typeof step === 'number') value = isList(value) ? value.at(step) : undefined;
    else value = isList(value) || !Object.hasOwn(value, step) ? undefined : value[step];
  }
  return value;
}
