import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../errors';
import { fileError, shownPath } from './fileError';

/** Folders in which tools keep files of their own. They are never entered. */
const toolFolders = new Set(['.git', '.databricks', 'node_modules', '__pycache__']);

/** More files and folders than a repository has; a tree that has more is not what somebody meant. */
const mostEntries = 250_000;

export interface ListedFile {
  /** Absolute and without links, as this machine writes paths. */
  readonly file: string;
  /** Relative to the folder, with `/`. */
  readonly path: string;
}

export interface SkippedEntry {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly reason: string;
  /** Whether it is a link to a place where nothing may be read. */
  readonly leadsOut?: true;
}

export interface ListedFiles {
  readonly files: readonly ListedFile[];
  readonly skipped: readonly SkippedEntry[];
}

export interface ListOptions {
  /** Whether a path without links may be listed. */
  readonly isAllowed: (path: string) => boolean;
  readonly signal: AbortSignal;
  /** The number of files and folders to give up at. */
  readonly most?: number;
}

/**
 * Lists all files below a folder, depth first, in the order of their names; the folders of tools are left out. Symbolic
 * links are followed as long as they lead to an allowed place. It ends whatever the links form: a folder is not entered
 * below itself, and what is reached through a link does not enter a folder through links twice. Throws a TaskError when
 * a folder cannot be read or has too many files, and the reason of the signal.
 */
export async function listFiles(
  folder: string,
  { isAllowed, signal, most = mostEntries }: ListOptions,
): Promise<ListedFiles> {
  const files: ListedFile[] = [];
  const skipped: SkippedEntry[] = [];
  let seen = 0;

  /** `linked` has the folders that links led to since the first link on the way to this folder. */
  async function enter(at: string, path: string, ancestors: readonly string[], linked?: Set<string>): Promise<void> {
    for (const entry of await entriesOf(at)) {
      signal.throwIfAborted();
      seen += 1;
      if (seen > most)
        throw new TaskError(
          `The folder ${shownPath(folder)} has more than ${most} files and folders. Name a smaller folder, or remove symbolic links to large folders.`,
        );
      const name = path === '' ? entry.name : `${path}/${entry.name}`;
      const { kind, place } = await resolved(entry, join(at, entry.name));
      const isLink = entry.isSymbolicLink();
      if (kind === 'broken') skipped.push({ path: name, reason: 'a broken symbolic link' });
      else if (isLink && !isAllowed(place))
        skipped.push({ path: name, reason: 'a symbolic link that leads out of the folder', leadsOut: true });
      else if (kind === 'folder' && !isAllowed(place)) skipped.push({ path: name, reason: 'a folder of the system' });
      else if (kind === 'file') files.push({ file: place, path: name });
      else if (kind === 'other') skipped.push({ path: name, reason: 'neither a file nor a folder' });
      else if (toolFolders.has(entry.name)) continue;
      else if (ancestors.includes(place))
        skipped.push({ path: name, reason: 'a symbolic link to a folder that contains it' });
      else if (isLink && linked?.has(place))
        skipped.push({ path: name, reason: 'a symbolic link to a folder that another link leads to' });
      else await enter(place, name, [...ancestors, place], isLink ? (linked ?? new Set()).add(place) : linked);
    }
  }

  const root = await realpath(folder).catch((error: unknown) => {
    throw fileError(folder, error);
  });
  await enter(root, '', [root]);
  return { files, skipped };
}

type Kind = 'file' | 'folder' | 'other' | 'broken';

async function resolved(entry: Dirent, path: string): Promise<{ readonly kind: Kind; readonly place: string }> {
  if (!entry.isSymbolicLink()) return { kind: kindOf(entry), place: path };
  try {
    const place = await realpath(path);
    return { kind: kindOf(await stat(place)), place };
  } catch (error) {
    if (fileError(path, error).isMissing || isCircle(error)) return { kind: 'broken', place: path };
    throw fileError(path, error);
  }
}

function isCircle(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ELOOP';
}

function kindOf(entry: Pick<Dirent, 'isFile' | 'isDirectory'>): Kind {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'folder' : 'other';
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw fileError(folder, error);
  }
}
