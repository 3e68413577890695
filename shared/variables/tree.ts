import type { Origin } from './origin';
import type { Scalar } from './document/readScalar';

export type Plain = Scalar | readonly Plain[] | { readonly [name: string]: Plain };

/** A value: null unsets what is below it. */
export interface Leaf {
  readonly origin: Origin;
  /** The origins of the values that this one replaced, the nearest first. */
  readonly overridden: readonly Origin[];
  readonly value: Scalar | readonly Plain[];
  /** What was written for a number or a boolean, such as `1.10` for 1.1. Its own text, if undefined. */
  readonly text?: string | undefined;
  /** The value can't be used; the problem has been reported where it is. */
  readonly isUnknown?: true;
}

/** A map of variables. */
export interface Branch {
  readonly origin: Origin;
  readonly overridden: readonly Origin[];
  readonly entries: ReadonlyMap<string, Tree>;
  /** It replaced a value or a null, so nothing below that is merged into it. */
  readonly replaces: boolean;
}

export type Tree = Leaf | Branch;

export function isBranch(tree: Tree): tree is Branch {
  return 'entries' in tree;
}

/**
 * Merges one tree over another: maps are merged name by name, anything else replaces what is below. The operation is
 * associative: a null is kept until the end, and a branch records that it replaced something.
 */
export function mergeTrees(lower: Tree, upper: Branch): Branch;
export function mergeTrees(lower: Tree, upper: Tree): Tree;
export function mergeTrees(lower: Tree, upper: Tree): Tree {
  const overridden = [...upper.overridden, lower.origin, ...lower.overridden];
  if (!isBranch(upper)) return { ...upper, overridden };
  if (!isBranch(lower) || upper.replaces) return { ...upper, overridden, replaces: true };
  const entries = new Map(lower.entries);
  for (const [name, tree] of upper.entries) {
    const below = entries.get(name);
    entries.set(name, below ? mergeTrees(below, tree) : tree);
  }
  return { ...upper, overridden, entries, replaces: lower.replaces };
}

/** The paths that are a map in one tree and a value in the other; null is neither. */
export function* clashes(lower: Tree, upper: Tree, path: readonly string[] = []): Generator<NamedTree> {
  const isValue = (tree: Tree): boolean => !isBranch(tree) && tree.value !== null;
  if ((isBranch(lower) && isValue(upper)) || (isBranch(upper) && isValue(lower))) yield { path, lower, upper };
  else if (isBranch(lower) && isBranch(upper))
    for (const [name, tree] of upper.entries) {
      const below = lower.entries.get(name);
      if (below) yield* clashes(below, tree, [...path, name]);
    }
}

interface NamedTree {
  readonly path: readonly string[];
  readonly lower: Tree;
  readonly upper: Tree;
}

export interface NamedLeaf {
  readonly path: readonly string[];
  readonly leaf: Leaf;
}

/** A value as text: as it was written, and a list as JSON. */
export function textOf({ value, text }: Pick<Leaf, 'value' | 'text'>): string {
  return text ?? (isList(value) ? JSON.stringify(value) : String(value));
}

/** All values of a tree, in order. */
export function* leavesOf(tree: Tree, path: readonly string[] = []): Generator<NamedLeaf> {
  if (!isBranch(tree)) yield { path, leaf: tree };
  else for (const [name, below] of tree.entries) yield* leavesOf(below, [...path, name]);
}

/** The same tree with each value changed. */
export function mapLeaves(
  tree: Branch,
  change: (leaf: Leaf, path: readonly string[]) => Leaf,
  path: readonly string[] = [],
): Branch {
  const entries = [...tree.entries].map(([name, below]): [string, Tree] => {
    const at = [...path, name];
    return [name, isBranch(below) ? mapLeaves(below, change, at) : change(below, at)];
  });
  return { ...tree, entries: new Map(entries) };
}

/** The value or map at a path; undefined if there is none. */
export function treeAt(tree: Tree, path: readonly string[]): Tree | undefined {
  let found: Tree | undefined = tree;
  for (const name of path) found = found && isBranch(found) ? found.entries.get(name) : undefined;
  return found;
}

/** The plain values, without those that are unset. */
export function plainOf(tree: Tree): Plain {
  if (!isBranch(tree)) return tree.value;
  const entries = [...tree.entries].map(([name, below]) => [name, plainOf(below)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

/** A plain value as a tree, with one origin for all its parts. */
export function treeOf(value: Plain, origin: Origin): Tree {
  if (typeof value !== 'object' || value === null || isList(value)) return { origin, overridden: [], value };
  const entries = Object.entries(value).map(([name, below]) => [name, treeOf(below, origin)] as const);
  return { origin, overridden: [], entries: new Map(entries), replaces: false };
}

/** Whether two values are the same, including their type. */
export function isSame(a: Plain, b: Plain): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function isList(value: unknown): value is readonly Plain[] {
  return Array.isArray(value);
}
