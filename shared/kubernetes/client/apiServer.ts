import { HttpError } from '../../http/errors';
import type { DetailedHttpClient, HttpAnswer, HttpRequest } from '../../http/httpClient';
import type { Shape } from '../../http/shape';
import { resourcesShape, type ApiResource } from './shapes';
import { pathOfVersion } from './resource';

/** Calls to an API server. Each of its warnings (`Warning` header) is reported once. */
export class ApiServer {
  readonly #warned = new Set<string>();
  readonly #resources = new Map<string, readonly ApiResource[]>();

  constructor(
    readonly http: DetailedHttpClient,
    private readonly onWarning: (text: string) => void,
  ) {}

  async call<T>(request: HttpRequest, shape: Shape<T>): Promise<T> {
    return (await this.answer(request, shape)).body;
  }

  async answer<T>(request: HttpRequest, shape: Shape<T>): Promise<HttpAnswer<T>> {
    const answer = await this.http.answer(request, shape);
    for (const warning of parseWarnings(answer.header('warning'))) {
      if (this.#warned.has(warning)) continue;
      this.#warned.add(warning);
      this.onWarning(`Warning from the cluster: ${warning}`);
    }
    return answer;
  }

  /** The resources of a group and version; none when the cluster doesn't have it. */
  async resourcesOf(apiVersion: string): Promise<readonly ApiResource[]> {
    const known = this.#resources.get(apiVersion);
    if (known) return known;
    try {
      const purpose = `look up the kinds of ${apiVersion}`;
      const { resources } = await this.call(
        { method: 'GET', path: pathOfVersion(apiVersion), purpose },
        resourcesShape,
      );
      this.#resources.set(apiVersion, resources);
      return resources;
    } catch (error) {
      if (isStatus(error, 404)) return [];
      throw error;
    }
  }
}

/** Whether the API server answered with this status. */
export function isStatus(error: unknown, status: number): error is HttpError {
  return error instanceof HttpError && error.status === status;
}

/** The texts of a `Warning` header (RFC 7234 5.5): `299 - "text"`, of which HTTP joins several with commas. */
export function parseWarnings(header: string | undefined): readonly string[] {
  const found = (header ?? '').matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g);
  return [...found].map(([, quoted = '']) => quoted.replace(/\\(.)/g, '$1'));
}
