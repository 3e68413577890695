import type { JsonMap, Json } from '../../../shared/json';
import { specTypes, specWords } from '../../../shared/databricks/specs/specTypes';

export type Path = readonly (string | number)[];

/** One field of a type of the API, however deep, with two values that it can have. */
export interface Setting {
  readonly path: Path;
  readonly value: Json;
  readonly other: Json;
}

/** All fields of a type that do not consist of fields themselves; a task that is repeated repeats none. */
export function settingsOf(type: string, path: Path = []): readonly Setting[] {
  return Object.entries(specTypes[type] ?? {}).flatMap(([field, written]) => {
    const kind = written.replace('!', '');
    const at = [...path, field];
    if (field === 'for_each_task' && path.includes('for_each_task')) return [];
    const inside = kind.replace('[]', '');
    if (specTypes[inside]) return settingsOf(inside, kind.endsWith('[]') ? [...at, 0] : at);
    return [{ path: at, value: sample(kind, 0), other: sample(kind, 1) }];
  });
}

/** Settings that are tried together: those of one part of a specification, but for some that are tried alone. */
export function groupsOf(
  settings: readonly Setting[],
  isAlone: (path: Path) => boolean,
): readonly (readonly Setting[])[] {
  const groups = new Map<string, Setting[]>();
  for (const setting of settings) {
    const { path } = setting;
    const key = (isAlone(path) ? path : path.slice(0, -1)).join('.');
    groups.set(key, [...(groups.get(key) ?? []), setting]);
  }
  return [...groups.values()];
}

/** Such as `schedule: pause_status, timezone_id`. */
export function groupTitle(group: readonly Setting[]): string {
  const parent = group[0]?.path.slice(0, -1).join('.') ?? '';
  return `${parent === '' ? '' : `${parent}: `}${group.map(({ path }) => String(path.at(-1))).join(', ')}`;
}

/** A value of a type without fields. Texts look like references to secrets, which are not secret themselves. */
function sample(kind: string, index: number): Json {
  if (kind.endsWith('[]')) return ['z', 'a'].map((name) => sampleText(kind.slice(0, -2), index, name));
  if (kind.endsWith('{}')) return { key: sampleText(kind.slice(0, -2), index) };
  if (kind === 'number') return 20 + index;
  if (kind === 'boolean') return index === 0;
  return sampleText(kind, index);
}

function sampleText(kind: string, index: number, name = 'key'): Json {
  return specWords[kind]?.at(index - 2) ?? `{{secrets/scope${index}/${name}}}`;
}

/** A document of a type with a value at a path, and with whatever is required around it. */
export function documentWith(type: string, [field, ...rest]: Path, value: Json): JsonMap {
  const fields = specTypes[type] ?? {};
  const required = Object.entries(fields).filter(([name, kind]) => kind.endsWith('!') && name !== field);
  const around = required.map(([name, kind]) => [name, minimum(kind.slice(0, -1))] as const);
  const kind = (fields[String(field)] ?? '').replace('!', '');
  const inner = kind.replace('[]', '');
  const inside: Json =
    rest.length === 0
      ? value
      : kind.endsWith('[]')
        ? [documentWith(inner, rest.slice(1), value)]
        : documentWith(inner, rest, value);
  return { ...Object.fromEntries(around), [String(field)]: inside };
}

function minimum(kind: string): Json {
  const inner = kind.replace('[]', '');
  if (!specTypes[inner]) return sample(kind, 0);
  const fields = Object.entries(specTypes[inner]).filter(([, written]) => written.endsWith('!'));
  const map = Object.fromEntries(fields.map(([name, written]) => [name, minimum(written.slice(0, -1))]));
  return kind.endsWith('[]') ? [map] : map;
}

export function valueAt(document: Json | undefined, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((value, name) => (value as JsonMap | undefined)?.[name], document);
}

/** The document with another value at a path; undefined takes it out. What leads there is made where it is missing. */
export function withValueAt(document: Json | undefined, [name, ...rest]: Path, value: Json | undefined): Json {
  if (name === undefined) return value ?? null;
  if (typeof name === 'number') {
    const list = Array.isArray(document) ? (document as readonly Json[]) : [];
    if (list.length === 0 && value === undefined) return list;
    return list.length === 0
      ? [withValueAt({}, rest, value)]
      : list.map((entry, index) => (index === name ? withValueAt(entry, rest, value) : entry));
  }
  const map = (document ?? {}) as JsonMap;
  if (rest.length > 0) {
    if (map[name] === undefined && value === undefined) return map;
    return { ...map, [name]: withValueAt(map[name], rest, value) };
  }
  return Object.fromEntries([
    ...Object.entries(map).filter(([field]) => field !== name),
    ...(value === undefined ? [] : [[name, value] as const]),
  ]);
}
