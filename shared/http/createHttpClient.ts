import { Readable } from 'node:stream';
import type { Agent } from '../agent/agent';
import type { Clock } from '../clock';
import { parseBaseUrl } from './baseUrl';
import { openConnections } from './connections';
import type { Refusal } from './errors';
import { nextStep } from './failure';
import type { HttpClient, HttpRequest } from './httpClient';
import { stringifyJson } from './json';
import { openMultipart } from './multipart';
import { networkFailure } from './networkFailure';
import { openFile } from './openFile';
import { readBytes, readJson, requestIdOf, type AnswerContext, type Reading } from './readAnswer';
import { throttleOf } from './throttle';
import type { TokenSource } from './tokenSource';
import { NoAnswer, send, type Answer, type Outgoing } from './transport';

export interface HttpClientOptions {
  /** `https://host`, with a path if the service has one; `http://` for this machine alone. */
  readonly baseUrl: string;
  /** The name of the service for messages, such as `Databricks`. */
  readonly service: string;
  readonly tokens: TokenSource;
  readonly agent: Pick<Agent, 'debug' | 'proxyFor' | 'certificates'>;
  readonly clock: Clock;
  /** Ends every call at once. */
  readonly signal: AbortSignal;
  readonly userAgent: string;
  /** What to grant, or to do else, after a 401 or 403: a sentence that follows the service's words and the identity. */
  readonly explainRefusal?: (refusal: Refusal, request: HttpRequest) => string | undefined;
  /** For tests: how long a connection may be silent. Default 60 s. */
  readonly silenceMilliseconds?: number;
  /** For tests: a number from 0 to 1. */
  readonly random?: () => number;
}

const defaultBudgetSeconds = 120;

/**
 * A client for one service. One policy for every call: it waits its turn, renews a refused token once, and repeats what
 * may be repeated until its budget is used up. Redirects are never followed, for the token must not travel.
 * Throws a TaskError when the URL, the proxy or the certificates can't be used.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { service, tokens, agent, clock, userAgent, silenceMilliseconds = 60_000, random = Math.random } = options;
  const baseUrl = parseBaseUrl(options.baseUrl, service);
  const connections = openConnections(baseUrl, agent);
  const destination = { service, host: baseUrl.host, proxyHost: connections.proxyHost };
  const throttle = throttleOf(baseUrl.host, clock);

  async function call<T>(request: HttpRequest, format: Format<T>): Promise<T> {
    const { purpose, limit, budgetSeconds = defaultBudgetSeconds } = request;
    const isRepeatable = request.repeatable ?? (request.method === 'GET' || request.method === 'HEAD');
    // A signal of its own for each call: Node warns of more than ten listeners to one.
    const signal = AbortSignal.any(request.signal ? [options.signal, request.signal] : [options.signal]);
    let deadline = clock.now() + budgetSeconds * 1000;
    let isTokenRenewed = false;
    for (let attempts = 1; ; attempts++) {
      const token = await tokens.token(signal);
      const queuedAt = clock.now();
      await throttle.turn(limit, signal);
      // Standing in our own queue is no fault of the service.
      deadline += clock.now() - queuedAt;

      const reading = await attempt(request, format, token, deadline - clock.now(), signal);
      if ('value' in reading) return reading.value;
      const { failure } = reading;
      if (failure.isTooFast) throttle.slowDown(limit);
      if (failure.isTokenRefused && !isTokenRenewed && tokens.refused(token)) {
        isTokenRenewed = true;
        continue;
      }
      const secondsLeft = (deadline - clock.now()) / 1000;
      const next = nextStep(failure, { attempts, isRepeatable, budgetSeconds, secondsLeft, random });
      if ('reason' in next)
        throw failure.error(purpose, attempts > 1 ? `${next.reason} Tried ${attempts} times.` : next.reason, attempts);
      await clock.sleep(next.waitSeconds * 1000, signal);
    }
  }

  async function attempt<T>(
    request: HttpRequest,
    { accept, read }: Format<T>,
    token: string,
    milliseconds: number,
    signal: AbortSignal,
  ): Promise<Reading<T>> {
    const startedAt = clock.now();
    const report = (outcome: string): void =>
      agent.debug(`${service}: ${summaryOf(request)}: ${outcome}, ${clock.now() - startedAt} ms`);
    const hide = (text: string): string => (token ? text.replaceAll(token, '***') : text);
    const slow = new AbortController();
    const timer = setTimeout(() => slow.abort(tooSlow()), milliseconds);
    try {
      const { headers, body } = await bodyOf(request);
      const answer = await send({
        method: request.method,
        url: urlOf(baseUrl, request),
        headers: { Authorization: `Bearer ${token}`, Accept: accept, 'User-Agent': userAgent, ...headers },
        body,
        connections,
        silenceMilliseconds,
        signal: AbortSignal.any([signal, slow.signal]),
      });
      report([answer.status, requestIdOf(answer, { hide })].filter(Boolean).join(', '));
      return read(answer, {
        service,
        hide,
        now: clock.now(),
        explainRefusal: (refusal) =>
          [`The call was made as ${tokens.identity}.`, options.explainRefusal?.(refusal, request)]
            .filter(Boolean)
            .join(' '),
      });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      report(error.code);
      return { failure: networkFailure(error, destination) };
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    // The caller names the type that the vendor documents; nothing here could check it.
    json: <T>(request: HttpRequest) => call(request, { accept: 'application/json', read: readJson }) as Promise<T>,
    bytes: (request) => call(request, { accept: '*/*', read: readBytes }),
  };
}

/** How an answer is asked for and read. */
interface Format<T> {
  readonly accept: string;
  readonly read: (answer: Answer, context: AnswerContext) => Reading<T>;
}

function tooSlow(): NoAnswer {
  return new NoAnswer('TOO_SLOW', 'the answer was not complete in time', true, undefined);
}

function urlOf(baseUrl: URL, { path, query = {} }: HttpRequest): string {
  const url = new URL(baseUrl.origin + baseUrl.pathname.replace(/\/$/, '') + path);
  for (const [key, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.append(key, String(value));
  return url.href;
}

/** A request in a debug line: the values of its query may be anybody's secret. */
function summaryOf({ method, path, query = {} }: HttpRequest): string {
  const keys = Object.keys(query).filter((key) => query[key] !== undefined);
  return `${method} ${path}${keys.length > 0 ? `?${keys.join('&')}` : ''}`;
}

async function bodyOf({ json, form, file }: HttpRequest): Promise<Pick<Outgoing, 'headers' | 'body'>> {
  if (form) {
    const { contentType, contentLength, stream } = await openMultipart(form);
    return { headers: { 'Content-Type': contentType, 'Content-Length': String(contentLength) }, body: stream };
  }
  if (file !== undefined) {
    const { size, bytes } = await openFile(file);
    return {
      headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': String(size) },
      body: Readable.from(bytes(), { objectMode: false }),
    };
  }
  if (json === undefined) return { headers: {}, body: undefined };
  return { headers: { 'Content-Type': 'application/json' }, body: Buffer.from(stringifyJson(json)) };
}
