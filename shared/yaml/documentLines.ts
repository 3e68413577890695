import type { DocumentPath } from '../finding';
import { readLocatedYaml, type YamlEntry, type YamlMap, type YamlNode } from './located';

/**
 * For a document of a valid YAML or JSON text, by default the first: tells the line, from 1, on which the value at a path
 * begins; for an entry of a map that is the line of its name. What is not there has the line of what would hold it.
 */
export function documentLines(text: string, index = 0): (path: DocumentPath) => number {
  const root = readLocatedYaml(text)[index];
  const entries = new Map<YamlMap, ReadonlyMap<string, YamlEntry>>();

  function entryOf(map: YamlMap, name: string): YamlEntry | undefined {
    let known = entries.get(map);
    if (!known) {
      const named = map.entries.flatMap((entry): [string, YamlEntry][] =>
        entry.key.kind === 'scalar' ? [[entry.key.text, entry]] : [],
      );
      known = new Map(named);
      entries.set(map, known);
    }
    return known.get(name);
  }

  function partOf(
    node: YamlNode | undefined,
    step: string,
  ): { readonly line: number; readonly node: YamlNode } | undefined {
    const holder = node?.kind === 'alias' ? node.target : node;
    if (holder?.kind === 'list') {
      const item = holder.items[Number(step)];
      return item && { line: item.line, node: item };
    }
    const entry = holder?.kind === 'map' ? entryOf(holder, step) : undefined;
    return entry && { line: entry.key.line, node: entry.value };
  }

  return (path) => {
    let node = root;
    let line = root?.line ?? 1;
    for (const step of path) {
      const part = partOf(node, String(step)) ?? partOf(partOf(node, '<<')?.node, String(step));
      if (!part) break;
      ({ node, line } = part);
    }
    return line;
  };
}
