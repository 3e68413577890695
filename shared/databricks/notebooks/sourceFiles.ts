import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Never imported: what tools keep for themselves. */
const leftOut = new Set(['.git', '.databricks', 'node_modules', '__pycache__']);

export interface SourceFile {
  /** Absolute, as this machine writes paths. */
  readonly file: string;
  /** Relative to the source folder, with `/`. */
  readonly path: string;
}

export interface FoundFiles {
  readonly files: readonly SourceFile[];
  /** What is neither a file nor a folder of the source, with the reason. */
  readonly skipped: readonly string[];
}

/** Finds all files below a folder, in the order of their names. Symbolic links are followed while they stay inside. */
export async function findSourceFiles(folder: string): Promise<FoundFiles> {
  const root = await realpath(folder);
  const files: SourceFile[] = [];
  const skipped: string[] = [];

  async function enter(at: string, path: string, ancestors: readonly string[]): Promise<void> {
    const entries = await readdir(at, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = join(at, entry.name);
      const name = path === '' ? entry.name : `${path}/${entry.name}`;
      const place = entry.isSymbolicLink() ? await realpath(file).catch(() => undefined) : file;
      if (place === undefined) skipped.push(`${name}: a symbolic link to nothing`);
      else if (place !== file && place !== root && !place.startsWith(root + sep))
        skipped.push(`${name}: a symbolic link that leads out of the source folder`);
      else if (await isFolder(entry, place)) {
        if (leftOut.has(entry.name)) continue;
        if (ancestors.includes(place)) skipped.push(`${name}: a symbolic link to a folder that it is in`);
        else await enter(file, name, [...ancestors, place]);
      } else if (await isFile(entry, place)) files.push({ file, path: name });
      else skipped.push(`${name}: neither a file nor a folder`);
    }
  }

  await enter(root, '', [root]);
  return { files, skipped };
}

async function isFolder(entry: Dirent, place: string): Promise<boolean> {
  return entry.isSymbolicLink() ? (await stat(place)).isDirectory() : entry.isDirectory();
}

async function isFile(entry: Dirent, place: string): Promise<boolean> {
  return entry.isSymbolicLink() ? (await stat(place)).isFile() : entry.isFile();
}
