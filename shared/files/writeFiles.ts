import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FileError, fileError } from './fileError';
import { SourceFolders } from './sourceFolders';

/**
 * Creates a folder that the pipeline names, with the folders above it, if it does not exist. Returns its path without
 * links. Where it is written as a part of `folders`, no link may lead out of them. Throws a FileError.
 */
export async function outputFolder(path: string, folders: readonly string[]): Promise<string> {
  const allowed = new SourceFolders(folders);
  // `mkdir` follows links: what exists is judged before anything is created in it.
  if (allowed.contains(path)) inside(path, allowed, nearestExisting(resolve(path)));
  await writing(path, mkdir(path, { recursive: true }));
  return inside(path, allowed.including(path), path);
}

/** Creates a folder of its own below a folder that the agent empties after the job. Returns its path. Throws a FileError. */
export async function temporaryFolder(parent: string, prefix: string): Promise<string> {
  return writing(parent, mkdtemp(join(parent, prefix)));
}

/**
 * Writes a file, or replaces it. A link is replaced, never followed: anyone who writes to the repository
 * could have created it. Whoever reads the file finds it whole. Throws a FileError.
 */
export async function writeWhole(file: string, content: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    // Fails if there is anything, also a link.
    await writing(file, writeFile(draft, content, { flag: 'wx' }));
    await writing(file, rename(draft, file));
  } finally {
    await rm(draft, { force: true });
  }
}

/** Writes a file in a folder of our own, a part at a time, in place of what is there. Returns the number of bytes. */
export async function writeParts(file: string, parts: AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await writing(file, open(file, 'w'));
  let bytes = 0;
  try {
    for await (const part of parts) {
      await writing(file, handle.writeFile(part));
      bytes += part.length;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

/** Creates a folder in a folder of our own, with the folders above it. */
export async function makeFolder(path: string): Promise<void> {
  await writing(path, mkdir(path, { recursive: true }));
}

/** Deletes a folder of our own with all that is in it. */
export async function removeFolder(path: string): Promise<void> {
  await writing(path, rm(path, { recursive: true, force: true }));
}

function inside(path: string, folders: SourceFolders, existing: string): string {
  try {
    return folders.resolve(existing);
  } catch (error) {
    if (!(error instanceof FileError) || error.code !== 'OUTSIDE') throw error;
    const problem = 'leads out of the folders of the job by a symbolic link. Remove the link, or name another folder.';
    throw new FileError(path, problem, error.code, { cause: error });
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

async function writing<Value>(file: string, work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw fileError(file, error, 'written');
  }
}
