import { invalidParameter, invalidState } from '../apiError';
import type { SandboxClock } from '../../clock';
import { idempotencyTokenOf } from '../idempotencyToken';
import type { Ids } from '../ids';
import { isJsonObject, type JsonObject, without } from '../json';
import type { Scripts } from '../scripts';
import type { Cluster, ClusterState, TerminationReason } from './cluster';
import { type ClusterScript, failureOf, matchesCluster } from './clusterScripts';
import { readSpec, type SpecReferences } from './clusterSpec';

export interface ClusterDurations {
  readonly clusterStartSeconds: number;
  readonly clusterStopSeconds: number;
  readonly clusterResizeSeconds: number;
}

export interface ClusterParts {
  readonly clock: SandboxClock;
  readonly ids: Ids;
  readonly durations: ClusterDurations;
  readonly scripts: Scripts<ClusterScript>;
  readonly references: SpecReferences;
  readonly changed: () => void;
}

const maximumPinned = 100;

/** The clusters of the workspace; what takes time takes it on the sandbox clock. */
export class Clusters {
  readonly #clusters = new Map<string, Cluster>();
  /** The latest change of state of each cluster; an earlier one that is still under way has no effect any more. */
  readonly #changes = new Map<string, symbol>();
  readonly #listeners: ((cluster: Cluster) => void)[] = [];

  constructor(private readonly parts: ClusterParts) {}

  /** @throws ApiError as Databricks does: 400, not 404. */
  get(id: string): Cluster {
    const cluster = this.#clusters.get(id);
    if (!cluster) throw invalidParameter(`Cluster ${id} does not exist`);
    return cluster;
  }

  list(): Cluster[] {
    return [...this.#clusters.values()];
  }

  /** Calls `listener` after every change of a cluster's state. */
  onState(listener: (cluster: Cluster) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * `clusters/create`: with a known idempotency token it returns the cluster of that token. A cluster that terminated
   * has none any more (`CreateCluster` of the REST reference).
   */
  createOnce(asked: JsonObject, creator: string): Cluster {
    const token = idempotencyTokenOf(asked);
    const known = token === undefined ? undefined : this.list().find((cluster) => cluster.idempotencyToken === token);
    if (known) return known;
    const cluster = this.create(without(asked, 'idempotency_token'), creator, 'API');
    if (token !== undefined) cluster.idempotencyToken = token;
    return cluster;
  }

  create(asked: JsonObject, creator: string, source: Cluster['source']): Cluster {
    const { clock, ids, references } = this.parts;
    const spec = readSpec(asked, references);
    const now = clock.now();
    const stamp = new Date(now).toISOString().replace(/[-:T]/g, '').slice(4, 14);
    ids.next();
    const cluster: Cluster = {
      id: `${stamp.slice(0, 4)}-${stamp.slice(4)}-${ids.made.toString(36).padStart(8, 's')}`,
      spec,
      state: 'PENDING',
      stateMessage: '',
      source,
      creator,
      createdTime: now,
      startTime: now,
      isPinned: false,
      events: [],
    };
    this.#clusters.set(cluster.id, cluster);
    this.#record(cluster, 'CREATING', { cluster_size: sizeOf(spec), user: creator });
    this.#launch(cluster, 'PENDING');
    return cluster;
  }

  /** Clients start clusters in ERROR and UNKNOWN too (clusters_api.go of terraform-provider-databricks). */
  start(cluster: Cluster, user: string): void {
    if (!['TERMINATED', 'ERROR', 'UNKNOWN'].includes(cluster.state)) throw unexpectedState(cluster);
    if (cluster.source === 'JOB' && cluster.terminatedTime !== undefined)
      throw invalidState(`Cluster ${cluster.id} was created by a job and cannot be started.`);
    cluster.startTime = this.parts.clock.now();
    this.#record(cluster, 'STARTING', { user });
    this.#launch(cluster, 'PENDING');
  }

  restart(cluster: Cluster, user: string): void {
    if (cluster.state !== 'RUNNING') throw unexpectedState(cluster);
    this.#record(cluster, 'RESTARTING', { user });
    this.#launch(cluster, 'RESTARTING');
  }

  edit(cluster: Cluster, asked: JsonObject, user: string): void {
    if (cluster.source === 'JOB')
      throw invalidState(`Cluster ${cluster.id} was created by a job and cannot be edited.`);
    if (cluster.state !== 'RUNNING' && cluster.state !== 'TERMINATED') throw unexpectedState(cluster);
    const spec = readSpec(asked, this.parts.references);
    this.#record(cluster, 'EDITED', { previous_attributes: cluster.spec, attributes: spec, user });
    cluster.spec = spec;
    if (cluster.state === 'RUNNING') this.restart(cluster, user);
    this.parts.changed();
  }

  /** Sets the size: `num_workers` or `autoscale`. */
  resize(cluster: Cluster, size: JsonObject, user: string): void {
    if (cluster.state !== 'RUNNING') throw unexpectedState(cluster);
    const spec = readSpec({ ...without(cluster.spec, 'num_workers', 'autoscale'), ...size }, this.parts.references);
    this.#record(cluster, 'RESIZING', {
      previous_cluster_size: sizeOf(cluster.spec),
      cluster_size: sizeOf(spec),
      cause: 'USER_REQUEST',
      user,
    });
    cluster.spec = spec;
    const reached = () => {
      this.#enter(cluster, 'RUNNING', '');
      this.#record(cluster, 'UPSIZE_COMPLETED', { cluster_size: sizeOf(spec) });
    };
    this.#enter(cluster, 'RESIZING', 'Resizing');
    void this.#after(cluster, this.parts.durations.clusterResizeSeconds, reached);
  }

