import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../../errors';
import { findFiles } from '../../findFiles';
import { isLfsPointerFile, pointerProblem } from '../../gitLfs';
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

/** Finds wheels and jars by paths and patterns, as `findFiles` does. A pattern that matches no file is a problem. */
export async function findLibraryFiles(patterns: readonly string[], folder: string): Promise<FoundLibraryFiles> {
  const { files: found, unmatched } = await findFiles(patterns, folder);
  const problems = unmatched.map((pattern) => `'${pattern}' matches no file; relative patterns start at ${folder}.`);
  const files: LibraryFile[] = [];
  for (const { file } of found) {
    try {
      files.push(await read(file));
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  return { files, problems };
}

/** Throws an error that says what is wrong with the file. */
async function read(file: string): Promise<LibraryFile> {
  const fileName = basename(file);
  const kind = extname(file).slice(1).toLowerCase();
  if (kind !== 'whl' && kind !== 'jar') throw new Error(`${file} is neither a wheel nor a jar.`);
  if (kind === 'whl' && packageOfWheel(fileName) === undefined)
    throw new Error(`${file} does not have the name of a wheel, such as demo-1.0.0-py3-none-any.whl (PEP 427).`);
  const { sizeBytes, sha256, isPointer } = await readContent(file).catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  });
  if (isPointer) throw new Error(`${file} ${pointerProblem}`);
  return { kind, file, fileName, sizeBytes, sha256 };
}

async function readContent(file: string) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const { size: sizeBytes } = await stat(file);
  return { sizeBytes, sha256: hash.digest('hex'), isPointer: isLfsPointerFile(file, sizeBytes) };
}
