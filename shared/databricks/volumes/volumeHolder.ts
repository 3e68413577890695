import { posix } from 'node:path';
import type { HttpClient } from '../../http/httpClient';
import { FilesApi, type VolumeEntry } from '../api/files';
import type { WorkspaceObject } from '../api/workspace';
import type { FolderStore, Holder } from '../notebooks/holder';
import { volumeOf } from './volumeFolder';

/** "Uploads a file of up to 5 GiB": https://docs.databricks.com/api/workspace/files/upload. */
const mostBytes = 5 * 1024 ** 3;
/** A larger file is not compared by its content, which would be in memory as a whole. */
const mostComparedBytes = 64 * 1024 ** 2;

/** The volumes of Unity Catalog, for one step. */
export function volumeHolder(): Holder {
  /** By path, as they were listed last. */
  const sizes = new Map<string, number>();
  return {
    noun: 'volume',
    done: 'uploaded',
    summaryTitle: 'Files uploaded',
    task: 'UploadToVolume',
    // Also a notebook or an archive stays the file that it is.
    detect: (path) => ({ kind: 'file', format: 'AUTO', path, mostBytes }),
    needsContent: () => true,
    open: (http) => volumeStore(http, sizes),
    folderUrl: volumePage,
  };
}

/** The page of a folder in Catalog Explorer. */
function volumePage(workspaceUrl: string, folder: string): string {
  const volume = volumeOf(folder).split('/').slice(2).map(encodeURIComponent).join('/');
  return `${workspaceUrl}/explore/data/volumes/${volume}?volumePath=${encodeURIComponent(folder)}`;
}

/** Files have no IDs: what tells one content of a file from another are its size and its time. */
function volumeStore(http: HttpClient, sizes: Map<string, number>): FolderStore {
  const api = new FilesApi(http);

  async function list(folder: string): Promise<readonly WorkspaceObject[] | undefined> {
    const entries = await api.list(folder);
    for (const { path, sizeBytes } of entries ?? []) sizes.set(path, sizeBytes);
    return entries?.map(objectOf);
  }

  /** A list that leaves out what exists is not believed: what it left out has no time, so it is like nothing that was seen. */
  async function status(path: string): Promise<WorkspaceObject | undefined> {
    const kind = await api.kindAt(path);
    if (kind === undefined) return undefined;
    // The answer for one file has its time in whole seconds; that of its folder in milliseconds.
    const listed = (await list(posix.dirname(path)))?.find((object) => object.path === path);
    return (
      listed ?? objectOf({ path, isFolder: kind === 'folder', sizeBytes: sizes.get(path) ?? 0, modifiedAt: undefined })
    );
  }

  return {
    list,
    status,
    export: async (path) => ((sizes.get(path) ?? 0) > mostComparedBytes ? undefined : api.download(path)),
    import: ({ path, overwrite, content, signal, budgetSeconds }) =>
      api.upload({
        path,
        overwrite,
        content,
        ...(signal && { signal }),
        ...(budgetSeconds !== undefined && { budgetSeconds }),
      }),
    makeFolder: (path) => api.makeFolder(path),
    delete: (path) => api.delete(path),
    deleteFolder: (path) => api.deleteFolder(path),
  };
}

function objectOf({ path, isFolder, sizeBytes, modifiedAt }: VolumeEntry): WorkspaceObject {
  return isFolder
    ? { path: path.replace(/\/$/, ''), object_type: 'DIRECTORY', object_id: 'folder' }
    : { path, object_type: 'FILE', object_id: `${sizeBytes} bytes`, modified_at: modifiedAt };
}
