import type { SandboxClock } from './clock';
import { invalidParameter, invalidState } from './apiError';
import { isJsonObject, type JsonObject, without } from './json';
import { checkLimit, pageOf } from './pages';
import type { ApiRequest, Router } from './router';

export type ClusterState = 'PENDING' | 'RUNNING' | 'RESTARTING' | 'TERMINATING' | 'TERMINATED' | 'ERROR';

export interface Cluster {
  readonly id: string;
  spec: JsonObject;
  state: ClusterState;
  stateMessage: string;
  readonly source: 'API' | 'JOB';
  readonly creator: string;
  startTime: number;
  terminatedTime?: number;
  terminationReason?: JsonObject;
}

export interface ClusterDurations {
  readonly clusterStartSeconds: number;
  readonly clusterStopSeconds: number;
}

/** The clusters of the workspace; what takes time takes it on the sandbox clock. */
export class Clusters {
  readonly #clusters = new Map<string, Cluster>();
  /** The latest change of state of each cluster; an earlier one that is still under way has no effect any more. */
  readonly #changes = new Map<string, symbol>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly durations: ClusterDurations,
    private readonly changed: () => void,
  ) {}

  /** @throws ApiError as Databricks does: 400, not 404. */
  get(id: string): Cluster {
    const cluster = this.#clusters.get(id);
    if (!cluster) throw invalidParameter(`Cluster ${id} does not exist`);
    return cluster;
  }

  list(): Cluster[] {
    return [...this.#clusters.values()];
  }

  create(spec: JsonObject, creator: string, source: Cluster['source']): Cluster {
    checkSpec(spec);
    const now = this.clock.now();
    const stamp = new Date(now).toISOString().replace(/[-:T]/g, '').slice(4, 14);
    const id = `${stamp.slice(0, 4)}-${stamp.slice(4)}-${(this.#clusters.size + 1).toString(36).padStart(8, 's')}`;
    const cluster: Cluster = {
      id,
      spec,
      state: 'PENDING',
      stateMessage: 'Finding instances for new nodes',
      source,
      creator,
      startTime: now,
    };
    this.#clusters.set(id, cluster);
    void this.#reach(cluster, 'PENDING', 'RUNNING', this.durations.clusterStartSeconds);
    return cluster;
  }

  start(cluster: Cluster): void {
    if (cluster.state !== 'TERMINATED') throw unexpectedState(cluster);
    cluster.startTime = this.clock.now();
    delete cluster.terminatedTime;
    delete cluster.terminationReason;
    void this.#reach(cluster, 'PENDING', 'RUNNING', this.durations.clusterStartSeconds);
  }

  restart(cluster: Cluster): void {
    if (cluster.state !== 'RUNNING') throw unexpectedState(cluster);
    void this.#reach(cluster, 'RESTARTING', 'RUNNING', this.durations.clusterStartSeconds);
  }

  edit(cluster: Cluster, spec: JsonObject): void {
    if (cluster.state !== 'RUNNING' && cluster.state !== 'TERMINATED') throw unexpectedState(cluster);
    checkSpec(spec);
    cluster.spec = spec;
    if (cluster.state === 'RUNNING') this.restart(cluster);
    this.changed();
  }

  terminate(cluster: Cluster, reason: JsonObject): void {
    if (cluster.state === 'TERMINATING' || cluster.state === 'TERMINATED') return;
    cluster.terminationReason = reason;
    void this.#reach(cluster, 'TERMINATING', 'TERMINATED', this.durations.clusterStopSeconds);
  }

  remove(cluster: Cluster): void {
    this.#clusters.delete(cluster.id);
    this.changed();
  }

  /** Waits until the cluster runs, and starts it when it is terminated. False: it ended otherwise, or `signal` aborted. */
  async ensureRunning(cluster: Cluster, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (cluster.state === 'RUNNING') return true;
      if (cluster.state === 'ERROR' || !this.#clusters.has(cluster.id)) return false;
      if (cluster.state === 'TERMINATED') this.start(cluster);
      await this.clock.sleep(250, signal);
    }
    return false;
  }

  /** Puts back saved clusters; a change of state that was under way is done. */
  restore(clusters: readonly Cluster[]): void {
    for (const cluster of clusters) {
      if (cluster.state === 'PENDING' || cluster.state === 'RESTARTING') cluster.state = 'RUNNING';
      if (cluster.state === 'TERMINATING') cluster.state = 'TERMINATED';
      this.#clusters.set(cluster.id, cluster);
    }
  }

  async #reach(cluster: Cluster, by: ClusterState, target: ClusterState, seconds: number): Promise<void> {
    const change = Symbol(target);
    this.#changes.set(cluster.id, change);
    cluster.state = by;
    this.changed();
    await this.clock.sleep(seconds * 1000);
    if (this.#changes.get(cluster.id) !== change) return;
    cluster.state = target;
    cluster.stateMessage = '';
    if (target === 'TERMINATED') cluster.terminatedTime = this.clock.now();
    this.changed();
  }
}

