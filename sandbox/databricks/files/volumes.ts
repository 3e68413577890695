import { posix } from 'node:path';
import { ApiError, invalidParameter } from '../apiError';
import type { SandboxClock } from '../../clock';
import { pageOf } from '../pages';
import { type ApiAnswer, type ApiRequest, RawAnswer, type Router } from '../router';
import { restoreFiles, saveFiles, type StoredFile } from './savedFiles';

const notFound = (what: string) => new ApiError(404, 'NOT_FOUND', `The ${what} being accessed is not found.`);

/** How many parts the path of a root has, by its first part. Nothing is written outside of an existing root. */
const rootDepths: Readonly<Record<string, number>> = {
  /** `/Volumes/<catalog>/<schema>/<volume>` */
  Volumes: 4,
  /** `/Models/<catalog>/<schema>/<model>/<version>`: the files of model versions (`databricks_sdk_models_artifact_repo.py` of MLflow). */
  Models: 5,
  /** `/WorkspaceInternal/Mlflow/Artifacts`: the artifacts of MLflow's runs (`databricks_run_artifact_repo.py` of MLflow). */
  WorkspaceInternal: 3,
};

/** The files of the Files API, by path: those of Unity Catalog volumes and of model versions, and the artifacts of MLflow. */
export class Volumes {
  readonly #files = new Map<string, StoredFile>();
  readonly #folders = new Map<string, number>();

  /** `names` are `<catalog>.<schema>.<volume>`. */
  constructor(
    names: readonly string[],
    private readonly clock: SandboxClock,
    private readonly changed: () => void,
  ) {
    for (const name of names) this.addRoot(`/Volumes/${name.replaceAll('.', '/')}`);
    this.addRoot('/WorkspaceInternal/Mlflow/Artifacts');
  }

  /** A volume, or another folder below which files can be written. */
  addRoot(path: string): void {
    this.#folders.set(path, this.clock.now());
  }

  /** All files whose paths start so, by path. */
  below(prefix: string): readonly { readonly path: string; readonly bytes: Buffer }[] {
    return [...this.#files]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, { bytes }]) => ({ path, bytes }))
      .sort((one, other) => (one.path < other.path ? -1 : 1));
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
    const root = rootOf(path);
    if (!this.isFolder(root))
      throw new ApiError(
        404,
        'NOT_FOUND',
        `${root.startsWith('/Volumes/') ? 'Volume' : 'Model version'} '${root.split('/').slice(2).join('.')}' does not exist.`,
      );
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
    if (rootOf(path) === path) throw invalidParameter(`A volume can't be deleted with this API: ${path}`);
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

/**
 * Files API (https://docs.databricks.com/api/workspace/files).
 * @param checkWrite throws an ApiError for a path that cannot be changed
 */
export function addFilesRoutes(router: Router, volumes: Volumes, checkWrite: (path: string) => void): void {
  const [files, directories] = ['/api/2.0/fs/files/*', '/api/2.0/fs/directories/*'];

  router.add('PUT', files, (request) => {
    if (request.body.length > uploadLimitBytes) throw invalidParameter('The file is larger than 5 GiB');
    const path = pathOf(request);
    checkWrite(path);
    volumes.put(path, request.body, request.query.get('overwrite') !== 'false');
    return nothing;
  });
  for (const method of ['GET', 'HEAD'])
    router.add(method, files, (request) => {
      const file = volumes.file(pathOf(request));
      if (!file) throw notFound('file');
      return new RawAnswer(file.bytes, { headers: { 'last-modified': new Date(file.modifiedAt).toUTCString() } });
    });
  router.add('DELETE', files, (request) => {
    const path = pathOf(request);
    checkWrite(path);
    volumes.remove(path);
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
  const parts = path.split('/').slice(1);
  const depth = rootDepths[parts[0] ?? ''];
  if (depth === undefined || parts.length < depth || parts.includes('') || posix.normalize(path) !== path)
    throw invalidParameter(`Invalid path: ${path}. It must be like /Volumes/<catalog>/<schema>/<volume>/<file>.`);
  return path;
}

const rootOf = (path: string) =>
  path
    .split('/')
    .slice(0, 1 + (rootDepths[path.split('/')[1] ?? ''] ?? 0))
    .join('/');
