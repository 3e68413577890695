import { randomUUID } from 'node:crypto';
import { type Answer, jsonType, type Received, type Trace } from '../http/httpServer';
import {
  apiVersionMissing,
  ArmError,
  errorBody,
  notAllowed,
  subscriptionInvalid,
  subscriptionNotFound,
  typeNotFound,
} from './armError';
import type { Callers } from './callers';
import type { Router } from './router';

export interface ArmParts {
  readonly router: Router;
  readonly callers: Callers;
  /** Ids, in lower case. */
  readonly subscriptionIds: ReadonlySet<string>;
  /** Client ids of those who may read, in lower case; undefined for everybody. */
  readonly readers: ReadonlySet<string> | undefined;
}

/** What Resource Manager answers to a request. */
export async function answerRequest(parts: ArmParts, received: Received, trace: Trace): Promise<Answer> {
  const requestId = randomUUID();
  const headers = {
    ...jsonType,
    'cache-control': 'no-cache',
    'x-ms-request-id': requestId,
    'x-ms-correlation-request-id': received.headers['x-ms-correlation-request-id']?.toString() ?? requestId,
    // Nobody is throttled: the bucket of a caller is always full.
    'x-ms-ratelimit-remaining-subscription-reads': '249',
  };
  try {
    const body = await handle(parts, received, trace);
    return { status: 200, headers, body: Buffer.from(JSON.stringify(body)) };
  } catch (thrown) {
    const { status, code, message } = thrown instanceof ArmError ? thrown : unexpected(thrown);
    const challenge = status === 401 && { 'www-authenticate': parts.callers.challenge('invalid_token', message) };
    return {
      status,
      headers: { ...headers, ...challenge, 'x-ms-failure-cause': 'gateway' },
      body: Buffer.from(errorBody(code, message)),
      errorCode: code,
    };
  }
}

/** @throws ArmError */
async function handle(parts: ArmParts, { method, url, headers }: Received, trace: Trace): Promise<object> {
  const { pathname: path, searchParams: query } = url;
  const apiVersion = query.get('api-version');
  if (!apiVersion) throw apiVersionMissing();
  const caller = await parts.callers.authenticate(headers.authorization);
  trace.user = caller.appId;
  const subscriptionId = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1];
  if (subscriptionId !== undefined) checkSubscription(parts, subscriptionId);
  const route = parts.router.find(method, path);
  if (!route?.apiVersions.includes(apiVersion)) {
    const type = /\/providers\/([^/]+(?:\/[^/]+)?)/i.exec(path)?.[1] ?? path;
    throw typeNotFound(type, apiVersion, route?.apiVersions ?? []);
  }
  if (parts.readers && !parts.readers.has(caller.appId.toLowerCase())) throw notAllowed(caller, route.action, path);
  return route.handle({ parameters: route.parameters, path, query, caller });
}

function checkSubscription({ subscriptionIds }: ArmParts, id: string): void {
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) throw subscriptionInvalid(id);
  if (!subscriptionIds.has(id.toLowerCase())) throw subscriptionNotFound(id);
}

/** A defect of the stand-in itself: on its console, and as Resource Manager would say it. */
function unexpected(thrown: unknown): ArmError {
  console.error(thrown);
  return new ArmError(500, 'InternalServerError', `The sandbox has a defect: ${String(thrown)}`);
}
