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

export const overridesOrigin: Origin = { source: "input 'overrides'" };

/**
 * The variables that a step overrides, with names as in `training.epochs`. A text takes the type that the schema has
 * for it, or else that of the value which it replaces, where it can be read as such.
 */
export function readOverrides(
  overrides: Readonly<Record<string, unknown>>,
  lower: Tree,
  schema: VariableSchema,
  report: Report,
): Branch {
  const origin = overridesOrigin;
  let tree = readBranch(origin, new Map(), report);
  const given = Object.entries(overrides);
  if (given.length > mostVariables) report(origin, `has more than ${mostVariables} entries.`);
  for (const [name, value] of given.slice(0, mostVariables)) {
    let located = locate(value, origin, (message) => report(origin, `${pathText([name])} ${message}`));
    for (const step of name.split('.').reverse()) located = { origin, entries: new Map([[step, located]]) };
    if ('entries' in located) tree = mergeTrees(tree, readBranch(origin, located.entries, report));
  }
  return mapLeaves(tree, (leaf, path) => {
    if (typeof leaf.value !== 'string') return leaf;
    const wanted = typesAt(schema, path) ?? typesOf(treeAt(lower, path));
    return { ...leaf, value: readAs(leaf.value, wanted) };
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

function readAs(text: string, types: readonly string[]): Leaf['value'] {
  if (types.includes('string')) return text;
  if (types.includes('number') || types.includes('integer')) {
    const number = readNumber(text);
    if (number !== undefined) return number;
  }
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
  if (types.includes('array') && text.startsWith('[')) return readList(text) ?? text;
  return text;
}

function readList(text: string): Leaf['value'] | undefined {
  const problems: string[] = [];
  const report: Report = (_, message) => void problems.push(message);
  const list = readDocument(text, overridesOrigin.source, report);
  const read = list && readBranch(overridesOrigin, new Map([['list', list]]), report).entries.get('list');
  return read && !isBranch(read) && problems.length === 0 ? read.value : undefined;
}
