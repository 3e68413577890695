import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { GitObject, ObjectType } from './objects';

const compress = promisify(deflate);
/** https://git-scm.com/docs/pack-format: the types of entries. */
const typeNumbers: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3 };

/** The objects as a pack of version 2, each whole: templates have no versions from which deltas could be made. */
export async function packOf(objects: readonly GitObject[]): Promise<Buffer> {
  const header = Buffer.alloc(12);
  header.write('PACK');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(objects.length, 8);
  const parts: Buffer[] = [header];
  for (const { type, content } of objects) parts.push(entryHead(type, content.length), await compress(content));
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return Buffer.concat([...parts, hash.digest()]);
}

/** The type and the size: four bits of the size beside the type, then seven in each byte, the lowest first. */
function entryHead(type: ObjectType, size: number): Buffer {
  const bytes: number[] = [];
  let byte = (typeNumbers[type] << 4) | (size & 0x0f);
  for (let rest = Math.floor(size / 16); ; rest = Math.floor(rest / 128)) {
    bytes.push(rest > 0 ? byte | 0x80 : byte);
    if (rest === 0) return Buffer.from(bytes);
    byte = rest & 0x7f;
  }
}
