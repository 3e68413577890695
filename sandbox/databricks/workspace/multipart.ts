import busboy from 'busboy';
import { invalidParameter } from '../apiError';

export interface Multipart {
  readonly fields: ReadonlyMap<string, string>;
  /** The bytes of the part with a file name, if there is one. */
  readonly file?: Buffer;
}

/** Reads a multipart/form-data body. */
export function readMultipart(contentType: string, body: Buffer): Promise<Multipart> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(invalidParameter(`Malformed multipart body: ${String(error)}`));
    const fields = new Map<string, string>();
    const chunks: Buffer[] = [];
    let hasFile = false;
    try {
      const parser = busboy({ headers: { 'content-type': contentType }, limits: { fieldSize: Infinity } });
      parser.on('field', (name, value) => fields.set(name, value));
      parser.on('file', (_name, stream) => {
        hasFile = true;
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      });
      parser.on('error', fail);
      parser.on('close', () => resolve({ fields, ...(hasFile && { file: Buffer.concat(chunks) }) }));
      parser.end(body);
    } catch (error) {
      fail(error);
    }
  });
}
