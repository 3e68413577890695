import type { HttpClient } from '../../http/httpClient';
import type { Json } from '../../json';
import type { Library } from './libraries';
import * as shape from '../../http/shape';
import { readShape } from '../../http/shape';

/** A library of a cluster, and how its installation goes. */
export interface LibraryState {
  readonly library: Library;
  /** PENDING, RESOLVING, INSTALLING, INSTALLED, RESTORED, SKIPPED, FAILED or UNINSTALL_ON_RESTART. */
  readonly status: string;
  /** The messages of the service about it. */
  readonly messages: readonly string[];
  /** It is installed on all clusters of the workspace. */
  readonly isForAllClusters: boolean;
}

/**
 * The Libraries API 2.0. Every method throws what `HttpClient.json` throws.
 * Source: https://docs.databricks.com/api/azure/workspace/libraries.
 */
export class LibrariesApi {
  constructor(private readonly http: HttpClient) {}

  /** All libraries that are installed on a cluster, or about to be installed or uninstalled. */
  async listLibraries(clusterId: string, budgetSeconds?: number): Promise<readonly LibraryState[]> {
    const { library_statuses } = await this.http.json(
      {
        method: 'GET',
        path: '/api/2.0/libraries/cluster-status',
        query: { cluster_id: clusterId },
        purpose: `read the libraries of the cluster ${clusterId}`,
        ...(budgetSeconds !== undefined && { budgetSeconds }),
      },
      shape.checked(
        statuses,
        ({ cluster_id: id }) => id === undefined || id === clusterId,
        'it is about another cluster',
      ),
    );
    return library_statuses.map(({ library, status, messages, is_library_for_all_clusters }) => ({
      library,
      status,
      messages,
      isForAllClusters: is_library_for_all_clusters,
    }));
  }

  /** Adds libraries to a cluster, which installs them some time later. Not with an empty list, which the service refuses. */
  async install(clusterId: string, libraries: readonly Library[]): Promise<void> {
    await this.#change('install', clusterId, libraries);
  }

  /** Marks libraries to be removed at the next start of the cluster. Not with an empty list. */
  async uninstall(clusterId: string, libraries: readonly Library[]): Promise<void> {
    await this.#change('uninstall', clusterId, libraries);
  }

  async #change(action: 'install' | 'uninstall', clusterId: string, libraries: readonly Library[]): Promise<void> {
    await this.http.json(
      {
        method: 'POST',
        path: `/api/2.0/libraries/${action}`,
        json: { cluster_id: clusterId, libraries: libraries as readonly Json[] },
        purpose: `${action} libraries on the cluster ${clusterId}`,
        repeatable: true,
      },
      shape.done,
    );
  }
}

const inPackage = { repo: shape.maybe(shape.text) };
const python = shape.object({ package: shape.text, ...inPackage });
const path = shape.optional(shape.text);

/** What is read of the kinds of libraries; those that are added to the API are compared as a whole. */
const kinds = shape.object({
  pypi: shape.optional(python),
  maven: shape.optional(shape.object({ coordinates: shape.text, ...inPackage })),
  cran: shape.optional(python),
  jar: path,
  whl: path,
  requirements: path,
  egg: path,
});

function isLibrary(value: unknown): value is Library {
  return 'value' in readShape(kinds, value);
}

const statuses = shape.object({
  cluster_id: shape.optional(shape.text),
  library_statuses: shape.listOf(
    shape.object({
      library: shape.only('a library as documented', isLibrary),
      status: shape.optional(shape.text, 'PENDING'),
      messages: shape.optional(shape.lenient(shape.list(shape.text), []), []),
      is_library_for_all_clusters: shape.optional(shape.boolean, false),
    }),
  ),
});
