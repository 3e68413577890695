import { FileError } from '../../files/fileError';
import { leaveAlone, SourceFile } from '../../files/sourceFile';
import { TaskError } from '../../errors';

/** A file that is read while it is sent. */
export interface OpenFile {
  readonly size: number;
  /** Throws a TaskError when the file can't be read or has changed in the meantime. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/** Opens a file, by its path without links, for one attempt to send it. Throws a TaskError when it can't be read. */
export function openFile(file: string): OpenFile {
  const opened = open(file);
  opened.close();
  return { size: opened.size, bytes: () => read(file, opened.size) };
}

async function* read(file: string, size: number): AsyncGenerator<Uint8Array> {
  const opened = open(file);
  let sent = 0;
  try {
    for await (const part of opened.parts()) {
      sent += part.length;
      if (sent > size) break;
      yield part;
    }
  } catch (error) {
    throw named(file, error);
  } finally {
    opened.close();
  }
  if (sent !== size) throw new TaskError(`The file '${file}' changed while it was being sent. ${leaveAlone}`);
}

function open(file: string): SourceFile {
  try {
    return SourceFile.openListed(file);
  } catch (error) {
    throw named(file, error);
  }
}

function named(file: string, error: unknown): unknown {
  if (!(error instanceof FileError)) return error;
  return new TaskError(`Could not read the file '${file}': it ${error.problem}`, { cause: error });
}
