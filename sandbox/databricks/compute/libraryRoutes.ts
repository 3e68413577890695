import { invalidParameter } from '../apiError';
import { isJsonObject, type Json, type JsonObject } from '../json';
import type { ApiRequest, Router } from '../router';
import type { Clusters } from './clusters';
import type { Libraries } from './libraries';

/** Libraries API 2.0 (https://docs.databricks.com/api/workspace/libraries). */
export function addLibraryRoutes(router: Router, clusters: Clusters, libraries: Libraries): void {
  const base = '/api/2.0/libraries/';
  const find = (request: ApiRequest) => clusters.get(request.required('cluster_id'));
  const statusOf = (clusterId: string): JsonObject => {
    const entries = libraries.list(clusterId);
    return {
      cluster_id: clusterId,
      ...(entries.length > 0 && {
        library_statuses: entries.map(({ library, status, messages }) => ({
          library,
          status,
          ...(messages.length > 0 && { messages }),
          is_library_for_all_clusters: false,
        })),
      }),
    };
  };

  router.add('GET', `${base}cluster-status`, (request) => statusOf(find(request).id));
  router.add('GET', `${base}all-cluster-statuses`, () => {
    const ids = libraries.clusterIds();
    return ids.length > 0 ? { statuses: ids.map(statusOf) } : {};
  });
  router.add('POST', `${base}install`, (request) => {
    libraries.install(find(request), librariesOf(request));
    return {};
  });
  router.add('POST', `${base}uninstall`, (request) => {
    libraries.uninstall(find(request), librariesOf(request));
    return {};
  });
}

function librariesOf({ json }: ApiRequest): readonly JsonObject[] {
  const { libraries } = json;
  if (!Array.isArray(libraries) || libraries.length === 0) throw invalidParameter('Missing required field: libraries');
  const list = libraries as readonly Json[];
  if (!list.every(isJsonObject)) throw invalidParameter('Could not parse request object: a library is not an object');
  return list;
}
