import { type ForeignAnswer, ForeignAnswerError, HttpError, type Refusal } from '../errors';
import { parseRetryAfter, type Failure } from './failure';
import { parseJson } from '../../json';
import { joined } from '../sentences';
import { isHtml, readServiceError, titleOf, type ServiceError } from './serviceError';
import type { Answer, AnswerHead } from '../transport/send';

/** What is needed to make sense of an answer. */
export interface AnswerContext {
  readonly service: string;
  /** Makes the secrets of the call unreadable in a text that may repeat them. */
  readonly hide: (text: string) => string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const transientStatuses = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Databricks names overload by code too, now and then under another status (SCIM: 500 REQUEST_LIMIT_EXCEEDED); these
 * count as the status that they belong to. Its other passing faults are known to the operations that may meet them.
 */
const statusByErrorCode = new Map([
  ['RESOURCE_EXHAUSTED', 429],
  ['REQUEST_LIMIT_EXCEEDED', 429],
  ['TEMPORARILY_UNAVAILABLE', 503],
]);

/**
 * Databricks answers 403 to a token that is wrong or has expired: `Invalid access token.`, `Invalid Token`,
 * `Token is expiring within 30 seconds.`, `JWT has expired`; and 400 to one of another tenant or for another service:
 * `Expected iss claim to be …`.
 */
const tokenRefusal = /\binvalid (?:access )?token\b|\b(?:token|jwt)\b.*\bexpir|\bexpected (?:iss|aud) claim\b/is;

/** The data that an answer holds, or why it holds none. */
export type Reading<T> = { readonly value: T } | { readonly failure: Failure };

/** Reads an answer that should be JSON; an empty one is `{}`. */
export function readJson(answer: Answer, context: AnswerContext): Reading<unknown> {
  const failure = failureOf(answer, context);
  if (failure) return { failure };
  const text = answer.body.toString('utf8');
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
  const error = readServiceError(context.hide(answer.body.toString('utf8')));
  if (error) return refusal(answer, context, error);
  // Whatever page comes with a 401, it is about the token.
  if (status === 401) return refusal(answer, context, { errorCode: undefined, message: '' });
  return foreignAnswer(answer, context, { what: 'a web page', isTransient: transientStatuses.has(status) });
}

function refusal(answer: Answer, context: AnswerContext, { errorCode, message }: ServiceError): Failure {
  const { status } = answer;
  const retryAfterSeconds = parseRetryAfter(answer.header('retry-after'), context.now);
  const meaning = statusByErrorCode.get(errorCode ?? '') ?? status;
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
    // A 503 of something before the service doesn't say whether the service had begun.
    isUndone: meaning === 429 || (meaning === 503 && (errorCode ?? retryAfterSeconds) !== undefined),
    isTokenRefused: status === 401 || ([400, 403].includes(status) && tokenRefusal.test(message)),
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
    isTokenRefused: false,
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

/** Databricks, Azure and Azure DevOps, in this order; anything odd is left out of our messages. */
export function requestIdOf(answer: AnswerHead, { hide }: Pick<AnswerContext, 'hide'>): string | undefined {
  const id = answer.header('x-request-id') ?? answer.header('x-ms-request-id') ?? answer.header('x-vss-e2eid') ?? '';
  return /^[\w.:-]{1,100}$/.test(id) ? hide(id) : undefined;
}
