import { basename } from 'node:path';
import { TaskError } from '../../errors';
import { findFiles, type Search } from '../../files/findFiles';
import { readListed } from '../../files/sourceFile';
import type { ManifestFile } from './readManifests';

const mostBytes = 16 * 1024 * 1024;

/**
 * Reads the text files that match patterns, as `findFiles` finds them, in the order of their paths. Throws a TaskError
 * when a pattern matches none, and when a file can't be read or is too large.
 */
export async function readFiles(patterns: readonly string[], search: Search): Promise<readonly ManifestFile[]> {
  const { files, unmatched } = await findFiles(patterns, search);
  const [pattern] = unmatched;
  if (pattern !== undefined)
    throw new TaskError(`The pattern '${pattern}' matches no file in ${search.agent.workingFolder}.`);
  return files.map(({ file, path }) => ({ name: path, text: readListed(file, mostBytes).toString('utf8') }));
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
