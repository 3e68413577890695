import { StringDecoder } from 'node:string_decoder';
import { buffer } from 'node:stream/consumers';
import { messageOf } from '../../errors';
import { readBytes, type AnswerContext, type Reading } from './readAnswer';
import { NoAnswer, open, type AnswerHead, type Outgoing } from '../transport/send';

/** Passes on the lines of an answer as they come, until the service ends it. */
export async function readLines(
  outgoing: Outgoing,
  context: AnswerContext & { readonly onAnswer: (answer: AnswerHead) => void },
  onLine: (line: string) => void,
): Promise<Reading<undefined>> {
  const { body, ...head } = await open(outgoing);
  context.onAnswer(head);
  if (head.status >= 300) {
    const reading = readBytes({ ...head, body: await buffer(body) }, context);
    if ('failure' in reading) return reading;
  }
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const chunk of body) {
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    }
  } catch (error) {
    outgoing.signal.throwIfAborted();
    throw new NoAnswer('TRUNCATED', messageOf(error), true, undefined);
  }
  if (rest !== '') onLine(rest);
  return { value: undefined };
}
