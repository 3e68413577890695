import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { TaskError } from '../../errors';
import { findFiles } from '../../findFiles';
import type { ManifestFile } from './readManifests';

/** Reads the text files that match patterns in a folder, in the order of their paths. Throws a TaskError when a pattern matches none. */
export async function readFiles(patterns: readonly string[], folder: string): Promise<readonly ManifestFile[]> {
  const { files, unmatched } = await findFiles(patterns, folder);
  const [pattern] = unmatched;
  if (pattern !== undefined) throw new TaskError(`The pattern '${pattern}' matches no file in ${folder}.`);
  return await Promise.all(files.map(async ({ file, path }) => ({ name: path, text: await readFile(file, 'utf8') })));
}

/** Texts by the names of their files. Throws a TaskError when two files have the same name. */
export function byName(files: readonly ManifestFile[]): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const { name, text } of files) {
    if (found.has(basename(name))) throw new TaskError(`Two config files have the same name: ${basename(name)}.`);
    found.set(basename(name), text);
  }
  return Object.fromEntries(found);
}
