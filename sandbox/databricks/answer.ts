import { randomUUID } from 'node:crypto';
import { reportDefect } from '../http/fetchJson';
import { type Answer, jsonType, type Received, type Trace } from '../http/httpServer';
import { ApiError } from './apiError';
import { controlPrefix } from './control';
import type { Identities } from './identity/identities';
import type { NetworkAccess } from './identity/networkAccess';
import { textOf, toJson } from './json';
import type { RateLimits } from './rateLimits';
import { ApiRequest, nobody, RawAnswer, type Router } from './router';

export interface ApiParts {
  readonly router: Router;
  /** Absent: no rate limits. */
  readonly limits: RateLimits | undefined;
  readonly workspaceId: string;
  readonly identities: Identities;
  readonly network: NetworkAccess;
}

/** What the workspace answers to a request. */
export async function answerRequest(
  parts: ApiParts,
  { method, url, headers, body }: Received,
  trace: Trace,
): Promise<Answer> {
  const common = { 'x-databricks-org-id': parts.workspaceId, 'x-request-id': randomUUID() };
  try {
    const path = url.pathname;
    if (!path.startsWith(controlPrefix)) parts.network.check(common['x-request-id']);
    const route = parts.router.find(method, path);
    const user = route?.isPublic ? nobody : await parts.identities.authenticate(headers, method);
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
  reportDefect(error);
  return new ApiError(500, 'INTERNAL_ERROR', `Internal error of the sandbox: ${String(error)}`);
}
