import type { IncomingHttpHeaders } from 'node:http';

/**
 * What Azure DevOps sends with every answer to a script of another origin, as an answer of dev.azure.com of February 2025
 * has it. Requests carry their token themselves, so every origin may read them.
 */
export function corsHeaders({ origin }: IncomingHttpHeaders): Readonly<Record<string, string>> {
  if (origin === undefined) return {};
  return {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'OPTIONS,GET,POST,PATCH,PUT,DELETE',
    'access-control-allow-headers': 'authorization',
    'access-control-expose-headers': 'ActivityId,X-TFS-Session,X-MS-ContinuationToken,X-VSS-GlobalMessage,ETag',
    'access-control-max-age': '3600',
  };
}

/** What a browser is told before it sends a request of a script; undefined when it does not ask. */
export function preflightAnswer(method: string, headers: IncomingHttpHeaders) {
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return undefined;
  const asked = headers['access-control-request-headers'];
  return {
    status: 200,
    headers: { ...corsHeaders(headers), ...(asked !== undefined && { 'access-control-allow-headers': asked }) },
    body: Buffer.alloc(0),
  };
}