  terminate(cluster: Cluster, reason: TerminationReason): void {
    if (cluster.state === 'TERMINATING' || cluster.state === 'TERMINATED') return;
    this.#end(cluster, reason);
  }

  /** Pinned clusters stay in the list. @throws ApiError when too many are pinned */
  pin(cluster: Cluster, isPinned: boolean, user: string): void {
    if (cluster.isPinned === isPinned) return;
    if (isPinned && this.list().filter((other) => other.isPinned).length >= maximumPinned)
      throw invalidState(`At most ${maximumPinned} clusters can be pinned.`);
    cluster.isPinned = isPinned;
    this.#record(cluster, isPinned ? 'PINNED' : 'UNPINNED', { user });
    this.parts.changed();
  }

  /** Terminates it and forgets it at once. @throws ApiError when it is pinned */
  remove(cluster: Cluster): void {
    // terraform-provider-databricks issue 113; the error code is not public.
    if (cluster.isPinned)
      throw invalidState(`Cannot delete pinned cluster ${cluster.id}. Please ask an admin to unpin the cluster first.`);
    this.#changes.delete(cluster.id);
    this.#clusters.delete(cluster.id);
    cluster.state = 'TERMINATED';
    this.#tell(cluster);
  }

  /**
   * Waits until the cluster runs, and starts it once when it is terminated. Answers why it ended otherwise;
   * `undefined` when it runs, or when `signal` aborts.
   */
  async ensureRunning(cluster: Cluster, user: string, signal: AbortSignal): Promise<string | undefined> {
    let mayStart = true;
    while (!signal.aborted) {
      if (cluster.state === 'RUNNING') return undefined;
      if (!this.#clusters.has(cluster.id)) return `Cluster ${cluster.id} does not exist`;
      if (['TERMINATED', 'ERROR', 'UNKNOWN'].includes(cluster.state)) {
        if (!mayStart || cluster.source === 'JOB') return terminatedWhileWaiting(cluster);
        this.start(cluster, user);
      }
      if (cluster.state !== 'TERMINATING') mayStart = false;
      await this.parts.clock.sleep(250, signal);
    }
    return undefined;
  }

  /** Puts back saved clusters; a change of state that was under way is done. */
  restore(clusters: readonly Cluster[]): void {
    for (const cluster of clusters) {
      if (['PENDING', 'RESTARTING', 'RESIZING'].includes(cluster.state)) cluster.state = 'RUNNING';
      if (cluster.state === 'TERMINATING') {
        cluster.state = 'TERMINATED';
        delete cluster.idempotencyToken;
      }
      this.#clusters.set(cluster.id, cluster);
    }
  }

  #launch(cluster: Cluster, by: 'PENDING' | 'RESTARTING'): void {
    delete cluster.terminatedTime;
    delete cluster.terminationReason;
    const script = this.parts.scripts.take((waiting) => matchesCluster(waiting, cluster));
    const failure = failureOf(script);
    this.#enter(cluster, by, 'Finding instances for new nodes, acquiring more instances if necessary');
    void this.#after(cluster, script?.startSeconds ?? this.parts.durations.clusterStartSeconds, () => {
      if (failure && script?.runSeconds === undefined) this.#end(cluster, failure, script);
      else this.#run(cluster, script, failure);
    });
  }

  #run(cluster: Cluster, script: ClusterScript | undefined, failure: TerminationReason | undefined): void {
    cluster.restartedTime = this.parts.clock.now();
    cluster.sparkContextId = this.parts.ids.next();
    this.#record(cluster, 'RUNNING', { current_num_workers: workersOf(cluster.spec) });
    this.#enter(cluster, 'RUNNING', '');
    if (failure) void this.#after(cluster, script?.runSeconds ?? 0, () => this.#end(cluster, failure, script));
  }

  #end(cluster: Cluster, reason: TerminationReason, { endState = 'TERMINATED' }: ClusterScript = {}): void {
    cluster.terminationReason = reason;
    this.#record(cluster, 'TERMINATING', { reason });
    const finish = () => {
      cluster.terminatedTime = this.parts.clock.now();
      this.#enter(cluster, endState, messageOf(reason));
    };
    if (endState !== 'TERMINATED') {
      finish();
      return;
    }
    this.#enter(cluster, 'TERMINATING', messageOf(reason));
    void this.#after(cluster, this.parts.durations.clusterStopSeconds, finish);
  }

  #enter(cluster: Cluster, state: ClusterState, message: string): void {
    this.#changes.set(cluster.id, Symbol(state));
    cluster.state = state;
    cluster.stateMessage = message;
    if (state === 'TERMINATED') delete cluster.idempotencyToken;
    this.#tell(cluster);
  }

  /** Does what is next for the cluster, unless something else happened to it before. */
  async #after(cluster: Cluster, seconds: number, next: () => void): Promise<void> {
    const change = this.#changes.get(cluster.id);
    await this.parts.clock.sleep(seconds * 1000);
    if (this.#changes.get(cluster.id) === change) next();
  }

  #tell(cluster: Cluster): void {
    for (const listener of this.#listeners) listener(cluster);
    this.parts.changed();
  }

  #record(cluster: Cluster, type: string, details: JsonObject): void {
    cluster.events.push({ timestamp: this.parts.clock.now(), type, details });
  }
}

