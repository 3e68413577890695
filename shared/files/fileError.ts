import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { TaskError } from '../errors';

/** A file or a folder that cannot be used: the message names it, and says what is wrong and what to do. */
export class FileError extends TaskError {
  override readonly name = 'FileError';

  constructor(
    readonly file: string,
    /** The words that follow its name, with the full stop. */
    readonly problem: string,
    /** As Node names the reason, such as `ENOENT`; `OUTSIDE` for what is not in the folders that may be read. */
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(`'${shownPath(file)}' ${problem}`, options);
  }

  /** Whether there is nothing at the path. */
  get isMissing(): boolean {
    return this.code === 'ENOENT' || this.code === 'ENOTDIR';
  }
}

type Use = 'read' | 'written';

/** What an error of the file system means to the person whose file it is. Errors of any other kind are thrown again. */
export function fileError(file: string, error: unknown, use: Use = 'read'): FileError {
  if (error instanceof FileError) return error;
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
  const { code } = error;
  const name = code === 'ENOENT' ? undecodedName(file) : undefined;
  if (name !== undefined)
    return new FileError(file, `has a name that is not UTF-8 (${name}). Rename it.`, 'EILSEQ', { cause: error });
  const problem = problems(use)[code] ?? `cannot be ${use}: ${shownPath(error.message).replace(/\.$/, '')}.`;
  return new FileError(file, problem, code, { cause: error });
}

/** A path in one line of a message: control characters are escaped. */
export function shownPath(path: string): string {
  // eslint-disable-next-line no-control-regex -- these are the characters that a name may not bring into a message
  return path.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => escaped(character.charCodeAt(0)));
}

/** Errors that people can act on. Source: https://man7.org/linux/man-pages/man2/open.2.html (ERRORS). */
function problems(use: Use): Readonly<Record<string, string>> {
  const noPermission = `cannot be ${use}: the user that runs the agent has no permission. Grant it ${use === 'read' ? 'read' : 'write'} access.`;
  const tooManyOpen =
    'cannot be opened: too many files are open. Raise the limit of open files of the agent (ulimit -n).';
  const full = `cannot be ${use}: the disk of the agent is full. Free space on it.`;
  return {
    ENOENT: 'does not exist.',
    ENOTDIR: 'does not exist: a part of its path is not a folder.',
    EACCES: noPermission,
    EPERM: noPermission,
    EEXIST: 'is a file, not a folder.',
    EISDIR: 'is a folder, not a file.',
    ENXIO: notAFile,
    ENODEV: notAFile,
    ENAMETOOLONG: 'has a name that is too long for this machine. Shorten it.',
    ELOOP: 'is a symbolic link that leads back to itself. Replace it with the file.',
    EMFILE: tooManyOpen,
    ENFILE: tooManyOpen,
    ENOSPC: full,
    EDQUOT: full,
    EROFS: `cannot be ${use}: the disk is read-only.`,
  };
}

export const notAFile = 'is a device, a named pipe or a socket, not a file.';

/**
 * The name of a file as it is stored, where that is not UTF-8: Node replaces the bytes that it cannot decode, so that
 * the file seems not to exist.
 */
function undecodedName(file: string): string | undefined {
  const name = basename(file);
  if (!name.includes('\uFFFD')) return undefined;
  try {
    const stored = readdirSync(dirname(file), { encoding: 'buffer' }).find((bytes) => bytes.toString() === name);
    return (
      stored &&
      [...stored].map((byte) => (byte < 0x20 || byte > 0x7e ? escaped(byte) : String.fromCharCode(byte))).join('')
    );
  } catch {
    return undefined; // the folder is gone too
  }
}

function escaped(code: number): string {
  return code > 0xff ? `\\u${code.toString(16)}` : `\\x${code.toString(16).padStart(2, '0')}`;
}
