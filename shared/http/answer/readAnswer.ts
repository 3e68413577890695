import { type ForeignAnswer, ForeignAnswerError, HttpError, type Refusal } from '../errors';
import { secondsAskedFor, type Failure } from './failure';
import type { HttpRequest } from '../httpClient';
import { isObject, JsonLimitError, parsedJson, parseJson } from '../../json';
import { readShape, type Shape } from '../shape';
import { joined } from '../../sentences';
import type { Dialect, ServiceError } from '../dialect';
import { isHtml, readServiceError, titleOf } from './serviceError';
import type { Answer, AnswerHead } from '../transport/send';

/** What is needed to read an answer. */
export interface AnswerContext {
  readonly service: string;
  readonly dialect: Dialect;
  /** Masks the secrets of the call in a text that may repeat them. */
  readonly hide: (text: string) => string;
  /** The date of this machine, in milliseconds since 1970. */
  readonly date: number;
  /** Whether no message may show any of the body. */
  readonly isSecret: boolean;
  /** The statuses that come with the data. */
  readonly statuses: ReadonlySet<number>;
  /** Whether the body may be a web page without being one of another server. */
  readonly isFile: boolean;
}

/** 203 comes from a proxy that changed headers only. */
const wholeStatuses: ReadonlySet<number> = new Set([200, 203]);
/** Of a call that may change something. */
export const changeStatuses: ReadonlySet<number> = new Set([...wholeStatuses, 201, 202, 204]);

/**
 * The statuses that come with the data of a call. One that reads has its data with 200: 201, 202 and 204 say that something
 * was created, is under way or has no content. They come with data only where the request names them.
 */
export function dataStatusesOf({ method, statuses }: Pick<HttpRequest, 'method' | 'statuses'>): ReadonlySet<number> {
  if (statuses) return new Set([...wholeStatuses, ...statuses]);
  return method === 'GET' || method === 'HEAD' ? wholeStatuses : changeStatuses;
}

/** In characters. */
const longestExcerpt = 200;

const transientStatuses = new Set([408, 429, 500, 502, 503, 504]);

/** The data of an answer, or why there is none. */
export type Reading<T> = { readonly value: T } | { readonly failure: Failure };

/** A service that has answered so often in another shape does so on purpose. */
const mostAttemptsAtShape = 3;

/** Reads an answer that should be JSON of a shape; an empty body is undefined. */
export function readJson<T>(answer: Answer, context: AnswerContext, shape: Shape<T>): Reading<T> {
  const failure = failureOf(answer, context, context.statuses);
  if (failure) return { failure };
  const text = textOf(answer);
  let value: unknown;
  try {
    value = text.trim() === '' ? undefined : parseJson(text);
  } catch (error) {
    const isTooLarge = error instanceof JsonLimitError;
    const what = isTooLarge
      ? `${answer.body.length} bytes of JSON that ${error.message}`
      : `${answer.body.length} bytes of '${context.hide(answer.header('content-type') ?? 'no type')}' that are not valid JSON`;
    return { failure: foreignAnswer(answer, context, { what, isTransient: !isTooLarge }) };
  }
  const error = errorIn(value, shape.fields ?? []) && readServiceError(context.hide(text), context.dialect);
  if (error) return { failure: refusal(answer, context, error) };
  const reading = readShape(shape, value);
  if ('value' in reading) return reading;
  const what =
    value === undefined
      ? 'an empty body'
      : `data of another form than documented: ${reading.problem}${excerptOf(text, context)}`;
  const mostAttempts = mostAttemptsAtShape;
  return { failure: foreignAnswer(answer, context, { what, isTransient: true, mostAttempts }) };
}

/** Whether an answer that came with success is an error in truth. A field that the shape names is data. */
function errorIn(value: unknown, fields: readonly string[]): boolean {
  return (
    isObject(value) &&
    ['error', 'error_code'].some((name) => value[name] !== undefined && value[name] !== null && !fields.includes(name))
  );
}

/** What came, for messages; never of an answer that holds secrets. */
function excerptOf(text: string, { hide, isSecret }: AnswerContext): string {
  if (isSecret) return '';
  const line = hide(text).replaceAll(/\s+/g, ' ').trim();
  return ` (${line.length > longestExcerpt ? `${line.slice(0, longestExcerpt)}…` : line})`;
}

/** Takes the body of an answer as it is; by default a part of it, or none, is not accepted. */
export function readBytes(answer: Answer, context: AnswerContext, statuses = wholeStatuses): Reading<Buffer> {
  const failure = failureOf(answer, context, statuses);
  return failure ? { failure } : { value: answer.body };
}

function failureOf(
  answer: Answer,
  context: AnswerContext,
  /** Those that come with what was asked for. */
  statuses: ReadonlySet<number>,
): Failure | undefined {
  const { status } = answer;
  if (status < 300) {
    if (isPage(answer, context)) return foreignAnswer(answer, context, { what: 'a web page' });
    const what = 'a status that was not asked for';
    return statuses.has(status)
      ? undefined
      : foreignAnswer(answer, context, { what, isTransient: true, mostAttempts: mostAttemptsAtShape });
  }
  if (status < 400) return foreignAnswer(answer, context, { what: 'a redirect' });
  const error = readServiceError(context.hide(textOf(answer)), context.dialect);
  if (error) return refusal(answer, context, error);
  // Any page with a 401 is about the token.
  if (status === 401) return refusal(answer, context, { errorCode: undefined, message: '' });
  return foreignAnswer(answer, context, { what: 'a web page', isTransient: transientStatuses.has(status) });
}

