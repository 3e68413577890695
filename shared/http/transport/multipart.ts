import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FormPart } from '../httpClient';
import { openFile } from './openFile';

/** A multipart/form-data body (RFC 7578) whose files are read while it is sent. */
export interface MultipartBody {
  readonly contentType: string;
  readonly contentLength: number;
  readonly stream: Readable;
}

interface Section {
  readonly head: Buffer;
  readonly size: number;
  readonly content: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Opens a body for one attempt. Throws a TaskError, as the stream does, when a file can't be read or changes in the meantime. */
export function openMultipart(parts: readonly FormPart[]): MultipartBody {
  const boundary = `----model-pipeline-tasks-${randomBytes(16).toString('hex')}`;
  const sections = parts.map((part) => openSection(part, boundary));
  const tail = Buffer.from(`--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    contentLength: sections.reduce((sum, { head, size }) => sum + head.length + size + lineEnd.length, tail.length),
    stream: Readable.from(write(sections, tail), { objectMode: false }),
  };
}

const lineEnd = Buffer.from('\r\n');

async function* write(sections: readonly Section[], tail: Buffer): AsyncGenerator<Uint8Array> {
  for (const { head, content } of sections) {
    yield head;
    yield* content();
    yield lineEnd;
  }
  yield tail;
}

function openSection(part: FormPart, boundary: string): Section {
  const fileName = 'fileName' in part ? `; filename="${quoted(part.fileName)}"` : '';
  const type = 'fileName' in part ? '\r\nContent-Type: application/octet-stream' : '';
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(part.name)}"${fileName}${type}\r\n\r\n`,
  );
  if ('file' in part) {
    const { size, bytes } = openFile(part.file);
    return { head, size, content: bytes };
  }
  const content = 'content' in part ? part.content : Buffer.from(part.value);
  return { head, size: content.length, content: () => [content] };
}

/** As the HTML standard defines it: https://html.spec.whatwg.org/#multipart-form-data */
function quoted(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}
