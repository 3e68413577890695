import { posix } from 'node:path';
import { alreadyExists, ApiError, doesNotExist, invalidParameter } from '../apiError';
import type { SandboxClock } from '../../clock';
import { type Ids, int64 } from '../ids';
import { type JsonObject } from '../json';
import type { ApiRequest, Router } from '../router';
import { restoreFiles, saveFiles, type StoredFile } from './savedFiles';

/** "If the contents of a block or of a put exceed 1 MB, this call throws MAX_BLOCK_SIZE_EXCEEDED"; a read returns as much. */
const blockLimitBytes = 1024 * 1024;

/** The files of the DBFS root, by path without the scheme: `/FileStore/x.whl`. */
export class Dbfs {
  readonly #files = new Map<string, StoredFile>();
  readonly #folders = new Map<string, number>();
  readonly #handles = new Map<string, { readonly path: string; readonly blocks: Buffer[] }>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly ids: Ids,
    private readonly changed: () => void,
  ) {
    for (const path of ['/', '/FileStore', '/tmp']) this.#folders.set(path, clock.now());
  }

  file(path: string): StoredFile | undefined {
    return this.#files.get(path);
  }

  put(path: string, bytes: Buffer, overwrite: boolean): void {
    this.#checkFree(path, overwrite);
    this.makeFolders(posix.dirname(path));
    this.#files.set(path, { bytes, modifiedAt: this.clock.now() });
    this.changed();
  }

  /** A handle to write a file block by block; the file is there from the start, and complete at the end. */
  open(path: string, overwrite: boolean): string {
    this.put(path, Buffer.alloc(0), overwrite);
    const handle = this.ids.next();
    this.#handles.set(handle, { path, blocks: [] });
    return handle;
  }

  addBlock(handle: string, bytes: Buffer): void {
    this.#opened(handle).blocks.push(bytes);
  }

  close(handle: string): void {
    const { path, blocks } = this.#opened(handle);
    this.#handles.delete(handle);
    this.put(path, Buffer.concat(blocks), true);
  }

  makeFolders(path: string): void {
    for (let at = path; !this.#folders.has(at); at = posix.dirname(at)) {
      if (this.#files.has(at)) throw alreadyExists(`A file already exists at ${at}.`);
      this.#folders.set(at, this.clock.now());
    }
    this.changed();
  }

  /** Does nothing when there is nothing at the path, as documented for clients that repeat the call. */
  remove(path: string, recursive: boolean): void {
    const below = this.#below(path);
    if (below.length > 0 && !recursive) throw new ApiError(400, 'IO_ERROR', `${path} is a non-empty directory.`);
    for (const gone of [path, ...below]) {
      this.#files.delete(gone);
      if (gone !== '/') this.#folders.delete(gone);
    }
    this.changed();
  }

  move(from: string, to: string): void {
    const file = this.#files.get(from);
    if (!file && !this.#folders.has(from)) throw missing(from);
    this.#checkFree(to, false);
    for (const path of [from, ...this.#below(from)]) {
      const target = to + path.slice(from.length);
      const moved = this.#files.get(path);
      if (moved) this.put(target, moved.bytes, false);
      else this.makeFolders(target);
    }
    this.remove(from, true);
  }

  /** @throws ApiError 404 */
  status(path: string): JsonObject {
    const file = this.#files.get(path);
    const modifiedAt = file?.modifiedAt ?? this.#folders.get(path);
    if (modifiedAt === undefined) throw missing(path);
    return { path, is_dir: !file, file_size: file?.bytes.length ?? 0, modification_time: modifiedAt };
  }

  /** What is directly in a folder, by name; a file is listed alone. @throws ApiError 404 */
  list(path: string): readonly JsonObject[] {
    const own = this.status(path);
    if (own.is_dir !== true) return [own];
    const children = this.#below(path).filter((child) => posix.dirname(child) === path);
    return children.sort().map((child) => this.status(child));
  }

  get saved() {
    return saveFiles({ folders: this.#folders, files: this.#files });
  }

  restore(saved: Dbfs['saved']): void {
    restoreFiles(saved, { folders: this.#folders, files: this.#files });
  }

  #opened(handle: string) {
    const found = this.#handles.get(handle);
    if (!found) throw doesNotExist(`Handle ${handle} does not exist.`);
    return found;
  }

  #checkFree(path: string, overwrite: boolean): void {
    const isThere = this.#folders.has(path) || (this.#files.has(path) && !overwrite);
    if (isThere) throw alreadyExists(`A file or directory already exists at the input path ${path}.`);
  }

  #below(path: string): string[] {
    const start = path === '/' ? '/' : `${path}/`;
    return [...this.#files.keys(), ...this.#folders.keys()].filter((one) => one !== path && one.startsWith(start));
  }
}

/** DBFS API 2.0 (https://docs.databricks.com/api/workspace/dbfs), of the DBFS root alone. */
export function addDbfsRoutes(router: Router, dbfs: Dbfs): void {
  const base = '/api/2.0/dbfs/';
  router.add('POST', `${base}put`, (request) => {
    dbfs.put(pathOf(request), blockOf(request, 'contents'), request.flag('overwrite'));
    return {};
  });
  router.add('POST', `${base}create`, (request) => ({
    handle: int64(dbfs.open(pathOf(request), request.flag('overwrite'))),
  }));
  router.add('POST', `${base}add-block`, (request) => {
    dbfs.addBlock(request.required('handle'), blockOf(request, 'data'));
    return {};
  });
  router.add('POST', `${base}close`, (request) => {
    dbfs.close(request.required('handle'));
    return {};
  });
  router.add('GET', `${base}read`, (request) => read(request, dbfs));
  router.add('GET', `${base}get-status`, (request) => dbfs.status(pathOf(request)));
  router.add('GET', `${base}list`, (request) => {
    const files = dbfs.list(pathOf(request));
    return files.length > 0 ? { files } : {};
  });
  router.add('POST', `${base}mkdirs`, (request) => {
    dbfs.makeFolders(pathOf(request));
    return {};
  });
  router.add('POST', `${base}delete`, (request) => {
    dbfs.remove(pathOf(request), request.flag('recursive'));
    return {};
  });
  router.add('POST', `${base}move`, (request) => {
    dbfs.move(pathOf(request, 'source_path'), pathOf(request, 'destination_path'));
    return {};
  });
}

function read(request: ApiRequest, dbfs: Dbfs): JsonObject {
  const path = pathOf(request);
  const file = dbfs.file(path);
  if (!file && dbfs.status(path).is_dir === true) throw invalidParameter(`${path} is a directory.`);
  const [offset, length] = [request.integer('offset') ?? 0, request.integer('length') ?? blockLimitBytes];
  if (length > blockLimitBytes)
    throw new ApiError(400, 'MAX_READ_SIZE_EXCEEDED', `The read length ${length} exceeds the maximum of 1 MB.`);
  const bytes = (file?.bytes ?? Buffer.alloc(0)).subarray(offset, offset + length);
  return { bytes_read: bytes.length, data: bytes.toString('base64') };
}

function blockOf(request: ApiRequest, name: string): Buffer {
  const bytes = Buffer.from(request.text(name) ?? '', 'base64');
  if (bytes.length > blockLimitBytes)
    throw new ApiError(
      400,
      'MAX_BLOCK_SIZE_EXCEEDED',
      `The block of ${bytes.length} bytes exceeds the maximum of 1 MB.`,
    );
  return bytes;
}

function pathOf(request: ApiRequest, name = 'path'): string {
  const path = dbfsPath(request.required(name));
  if (!path) throw invalidParameter(`Path must be absolute: ${request.required(name)}`);
  return path;
}

/** `/x` for `dbfs:/x` and `/x/`; undefined for a relative path. */
export function dbfsPath(given: string): string | undefined {
  const path = given.replace(/^dbfs:/, '');
  if (!path.startsWith('/')) return undefined;
  return posix.normalize(path).replace(/(.)\/$/, '$1');
}

function missing(path: string): ApiError {
  return doesNotExist(`No file or directory exists on path ${path}.`);
}
