import { isBranch, isSame, leavesOf, plainOf, textOf, treeAt, type Branch, type NamedLeaf, type Plain } from '../tree';
import { readVariableFile, type VariableFile } from '../variableFile';

/** A value of a variable file that differs between two texts. */
export interface TextChange {
  /** Without the section: `['training', 'epochs']`. */
  readonly path: readonly string[];
  /** Undefined for the values of all environments. */
  readonly environment: string | undefined;
  readonly kind: 'added' | 'changed' | 'removed';
  /** Undefined where the name is not set; null is a value that unsets. */
  readonly before: Plain | undefined;
  readonly after: Plain | undefined;
  /** How a number or a boolean is spelled now, where that is not its own text. */
  readonly text?: string;
}

/** The values that differ between two texts, in the order of the texts; undefined where one of them cannot be read. */
export function changesBetween(before: string, after: string): readonly TextChange[] | undefined {
  const [old, fresh] = [readFile(before), readFile(after)];
  if (!old || !fresh) return undefined;
  const names = new Set([...old.environments.keys(), ...fresh.environments.keys()]);
  return [undefined, ...names].flatMap((name) => changesOf(sectionOf(old, name), sectionOf(fresh, name), name));
}

/** A variable file without anything that is reported of it; an empty text has no values. */
export function readFile(text: string): VariableFile | undefined {
  return readVariableFile(text.trim() === '' ? 'variables:' : text, '', () => undefined);
}

/** The value, or all values of the map, at a path of a section; undefined where there is none. */
export function valueAt(file: VariableFile, environment: string | undefined, path: readonly string[]) {
  const section = sectionOf(file, environment);
  const tree = section && treeAt(section, path);
  return tree && plainOf(tree);
}

function sectionOf(file: VariableFile, environment: string | undefined): Branch | undefined {
  return environment === undefined ? file.variables.tree : file.environments.get(environment)?.tree;
}

function changesOf(
  before: Branch | undefined,
  after: Branch | undefined,
  environment: string | undefined,
): readonly TextChange[] {
  const was = new Map([...(before ? leavesOf(before) : [])].map((named) => [JSON.stringify(named.path), named]));
  const is = new Map([...(after ? leavesOf(after) : [])].map((named) => [JSON.stringify(named.path), named]));
  const gone = [...was]
    .filter(([key]) => !is.has(key))
    .map(([, { path, leaf }]): TextChange => {
      return { path, environment, kind: 'removed', before: leaf.value, after: undefined };
    });
  const set = [...is].flatMap(([key, named]): TextChange[] => {
    const earlier = was.get(key);
    if (earlier && isSameLeaf(earlier, named)) return [];
    const { path, leaf } = named;
    const kind = earlier ? 'changed' : 'added';
    const text = leaf.text === undefined ? {} : { text: leaf.text };
    return [{ path, environment, kind, before: earlier?.leaf.value, after: leaf.value, ...text }];
  });
  return [...gone, ...set];
}

function isSameLeaf(one: NamedLeaf, other: NamedLeaf): boolean {
  return isSame(one.leaf.value, other.leaf.value) && textOf(one.leaf) === textOf(other.leaf);
}

/**
 * The environments, of those that are asked for, whose values differ between two texts: a value for all environments is one
 * of each environment that does not set it itself.
 */
export function changedEnvironments(before: string, after: string, names: readonly string[]): readonly string[] {
  const [old, fresh] = [readFile(before), readFile(after)];
  if (!old || !fresh) return names;
  const changes = changesBetween(before, after) ?? [];
  const setsItself = (file: VariableFile, name: string, path: readonly string[]): boolean => {
    const section = sectionOf(file, name);
    const own = section && treeAt(section, path);
    return own !== undefined && !isBranch(own);
  };
  return names.filter((name) =>
    changes.some(({ environment, path }) => {
      if (environment !== undefined) return environment === name;
      return !(setsItself(old, name, path) && setsItself(fresh, name, path));
    }),
  );
}
