import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { messageOf, TaskError } from './errors';

/** Folders in which tools keep files of their own. They are never entered. */
const toolFolders = new Set(['.git', '.databricks', 'node_modules', '__pycache__']);

export interface FoundFile {
  /** Absolute, as this machine writes paths. */
  readonly file: string;
  /** Relative to the folder, with `/`; absolute for a file outside the folder. */
  readonly path: string;
}

export interface MatchedFiles {
  /** Each file once, in the order of their absolute paths. */
  readonly files: readonly FoundFile[];
  /** The patterns that match no file, as they were given. */
  readonly unmatched: readonly string[];
}

export interface ListedFiles {
  readonly files: readonly FoundFile[];
  /** What was left out, each with the reason. */
  readonly skipped: readonly string[];
}

/**
 * Whether a path with `/` matches one of the patterns. A wildcard also matches names that begin with a dot, as in the
 * patterns of Azure Pipelines' own tasks (`dot` in `_getDefaultMatchOptions` of azure-pipelines-task-lib).
 */
export function matcher(patterns: readonly string[]): (path: string) => boolean {
  return picomatch([...patterns], { dot: true });
}

/**
 * Finds files by paths and glob patterns, relative to a folder or absolute. Wildcards match as in `matcher` and do not
 * descend into the folders of tools. Symbolic links are followed. Throws a TaskError when a folder cannot be read.
 */
export async function findFiles(patterns: readonly string[], folder: string): Promise<MatchedFiles> {
  const found = new Set<string>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const files = await matching(sep === '\\' ? pattern.replaceAll('\\', '/') : pattern, folder);
    if (files.length === 0) unmatched.push(pattern);
    for (const file of files) found.add(file);
  }
  const files = [...found].sort().map((file) => ({ file, path: pathIn(folder, file) }));
  return { files, unmatched };
}

/**
 * Lists all files below a folder, depth first, in the order of their names; the folders of tools are left out. Symbolic
 * links are followed as long as they lead to a place inside `within`. Throws a TaskError when a folder cannot be read.
 */
export async function listFiles(folder: string, { within }: { readonly within?: string } = {}): Promise<ListedFiles> {
  const bound = within === undefined ? undefined : await realpath(within);
  const files: FoundFile[] = [];
  const skipped: string[] = [];

  async function enter(at: string, path: string, ancestors: readonly string[]): Promise<void> {
    for (const entry of await entriesOf(at)) {
      const file = join(at, entry.name);
      const name = path === '' ? entry.name : `${path}/${entry.name}`;
      const place = entry.isSymbolicLink() ? await realpath(file).catch(() => undefined) : file;
      if (place === undefined) skipped.push(`${name}: a broken symbolic link`);
      else if (place !== file && bound !== undefined && !isWithin(bound, place))
        skipped.push(`${name}: a symbolic link that leads out of the folder`);
      else if (await isFolder(entry, place)) {
        if (toolFolders.has(entry.name)) continue;
        if (ancestors.includes(place)) skipped.push(`${name}: a symbolic link to a folder that contains it`);
        else await enter(file, name, [...ancestors, place]);
      } else if (await isRegular(entry, place)) files.push({ file, path: name });
      else skipped.push(`${name}: neither a file nor a folder`);
    }
  }

  const root = await realpath(folder);
  await enter(root, '', [root]);
  return { files, skipped };
}

async function matching(pattern: string, folder: string): Promise<readonly string[]> {
  const exact = resolve(folder, pattern);
  if (await isFile(exact)) return [exact];
  const { base, glob, isGlob } = picomatch.scan(pattern);
  const root = resolve(folder, base);
  if (!isGlob || !(await isDirectory(root))) return [];
  const isMatch = matcher([glob]);
  const { files } = await listFiles(root);
  return files.filter(({ path }) => isMatch(path)).map(({ path }) => join(root, path));
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new TaskError(`The folder ${folder} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function pathIn(folder: string, file: string): string {
  return isWithin(resolve(folder), file) ? relative(folder, file).split(sep).join('/') : file;
}

function isWithin(folder: string, place: string): boolean {
  return place === folder || place.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

async function isFolder(entry: Dirent, place: string): Promise<boolean> {
  return entry.isSymbolicLink() ? isDirectory(place) : entry.isDirectory();
}

async function isRegular(entry: Dirent, place: string): Promise<boolean> {
  return entry.isSymbolicLink() ? isFile(place) : entry.isFile();
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
