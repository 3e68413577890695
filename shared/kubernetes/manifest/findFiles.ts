import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { TaskError } from '../../errors';
import type { ManifestFile } from './readManifests';

/** Reads the text files that patterns find below a folder, in the order of their paths. Throws a TaskError when one finds none. */
export function findFiles(patterns: readonly string[], folder: string): readonly ManifestFile[] {
  const paths = new Set<string>();
  for (const pattern of patterns) {
    const found = matching(pattern, folder);
    if (found.length === 0) throw new TaskError(`The pattern '${pattern}' finds no file in ${folder}.`);
    for (const path of found) paths.add(path);
  }
  return [...paths].sort().map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

/** Texts by the names of their files. Throws a TaskError when two have the same. */
export function byName(files: readonly ManifestFile[]): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const { name, text } of files) {
    if (found.has(basename(name))) throw new TaskError(`Two config files have the name ${basename(name)}.`);
    found.set(basename(name), text);
  }
  return Object.fromEntries(found);
}

function matching(pattern: string, folder: string): readonly string[] {
  if (isFile(resolve(folder, pattern))) return [pattern];
  const { base } = picomatch.scan(pattern);
  const root = resolve(folder, base);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) return [];
  const isMatch = picomatch(pattern);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((entry) => join(base, entry).split(sep).join('/'))
    .filter((name) => isMatch(name) && isFile(resolve(folder, name)));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
