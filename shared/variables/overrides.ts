import { mostVariables } from './limits';
import { locate } from './document/locate';
import type { Origin, Report } from './origin';
import { pathText } from './pathText';
import { readDocument } from './document/readDocument';
import { readNumber } from './document/readScalar';
import { readBranch } from './readBranch';
import { schemasAlong } from './schema/schemasAlong';
import { isBranch, isList, mapLeaves, mergeTrees, treeAt, type Branch, type Leaf, type Tree } from './tree';
import type { VariableSchema } from './schema/variableSchema';

/** Values that win over those of all files. */
export interface Overrides {
  /** By names as in `training.epochs`. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly origin: Origin;
}

/**
 * The overrides as a tree. A text is converted to the type that the schema has for it, or else to that of the value that
 * it replaces, where it can be read as such.
 */
export function readOverrides(
  { values, origin }: Overrides,
  lower: Tree,
  schema: VariableSchema,
  report: Report,
): Branch {
  let tree = readBranch(origin, new Map(), report);
  const given = Object.entries(values);
  if (given.length > mostVariables) report(origin, `has more than ${mostVariables} entries.`);
  for (const [name, value] of given.slice(0, mostVariables)) {
    let located = locate(value, origin, (message) => report(origin, `${pathText([name])} ${message}`));
    for (const step of name.split('.').reverse()) located = { origin, entries: new Map([[step, located]]) };
    if ('entries' in located) tree = mergeTrees(tree, readBranch(origin, located.entries, report));
  }
  return mapLeaves(tree, (leaf, path) => {
    if (typeof leaf.value !== 'string') return leaf;
    const wanted = typesAt(schema, path) ?? typesOf(treeAt(lower, path));
    const value = readAs(leaf.value, wanted, origin);
    const isText = isList(value) || typeof value === 'string';
    return isText ? { ...leaf, value } : { ...leaf, value, text: leaf.value };
  });
}

function typesAt(schema: VariableSchema, path: readonly string[]): readonly string[] | undefined {
  const [own] = schemasAlong(schema, path).slice(path.length);
  return typeof own?.type === 'string' ? [own.type] : own?.type;
}

function typesOf(tree: Tree | undefined): readonly string[] {
  if (!tree || isBranch(tree)) return ['string'];
  return [isList(tree.value) ? 'array' : typeof tree.value];
}

function readAs(text: string, types: readonly string[], origin: Origin): Leaf['value'] {
  if (types.includes('string')) return text;
  if (types.includes('number') || types.includes('integer')) {
    const number = readNumber(text);
    if (number !== undefined) return number;
  }
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
  if (types.includes('array') && text.startsWith('[')) return readList(text, origin) ?? text;
  return text;
}

function readList(text: string, origin: Origin): Leaf['value'] | undefined {
  const problems: string[] = [];
  const report: Report = (_, message) => void problems.push(message);
  const list = readDocument(text, origin.source, report);
  const read = list && readBranch(origin, new Map([['list', list]]), report).entries.get('list');
  return read && !isBranch(read) && problems.length === 0 ? read.value : undefined;
}
