import { InvalidYaml } from '../../../yaml/invalidYaml';
import { readLocatedYaml, type YamlEntry as LocatedEntry, type YamlNode as LocatedNode } from '../../../yaml/located';
import { InvalidLine } from './requirementLines';

/** A value of a YAML document, with the line where it begins; plain values as they are written. */
export type YamlNode =
  | { readonly kind: 'text'; readonly line: number; readonly text: string }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly YamlNode[] }
  | { readonly kind: 'map'; readonly line: number; readonly entries: readonly YamlEntry[] };

export interface YamlEntry {
  readonly key: string;
  readonly line: number;
  readonly value: YamlNode;
}

/** Reads a single YAML document without aliases. Throws an InvalidLine. */
export function readYamlLines(source: string): YamlNode {
  const [root, ...others] = documentsOf(source);
  if (!root || others.length > 0) throw new InvalidLine('must have one YAML document');
  return withoutAliases(root);
}

function documentsOf(source: string): readonly LocatedNode[] {
  try {
    return readLocatedYaml(source);
  } catch (error) {
    if (!(error instanceof InvalidYaml)) throw error;
    throw new InvalidLine(error.message, { cause: error });
  }
}

function withoutAliases(node: LocatedNode): YamlNode {
  const { line } = node;
  switch (node.kind) {
    case 'scalar':
      return { kind: 'text', line, text: node.text };
    case 'list':
      return { kind: 'list', line, items: node.items.map(withoutAliases) };
    case 'map':
      return { kind: 'map', line, entries: node.entries.map(entry) };
    case 'alias':
      throw new InvalidLine('must be a map without YAML aliases');
  }
}

function entry({ key, value }: LocatedEntry): YamlEntry {
  const { line } = key;
  const name = withoutAliases(key);
  if (name.kind !== 'text') throw new InvalidLine(`has a key that is not a text at line ${line}`);
  return { key: name.text, line, value: withoutAliases(value) };
}
