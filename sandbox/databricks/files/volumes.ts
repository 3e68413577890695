import { posix } from 'node:path';
import { ApiError, invalidParameter } from '../apiError';
import type { SandboxClock } from '../../clock';
import { pageOf } from '../pages';
import { type ApiAnswer, type ApiRequest, RawAnswer, type Router } from '../router';
import { restoreFiles, saveFiles, type StoredFile } from './savedFiles';

const notFound = (what: string) => new ApiError(404, 'NOT_FOUND', `The ${what} being accessed is not found.`);

/** The files of the Unity Catalog volumes, by path: `/Volumes/<catalog>/<schema>/<volume>/…`. */
export class Volumes {
  readonly #files = new Map<string, StoredFile>();
  readonly #folders = new Map<string, number>();

  /** `names` are `<catalog>.<schema>.<volume>`. */
  constructor(
    names: readonly string[],
    private readonly clock: SandboxClock,
    private readonly changed: () => void,
  ) {
    for (const name of names) this.#folders.set(`/Volumes/${name.replaceAll('.', '/')}`, clock.now());
  }

  file(path: string): StoredFile | undefined {
    return this.#files.get(path);
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  /** Writes a file and the folders above it. @throws ApiError 404 without the volume, 409 for a file that exists */
  put(path: string, bytes: Buffer, overwrite: boolean): void {
    if (this.isFolder(path)) throw new ApiError(409, 'ALREADY_EXISTS', `A directory already exists at ${path}.`);
    if (this.#files.has(path) && !overwrite)
      throw new ApiError(409, 'ALREADY_EXISTS', 'The file being created already exists.');
    this.makeFolders(posix.dirname(path));
    this.#files.set(path, { bytes, modifiedAt: this.clock.now() });
    this.changed();
  }

  makeFolders(path: string): void {
    const volume = path.split('/').slice(0, 5).join('/');
    if (!this.isFolder(volume))
      throw new ApiError(404, 'NOT_FOUND', `Volume '${volume.slice(9).replaceAll('/', '.')}' does not exist.`);
    for (let at = path; !this.isFolder(at); at = posix.dirname(at)) {
      if (this.#files.has(at)) throw new ApiError(409, 'ALREADY_EXISTS', `A file already exists at ${at}.`);
      this.#folders.set(at, this.clock.now());
    }
    this.changed();
  }

  remove(path: string): void {
    if (!this.#files.delete(path)) throw notFound('file');
    this.changed();
  }

  removeFolder(path: string): void {
    if (this.#children(path).length > 0)
      throw new ApiError(400, 'FILES_API_DIRECTORY_IS_NOT_EMPTY', `The directory being deleted is not empty: ${path}`);
    if (path.split('/').length <= 5) throw invalidParameter(`A volume can't be deleted with this API: ${path}`);
    this.#folders.delete(path);
    this.changed();
  }

  /** What is directly in a folder, by name. @throws ApiError 404 */
  list(path: string) {
    return this.#children(path).map((child) => {
      const file = this.#files.get(child);
      return {
        path: child,
        name: posix.basename(child),
        is_directory: !file,
        ...(file && { file_size: file.bytes.length }),
        last_modified: file?.modifiedAt ?? this.#folders.get(child),
      };
    });
  }

  get saved() {
    return saveFiles({ folders: this.#folders, files: this.#files });
  }

  restore(saved: Volumes['saved']): void {
    restoreFiles(saved, { folders: this.#folders, files: this.#files });
  }

  #children(path: string): string[] {
    if (!this.isFolder(path)) throw notFound('directory');
    return [...this.#files.keys(), ...this.#folders.keys()].filter((child) => posix.dirname(child) === path).sort();
  }
}

/** "Uploads a file of up to 5 GiB." */
const uploadLimitBytes = 5 * 1024 ** 3;
const nothing = new RawAnswer(Buffer.alloc(0), { status: 204 });

/** Files API (https://docs.databricks.com/api/workspace/files). */
export function addFilesRoutes(router: Router, volumes: Volumes): void {
  const [files, directories] = ['/api/2.0/fs/files/*', '/api/2.0/fs/directories/*'];

  router.add('PUT', files, (request) => {
    if (request.body.length > uploadLimitBytes) throw invalidParameter('The file is larger than 5 GiB');
    volumes.put(pathOf(request), request.body, request.query.get('overwrite') !== 'false');
    return nothing;
  });
  for (const method of ['GET', 'HEAD'])
    router.add(method, files, (request) => {
      const file = volumes.file(pathOf(request));
      if (!file) throw notFound('file');
      return new RawAnswer(file.bytes, { headers: { 'last-modified': new Date(file.modifiedAt).toUTCString() } });
    });
  router.add('DELETE', files, (request) => {
    volumes.remove(pathOf(request));
    return nothing;
  });

  router.add('PUT', directories, (request) => {
    volumes.makeFolders(pathOf(request));
    return nothing;
  });
  router.add('HEAD', directories, (request) => {
    if (!volumes.isFolder(pathOf(request))) throw notFound('directory');
    return new RawAnswer(Buffer.alloc(0));
  });
  router.add('GET', directories, (request): ApiAnswer => {
    const page = pageOf(
      volumes.list(pathOf(request)),
      request.integer('page_size') || 1000,
      request.text('page_token') || undefined,
    );
    return {
      ...(page.items.length > 0 && { contents: page.items }),
      ...(page.nextToken && { next_page_token: page.nextToken }),
    };
  });
  router.add('DELETE', directories, (request) => {
    volumes.removeFolder(pathOf(request));
    return nothing;
  });
}

function pathOf({ rest }: ApiRequest): string {
  const path = `/${decodeURIComponent(rest)}`.replace(/\/+$/, '');
  if (!/^\/Volumes(\/[^/]+){3}/.test(path) || posix.normalize(path) !== path)
    throw invalidParameter(`Invalid path: ${path}. It must be like /Volumes/<catalog>/<schema>/<volume>/<file>.`);
  return path;
}
