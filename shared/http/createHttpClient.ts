import { Readable } from 'node:stream';
import type { Agent } from '../agent/agent';
import type { Clock } from '../clock';
import { parseBaseUrl } from './transport/baseUrl';
import type { ServiceCertificates } from './transport/certificates';
import { openConnections } from './transport/connections';
import { isRefusal, type Trouble } from './errors';
import { nextStep, type Failure } from './answer/failure';
import type { DetailedHttpClient, HttpAnswer, HttpRequest } from './httpClient';
import { stringifyJson } from '../json';
import { readLines } from './answer/lines';
import { openMultipart } from './transport/multipart';
import { networkFailure } from './transport/networkFailure';
import { openFile } from './transport/openFile';
import { readBytes, readJson, requestIdOf, type AnswerContext, type Reading } from './answer/readAnswer';
import { joined } from './sentences';
import { throttleOf } from './throttle';
import type { TokenSource } from './tokenSource';
import { NoAnswer, send, type Answer, type AnswerHead, type Outgoing } from './transport/send';

export interface HttpClientOptions {
  /** `https://host`, with a path if the service has one; `http://` for this machine alone. */
  readonly baseUrl: string;
  /** The name of the service for messages, such as `Databricks`. */
  readonly service: string;
  /** Absent where calls need no bearer token, such as those that ask for one. */
  readonly tokens?: TokenSource;
  /** Whether calls without tokens hold no secret either, so that they may go to `http://` anywhere. */
  readonly isOpen?: boolean;
  readonly agent: Pick<Agent, 'debug' | 'proxyFor' | 'certificates'>;
  readonly clock: Clock;
  /** Ends every call at once. */
  readonly signal: AbortSignal;
  readonly userAgent: string;
  /** Certificates for this service alone, in PEM. */
  readonly tls?: ServiceCertificates;
  /** What to do about an answer that holds no data: sentences that follow what came back. Asked only when nothing is tried any more. */
  readonly explain?: (trouble: Trouble, request: HttpRequest) => Promise<string | undefined> | string | undefined;
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
export function createHttpClient(options: HttpClientOptions): DetailedHttpClient {
  const { service, tokens, agent, clock, userAgent, silenceMilliseconds = 60_000, random = Math.random } = options;
  const baseUrl = parseBaseUrl(options.baseUrl, service, tokens !== undefined || options.isOpen !== true);
  const connections = openConnections(baseUrl, agent, options.tls);
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
      const token = await tokens?.token(signal);
      const proofs = (await tokens?.headers?.(signal)) ?? {};
      const queuedAt = clock.now();
      await throttle.turn(limit, signal);
      // Standing in our own queue is no fault of the service.
      deadline += clock.now() - queuedAt;

      const reading = await attempt(request, format, { token, proofs }, deadline - clock.now(), signal);
      if ('value' in reading) return reading.value;
      const { failure } = reading;
      if (failure.isTooFast) throttle.slowDown(limit);
      if (failure.isTokenRefused && !isTokenRenewed && token !== undefined && tokens?.refused(token)) {
        isTokenRenewed = true;
        continue;
      }
      const secondsLeft = (deadline - clock.now()) / 1000;
      const next = nextStep(failure, { attempts, isRepeatable, budgetSeconds, secondsLeft, random });
      if ('reason' in next) {
        const tried = attempts > 1 ? `Tried ${attempts} times.` : '';
        throw failure.error(purpose, joined(await explanation(failure, request), next.reason, tried), attempts);
      }
      await clock.sleep(next.waitSeconds * 1000, signal);
    }
  }

  async function attempt<T>(
    request: HttpRequest,
    { accept, exchange }: Format<T>,
    { token, proofs }: Authorization,
    milliseconds: number,
    signal: AbortSignal,
  ): Promise<Reading<T>> {
    const startedAt = clock.now();
    const report = (outcome: string): void =>
      agent.debug(`${service}: ${summaryOf(request)}: ${outcome}, ${clock.now() - startedAt} ms`);
    const secrets = [token ?? '', ...Object.values(proofs), ...(request.secrets ?? [])]
      .filter((secret) => secret !== '')
      .flatMap((secret) => [secret, asFormValue(secret)]);
    const hide = (text: string): string => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
    const slow = new AbortController();
    const timer = setTimeout(() => slow.abort(tooSlow()), milliseconds);
    try {
      const { headers, body } = await bodyOf(request);
      const outgoing: Outgoing = {
        method: request.method,
        url: urlOf(baseUrl, request),
        headers: {
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
          Accept: accept,
          'User-Agent': userAgent,
          ...proofs,
          ...request.headers,
          ...headers,
        },
        body,
        connections,
        silenceMilliseconds,
        signal: AbortSignal.any([signal, slow.signal]),
      };
      const onAnswer = (answer: AnswerHead): void =>
        report([answer.status, requestIdOf(answer, { hide })].filter(Boolean).join(', '));
      return await exchange(outgoing, { service, hide, now: clock.now(), onAnswer });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      report(error.code);
      return { failure: networkFailure(error, destination) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Who made the call, where that matters, and what to do. */
  async function explanation({ trouble, isTokenRefused }: Failure, request: HttpRequest): Promise<string> {
    if (!trouble) return '';
    // A page with good tidings is where people would sign in; a page with bad ones is a proxy's.
    const isAboutTheCaller =
      isTokenRefused || (isRefusal(trouble) ? [401, 403].includes(trouble.status) : trouble.status < 400);
    const advice = await options.explain?.(trouble, request);
    return joined(
      tokens && isAboutTheCaller ? `The call was made as ${tokens.identity}.` : '',
      advice ?? (isRefusal(trouble) ? '' : checkTheUrl),
    );
  }

  return {
    // The caller names the type that the vendor documents; nothing here could check it.
    json: <T>(request: HttpRequest) => call(request, whole('application/json', readJson)) as Promise<T>,
    answer: <T>(request: HttpRequest) => call(request, whole('application/json', readWhole)) as Promise<HttpAnswer<T>>,
    raw: (request, isItsOwn = () => false) =>
      call(
        request,
        whole('application/json, */*', (answer, context) => readRaw(answer, context, isItsOwn)),
      ),
    bytes: (request) => call(request, whole('*/*', readBytes)),
    lines: (request, onLine) =>
      // What was handed over once must not come again.
      call(
        { ...request, repeatable: false },
        {
          accept: 'application/json, */*',
          exchange: (outgoing, context) => readLines(outgoing, context, onLine),
        },
      ),
  };
}

const checkTheUrl = 'Check the URL of the service, and whether a sign-in page or a proxy is in the way.';

/** What proves who makes one attempt. */
interface Authorization {
  readonly token: string | undefined;
  readonly proofs: Readonly<Record<string, string>>;
}

/** How an answer is asked for and read. */
interface Format<T> {
  readonly accept: string;
  readonly exchange: (outgoing: Outgoing, context: ExchangeContext) => Promise<Reading<T>>;
}

interface ExchangeContext extends AnswerContext {
  /** Told as soon as an answer begins. */
  readonly onAnswer: (answer: AnswerHead) => void;
}

/** Reads the whole answer at once. */
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

function tooSlow(): NoAnswer {
  return new NoAnswer('TOO_SLOW', 'the answer was not complete in time', true, undefined);
}

function urlOf(baseUrl: URL, { path, query = {}, exactQuery }: HttpRequest): string {
  const url = new URL(baseUrl.origin + baseUrl.pathname.replace(/\/$/, '') + path);
  for (const [key, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.append(key, String(value));
  return exactQuery === undefined ? url.href : `${url.href}?${exactQuery}`;
}

function readWhole(answer: Answer, context: AnswerContext): Reading<HttpAnswer<unknown>> {
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

/** A request in a debug line: the values of its query may be anybody's secret. */
function summaryOf({ method, path, query = {} }: HttpRequest): string {
  const keys = Object.keys(query).filter((key) => query[key] !== undefined);
  return `${method} ${path}${keys.length > 0 ? `?${keys.join('&')}` : ''}`;
}

/** As it travels in the body of a form, which a service may repeat as it is. */
function asFormValue(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice('='.length);
}

async function bodyOf({ json, text, form, fields, file }: HttpRequest): Promise<Pick<Outgoing, 'headers' | 'body'>> {
  if (fields) {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return { headers, body: Buffer.from(new URLSearchParams(fields).toString()) };
  }
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
  if (text) return { headers: { 'Content-Type': text.contentType }, body: Buffer.from(text.content) };
  if (json === undefined) return { headers: {}, body: undefined };
  return { headers: { 'Content-Type': 'application/json' }, body: Buffer.from(stringifyJson(json)) };
}
