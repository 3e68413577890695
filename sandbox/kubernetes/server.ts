import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import type { Fault, Faults } from '../http/faults';
import { cutOff, keepsAnswer, rewritten } from '../http/httpServer';
import type { RequestLog } from '../http/requestLog';
import type { Authority } from './certificates';
import { StatusError } from './status';

/** A request with its whole body. */
export interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** A certificate of a client that the cluster's authority signed. */
  readonly certificate?: PeerCertificate;
}

/** Sends the parts of an answer that goes on; ends when the client is gone. */
export type Stream = (send: (chunk: string) => void, ended: AbortSignal) => Promise<void>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | Stream;
  /** For the log. */
  readonly user?: string;
  readonly reason?: string;
}

export interface ServerParts {
  readonly authority: Authority;
  /** What the API server answers; it never rejects. */
  readonly answer: (received: Received) => Promise<Answer>;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly latencyMilliseconds: number;
  readonly logsBodies: boolean;
}

/** Listens with TLS on the loopback address; port 0 takes a free one. */
export async function listen(
  parts: ServerParts,
  port: number,
): Promise<{ readonly server: Server; readonly url: string }> {
  const { ca, server: pair } = parts.authority;
  const options = { ...pair, ca, requestCert: true, rejectUnauthorized: false };
  const server = createServer(options, (request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      // Only a connection that the client gave up gets here; there is nobody left to answer.
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { server, url: `https://localhost:${(server.address() as AddressInfo).port}` };
}

/** Stops listening and closes all connections. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [time, start] = [Date.now(), performance.now()];
  const received = await receive(request);
  const { method, url } = received;
  if (parts.latencyMilliseconds > 0) await delay(parts.latencyMilliseconds);
  const fault = parts.faults.take(method, url.pathname);
  if (fault?.delayMilliseconds) await delay(fault.delayMilliseconds);
  const isInstead = fault?.effect !== undefined && !keepsAnswer(fault) && fault.when !== 'after';
  const real = isInstead ? undefined : await parts.answer(received);
  const result = fault?.effect ? spoil(fault, real) : real;
  const log = () =>
    parts.requests.add({
      time,
      method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      status: result?.status ?? 0,
      milliseconds: Math.round(performance.now() - start),
      requestBytes: received.body.length,
      userAgent: received.headers['user-agent'] ?? '',
      ...(real?.user !== undefined && { user: real.user }),
      ...(result?.reason && { errorCode: result.reason }),
      ...(fault && { fault: fault.effect ?? 'delay' }),
      ...(parts.logsBodies && { body: received.body.toString('utf8') }),
    });
  // Logged before the answer, so that whoever has the answer finds the request in the log.
  log();
  if (!result) request.socket.resetAndDestroy();
  else if (fault?.effect === 'cut' && Buffer.isBuffer(result.body))
    cutOff(response, { status: result.status, headers: result.headers, body: result.body });
  else if (Buffer.isBuffer(result.body)) {
    const { status, headers, body } = result;
    response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': body.length });
    response.end(method === 'HEAD' ? undefined : body);
  } else await stream(result.status, result.headers, result.body, response, fault);
}

async function receive(request: IncomingMessage): Promise<Received> {
  const { socket } = request;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', 'https://sandbox'),
    headers: request.headers,
    body: Buffer.concat(chunks),
    ...(socket instanceof TLSSocket && socket.authorized && { certificate: certificateOf(socket) }),
  };
}

/** Of a connection for many requests: reading it takes longer than some of them. */
const certificates = new WeakMap<TLSSocket, PeerCertificate>();

function certificateOf(socket: TLSSocket): PeerCertificate {
  const certificate = certificates.get(socket) ?? socket.getPeerCertificate();
  certificates.set(socket, certificate);
  return certificate;
}

async function stream(
  status: number,
  headers: Answer['headers'],
  send: Stream,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(status, headers);
  response.flushHeaders();
  const cut = new AbortController();
  await send(
    (chunk) => {
      if (gone.signal.aborted || cut.signal.aborted) return;
      if (fault?.effect === 'truncated' || fault?.effect === 'cut') {
        response.write(chunk.slice(0, chunk.length / 2), () => response.destroy());
        cut.abort();
      } else response.write(fault?.effect === 'rewritten' ? (fault.rewrite?.(status, chunk).body ?? chunk) : chunk);
    },
    AbortSignal.any([gone.signal, cut.signal]),
  );
  if (!cut.signal.aborted) response.end();
}

/** What the client gets instead; `undefined` is a reset connection. */
function spoil(fault: Fault, real: Answer | undefined): Answer | undefined {
  switch (fault.effect) {
    case 'reset':
      return undefined;
    case 'truncated':
      return real && Buffer.isBuffer(real.body) ? { ...real, body: real.body.subarray(0, real.body.length / 2) } : real;
    case 'cut':
      return real;
    case 'rewritten':
      return real && Buffer.isBuffer(real.body) ? rewritten(fault, { ...real, body: real.body }) : real;
    case 'html':
      return {
        status: fault.status ?? 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: Buffer.from(fault.body ?? '<!DOCTYPE html>\n<html><body>Sign in</body></html>\n'),
      };
    default: {
      const code = fault.status ?? 503;
      const reason = fault.errorCode ?? reasons[code] ?? 'InternalError';
      const error = new StatusError(code, reason, fault.message ?? 'This error was injected into the sandbox.');
      const retryAfter = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
      const body = Buffer.from(fault.body ?? JSON.stringify(error.toJson()));
      return { status: code, headers: { 'content-type': 'application/json', ...retryAfter }, body, reason };
    }
  }
}

const reasons: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};
