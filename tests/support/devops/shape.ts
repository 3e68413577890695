/** What is different from a recorded shape: a line for each path. */
export interface ShapeReport {
  readonly deviations: readonly string[];
  /** Keys that the recorded answer did not have; newer versions of the service add some. */
  readonly furtherKeys: readonly string[];
}

/**
 * Compares an answer with a shape of the recordings: every key without `?` is there with its type; a text accepts
 * the narrower kinds of text.
 */
export function compareShape(shape: unknown, value: unknown): ShapeReport {
  const report = { deviations: [] as string[], furtherKeys: [] as string[] };
  compare(shape, value, '', report);
  return report;
}

interface Found {
  readonly deviations: string[];
  readonly furtherKeys: string[];
}

function compare(shape: unknown, value: unknown, at: string, found: Found): void {
  const differs = (expected: string) =>
    found.deviations.push(`${at || '.'}: ${expected} expected, ${kindOf(value)} found`);
  if (typeof shape === 'string') {
    if (!shape.split('|').some((kind) => isOfKind(kind, value))) differs(shape);
  } else if (Array.isArray(shape)) {
    if (!Array.isArray(value)) differs('list');
    else if (shape.length > 0) for (const each of value) compare(shape[0], each, `${at}[]`, found);
  } else compareObject(shape as Readonly<Record<string, unknown>>, value, at, found);
}

function compareObject(shape: Readonly<Record<string, unknown>>, value: unknown, at: string, found: Found): void {
  if ('@null' in shape) {
    if (value !== null) compare(shape['@null'], value, at, found);
    return;
  }
  if ('@any' in shape) {
    const kinds = (shape['@any'] as readonly unknown[]).map((kind) => compareShape(kind, value).deviations);
    if (!kinds.some(({ length }) => length === 0)) found.deviations.push(...(kinds[0] ?? []));
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    found.deviations.push(`${at || '.'}: object expected, ${kindOf(value)} found`);
    return;
  }
  const object = value as Readonly<Record<string, unknown>>;
  if ('*' in shape) {
    for (const [key, each] of Object.entries(object)) compare(shape['*'], each, `${at}.${key}`, found);
    return;
  }
  const keys = Object.keys(shape);
  for (const key of keys) {
    const name = key.replace(/\?$/, '');
    if (name in object) compare(shape[key], object[name], `${at}.${name}`, found);
    else if (name === key) found.deviations.push(`${at}.${name}: missing`);
  }
  for (const key of Object.keys(object))
    if (!keys.includes(key) && !keys.includes(`${key}?`)) found.furtherKeys.push(`${at}.${key}`);
}

const guid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const texts: Readonly<Record<string, RegExp>> = {
  string: /^/,
  guid,
  datetime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  'datetime-noZ': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/,
  sha1: /^[\da-f]{40}$/,
  url: /^https?:\/\//,
  vstfs: /^vstfs:\/\/\//,
  descriptor: /^[a-z]+\.[\w-]+$/i,
};

function isOfKind(kind: string, value: unknown): boolean {
  switch (kind) {
    case 'null':
      return value === null;
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return Number.isInteger(value);
    case 'num':
      return typeof value === 'number';
    default:
      return typeof value === 'string' && (texts[kind]?.test(value) ?? false);
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'num';
  if (typeof value !== 'string') return typeof value;
  const kind = ['guid', 'datetime', 'datetime-noZ', 'sha1', 'url', 'vstfs'].find((each) => isOfKind(each, value));
  return kind ?? `string '${value.slice(0, 40)}'`;
}
