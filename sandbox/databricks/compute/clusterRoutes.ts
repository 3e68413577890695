import { invalidParameter } from '../apiError';
import { isJsonObject, type Json, type JsonObject, textOf, without } from '../json';
import { checkLimit, pageOf } from '../pages';
import type { ApiRequest, Router } from '../router';
import { sparkVersions, viewNodeTypes } from './clusterCatalog';
import { listEvents } from './clusterEvents';
import type { Cluster } from './cluster';
import type { Clusters } from './clusters';
import { withoutSignIn } from './clusterSpec';
import type { InstancePools } from './instancePools';
import { viewCluster } from './viewCluster';

/** Clusters API 2.1 (https://docs.databricks.com/api/workspace/clusters). */
export function addClusterRoutes(router: Router, clusters: Clusters, pools: InstancePools): void {
  const base = '/api/2.1/clusters/';
  const view = (cluster: Cluster) => viewCluster(cluster, pools);

  /** A request that acts on one cluster and has no answer. */
  const act = (name: string, action: (cluster: Cluster, request: ApiRequest, user: string) => void) =>
    router.add('POST', `${base}${name}`, (request) => {
      action(clusters.get(request.required('cluster_id')), request, request.user.userName);
      return {};
    });

  router.add('POST', `${base}create`, (request) => ({
    cluster_id: clusters.createOnce(specOf(request.json, clusters), request.user.userName).id,
  }));
  router.add('GET', `${base}get`, (request) => {
    const cluster = clusters.get(request.required('cluster_id'));
    return { ...view(cluster), spec: withoutSignIn(cluster.spec) };
  });
  router.add('GET', `${base}list`, (request) => {
    const found = clusters.list().filter(filterOf(request)).reverse();
    sort(found, request);
    const page = pageOf(
      found,
      checkLimit(request.integer('page_size') || undefined, 20, 100),
      request.text('page_token'),
    );
    return {
      ...(page.items.length > 0 && { clusters: page.items.map(view) }),
      next_page_token: page.nextToken ?? '',
      prev_page_token: page.previousToken ?? '',
    };
  });

  act('start', (cluster, _request, user) => clusters.start(cluster, user));
  act('restart', (cluster, _request, user) => clusters.restart(cluster, user));
  act('edit', (cluster, { json }, user) => clusters.edit(cluster, without(json, 'cluster_id'), user));
  act('update', (cluster, { json }, user) => clusters.edit(cluster, masked(cluster.spec, json), user));
  act('resize', (cluster, { json }, user) => clusters.resize(cluster, without(json, 'cluster_id'), user));
  act('delete', (cluster, _request, user) =>
    clusters.terminate(cluster, { code: 'USER_REQUEST', type: 'SUCCESS', parameters: { username: user } }),
  );
  act('permanent-delete', (cluster) => clusters.remove(cluster));
  act('pin', (cluster, _request, user) => clusters.pin(cluster, true, user));
  act('unpin', (cluster, _request, user) => clusters.pin(cluster, false, user));

  router.add('POST', `${base}events`, (request) => listEvents(clusters.get(request.required('cluster_id')), request));
  router.add('GET', `${base}spark-versions`, () => ({ versions: sparkVersions.map((version) => ({ ...version })) }));
  // A region of Azure has three; the service documents the answer of AWS alone.
  router.add('GET', `${base}list-zones`, () => ({ zones: ['1', '2', '3'], default_zone: '1' }));
  router.add('GET', `${base}list-node-types`, () => ({ node_types: viewNodeTypes() }));
}

/** `clone_from` takes the specification of another cluster; what is written beside it wins. */
function specOf(asked: JsonObject, clusters: Clusters): JsonObject {
  const source = isJsonObject(asked.clone_from) ? textOf(asked.clone_from.source_cluster_id) : undefined;
  return source === undefined ? asked : { ...clusters.get(source).spec, ...without(asked, 'clone_from') };
}

/** `clusters/update`: only the fields that the mask names change; one without a value goes back to its default. */
function masked(spec: JsonObject, request: JsonObject): JsonObject {
  const mask = textOf(request.update_mask);
  if (!mask) throw invalidParameter('Missing required field: update_mask');
  const cluster = isJsonObject(request.cluster) ? request.cluster : {};
  if (mask === '*') return cluster;
  let result: Record<string, Json> = { ...spec };
  for (const path of mask.split(',').map((entry) => entry.trim())) {
    const [name = '', key] = path.split(/\.(.*)/s);
    const [old, given] = [result[name], cluster[name]];
    const value =
      key === undefined
        ? given
        : { ...(isJsonObject(old) && old), [key]: isJsonObject(given) ? given[key] : undefined };
    result = value === undefined ? { ...without(result, name) } : { ...result, [name]: value };
  }
  return result;
}

/** The nested `filter_by` arrives as `filter_by.cluster_states=RUNNING`, a list as repeated values; some clients write `True`. */
function filterOf({ query }: ApiRequest): (cluster: Cluster) => boolean {
  const [states, sources] = [query.getAll('filter_by.cluster_states'), query.getAll('filter_by.cluster_sources')];
  const [isPinned, policyId] = [query.get('filter_by.is_pinned'), query.get('filter_by.policy_id')];
  return (cluster) =>
    (states.length === 0 || states.includes(cluster.state)) &&
    (sources.length === 0 || sources.includes(cluster.source)) &&
    (isPinned === null || String(cluster.isPinned) === isPinned.toLowerCase()) &&
    (policyId === null || cluster.spec.policy_id === policyId);
}

function sort(clusters: Cluster[], { query }: ApiRequest): void {
  if (query.get('sort_by.field') === 'CLUSTER_NAME') {
    const nameOf = ({ spec }: Cluster) => textOf(spec.cluster_name) ?? '';
    clusters.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
  }
  if (query.get('sort_by.direction') === 'DESC') clusters.reverse();
}
