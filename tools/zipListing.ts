/** A file in a ZIP archive. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: number;
  readonly compressedBytes: number;
}

/** The files of a ZIP archive, by name, from its central directory (APPNOTE 4.3.12, 4.3.16); folders are left out. */
export function listZip(archive: Buffer): readonly ZipEntry[] {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06'));
  if (end === -1) throw new Error('Not a ZIP archive.');
  const entries: ZipEntry[] = [];
  let offset = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = archive.readUInt16LE(offset + 28);
    entries.push({
      name: archive.toString('utf8', offset + 46, offset + 46 + nameLength),
      bytes: archive.readUInt32LE(offset + 24),
      compressedBytes: archive.readUInt32LE(offset + 20),
    });
    offset += 46 + nameLength + archive.readUInt16LE(offset + 30) + archive.readUInt16LE(offset + 32);
  }
  return entries.filter((entry) => !entry.name.endsWith('/')).sort((a, b) => (a.name < b.name ? -1 : 1));
}
