import { randomUUID } from 'node:crypto';
import { reportDefect } from '../http/fetchJson';
import { type Answer, jsonType, type Received, type Trace } from '../http/httpServer';
import { type AllowedActions, mayDo } from './allowedActions';
import {
  apiVersionMissing,
  ArmError,
  contentInvalid,
  errorBody,
  notAllowed,
  subscriptionInvalid,
  subscriptionNotFound,
  typeNotFound,
} from './armError';
import type { Callers } from './callers';
import type { ResourceGroups } from './resourceGroups';
import type { ArmReply, Router } from './router';
import type { Throttling } from './throttling';

export interface ArmParts {
  readonly router: Router;
  readonly callers: Callers;
  readonly groups: ResourceGroups;
  readonly allowedActions: AllowedActions;
  readonly throttling: Throttling;
}

/** What Resource Manager answers to a request. */
export async function answerRequest(parts: ArmParts, received: Received, trace: Trace): Promise<Answer> {
  const requestId = randomUUID();
  const headers = {
    'cache-control': 'no-cache',
    'x-ms-request-id': requestId,
    'x-ms-correlation-request-id': received.headers['x-ms-correlation-request-id']?.toString() ?? requestId,
    ...parts.throttling.headers(received.method),
  };
  try {
    const { status, headers: own, body } = await handle(parts, received, trace);
    return {
      status,
      headers: { ...headers, ...(body !== undefined && jsonType), ...own },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    };
  } catch (thrown) {
    const error = thrown instanceof ArmError ? thrown : unexpected(thrown);
    const { status, code, message, options } = error;
    const challenge = status === 401 && { 'www-authenticate': parts.callers.challenge('invalid_token', message) };
    return {
      status,
      headers: { ...headers, ...jsonType, ...challenge, ...options.headers, 'x-ms-failure-cause': 'gateway' },
      body: Buffer.from(options.body ?? errorBody(code, message)),
      errorCode: code,
    };
  }
}

/** @throws ArmError */
async function handle(parts: ArmParts, received: Received, trace: Trace): Promise<ArmReply> {
  const { method, url, headers } = received;
  const { pathname: path, searchParams: query, search } = url;
  const apiVersion = query.get('api-version');
  if (!apiVersion) throw apiVersionMissing();
  const caller = await parts.callers.authenticate(headers.authorization);
  trace.user = caller.appId;
  const subscriptionId = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1];
  if (subscriptionId !== undefined) checkSubscription(parts, subscriptionId);
  parts.throttling.check(method, subscriptionId ?? '', caller.objectId);
  const route = parts.router.find(method, path);
  if (!route?.apiVersions.includes(apiVersion)) {
    const type = /\/providers\/([^/]+(?:\/[^/]+)?)/i.exec(path)?.[1] ?? path;
    throw typeNotFound(type, apiVersion, route?.apiVersions ?? []);
  }
  if (!mayDo(parts.allowedActions, caller.appId, route.action)) {
    // The scope is the resource, not what is to be done with it.
    throw notAllowed(caller, route.action, method === 'POST' ? path.slice(0, path.lastIndexOf('/')) : path);
  }
  return route.handle({ parameters: route.parameters, path, query, search, caller, body: readBody(received) });
}

function readBody({ body }: Received): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw contentInvalid(String(error));
  }
}

function checkSubscription({ groups }: ArmParts, id: string): void {
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) throw subscriptionInvalid(id);
  if (!groups.hasSubscription(id)) throw subscriptionNotFound(id);
}

/** A defect of the stand-in itself: on its console, and as Resource Manager would say it. */
function unexpected(thrown: unknown): ArmError {
  reportDefect(thrown);
  return new ArmError(500, 'InternalServerError', `Internal error of the sandbox: ${String(thrown)}`);
}
