const endOfDirectory = Buffer.from('PK\x05\x06', 'latin1');
const directoryEntry = Buffer.from('PK\x01\x02', 'latin1');

/**
 * The notebooks that an archive becomes, by path relative to its folder; undefined when the file is not an archive. Their
 * entries are named `<path>.<language>`; a folder that contains everything else is the archive's own.
 */
export function archiveNotebooks(archive: Buffer): ReadonlySet<string> | undefined {
  const names = entryNames(archive);
  const paths = names?.flatMap((name) => /^(.+)\.(?:python|scala|sql|r)$/i.exec(name)?.[1] ?? []);
  if (!names || !paths) return undefined;
  const folders = names.filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1));
  const tops = new Set([...paths, ...folders].map((path) => path.split('/', 1)[0]));
  const isWrapped = tops.size === 1 && paths.every((path) => path.includes('/'));
  return new Set(isWrapped ? paths.map((path) => path.slice(path.indexOf('/') + 1)) : paths);
}

/** Reads the central directory of a zip file: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.12 and 4.3.16. */
function entryNames(zip: Buffer): readonly string[] | undefined {
  const end = zip.lastIndexOf(endOfDirectory);
  if (end < 0 || end + 22 > zip.length) return undefined;
  const names: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (at + 46 > end || !zip.subarray(at, at + 4).equals(directoryEntry)) return undefined;
    const nameBytes = zip.readUInt16LE(at + 28);
    names.push(zip.toString('utf8', at + 46, at + 46 + nameBytes));
    at += 46 + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return names;
}
