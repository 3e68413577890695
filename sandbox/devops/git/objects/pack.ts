import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { indexPack, type PromiseFsClient, readObject } from 'isomorphic-git';
import { objectHeader, type ObjectStore, type ObjectType } from './objectStore';

const compress = promisify(deflate);

/**
 * Stores the objects of a pack, whose deltas may also lean on objects that are stored already.
 * @returns their ids
 * @throws Error if the pack is damaged
 */
export async function readPack(objects: ObjectStore, pack: Buffer): Promise<string[]> {
  if (pack.length < 32 || pack.toString('latin1', 0, 4) !== 'PACK') throw new Error('This is not a pack.');
  const checksum = createHash('sha1').update(pack.subarray(0, -20)).digest();
  if (!checksum.equals(pack.subarray(-20))) throw new Error('The pack does not match its checksum.');
  if (pack.readUInt32BE(8) === 0) return [];
  const [dir, gitdir, cache] = [folder, folder, {}];
  const fs = { promises: packFiles(objects, pack) };
  const { oids } = await indexPack({ fs, dir, gitdir, filepath: 'objects/pack/pack-received.pack', cache });
  for (const oid of oids) {
    // The functions that replace it need to know the type of the object.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const { type, object } = await readObject({ fs, dir, gitdir, cache, oid, format: 'content' });
    objects.write(type as ObjectType, Buffer.from(object as Uint8Array));
  }
  return oids;
}

const folder = '/repository';
const packFolder = `${folder}/objects/pack`;

/** What isomorphic-git reads and writes while it takes a pack apart: the pack, its index and the objects stored before. */
function packFiles(objects: ObjectStore, pack: Buffer): PromiseFsClient['promises'] {
  const files = new Map<string, Buffer>([[`${packFolder}/pack-received.pack`, pack]]);
  const missing = (path: string) => Object.assign(new Error(`${path} is not there.`), { code: 'ENOENT' });
  const read = async (path: string): Promise<Buffer> => {
    const [, start = '', rest = ''] = /^\/repository\/objects\/([\da-f]{2})\/([\da-f]{38})$/.exec(path) ?? [];
    const stored = objects.find(start + rest);
    if (stored)
      return compress(Buffer.concat([Buffer.from(objectHeader(stored.type, stored.content.length)), stored.content]));
    const file = files.get(path);
    if (!file) throw missing(path);
    return file;
  };
  const refused = (path: string) => Promise.reject(missing(path));
  return {
    readFile: read,
    stat: read,
    lstat: read,
    writeFile: (path: string, content: Uint8Array) => Promise.resolve(void files.set(path, Buffer.from(content))),
    readdir: (path: string) =>
      Promise.resolve(
        [...files.keys()].filter((file) => file.startsWith(`${path}/`)).map((file) => file.slice(path.length + 1)),
      ),
    mkdir: () => Promise.resolve(),
    rmdir: refused,
    unlink: refused,
    readlink: refused,
    symlink: refused,
  };
}

const typeNumbers: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };

/** A pack of those objects, without deltas. */
export async function writePack(objects: ObjectStore, oids: readonly string[]): Promise<Buffer> {
  const head = Buffer.alloc(12);
  head.write('PACK', 'latin1');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(oids.length, 8);
  const parts: Buffer[] = [head];
  for (const oid of oids) {
    const { type, content } = objects.read(oid);
    parts.push(entryHead(typeNumbers[type], content.length), await compress(content));
  }
  const pack = Buffer.concat(parts);
  return Buffer.concat([pack, createHash('sha1').update(pack).digest()]);
}

/** Type and length: four bits in the first byte, seven in each further one, the lowest first. */
function entryHead(type: number, length: number): Buffer {
  const bytes = [(type << 4) | (length & 15)];
  for (let rest = Math.floor(length / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 128;
    bytes.push(rest & 127);
  }
  return Buffer.from(bytes);
}
