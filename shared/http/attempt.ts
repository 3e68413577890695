import type { Format } from './answer/formats';
import { secondsAskedFor } from './answer/failure';
import { dataStatusesOf, requestIdOf, type Reading } from './answer/readAnswer';
import { Redactor } from '../agent/redactor';
import { TaskError } from '../errors';
import type { Dialect } from './dialect';
import type { HttpRequest } from './httpClient';
import type { Service } from './service';
import { bodyOf, summaryOf, urlOf } from './transport/encodeRequest';
import { networkFailure } from './transport/networkFailure';
import { NoAnswer, type AnswerHead } from './transport/send';

/** What an attempt authenticates with. */
export interface Credentials {
  readonly token: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a request once, and gives up after so many milliseconds. Writes a debug line. */
export async function attempt<T>(
  target: Service,
  request: HttpRequest,
  { accept, exchange }: Format<T>,
  credentials: Credentials,
  milliseconds: number,
  signal: AbortSignal,
): Promise<Reading<T>> {
  const { service, dialect, agent, clock, userAgent, baseUrl, connections, silenceMilliseconds } = target;
  const startedAt = clock.now();
  const report = (outcome: string): void =>
    agent.debug(`${service}: ${summaryOf(request)}: ${outcome}, ${clock.now() - startedAt} ms`);
  const authorization = authorizationOf(credentials, dialect);
  checkHeaders({ ...authorization.headers, ...credentials.headers }, target, request);
  const redactor = new Redactor([
    ...Object.values(credentials.headers),
    ...(request.secrets ?? []),
    ...authorization.secrets,
  ]);
  const hide = (text: string): string => redactor.redact(text);
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(tooSlow()), milliseconds);
  try {
    const { headers, body } = bodyOf(request);
    const outgoing = {
      method: request.method,
      url: urlOf(baseUrl, request),
      headers: {
        ...authorization.headers,
        Accept: accept,
        'User-Agent': userAgent,
        ...target.headers,
        ...credentials.headers,
        ...request.headers,
        ...headers,
      },
      body,
      connections,
      silenceMilliseconds,
      signal: AbortSignal.any([signal, slow.signal]),
    };
    const onAnswer = (answer: AnswerHead): void => {
      report([answer.status, requestIdOf(answer, { hide, dialect })].filter(Boolean).join(', '));
      pauseIfAsked(answer, target);
    };
    const isSecret = request.hasSecretAnswer === true;
    const isFile = request.isFile === true;
    const statuses = dataStatusesOf(request);
    const date = clock.date();
    return await exchange(outgoing, { service, dialect, hide, isSecret, isFile, statuses, date, onAnswer });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    report(error.code);
    return { failure: networkFailure(error, { service, host: baseUrl.host, proxyHost: connections.proxyHost }) };
  } finally {
    clearTimeout(timer);
  }
}

function authorizationOf(
  { token }: Credentials,
  { authorization = bearer }: Dialect,
): { readonly headers: Readonly<Record<string, string>>; readonly secrets: readonly string[] } {
  if (token === undefined) return { headers: {}, secrets: [] };
  const value = authorization(token);
  // What follows the scheme may be the token in another form.
  return { headers: { Authorization: value }, secrets: [token, value.replace(/^\S+ /, '')] };
}

/** Throws a TaskError for credentials that HTTP cannot carry, such as a token with a line break. */
function checkHeaders(
  headers: Readonly<Record<string, string>>,
  { service, tokens }: Service,
  { purpose }: HttpRequest,
): void {
  if (Object.values(headers).every((value) => !/[^\t\x20-\x7e\x80-\xff]/.test(value))) return;
  const who = tokens ? ` It belongs to ${tokens.identity}.` : '';
  throw new TaskError(
    `Could not ${purpose}: the token for ${service} contains a line break or another character that cannot be sent.${who} Enter it again.`,
  );
}

function bearer(token: string): string {
  return `Bearer ${token}`;
}

function pauseIfAsked(answer: AnswerHead, { service, dialect, agent, clock, throttle }: Service): void {
  const name = dialect.delayHeaders?.find((header) => answer.header(header) !== undefined);
  const seconds = name === undefined ? undefined : secondsAskedFor(answer, clock.date(), name);
  if (seconds === undefined) return;
  agent.debug(`${service} asks to wait ${seconds} s before the next call.`);
  throttle.pause(seconds);
}

function tooSlow(): NoAnswer {
  return new NoAnswer('TOO_SLOW', 'the answer was not complete in time', true, undefined);
}
