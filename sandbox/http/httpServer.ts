import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { corsHeaders, preflightAnswer } from './cors';
import type { Fault, Faults } from './faults';
import type { RequestLog } from './requestLog';

/** A certificate for `localhost` and its key, in PEM. */
export interface TlsOptions {
  readonly cert: string;
  readonly key: string;
}

/** A request with its whole body. */
export interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly errorCode?: string;
}

/** What the handling of a request leaves for the log. */
export interface Trace {
  user?: string;
  idempotencyToken?: string;
}

export interface HttpParts {
  /** What the service answers; it never rejects. */
  readonly answer: (received: Received, trace: Trace) => Promise<Answer>;
  /** The body in which the service names an error. */
  readonly errorBody: (errorCode: string, message: string) => string;
  /** Requests that are not slowed down, spoiled or logged. */
  readonly isControl?: (path: string) => boolean;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly latencyMilliseconds?: number;
  readonly logsBodies?: boolean;
  /** Plain HTTP without it. */
  readonly tls?: TlsOptions;
  /** Scripts of every origin may use it, as those of pages of extensions. */
  readonly allowsScripts?: boolean;
}

/** Listens on the loopback address; port 0 takes a free one. With TLS the URL names `localhost`. */
export async function listen(
  parts: HttpParts,
  port: number,
): Promise<{ readonly server: Server; readonly url: string }> {
  const onRequest: RequestListener = (request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      // Only a connection that the client gave up gets here; there is nobody left to answer.
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
  const server = parts.tls ? createTlsServer(parts.tls, onRequest) : createServer(onRequest);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const origin = parts.tls ? 'https://localhost' : 'http://127.0.0.1';
  return { server, url: `${origin}:${(server.address() as AddressInfo).port}` };
}

/** Stops listening and closes all connections. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

async function serve(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [time, start] = [Date.now(), performance.now()];
  const received = await receive(request);
  const path = received.url.pathname;
  const trace: Trace = {};
  const preflight = parts.allowsScripts === true ? preflightAnswer(received.method, received.headers) : undefined;
  if (preflight) {
    write(response, preflight);
    return;
  }
  if (parts.isControl?.(path)) {
    write(response, await parts.answer(received, trace));
    return;
  }
  if (parts.latencyMilliseconds) await delay(parts.latencyMilliseconds);
  const fault = parts.faults.take(received.method, path);
  if (fault?.delayMilliseconds) await delay(fault.delayMilliseconds);
  let result =
    fault?.effect && fault.when !== 'after' && !keepsAnswer(fault) ? undefined : await parts.answer(received, trace);
  if (fault) result = withHeaders(spoil(fault, result, parts), fault);
  if (parts.allowsScripts === true && result)
    result = { ...result, headers: { ...corsHeaders(received.headers), ...result.headers } };
  if (result && fault && breaksOff(fault, result)) cutOff(response, result);
  else if (result) write(response, result);
  else request.socket.resetAndDestroy();
  parts.requests.add({
    time,
    method: received.method,
    path,
    query: Object.fromEntries(received.url.searchParams),
    status: result?.status ?? 0,
    milliseconds: Math.round(performance.now() - start),
    requestBytes: received.body.length,
    userAgent: received.headers['user-agent'] ?? '',
    ...trace,
    ...(result?.errorCode && { errorCode: result.errorCode }),
    ...(fault && { fault: fault.effect ?? 'delay' }),
    ...(parts.logsBodies && { body: received.body.toString('utf8') }),
  });
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(`http://sandbox${request.url ?? '/'}`);
  return { method: request.method ?? 'GET', url, headers: request.headers, body: Buffer.concat(chunks) };
}

/** What the client gets instead; `undefined` is a reset connection. */
function spoil(fault: Fault, result: Answer | undefined, { errorBody }: HttpParts): Answer | undefined {
  switch (fault.effect) {
    case 'reset':
      return undefined;
    case 'truncated':
      return result && !breaksOff(fault, result)
        ? { ...result, body: result.body.subarray(0, result.body.length / 2) }
        : result;
    case 'rewritten':
      return result && rewritten(fault, result);
    case 'html':
      return {
        status: fault.status ?? 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: Buffer.from(fault.body ?? signInPage),
      };
    case 'status': {
      const status = fault.status ?? 503;
      const errorCode = fault.errorCode ?? (status === 429 ? 'REQUEST_LIMIT_EXCEEDED' : 'TEMPORARILY_UNAVAILABLE');
      const body = fault.body ?? errorBody(errorCode, fault.message ?? 'This error was injected into the sandbox.');
      const retryAfter = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
      return { status, headers: { ...jsonType, ...retryAfter }, body: Buffer.from(body), errorCode };
    }
    default:
      return result;
  }
}

/** Half of a file that says nothing of its length would be a file: it ends with the connection. */
function breaksOff({ effect }: Fault, { headers }: Answer): boolean {
  return (
    effect === 'cut' || (effect === 'truncated' && /^application\/octet-stream/.test(headers['content-type'] ?? ''))
  );
}

const withHeaders = (answer: Answer | undefined, { headers }: Fault): Answer | undefined =>
  answer && { ...answer, headers: { ...answer.headers, ...headers } };

/** Whether what the client gets is made of the real answer. */
export function keepsAnswer({ effect }: Fault): boolean {
  return effect === 'truncated' || effect === 'cut' || effect === 'rewritten';
}

export function rewritten<A extends { readonly status: number }>(
  { rewrite }: Fault,
  answer: A & { readonly body: Buffer },
): A & { readonly body: Buffer } {
  const made = rewrite?.(answer.status, answer.body.toString('utf8'));
  return made ? { ...answer, status: made.status, body: Buffer.from(made.body) } : answer;
}

/** Sends half of an answer without saying how long it is, and breaks the connection. */
export function cutOff(
  response: ServerResponse,
  { status, headers, body }: Pick<Answer, 'status' | 'headers' | 'body'>,
): void {
  response.writeHead(status, headers);
  response.write(body.subarray(0, body.length / 2), () => response.destroy());
}

export const jsonType = { 'content-type': 'application/json; charset=utf-8' };

const signInPage =
  '<!DOCTYPE html>\n<html><head><title>Sign in to Databricks</title></head><body><form>Sign in</form></body></html>\n';

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  // An answer without content has no length.
  response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': body.length });
  response.end(body);
}
