import { posix } from 'node:path';
import type { Context } from '../../agent/context';
import type { HttpClient } from '../../http/httpClient';
import { FilesApi } from '../api/files';
import { WorkspaceApi } from '../api/workspace';
import type { Library } from '../api/libraries';
import type { LibraryFile } from './findLibraryFiles';

/** A file that the cluster will read, and where it is uploaded to. */
export interface Upload {
  readonly file: LibraryFile;
  /** Absolute, as a library names it. */
  readonly target: string;
}

/** Enough digits of the hash for no two files to share them. */
const hashDigits = 16;

/**
 * Where a file is uploaded to: each content has a folder of its own, so an uploaded file never changes, and a wheel
 * keeps its name, which pip reads.
 */
export function uploadTo(folder: string, file: LibraryFile): Upload {
  return { file, target: posix.join(folder, file.sha256.slice(0, hashDigits), file.fileName) };
}

/** The library that an upload can be installed as. */
export function uploadedLibrary({ file: { kind }, target }: Upload): Library {
  return kind === 'whl' ? { whl: target } : { jar: target };
}

/** Uploads files that are missing. Whenever it ends early, what was uploaded is complete. */
export async function uploadLibraries(http: HttpClient, uploads: readonly Upload[], { agent }: Context): Promise<void> {
  const workspace = new WorkspaceApi(http);
  const volumes = new FilesApi(http);
  for (const { file, target } of uploads) {
    const isSent = target.startsWith('/Volumes/') ? await toVolume(file, target) : await toWorkspace(file, target);
    agent.log(isSent ? `Uploaded ${file.fileName} to ${target}.` : `${target} has been uploaded before.`);
  }

  async function toVolume(file: LibraryFile, path: string): Promise<boolean> {
    const entries = await volumes.list(posix.dirname(path));
    if (entries?.some((entry) => entry.path === path && entry.sizeBytes === file.sizeBytes)) return false;
    await volumes.upload({ path, content: { file: file.file, size: file.sizeBytes } });
    return true;
  }

  async function toWorkspace({ file, sizeBytes: size }: LibraryFile, target: string): Promise<boolean> {
    const path = target.slice('/Workspace'.length);
    if (await workspace.status(path)) return false;
    await workspace.makeFolder(posix.dirname(path));
    await workspace.import({ path, format: 'AUTO', overwrite: true, content: { file, size } });
    return true;
  }
}
