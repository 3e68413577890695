import { randomUUID } from 'node:crypto';
import { reportDefect } from '../http/fetchJson';
import { type Answer, jsonType, type Received, type Trace } from '../http/httpServer';
import { instanceDiscovery, openIdConfiguration } from './discovery';
import { EntraError, tenantNotFound } from './entraError';
import { answerManagedIdentity, isManagedIdentityPath, MetadataError } from './managedIdentityEndpoint';
import { answerTokenRequest, type TokenParts } from './tokenEndpoint';

/** What Entra ID, or the instance metadata service, answers to a request. */
export async function answerRequest(parts: TokenParts, url: string, received: Received, trace: Trace): Promise<Answer> {
  const correlationId = [received.headers['client-request-id']].flat()[0] ?? randomUUID();
  const traceId = randomUUID();
  const headers = { ...jsonType, 'cache-control': 'no-store, no-cache', 'x-ms-request-id': traceId };
  try {
    const result = await handle(parts, url, received, trace);
    if (result === undefined) return { status: 404, headers, body: Buffer.from('{"error":"Not Found"}') };
    return { status: 200, headers, body: Buffer.from(JSON.stringify(result)) };
  } catch (thrown) {
    if (thrown instanceof MetadataError) {
      const body = { error: thrown.error, error_description: thrown.message };
      return { status: 400, headers, body: Buffer.from(JSON.stringify(body)), errorCode: thrown.error };
    }
    const error = thrown instanceof EntraError ? thrown : unexpected(thrown);
    const timestamp = new Date(parts.clock.now()).toISOString().replace('T', ' ').replace(/\.\d+/, '');
    const body = {
      error: error.error,
      error_description: `AADSTS${error.code}: ${error.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [error.code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `${url}/error?code=${error.code}`,
    };
    const { status, code } = error;
    return { status, headers, body: Buffer.from(JSON.stringify(body)), errorCode: `AADSTS${code}` };
  }
}

/** The body of the answer; `undefined` when nothing is there. */
async function handle(parts: TokenParts, url: string, received: Received, trace: Trace): Promise<object | undefined> {
  const { pathname, searchParams } = received.url;
  if (isManagedIdentityPath(pathname)) return answerManagedIdentity(parts, received, trace);
  // The SDK of Databricks puts two slashes before the tenant, which the service takes.
  const [, tenantId = '', path = ''] = /^\/+([^/]+)\/(.+)$/.exec(pathname) ?? [];
  switch (path) {
    case 'oauth2/v2.0/token':
      return answerTokenRequest(parts, { url, tenantId, version: 2 }, received, trace);
    case 'oauth2/token':
      return answerTokenRequest(parts, { url, tenantId, version: 1 }, received, trace);
    case 'v2.0/.well-known/openid-configuration':
    case '.well-known/openid-configuration':
      if (!parts.directory.hasTenant(tenantId)) throw tenantNotFound(tenantId, 'invalid_tenant');
      return openIdConfiguration(url, tenantId, path.startsWith('v2.0') ? 2 : 1);
    case 'discovery/v2.0/keys':
    case 'discovery/keys':
      return { keys: [parts.tokens.publicKey] };
    case 'discovery/instance':
      return instanceDiscovery(url, searchParams);
    default:
      return undefined;
  }
}

/** A defect of the stand-in itself: on its console, and as Entra ID would say it. */
function unexpected(thrown: unknown): EntraError {
  reportDefect(thrown);
  return new EntraError(500, 'server_error', 90033, `Internal error of the sandbox: ${String(thrown)}`);
}
