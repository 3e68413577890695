import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from './apiError';
import { controlPrefix } from './control';
import type { Fault, Faults } from './faults';
import type { Identities } from './identities';
import { textOf, toJson } from './json';
import type { RateLimits } from './rateLimits';
import type { RequestLog } from './requestLog';
import { ApiRequest, nobody, RawAnswer, type Router } from './router';

export interface HttpParts {
  readonly router: Router;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Absent: no rate limits. */
  readonly limits: RateLimits | undefined;
  readonly latencyMilliseconds: number;
  readonly workspaceId: string;
  readonly logsBodies: boolean;
  readonly identities: Identities;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly errorCode?: string;
}

interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What the handling of a request leaves for the log. */
interface Trace {
  user?: string;
  idempotencyToken?: string;
}

/** Listens on the loopback address; port 0 takes a free one. */
export async function listen(
  parts: HttpParts,
  port: number,
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
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
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function serve(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [time, start] = [Date.now(), performance.now()];
  const received = await receive(request);
  const path = received.url.pathname;
  const trace: Trace = {};
  if (path.startsWith(controlPrefix)) {
    write(response, await answer(parts, received, trace));
    return;
  }
  await delay(parts.latencyMilliseconds);
  const fault = parts.faults.take(received.method, path);
  if (fault?.delayMilliseconds) await delay(fault.delayMilliseconds);
  let result =
    fault?.effect && fault.when !== 'after' && fault.effect !== 'truncated'
      ? undefined
      : await answer(parts, received, trace);
  if (fault) result = spoil(fault, result);
  if (result) write(response, result);
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
  const url = new URL(request.url ?? '/', 'http://sandbox');
  return { method: request.method ?? 'GET', url, headers: request.headers, body: Buffer.concat(chunks) };
}

async function answer(parts: HttpParts, { method, url, headers, body }: Received, trace: Trace): Promise<Answer> {
  const common = { 'x-databricks-org-id': parts.workspaceId, 'x-request-id': randomUUID() };
  try {
    const path = url.pathname;
    const route = parts.router.find(method, path);
    const user = route?.isPublic ? nobody : parts.identities.authenticate(headers.authorization, method);
    if (user !== nobody) trace.user = user.userName;
    if (!route) throw new ApiError(404, 'ENDPOINT_NOT_FOUND', `No API found for '${method} ${path}'`);
    parts.limits?.check(method, path);
    const request = new ApiRequest(method, path, url.searchParams, headers, body, user, route.rest);
    if (path.startsWith('/api/2.2/jobs/') && body.length > 0)
      trace.idempotencyToken = textOf(request.json.idempotency_token) ?? '';
    const result = await route.handle(request);
    if (result instanceof RawAnswer)
      return { status: result.status, headers: { ...common, ...result.headers }, body: result.bytes };
    return { status: 200, headers: { ...common, ...jsonType }, body: Buffer.from(toJson(result)) };
  } catch (error) {
    return errorAnswer(error instanceof ApiError ? error : unexpected(error), common);
  }
}

const jsonType = { 'content-type': 'application/json; charset=utf-8' };

function errorAnswer(error: ApiError, common: Record<'x-request-id' | 'x-databricks-org-id', string>): Answer {
  const details = [
    { '@type': 'type.googleapis.com/google.rpc.RequestInfo', request_id: common['x-request-id'], serving_data: '' },
  ];
  return {
    status: error.status,
    headers: { ...common, ...jsonType, ...error.headers },
    body: Buffer.from(toJson({ error_code: error.errorCode, message: error.message, details })),
    errorCode: String(error.errorCode),
  };
}

/** A defect of the sandbox itself: on its console, and as Databricks would say it. */
function unexpected(error: unknown): ApiError {
  console.error(error);
  return new ApiError(500, 'INTERNAL_ERROR', `The sandbox has a defect: ${String(error)}`);
}

/** What the client gets instead; `undefined` is a reset connection. */
function spoil(fault: Fault, result: Answer | undefined): Answer | undefined {
  switch (fault.effect) {
    case 'reset':
      return undefined;
    case 'truncated':
      return result && { ...result, body: result.body.subarray(0, result.body.length / 2) };
    case 'html':
      return {
        status: fault.status ?? 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: Buffer.from(fault.body ?? signInPage),
      };
    case 'status': {
      const status = fault.status ?? 503;
      const errorCode = fault.errorCode ?? (status === 429 ? 'REQUEST_LIMIT_EXCEEDED' : 'TEMPORARILY_UNAVAILABLE');
      const body =
        fault.body ??
        toJson({ error_code: errorCode, message: fault.message ?? 'This answer was asked of the sandbox.' });
      const retryAfter = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
      return { status, headers: { ...jsonType, ...retryAfter }, body: Buffer.from(body), errorCode };
    }
    default:
      return result;
  }
}

const signInPage =
  '<!DOCTYPE html>\n<html><head><title>Sign in to Databricks</title></head><body><form>Sign in</form></body></html>\n';

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  // An answer without content has no length.
  response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': body.length });
  response.end(body);
}
