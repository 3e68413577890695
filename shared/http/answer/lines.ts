import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { messageOf } from '../../errors';
import { readBytes, type AnswerContext, type Reading } from './readAnswer';
import { NoAnswer, open, type AnswerHead, type Outgoing } from '../transport/send';

/** Of a refusal, more is not needed for a message. */
const mostOfRefusalBytes = 256 * 1024;
/** Several times the largest object of Kubernetes (etcd stores 1.5 MB). */
const longestLine = 16 * 1024 * 1024;

/** Passes on the lines of an answer as they come, until the service ends it. */
export async function readLines(
  outgoing: Outgoing,
  context: AnswerContext & { readonly onAnswer: (answer: AnswerHead) => void },
  onLine: (line: string) => void,
): Promise<Reading<undefined>> {
  const { body, ...head } = await open(outgoing);
  context.onAnswer(head);
  const chunks = chunksOf(body, outgoing.signal);
  if (head.status !== 200) {
    const reading = readBytes({ ...head, body: await beginning(chunks) }, context);
    if ('failure' in reading) return reading;
  }
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    // Only what is new is searched: the beginning of a long line comes in many pieces.
    const parts = decoder.write(chunk).split('\n');
    const end = parts.pop() ?? '';
    for (const part of parts) {
      onLine(rest + part);
      rest = '';
    }
    rest += end;
    if (rest.length > longestLine)
      throw new NoAnswer('TOO_LARGE', `a line has more than ${longestLine} characters`, true, undefined);
  }
  if (rest !== '') onLine(rest);
  return { value: undefined };
}

/** The parts of a body as they come; a body that breaks off is a NoAnswer. */
export async function* chunksOf(body: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield chunk as Buffer;
  } catch (error) {
    signal.throwIfAborted();
    throw new NoAnswer('TRUNCATED', messageOf(error), true, undefined);
  }
}

/** As much of a body as a message needs; the rest is not read. */
export async function beginning(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const read: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    read.push(chunk);
    length += chunk.length;
    if (length >= mostOfRefusalBytes) break;
  }
  return Buffer.concat(read);
}
