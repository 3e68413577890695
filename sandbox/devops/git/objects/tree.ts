/** One line of a tree. The modes that git knows: 100644, 100755, 120000 (link), 40000 (folder), 160000 (submodule). */
export interface TreeEntry {
  readonly mode: string;
  readonly name: string;
  readonly oid: string;
}

export const folderMode = '40000';
export const submoduleMode = '160000';

/** The content of a tree object; the entries are sorted as git demands. */
export function encodeTree(entries: readonly TreeEntry[]): Buffer {
  const sorted = entries.map((entry) => ({ entry, key: sortKey(entry) })).sort((a, b) => Buffer.compare(a.key, b.key));
  const parts = sorted.flatMap(({ entry }) => [
    Buffer.from(`${entry.mode} ${entry.name}\0`),
    Buffer.from(entry.oid, 'hex'),
  ]);
  return Buffer.concat(parts);
}

/** Folders sort as if their names ended with a slash. */
const sortKey = ({ mode, name }: TreeEntry) => Buffer.from(mode === folderMode ? `${name}/` : name);

export function decodeTree(content: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0, space);
    if (space < 0 || end < 0) throw new Error('This object is not a tree.');
    entries.push({
      // Some old clients write 040000.
      mode: content.toString('latin1', at, space).replace(/^0+/, ''),
      name: content.toString('utf8', space + 1, end),
      oid: content.toString('hex', end + 1, end + 21),
    });
    at = end + 21;
  }
  return entries;
}
