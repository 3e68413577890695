import { type ForeignAnswer, ForeignAnswerError, HttpError, type Refusal } from '../errors';
import { parseRetryAfter, type Failure } from './failure';
import { parseJson } from '../../json';
import { joined } from '../sentences';
import type { Dialect, ServiceError } from '../dialect';
import { isHtml, readServiceError, titleOf } from './serviceError';
import type { Answer, AnswerHead } from '../transport/send';

/** What is needed to read an answer. */
export interface AnswerContext {
  readonly service: string;
  readonly dialect: Dialect;
  /** Masks the secrets of the call in a text that may repeat them. */
  readonly hide: (text: string) => string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const transientStatuses = new Set([408, 429, 500, 502, 503, 504]);

/** The data of an answer, or why there is none. */
export type Reading<T> = { readonly value: T } | { readonly failure: Failure };

/** Reads an answer that should be JSON; an empty one is `{}`. */
export function readJson(answer: Answer, context: AnswerContext): Reading<unknown> {
  const failure = failureOf(answer, context);
  if (failure) return { failure };
  const text = textOf(answer);
  if (text.trim() === '') return { value: {} };
  try {
    return { value: parseJson(text) };
  } catch {
    const what = `${answer.body.length} bytes of '${context.hide(answer.header('content-type') ?? 'no type')}' that are not valid JSON`;
    return { failure: foreignAnswer(answer, context, { what, isTransient: true }) };
  }
}

/** Takes the body of an answer as it is. */
export function readBytes(answer: Answer, context: AnswerContext): Reading<Buffer> {
  const failure = failureOf(answer, context);
  return failure ? { failure } : { value: answer.body };
}

function failureOf(answer: Answer, context: AnswerContext): Failure | undefined {
  const { status } = answer;
  if (status < 300) return isPage(answer) ? foreignAnswer(answer, context, { what: 'a web page' }) : undefined;
  if (status < 400) return foreignAnswer(answer, context, { what: 'a redirect' });
  const error = readServiceError(context.hide(textOf(answer)), context.dialect);
  if (error) return refusal(answer, context, error);
  // Any page with a 401 is about the token.
  if (status === 401) return refusal(answer, context, { errorCode: undefined, message: '' });
  return foreignAnswer(answer, context, { what: 'a web page', isTransient: transientStatuses.has(status) });
}

function refusal(answer: Answer, context: AnswerContext, { errorCode, message }: ServiceError): Failure {
  const { status } = answer;
  const retryAfterSeconds = parseRetryAfter(answer.header('retry-after'), context.now);
  const { statusByErrorCode, statusMeant, refusesToken } = context.dialect;
  const meaning =
    statusByErrorCode?.get(errorCode ?? '') ?? statusMeant?.({ status, serviceMessage: message }) ?? status;
  const isTransient = transientStatuses.has(meaning);
  const facts: Refusal = {
    status,
    errorCode,
    serviceMessage: message,
    requestId: requestIdOf(answer, context),
    retryAfterSeconds,
  };
  const code = errorCode === undefined || errorCode === String(status) ? '' : ` ${errorCode}`;
  const parts = [
    `${context.service} answered ${status}${code}${message ? `: ${message.replace(/\.$/, '')}` : ' without giving a reason'}.`,
    facts.requestId ? `Request id: ${facts.requestId}.` : '',
  ];
  return {
    isTransient,
    // A 503 from a gateway doesn't say whether the service had begun.
    isUndone: meaning === 429 || (meaning === 503 && (errorCode ?? retryAfterSeconds) !== undefined),
    isTokenRefused: status === 401 || refusesToken?.(facts) === true,
    isTooFast: meaning === 429,
    retryAfterSeconds,
    mostAttempts: undefined,
    trouble: facts,
    error: (purpose, ending, attempts) =>
      new HttpError(joined(`Could not ${purpose}:`, ...parts, ending), { ...facts, attempts, isTransient }),
  };
}

function foreignAnswer(
  answer: Answer,
  context: AnswerContext,
  { what, isTransient = false }: { readonly what: string; readonly isTransient?: boolean },
): Failure {
  const { status } = answer;
  const retryAfterSeconds = parseRetryAfter(answer.header('retry-after'), context.now);
  const title = titleOf(context.hide(answer.body.toString('utf8')));
  const locationHost = hostOf(answer, context);
  const facts: ForeignAnswer = { status, title, locationHost };
  const parts = [
    `${status} with ${what}`,
    title ? ` titled '${title}'` : '',
    locationHost ? ` to ${locationHost}` : '',
  ];
  return {
    isTransient,
    isUndone: retryAfterSeconds !== undefined && (status === 429 || status === 503),
    isTokenRefused: context.dialect.refusesToken?.({ status, serviceMessage: '' }) === true,
    isTooFast: status === 429,
    retryAfterSeconds,
    mostAttempts: undefined,
    trouble: facts,
    error: (purpose, ending, attempts) =>
      new ForeignAnswerError(
        joined(
          `Could not ${purpose}: the answer did not come from the API of ${context.service}: ${parts.join('')}.`,
          ending,
        ),
        { ...facts, attempts, isTransient },
      ),
  };
}

function isPage(answer: Answer): boolean {
  return /\bhtml\b/i.test(answer.header('content-type') ?? '') || isHtml(answer.body.toString('utf8', 0, 500));
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