/** The workers that a specification asks for; the fewest of an autoscaling cluster. */
export function workersOf(spec: JsonObject): number {
  if (spec.is_single_node === true) return 0;
  return Number((isJsonObject(spec.autoscale) ? spec.autoscale.min_workers : spec.num_workers) ?? 0);
}

const sizeOf = (spec: JsonObject): JsonObject =>
  isJsonObject(spec.autoscale) ? { autoscale: spec.autoscale } : { num_workers: workersOf(spec) };

/** `AZURE_QUOTA_EXCEEDED_EXCEPTION(CLIENT_ERROR): azure_error_code:QuotaExceeded,…` */
function messageOf({ code, type, parameters = {} }: TerminationReason): string {
  const details = Object.entries(parameters).map(([name, value]) => `${name}:${value}`);
  return `${code}(${type}): ${details.join(',')}`;
}

const titleOf = (state: ClusterState) => state.charAt(0) + state.slice(1).toLowerCase();

function unexpectedState(cluster: Cluster) {
  return invalidState(`Cluster ${cluster.id} is in unexpected state ${titleOf(cluster.state)}.`);
}

/** What a run says of such a cluster (databricks-industry-solutions/pixels issue 24). */
function terminatedWhileWaiting({ id, state, terminationReason }: Cluster): string {
  const reason = terminationReason ? `: ${messageOf(terminationReason)}` : '.';
  return `Cluster ${id} was terminated while waiting on it to be ready: Cluster ${id} is in unexpected state ${titleOf(state)}${reason}`;
}
