import { posix } from 'node:path';
import type { Agent } from '../../agent/agent';
import { FilesApi } from '../api/files';
import { WorkspaceApi } from '../api/workspace';
import type { Library } from '../api/libraries';
import type { Workspace } from '../connect';
import type { LibraryFile } from './findLibraryFiles';

/** A file that the cluster is to read, and where it is to be for that. */
export interface Upload {
  readonly file: LibraryFile;
  /** Absolute, as a library names it. */
  readonly target: string;
}

/** So many digits of the hash that no two files ever share them. */
const hashDigits = 16;

/**
 * Where a file goes: its content has a folder of its own, so that what is there never changes, and a wheel keeps the
 * name that pip goes by.
 */
export function uploadTo(folder: string, file: LibraryFile): Upload {
  return { file, target: posix.join(folder, file.sha256.slice(0, hashDigits), file.fileName) };
}

/** The library that an upload makes possible. */
export function uploadedLibrary({ file: { kind }, target }: Upload): Library {
  return kind === 'whl' ? { whl: target } : { jar: target };
}

/** Sends files that are not there yet. Whatever ends it, what was sent is whole. */
export async function uploadLibraries(
  { http }: Workspace,
  uploads: readonly Upload[],
  { signal, report }: { readonly signal: AbortSignal; readonly report: Pick<Agent, 'log'> },
): Promise<void> {
  const workspace = new WorkspaceApi(http, signal);
  const volumes = new FilesApi(http, signal);
  for (const { file, target } of uploads) {
    const isSent = target.startsWith('/Volumes/') ? await toVolume(file, target) : await toWorkspace(file, target);
    report.log(isSent ? `Uploaded ${file.fileName} to ${target}.` : `${target} is there already.`);
  }

  async function toVolume(file: LibraryFile, path: string): Promise<boolean> {
    const sizes = await volumes.fileSizes(posix.dirname(path));
    if (sizes.get(path) === file.sizeBytes) return false;
    await volumes.upload(path, file);
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
