import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import { FileError, shownPath } from '../../../files/fileError';
import { listFiles } from '../../../files/listFiles';
import { SourceFile } from '../../../files/sourceFile';
import { SourceFolders } from '../../../files/sourceFolders';
import { isLfsPointer, mostPointerBytes, pointerProblem } from '../../../gitLfs';

/** A file of what is uploaded. */
export interface ContentFile {
  /** Absolute and without links. */
  readonly file: string;
  /** Relative to the folder, with `/`; the name, where it is a file alone. */
  readonly path: string;
  readonly size: number;
}

/** A file or a folder, as it is uploaded. */
export interface Content {
  readonly files: readonly ContentFile[];
  readonly isFolder: boolean;
  /** Of the file or the folder: Azure keeps it where it mounts a model. */
  readonly name: string;
  /** By this name, and the names and the bytes of the files: 64 hexadecimal digits. */
  readonly hash: string;
}

/**
 * Reads a file or a folder once, a part at a time. Throws a TaskError for one that has no files, that may not be read, or
 * that has a Git LFS pointer in place of a file.
 */
export async function contentOf(path: string, { agent, signal }: Context, name = basename(path)): Promise<Content> {
  const folders = new SourceFolders(agent.readableFolders).including(path);
  const root = folders.resolve(path);
  const listed = await listing(root, folders, signal);
  if (listed === undefined) return hashed([{ file: root, path: name }], name, false);
  for (const { path: skipped, reason } of listed.skipped) agent.log(`Skipped ${shownPath(skipped)}: ${reason}.`);
  if (listed.files.length === 0) throw new TaskError(`The folder ${shownPath(path)} has no files to upload.`);
  return hashed(listed.files, name, true);
}

/** What is in a folder; undefined for a file. */
async function listing(root: string, folders: SourceFolders, signal: AbortSignal) {
  try {
    folders.resolveFolder(root);
  } catch (error) {
    if (error instanceof FileError && error.code === 'NOTFOLDER') return undefined;
    throw error;
  }
  return listFiles(root, { isAllowed: (each) => folders.has(each), signal });
}

async function hashed(
  listed: readonly { readonly file: string; readonly path: string }[],
  name: string,
  isFolder: boolean,
): Promise<Content> {
  const whole = createHash('sha256').update(`${JSON.stringify(name)}\n`);
  const files: ContentFile[] = [];
  for (const { file, path } of [...listed].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const opened = SourceFile.openListed(file);
    try {
      if (opened.size < mostPointerBytes && isLfsPointer(opened.start(mostPointerBytes)))
        throw new TaskError(`The file ${shownPath(path)} ${pointerProblem}`);
      whole.update(`${JSON.stringify(path)} ${opened.size}\n`);
      for await (const part of opened.parts()) whole.update(part);
      files.push({ file, path, size: opened.size });
    } finally {
      opened.close();
    }
  }
  return { files, isFolder, name, hash: whole.digest('hex') };
}