function refusal(answer: Answer, context: AnswerContext, { errorCode, message }: ServiceError): Failure {
  const { status } = answer;
  const retryAfterSeconds = secondsAskedFor(answer, context.date);
  const { statusByErrorCode, statusMeant, refusesToken, unavailableMayBeDone = false } = context.dialect;
  const meaning =
    statusByErrorCode?.get(errorCode ?? '') ?? statusMeant?.({ status, serviceMessage: message }) ?? status;
  const isTransient = transientStatuses.has(meaning);
  const isCut = isCutJson(answer);
  const facts: Refusal = {
    status,
    errorCode,
    serviceMessage: message,
    requestId: requestIdOf(answer, context),
    retryAfterSeconds,
  };
  const isTokenRefused = status === 401 || refusesToken?.(facts) === true;
  const code = errorCode === undefined || errorCode === String(status) ? '' : ` ${errorCode}`;
  const parts = [
    `${context.service} answered ${status}${code}${message ? `: ${message.replace(/\.$/, '')}` : ' without giving a reason'}.`,
    facts.requestId ? `Request id: ${facts.requestId}.` : '',
  ];
  return {
    // The whole refusal may say something else, such as that nothing is there yet.
    isTransient: isTransient || isCut,
    // A 503 from a gateway doesn't say whether the service had begun.
    isUndone:
      meaning === 429 || (meaning === 503 && !unavailableMayBeDone && (errorCode ?? retryAfterSeconds) !== undefined),
    isTokenRefused,
    isTooFast: meaning === 429,
    retryAfterSeconds,
    mostAttempts: isCut && !isTransient ? mostAttemptsAtShape : undefined,
    trouble: facts,
    error: (purpose, ending, attempts) =>
      new HttpError(joined(`Could not ${purpose}:`, ...parts, ending), {
        ...facts,
        attempts,
        isTransient,
        isTokenRefused,
      }),
  };
}

function foreignAnswer(
  answer: Answer,
  context: AnswerContext,
  {
    what,
    isTransient = false,
    mostAttempts,
  }: { readonly what: string; readonly isTransient?: boolean; readonly mostAttempts?: number },
): Failure {
  const { status } = answer;
  const retryAfterSeconds = secondsAskedFor(answer, context.date);
  const title = titleOf(context.hide(answer.body.toString('utf8')));
  const locationHost = hostOf(answer, context);
  const facts: ForeignAnswer = { status, title, locationHost };
  const isTokenRefused = context.dialect.refusesToken?.({ status, serviceMessage: '' }) === true;
  const parts = [
    `${status} with ${what}`,
    title ? ` titled '${title}'` : '',
    locationHost ? ` to ${locationHost}` : '',
  ];
  return {
    isTransient,
    isUndone:
      retryAfterSeconds !== undefined &&
      (status === 429 || (status === 503 && context.dialect.unavailableMayBeDone !== true)),
    isTokenRefused,
    isTooFast: status === 429,
    retryAfterSeconds,
    mostAttempts,
    trouble: facts,
    error: (purpose, ending, attempts) =>
      new ForeignAnswerError(
        joined(
          `Could not ${purpose}: the answer did not come from the API of ${context.service}: ${parts.join('')}.`,
          ending,
        ),
        { ...facts, attempts, isTransient, isTokenRefused },
      ),
  };
}

function isPage(answer: Answer, { isFile }: AnswerContext): boolean {
  if (/\bhtml\b/i.test(answer.header('content-type') ?? '')) return true;
  return !isFile && isHtml(answer.body.toString('utf8', 0, 500));
}

/** Whether the body begins as JSON, and is none: a part of it is missing. */
function isCutJson(answer: Answer): boolean {
  const text = textOf(answer).trimStart();
  return /^[[{]/.test(text) && /\bjson\b/i.test(answer.header('content-type') ?? '') && parsedJson(text) === undefined;
}

/** The host of another server that a redirect points to. */
function hostOf(answer: Answer, context: AnswerContext): string | undefined {
  const location = answer.status < 400 ? answer.header('location') : undefined;
  return location !== undefined && URL.canParse(location) ? context.hide(new URL(location).host) : undefined;
}

/** The id by which the service finds the request; anything that doesn't look like one is left out of our messages. */
export function requestIdOf(
  { header }: AnswerHead,
  { hide, dialect: { requestIdHeaders = ['x-request-id'] } }: Pick<AnswerContext, 'hide' | 'dialect'>,
): string | undefined {
  const id = requestIdHeaders.map(header).find((value) => value !== undefined) ?? '';
  return /^[\w.:-]{1,100}$/.test(id) ? hide(id) : undefined;
}

/** The body as text, without the byte order mark that some services begin it with. */
function textOf({ body }: Answer): string {
  return body.toString('utf8').replace(/^\uFEFF/, '');
}
