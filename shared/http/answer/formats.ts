import type { HttpAnswer } from '../httpClient';
import { send, type Answer, type AnswerHead, type Outgoing } from '../transport/send';
import { readLines } from './lines';
import { readBytes, readJson, type AnswerContext, type Reading } from './readAnswer';

/** How an answer is asked for and read. */
export interface Format<T> {
  readonly accept: string;
  readonly exchange: (outgoing: Outgoing, context: ExchangeContext) => Promise<Reading<T>>;
}

export interface ExchangeContext extends AnswerContext {
  /** Called as soon as an answer begins. */
  readonly onAnswer: (answer: AnswerHead) => void;
}

const json = 'application/json';
const jsonOrOther = 'application/json, */*';

export const jsonFormat = whole(json, readJson);

/** JSON, with the status and the headers. */
export const answerFormat = whole(json, readWithHead);

export const bytesFormat = whole('*/*', readBytes);

/** The text of any answer, but for the refusals of the service itself where it passes calls on. */
export function rawFormat(isItsOwn: (answer: HttpAnswer<string>) => boolean): Format<HttpAnswer<string>> {
  return whole(jsonOrOther, (answer, context) => readRaw(answer, context, isItsOwn));
}

/** The lines of an answer as they come. */
export function linesFormat(onLine: (line: string) => void): Format<void> {
  return { accept: jsonOrOther, exchange: (outgoing, context) => readLines(outgoing, context, onLine) };
}

function whole<T>(accept: string, read: (answer: Answer, context: AnswerContext) => Reading<T>): Format<T> {
  return {
    accept,
    async exchange(outgoing, context) {
      const answer = await send(outgoing);
      context.onAnswer(answer);
      return read(answer, context);
    },
  };
}

function readWithHead(answer: Answer, context: AnswerContext): Reading<HttpAnswer<unknown>> {
  const reading = readJson(answer, context);
  if ('failure' in reading) return reading;
  return { value: { status: answer.status, header: (name) => answer.header(name), body: reading.value } };
}

function readRaw(
  answer: Answer,
  context: AnswerContext,
  isItsOwn: (answer: HttpAnswer<string>) => boolean,
): Reading<HttpAnswer<string>> {
  const header = (name: string): string | undefined => {
    const value = answer.header(name);
    return value === undefined ? undefined : context.hide(value);
  };
  const raw = { status: answer.status, header, body: context.hide(answer.body.toString('utf8')) };
  const reading = isItsOwn(raw) ? readBytes(answer, context) : { value: raw };
  return 'failure' in reading ? reading : { value: raw };
}
