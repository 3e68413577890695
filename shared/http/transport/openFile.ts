import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TaskError, messageOf } from '../../errors';

/** A file that is read while it is sent. */
export interface OpenFile {
  readonly size: number;
  /** Throws a TaskError when the file can't be read or has changed in the meantime. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/** Opens a file for one attempt to send it. Rejects with a TaskError when it can't be read. */
export async function openFile(file: string): Promise<OpenFile> {
  const { size } = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  return { size, bytes: () => read(file, size) };
}

async function* read(file: string, size: number): AsyncGenerator<Uint8Array> {
  let sent = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
      sent += chunk.length;
      if (sent > size) break;
      yield chunk;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  if (sent !== size) throw new TaskError(`The file '${file}' changed while it was being sent.`);
}

function unreadable(file: string, error: unknown): TaskError {
  return new TaskError(`Could not read the file '${file}': ${messageOf(error)}`, { cause: error });
}
