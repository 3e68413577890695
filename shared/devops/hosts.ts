import { TaskError } from '../errors';
import type { DetailedHttpClient } from '../http/httpClient';
import * as shape from '../http/shape';
import { httpRequestOf, listOf } from './api/devopsHttp';
import { areas, type Area } from './api/routes';

/**
 * The hosts of an organization. It names them itself, by resource area: `dev.azure.com` for most, others for identities and
 * extensions, and in an organization of the older form `contoso.visualstudio.com` and its neighbours.
 */
export class Hosts {
  readonly #open: (url: string) => DetailedHttpClient;
  readonly #clients = new Map<string, DetailedHttpClient>();
  #urls: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(
    /** Without a slash at its end. */
    private readonly organizationUrl: string,
    open: (url: string) => DetailedHttpClient,
  ) {
    this.#open = open;
  }

  /** The client for the host of an area. The first call requests the areas; a failed request is sent again by the next one. */
  async clientFor(area: Area): Promise<DetailedHttpClient> {
    const id = areas[area];
    if (id === undefined) return this.#client(this.organizationUrl);
    this.#urls ??= this.#readAreas();
    const urls = await this.#urls.catch((error: unknown) => {
      this.#urls = undefined;
      throw error;
    });
    const url = urls.get(id);
    if (url === undefined)
      throw new TaskError(
        `${this.organizationUrl} names no host for the resource area '${area}' (${id}). Check the URL of the organization, and whether a proxy answers instead.`,
      );
    return this.#client(url);
  }

  async #readAreas(): Promise<ReadonlyMap<string, string>> {
    const purpose = `read the resource areas of ${this.organizationUrl}`;
    const request = httpRequestOf({ method: 'GET', route: 'resourceAreas', purpose });
    const { value } = await this.#client(this.organizationUrl).json(request, resourceAreas);
    // Azure DevOps Server returns an empty list: all its areas are at the URL of the collection.
    if (value.length === 0)
      throw new TaskError(
        `${this.organizationUrl} is a collection of Azure DevOps Server. This step supports Azure DevOps Services only: use the URL of an organization, such as https://dev.azure.com/contoso.`,
      );
    return new Map(value.map(({ id, locationUrl }) => [id.toLowerCase(), locationUrl.replace(/\/+$/, '')]));
  }

  #client(url: string): DetailedHttpClient {
    const client = this.#clients.get(url) ?? this.#open(url);
    this.#clients.set(url, client);
    return client;
  }
}

const resourceAreas = shape.mapped(
  listOf(shape.object({ id: shape.nonEmptyText, locationUrl: shape.optionalText })),
  ({ value }) => ({
    value: value.flatMap(({ id, locationUrl }) => (locationUrl === undefined ? [] : [{ id, locationUrl }])),
  }),
);
