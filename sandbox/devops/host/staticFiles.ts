import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Answer, Received } from '../../http/httpServer';

const compress = promisify(gzip);

interface StaticFile {
  readonly contentType: string;
  readonly bytes: Buffer;
  /** Undefined for what is compressed already. */
  readonly compressed: Buffer | undefined;
  readonly etag: string;
}

/** By ending; the network that serves extensions does not have a type for other files. */
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
};
const compressedTypes = new Set(['.png']);

/**
 * The files of a folder as they were when it was read, by their paths in it. Nothing else can be asked for: a path is
 * looked up among them, and never opened.
 */
export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>;
  /** Changes with every file: part of the address that files are kept under. */
  readonly version: string;

  private constructor(files: ReadonlyMap<string, StaticFile>) {
    this.#files = files;
    const hash = createHash('sha256');
    for (const [name, { etag }] of [...files].sort(([left], [right]) => (left < right ? -1 : 1)))
      hash.update(`${name} ${etag}\n`);
    this.version = hash.digest('hex').slice(0, 16);
  }

  /** @throws Error when there is no such folder */
  static async read(folder: string): Promise<StaticFiles> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return new StaticFiles(
      new Map(
        await Promise.all(
          files.map(async ({ parentPath, name }) => {
            const file = path.join(parentPath, name);
            const key = path.relative(folder, file).split(path.sep).join('/');
            return [key, await readStaticFile(file)] as const;
          }),
        ),
      ),
    );
  }

  has(name: string): boolean {
    return this.#files.has(name);
  }

  /** @param name the path below the folder, decoded; undefined when there is no such file */
  answer(name: string, { headers }: Received): Answer | undefined {
    const file = this.#files.get(name);
    if (!file) return undefined;
    const common = {
      etag: file.etag,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
    };
    if (headers['if-none-match'] === file.etag) return { status: 304, headers: common, body: Buffer.alloc(0) };
    const accepted = headers['accept-encoding']?.toString() ?? '';
    const zipped = /\bgzip\b/.test(accepted) ? file.compressed : undefined;
    return {
      status: 200,
      headers: { ...common, 'content-type': file.contentType, ...(zipped && { 'content-encoding': 'gzip' }) },
      body: zipped ?? file.bytes,
    };
  }
}

/** By the etag of the bytes: a process that starts one host after another compresses the same files once. */
const compressed = new Map<string, Promise<Buffer>>();

async function readStaticFile(file: string): Promise<StaticFile> {
  const bytes = await readFile(file);
  const ending = path.extname(file).toLowerCase();
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
  return {
    contentType: contentTypes[ending] ?? 'application/octet-stream',
    bytes,
    compressed: compressedTypes.has(ending) ? undefined : await compressOnce(bytes, etag),
    etag,
  };
}

function compressOnce(bytes: Buffer, etag: string): Promise<Buffer> {
  const begun = compressed.get(etag) ?? compress(bytes, { level: 9 });
  compressed.set(etag, begun);
  return begun;
}
