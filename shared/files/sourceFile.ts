import { closeSync, constants, fstatSync, openSync, read, readSync, realpathSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { FileError, fileError, notAFile } from './fileError';
import type { SourceFolders } from './sourceFolders';

const readAt = promisify(read);
const partBytes = 64 * 1024;

/**
 * An open file. Only regular files are opened, without waiting: a pipe or a device has no end, and would keep a step
 * from hearing a cancel. What was opened is what was judged: a link that takes the place of the file in between is not
 * followed. Its methods throw FileErrors.
 */
export class SourceFile {
  private constructor(
    private readonly file: string,
    private readonly descriptor: number,
    /** In bytes, when it was opened. */
    readonly size: number,
    /** Whether its owner may run it; never on Windows, where files have no such mode. */
    readonly isExecutable: boolean,
  ) {}

  /** Opens a file in some folders. Throws a FileError. */
  static open(file: string, folders: SourceFolders): SourceFile {
    return SourceFile.#openResolved(file, folders.resolve(file));
  }

  /** Opens a file by the path without links that a listing gave. Throws a FileError, also if a link has taken its place. */
  static openListed(file: string): SourceFile {
    return SourceFile.#openResolved(file, file);
  }

  /** Opens a file of the machine, which its administrator names. Throws a FileError. */
  static openOfMachine(file: string): SourceFile {
    return SourceFile.#openResolved(
      file,
      attempt(file, () => realpathSync.native(file)),
    );
  }

  static #openResolved(file: string, resolved: string): SourceFile {
    // On Windows, which has neither, the last two are undefined, and so nothing.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
    const descriptor = attempt(file, () => openSync(resolved, flags));
    try {
      const opened = fstatSync(descriptor);
      if (opened.isDirectory()) throw new FileError(file, 'is a folder, not a file.', 'EISDIR');
      if (!opened.isFile()) throw new FileError(file, notAFile, 'ENXIO');
      const { ino, dev } = statSync(resolved);
      if (realpathSync.native(resolved) !== resolved || ino !== opened.ino || dev !== opened.dev)
        throw new FileError(file, `was replaced while it was being opened. ${leaveAlone}`, 'EAGAIN');
      return new SourceFile(file, descriptor, opened.size, (opened.mode & constants.S_IXUSR) !== 0);
    } catch (error) {
      closeSync(descriptor);
      throw fileError(file, error);
    }
  }

  /** At most so many of its first bytes. */
  start(bytes: number): Buffer {
    const buffer = Buffer.alloc(bytes);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes; length += read)
      read = attempt(this.file, () => readSync(this.descriptor, buffer, length, bytes - length, length));
    return buffer.subarray(0, length);
  }

  /** All bytes, if they are not more than so many. */
  content(mostBytes: number): Buffer {
    if (this.size > mostBytes) throw new FileError(this.file, `is larger than ${sizeText(mostBytes)}.`, 'EFBIG');
    // A file can grow, and some file systems do not tell the sizes of their files.
    const content = this.start(this.size + 1);
    if (content.length === this.size) return content;
    throw new FileError(this.file, `changed while it was being read. ${leaveAlone}`, 'EAGAIN');
  }

  /** Its bytes, a part at a time. */
  async *parts(): AsyncGenerator<Uint8Array> {
    for (let position = 0; ;) {
      const { buffer, bytesRead } = await readAt(
        this.descriptor,
        Buffer.allocUnsafe(partBytes),
        0,
        partBytes,
        position,
      ).catch((error: unknown) => {
        throw fileError(this.file, error);
      });
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** What to do about a file that changed. */
export const leaveAlone = 'Make sure that nothing changes it while this step runs.';

/** Reads a file of at most so many bytes that lies in some folders. Throws a FileError; what is refused is not read. */
export function readSource(file: string, folders: SourceFolders, mostBytes: number): Buffer {
  return contentOf(SourceFile.open(file, folders), mostBytes);
}

/** Reads a file by the path without links that a listing gave. Throws a FileError. */
export function readListed(file: string, mostBytes: number): Buffer {
  return contentOf(SourceFile.openListed(file), mostBytes);
}

/** Reads a text that the administrator of the machine names, such as a certificate. Throws a FileError. */
export function readFileOfMachine(file: string, mostBytes: number): string {
  return contentOf(SourceFile.openOfMachine(file), mostBytes).toString('utf8');
}

function contentOf(file: SourceFile, mostBytes: number): Buffer {
  try {
    return file.content(mostBytes);
  } finally {
    file.close();
  }
}

function attempt<Value>(file: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw fileError(file, error);
  }
}

function sizeText(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  return Number.isInteger(mebibytes) ? `${mebibytes} MiB` : `${bytes} bytes`;
}
