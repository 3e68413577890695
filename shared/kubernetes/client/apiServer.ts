import type { APIResourceList } from 'kubernetes-types/meta/v1';
import { HttpError } from '../../http/errors';
import type { DetailedHttpClient, HttpAnswer, HttpRequest } from '../../http/httpClient';
import { parseWarnings } from './warnings';
import { pathOfVersion } from './resource';

/** Calls to an API server. Each of its warnings (`Warning` header) is reported once. */
export class ApiServer {
  readonly #warned = new Set<string>();
  readonly #resources = new Map<string, APIResourceList['resources']>();

  constructor(
    readonly http: DetailedHttpClient,
    private readonly onWarning: (text: string) => void,
  ) {}

  async call<T>(request: HttpRequest): Promise<T> {
    return (await this.answer<T>(request)).body;
  }

  async answer<T>(request: HttpRequest): Promise<HttpAnswer<T>> {
    const answer = await this.http.answer<T>(request);
    for (const warning of parseWarnings(answer.header('warning'))) {
      if (this.#warned.has(warning)) continue;
      this.#warned.add(warning);
      this.onWarning(`Warning from the cluster: ${warning}`);
    }
    return answer;
  }

  /** The resources of a group and version; none when the cluster doesn't have it. */
  async resourcesOf(apiVersion: string): Promise<APIResourceList['resources']> {
    const known = this.#resources.get(apiVersion);
    if (known) return known;
    try {
      const { resources } = await this.call<APIResourceList>({
        method: 'GET',
        path: pathOfVersion(apiVersion),
        purpose: `look up the kinds of ${apiVersion}`,
      });
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
