import type { HttpAnswer } from '../httpClient';
import type { Shape } from '../shape';
import { send, type Answer, type AnswerHead, type Outgoing } from '../transport/send';
import { readLines } from './lines';
import { saveBody } from './save';
import { changeStatuses, readBytes, readJson, type AnswerContext, type Reading } from './readAnswer';

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

export function jsonFormat<T>(shape: Shape<T>): Format<T> {
  return whole(json, (answer, context) => readJson(answer, context, shape));
}

/** JSON, with the status and the headers. */
export function answerFormat<T>(shape: Shape<T>): Format<HttpAnswer<T>> {
  return whole(json, (answer, context) => readWithHead(answer, context, shape));
}

export const bytesFormat = whole('*/*', readBytes);

/** The text of any answer, but for the refusals of the service itself where it passes calls on. */
export function rawFormat(isItsOwn: (answer: HttpAnswer<string>) => boolean): Format<HttpAnswer<string>> {
  return whole(jsonOrOther, (answer, context) => readRaw(answer, context, isItsOwn));
}

/** The lines of an answer as they come. */
export function linesFormat(onLine: (line: string) => void): Format<void> {
  return { accept: jsonOrOther, exchange: (outgoing, context) => readLines(outgoing, context, onLine) };
}

/** The body as it comes, written into a file; the number of its bytes. */
export function fileFormat(file: string): Format<number> {
  return { accept: '*/*', exchange: (outgoing, context) => saveBody(outgoing, context, file) };
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

function readWithHead<T>(answer: Answer, context: AnswerContext, shape: Shape<T>): Reading<HttpAnswer<T>> {
  const reading = readJson(answer, context, shape);
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
  const reading = isItsOwn(raw) ? readBytes(answer, context, changeStatuses) : { value: raw };
  return 'failure' in reading ? reading : { value: raw };
}
