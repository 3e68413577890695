import { writeParts } from '../../files/writeFiles';
import type { AnswerHead, Outgoing } from '../transport/send';
import { open } from '../transport/send';
import { beginning, chunksOf } from './lines';
import { readBytes, type AnswerContext, type Reading } from './readAnswer';

/** Writes the body of an answer into a file as it comes; returns the number of its bytes. */
export async function saveBody(
  outgoing: Outgoing,
  context: AnswerContext & { readonly onAnswer: (answer: AnswerHead) => void },
  file: string,
): Promise<Reading<number>> {
  const { body, ...head } = await open(outgoing);
  context.onAnswer(head);
  const chunks = chunksOf(body, outgoing.signal);
  const isData = head.status === 200 && !/\bhtml\b/i.test(head.header('content-type') ?? '');
  if (!isData) {
    const reading = readBytes({ ...head, body: await beginning(chunks) }, context);
    if ('failure' in reading) return reading;
    // A proxy that changed headers only answers 203, whose body has been read by now.
    return { value: await writeParts(file, once(reading.value)) };
  }
  return { value: await writeParts(file, chunks) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