/** Clusters API 2.1 (https://docs.databricks.com/api/workspace/clusters). */
export function addClusterRoutes(router: Router, clusters: Clusters): void {
  const find = (request: ApiRequest) => clusters.get(request.required('cluster_id'));
  const base = '/api/2.1/clusters/';

  router.add('POST', `${base}create`, (request) => ({
    cluster_id: clusters.create(request.json, request.user.userName, 'API').id,
  }));
  router.add('GET', `${base}get`, (request) => view(find(request)));
  router.add('GET', `${base}list`, (request) => {
    const page = pageOf(
      clusters.list().reverse(),
      checkLimit(request.integer('page_size'), 20, 100),
      request.text('page_token'),
    );
    return {
      ...(page.items.length > 0 && { clusters: page.items.map(view) }),
      next_page_token: page.nextToken ?? '',
      prev_page_token: page.previousToken ?? '',
    };
  });
  router.add('POST', `${base}start`, (request) => {
    clusters.start(find(request));
    return {};
  });
  router.add('POST', `${base}restart`, (request) => {
    clusters.restart(find(request));
    return {};
  });
  router.add('POST', `${base}edit`, (request) => {
    clusters.edit(find(request), without(request.json, 'cluster_id'));
    return {};
  });
  router.add('POST', `${base}delete`, (request) => {
    const parameters = { username: request.user.userName };
    clusters.terminate(find(request), { code: 'USER_REQUEST', type: 'SUCCESS', parameters });
    return {};
  });
  router.add('POST', `${base}permanent-delete`, (request) => {
    clusters.remove(find(request));
    return {};
  });
  router.add('GET', `${base}spark-versions`, () => ({
    versions: [
      { key: '16.4.x-scala2.12', name: '16.4 LTS (includes Apache Spark 3.5.2, Scala 2.12)' },
      { key: '16.4.x-cpu-ml-scala2.12', name: '16.4 LTS ML (includes Apache Spark 3.5.2, Scala 2.12)' },
      { key: '15.4.x-scala2.12', name: '15.4 LTS (includes Apache Spark 3.5.0, Scala 2.12)' },
      { key: '15.4.x-cpu-ml-scala2.12', name: '15.4 LTS ML (includes Apache Spark 3.5.0, Scala 2.12)' },
    ],
  }));
  router.add('GET', `${base}list-node-types`, () => ({
    node_types: [
      nodeType('Standard_DS3_v2', 14_336, 4),
      nodeType('Standard_D4ds_v5', 16_384, 4),
      nodeType('Standard_D8ds_v5', 32_768, 8),
    ],
  }));
}

function nodeType(id: string, memoryMegabytes: number, cores: number): JsonObject {
  return {
    node_type_id: id,
    instance_type_id: id,
    memory_mb: memoryMegabytes,
    num_cores: cores,
    num_gpus: 0,
    description: id,
    category: 'General Purpose',
    is_deprecated: false,
    is_hidden: false,
    node_instance_type: { instance_type_id: id, local_disks: 1, local_disk_size_gb: cores * 7 },
  };
}

function checkSpec(spec: JsonObject): void {
  if (!spec.spark_version) throw invalidParameter('Missing required field: spark_version');
  if (!spec.node_type_id && !spec.instance_pool_id && !spec.policy_id && spec.is_single_node !== true) {
    throw invalidParameter('Exactly one of node_type_id and instance_pool_id must be specified');
  }
  if (spec.num_workers !== undefined && isJsonObject(spec.autoscale)) {
    throw invalidParameter('Only one of num_workers and autoscale can be specified');
  }
}

function unexpectedState(cluster: Cluster) {
  const state = cluster.state.charAt(0) + cluster.state.slice(1).toLowerCase();
  return invalidState(`Cluster ${cluster.id} is in unexpected state ${state}.`);
}

function view(cluster: Cluster): JsonObject {
  return {
    ...cluster.spec,
    cluster_id: cluster.id,
    cluster_name: cluster.spec.cluster_name ?? '',
    creator_user_name: cluster.creator,
    cluster_source: cluster.source,
    driver_node_type_id: cluster.spec.driver_node_type_id ?? cluster.spec.node_type_id,
    state: cluster.state,
    state_message: cluster.stateMessage,
    start_time: cluster.startTime,
    ...(cluster.terminatedTime !== undefined && { terminated_time: cluster.terminatedTime }),
    ...(cluster.terminationReason && { termination_reason: cluster.terminationReason }),
    spec: cluster.spec,
  };
}
