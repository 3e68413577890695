import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import picomatch from 'picomatch';
import { messageOf } from '../../errors';
import { packageOfWheel } from './wheelName';

/** A wheel or jar on this machine. */
export interface LibraryFile {
  readonly kind: 'whl' | 'jar';
  /** Absolute. */
  readonly file: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface FoundLibraryFiles {
  readonly files: readonly LibraryFile[];
  /** Each in a sentence of its own. */
  readonly problems: readonly string[];
}

/** Finds wheels and jars by paths and patterns, which are relative to a folder or absolute. Each pattern must find some. */
export async function findLibraryFiles(patterns: readonly string[], folder: string): Promise<FoundLibraryFiles> {
  const paths = new Set<string>();
  const problems: string[] = [];
  for (const pattern of patterns) {
    const found = await matching(sep === '\\' ? pattern.replaceAll('\\', '/') : pattern, folder);
    if (found.length === 0) problems.push(`'${pattern}' finds no file; what is not absolute begins at ${folder}.`);
    for (const path of found) paths.add(path);
  }
  const files: LibraryFile[] = [];
  for (const path of [...paths].sort()) {
    try {
      files.push(await read(path));
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  return { files, problems };
}

async function matching(pattern: string, folder: string): Promise<readonly string[]> {
  const exact = resolve(folder, pattern);
  if (await isFile(exact)) return [exact];
  const { base, glob, isGlob } = picomatch.scan(pattern);
  if (!isGlob) return [];
  const root = resolve(folder, base);
  const isMatch = picomatch(glob);
  const entries = await readdir(root, { recursive: true }).catch(() => []); // a folder that is not there holds nothing
  const matches = entries.filter((entry) => isMatch(entry.split(sep).join('/'))).map((entry) => join(root, entry));
  const are = await Promise.all(matches.map(isFile));
  return matches.filter((_, index) => are[index]);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Throws an error that says what is wrong with the file. */
async function read(file: string): Promise<LibraryFile> {
  const fileName = basename(file);
  const kind = extname(file).slice(1).toLowerCase();
  if (kind !== 'whl' && kind !== 'jar') throw new Error(`${file} is neither a wheel nor a jar.`);
  if (kind === 'whl' && packageOfWheel(fileName) === undefined)
    throw new Error(`${file} has no valid name for a wheel, such as demo-1.0.0-py3-none-any.whl (PEP 427).`);
  try {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    const { size: sizeBytes } = await stat(file);
    return { kind, file, fileName, sizeBytes, sha256: hash.digest('hex') };
  } catch (error) {
    throw new Error(`${file} can't be read: ${messageOf(error)}`, { cause: error });
  }
}
