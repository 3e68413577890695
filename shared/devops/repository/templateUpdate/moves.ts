import { blobObject, type TreeEntry } from '../git/objects';

type Tree = ReadonlyMap<string, TreeEntry>;

/**
 * Where files went that were renamed without another change: from the path before to the path after. Where two files have
 * the same content, nobody can tell which is which, and none of them is followed.
 */
export function movesOf(before: Tree, after: Tree): ReadonlyMap<string, string> {
  const gone = byContent(before, after);
  const come = byContent(after, before);
  const moves = new Map<string, string>();
  for (const [id, [from, ...others]] of gone) {
    const [to, ...more] = come.get(id) ?? [];
    if (from !== undefined && to !== undefined && others.length === 0 && more.length === 0) moves.set(from, to);
  }
  return moves;
}

/** All empty files have the same content. */
const emptyId = blobObject(new Uint8Array()).id;

/** The paths that only the first tree has, by what they contain. */
function byContent(tree: Tree, other: Tree): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, string[]>();
  for (const [path, { id }] of tree)
    if (!other.has(path) && id !== emptyId) paths.set(id, [...(paths.get(id) ?? []), path]);
  return paths;
}
