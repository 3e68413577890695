import { get, scalar, type Entry, type MappingNode, type Node } from '../yaml/node';

/** The `resources` of a pipeline and of the template that it extends: the lists of both, each kind for itself. */
export function mergeResources(given: readonly (Node | undefined)[]): Entry[] {
  const present = given.filter((node) => node !== undefined);
  const [first, second] = present.filter((node) => node.kind === 'mapping');
  const merged = first && second ? merge(first, second) : (first ?? present[0]);
  return merged ? [{ key: scalar('resources', merged.at), value: merged }] : [];
}

function merge(first: MappingNode, second: MappingNode): MappingNode {
  const both = first.entries.map((entry): Entry => {
    const other = get(second, entry.key.text);
    if (entry.value.kind !== 'sequence' || other?.kind !== 'sequence') return entry;
    return { ...entry, value: { ...entry.value, items: [...entry.value.items, ...other.items] } };
  });
  const others = second.entries.filter(({ key }) => !get(first, key.text));
  return { ...first, entries: [...both, ...others] };
}
