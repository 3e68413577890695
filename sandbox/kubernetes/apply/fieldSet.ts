import { isObject, type JsonObject } from '../json';

/**
 * A set of fields as a tree. A key is a path element in the form of `fieldsV1`: `f:<field>`, `k:<keys of a list item>`
 * or `v:<value of a set>`.
 */
export interface FieldSet {
  /** Whether the field itself is in the set, besides what is below it. */
  isMember: boolean;
  readonly children: Map<string, FieldSet>;
}

export const emptySet = (): FieldSet => ({ isMember: false, children: new Map() });

export function childSet(set: FieldSet, key: string): FieldSet {
  let child = set.children.get(key);
  if (!child) set.children.set(key, (child = emptySet()));
  return child;
}

export function isEmpty({ isMember, children }: FieldSet): boolean {
  if (isMember) return false;
  for (const child of children.values()) if (!isEmpty(child)) return false;
  return true;
}

export const union = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (inA, inB) => inA || inB);
export const intersection = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (inA, inB) => inA && inB);
/** The first set itself where they have nothing in common. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet =>
  overlaps(a, b) ? combine(a, b, (inA, inB) => inA && !inB) : a;

const nothing = emptySet();

function combine(a: FieldSet, b: FieldSet, isIn: (inA: boolean, inB: boolean) => boolean): FieldSet {
  const set: FieldSet = { isMember: isIn(a.isMember, b.isMember), children: new Map() };
  const add = (key: string, child: FieldSet): void => {
    if (!isEmpty(child)) set.children.set(key, child);
  };
  for (const [key, child] of a.children) add(key, combine(child, b.children.get(key) ?? nothing, isIn));
  for (const [key, child] of b.children) if (!a.children.has(key)) add(key, combine(nothing, child, isIn));
  return set;
}

function overlaps(a: FieldSet, b: FieldSet): boolean {
  if (a.isMember && b.isMember) return true;
  for (const [key, child] of b.children) {
    const other = a.children.get(key);
    if (other && overlaps(other, child)) return true;
  }
  return false;
}

export const sameSets = (a: FieldSet, b: FieldSet): boolean =>
  a === b || isEmpty(combine(a, b, (inA, inB) => inA !== inB));

/** The set without the fields at and below some paths. */
export function withoutPaths(set: FieldSet, paths: readonly (readonly string[])[]): FieldSet {
  const kept: FieldSet = { isMember: set.isMember, children: new Map() };
  for (const [key, child] of set.children) {
    const below = paths.filter(([first]) => first === key).map((path) => path.slice(1));
    if (below.some((path) => path.length === 0)) continue;
    const rest = below.length > 0 ? withoutPaths(child, below) : child;
    if (!isEmpty(rest)) kept.children.set(key, rest);
  }
  return kept;
}

export function fromFieldsV1(fields: JsonObject): FieldSet {
  const set = emptySet();
  for (const [key, value] of Object.entries(fields)) {
    if (key === '.') {
      set.isMember = true;
      continue;
    }
    const below = isObject(value) ? value : {};
    const child = fromFieldsV1(below);
    if (Object.keys(below).length === 0) child.isMember = true;
    set.children.set(key, child);
  }
  return set;
}

export function toFieldsV1({ isMember, children }: FieldSet): JsonObject {
  const fields: JsonObject = isMember && children.size > 0 ? { '.': {} } : {};
  for (const key of [...children.keys()].sort()) fields[key] = toFieldsV1(children.get(key) ?? nothing);
  return fields;
}

/** The paths of all members as the server writes them: `.spec.containers[name="a"].image`. */
export function pathsOf(set: FieldSet, prefix = ''): string[] {
  const paths = set.isMember && prefix ? [prefix] : [];
  for (const [key, child] of set.children) paths.push(...pathsOf(child, prefix + elementText(key)));
  return paths;
}

export function elementText(key: string): string {
  const rest = key.slice(2);
  if (key.startsWith('f:')) return `.${rest}`;
  if (key.startsWith('v:')) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as JsonObject);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}
