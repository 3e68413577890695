import type { DetailedHttpClient, HttpAnswer } from '../../http/httpClient';
import { isObject, parsedJson } from '../../json';
import { pathOf, pods, services } from './resource';

/** A port of a pod, by its number, or of a service, by its number or name. */
export interface ProxyTarget {
  readonly kind: 'pod' | 'service';
  readonly name: string;
  readonly port: number | string;
}

/** A call that the API server forwards. It removes the `Authorization` header: send keys in another header. */
export interface ProxyRequest {
  readonly method: 'GET' | 'POST';
  /** Begins with `/`. */
  readonly path: string;
  readonly body?: { readonly contentType: string; readonly content: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** Values of headers that no message may repeat. */
  readonly secrets?: readonly string[];
  /** For the whole call. Default 60. */
  readonly timeoutSeconds?: number;
}

export interface ProxyAnswer {
  readonly status: number;
  readonly text: string;
}

/** The reasons with which the API server itself refuses, or reports that nothing listens. */
const reasonsOfTheServer = new Set<unknown>([
  'Unauthorized',
  'Forbidden',
  'NotFound',
  'ServiceUnavailable',
  'TooManyRequests',
  'InternalError',
]);

/**
 * Calls a pod or service through the API server, without a route to the cluster's network. Resolves with any answer of the
 * pod; rejects as HttpClient does when the API server itself refuses or reaches no pod.
 */
export async function proxy(
  http: DetailedHttpClient,
  namespace: string,
  { kind, name, port }: ProxyTarget,
  { method, path, body, headers, secrets, timeoutSeconds = 60 }: ProxyRequest,
): Promise<ProxyAnswer> {
  const target = pathOf(kind === 'pod' ? pods : services, namespace, `http:${name}:${port}`);
  const answer = await http.raw(
    {
      method,
      path: `${target}/proxy${path}`,
      purpose: `reach ${method} ${path} of ${kind} ${name} through the cluster`,
      budgetSeconds: timeoutSeconds,
      ...(body && { text: body }),
      ...(headers && { headers }),
      ...(secrets && { secrets }),
    },
    isOfTheServer,
  );
  return { status: answer.status, text: answer.body };
}

function isOfTheServer({ status, body }: HttpAnswer<string>): boolean {
  if (status < 400) return false;
  const answered = parsedJson(body);
  return isObject(answered) && answered['kind'] === 'Status' && reasonsOfTheServer.has(answered['reason']);
}
