import { createHash } from 'node:crypto';
import { basename, extname, resolve } from 'node:path';
import { TaskError } from '../../errors';
import { FileError } from '../../files/fileError';
import { findFiles, type FoundFile, type Search } from '../../files/findFiles';
import { SourceFile } from '../../files/sourceFile';
import { isLfsPointer, mostPointerBytes, pointerProblem } from '../../gitLfs';
import { packageOfWheel } from './wheelName';

/** A wheel or jar on this machine. */
export interface LibraryFile {
  readonly kind: 'whl' | 'jar';
  /** Absolute and without links. */
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
export async function findLibraryFiles(patterns: readonly string[], search: Search): Promise<FoundLibraryFiles> {
  const found = await findFiles(patterns, search).catch((error: unknown) => {
    if (error instanceof FileError) return error;
    throw error;
  });
  if (found instanceof FileError) return { files: [], problems: [found.message] };
  const folder = search.agent.workingFolder;
  const problems = found.unmatched.map(
    (pattern) => `'${pattern}' matches no file; relative patterns start at ${folder}.`,
  );
  const files: LibraryFile[] = [];
  for (const file of found.files) {
    try {
      files.push(await read(file, resolve(folder, file.path), search.signal));
    } catch (error) {
      if (!(error instanceof UnusableLibrary || error instanceof FileError)) throw error;
      problems.push(error.message);
    }
  }
  return { files, problems };
}

class UnusableLibrary extends TaskError {}

/** Throws an UnusableLibrary or a FileError. A library has the name of the link, if it is one. */
async function read({ file }: FoundFile, path: string, signal: AbortSignal): Promise<LibraryFile> {
  const fileName = basename(path);
  const kind = extname(fileName).slice(1).toLowerCase();
  if (kind !== 'whl' && kind !== 'jar') throw new UnusableLibrary(`${path} is neither a wheel nor a jar.`);
  if (kind === 'whl' && packageOfWheel(fileName) === undefined)
    throw new UnusableLibrary(
      `${path} does not have the name of a wheel, such as demo-1.0.0-py3-none-any.whl (PEP 427).`,
    );
  const opened = SourceFile.openListed(file);
  try {
    const { size: sizeBytes } = opened;
    if (sizeBytes < mostPointerBytes && isLfsPointer(opened.start(mostPointerBytes)))
      throw new UnusableLibrary(`${path} ${pointerProblem}`);
    return { kind, file, fileName, sizeBytes, sha256: await sha256Of(opened, signal) };
  } finally {
    opened.close();
  }
}

async function sha256Of(file: SourceFile, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of file.parts()) {
    signal.throwIfAborted();
    hash.update(part);
  }
  return hash.digest('hex');
}
