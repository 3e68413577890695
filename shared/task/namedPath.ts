import { FileError, shownPath } from '../files/fileError';
import { NamedFile } from '../files/namedFile';
import { SourceFile } from '../files/sourceFile';
import { SourceFolders } from '../files/sourceFolders';
import { isLfsPointer, mostPointerBytes, pointerProblem } from '../gitLfs';
import type { TaskAgent } from '../agent/agent';
import { InvalidInput } from './invalidInput';

type Folders = Pick<TaskAgent, 'readableFolders'>;

/** The file that an input names. Throws an InvalidInput if it can't be opened, or is a Git LFS pointer. */
export function namedFile(path: string, { readableFolders }: Folders): NamedFile {
  const named = new NamedFile(path, readableFolders);
  const isPointer = orInvalid('file', () => {
    const file = SourceFile.open(path, named.folders);
    try {
      return file.size < mostPointerBytes && isLfsPointer(file.start(mostPointerBytes));
    } finally {
      file.close();
    }
  });
  if (isPointer) throw new InvalidInput(`names the file ${shownPath(path)}, which ${pointerProblem}`);
  return named;
}

/** The text of a file that an input names, without a byte order mark. Throws an InvalidInput. */
export function textOf(file: NamedFile, mostBytes: number): string {
  const content = orInvalid('file', () => file.read(mostBytes));
  return content.toString('utf8').replace(/^\uFEFF/, '');
}

/** The folder that an input names, as it is written. Throws an InvalidInput. */
export function namedFolder(path: string, { readableFolders }: Folders): string {
  orInvalid('folder', () => new SourceFolders(readableFolders).including(path).resolveFolder(path));
  return path;
}

/** The file or folder that an input names, as an absolute path. Throws an InvalidInput. */
export function namedFileOrFolder(path: string, folders: Folders): string {
  const isFolder = orInvalid('file or folder', () => {
    const resolved = new SourceFolders(folders.readableFolders).including(path).resolve(path);
    return isFolderAt(resolved);
  });
  if (!isFolder) namedFile(path, folders);
  return path;
}

function isFolderAt(resolved: string): boolean {
  try {
    new SourceFolders([resolved]).resolveFolder(resolved);
    return true;
  } catch (error) {
    if (error instanceof FileError && error.code === 'NOTFOLDER') return false;
    throw error;
  }
}

/** Turns a FileError into an InvalidInput. */
function orInvalid<Value>(kind: 'file' | 'folder' | 'file or folder', work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const file = shownPath(error.file);
    if (error.isMissing) throw new InvalidInput(`names a ${kind} that does not exist: ${file}`, { cause: error });
    if (error.code === 'EISDIR' || error.code === 'NOTFOLDER')
      throw new InvalidInput(`does not name a ${kind}: ${file}`, { cause: error });
    throw new InvalidInput(`names the ${kind} ${file}, which ${error.problem}`, { cause: error });
  }
}
