import assert from 'node:assert/strict';
import { startDatabricks, type Databricks } from '../../sandbox/databricks/databricks';
import type { Clock } from '../../shared/clock';
import { runTask } from '../../shared/task/runTask';
import type { Inputs, Task } from '../../shared/task/task';
import { FakeAgent } from '../support/fakeAgent';
import type { Stage } from '../support/faultMatrix';

type Body = Readonly<Record<string, unknown>>;

export const smallSpec = {
  cluster_name: 'train',
  spark_version: '15.4.x-scala2.12',
  node_type_id: 'Standard_DS3_v2',
  num_workers: 2,
  autotermination_minutes: 60,
};

export const states = [
  'RUNNING',
  'TERMINATED',
  'TERMINATING',
  'PENDING',
  'RESTARTING',
  'RESIZING',
  'ERROR',
  'UNKNOWN',
] as const;

/** What is left of a cluster when all has come to rest. */
export interface EndState {
  readonly name: unknown;
  readonly state: string;
  readonly workers: unknown;
  readonly isPinned: boolean;
}

/** A sandbox workspace with clusters, whose time passes only while a task sleeps, or by `settle`. */
export class ClusterWorkspace {
  readonly clock: Clock;

  private constructor(readonly databricks: Databricks) {
    this.clock = {
      now: () => databricks.clock.now(),
      sleep: async (milliseconds, signal) => {
        signal?.throwIfAborted();
        await databricks.clock.advance(milliseconds);
        signal?.throwIfAborted();
      },
    };
  }

  static async open(): Promise<ClusterWorkspace> {
    const durations = { clusterStartSeconds: 4, clusterStopSeconds: 2, clusterResizeSeconds: 2 };
    return new ClusterWorkspace(await startDatabricks({ timeScale: 0, hasLimits: false, logsBodies: true, durations }));
  }

  close(): Promise<void> {
    return this.databricks.close();
  }

  /** Calls the Clusters API as somebody else would. */
  async call(action: string, body: Body): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${this.databricks.url}/api/2.1/clusters/${action}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.databricks.token}` },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return JSON.parse(text) as Body;
  }

  /** Makes a cluster that is in a state, and gives its id. The log of requests is empty after that. */
  async cluster(state: (typeof states)[number], spec: Body = {}): Promise<string> {
    if (state === 'ERROR' || state === 'UNKNOWN')
      this.databricks.scriptCluster({ failure: 'quota', endState: state, times: 1 });
    const { cluster_id } = await this.call('create', { ...smallSpec, ...spec });
    if (state !== 'PENDING') await this.settle();
    if (state === 'TERMINATED' || state === 'TERMINATING') await this.call('delete', { cluster_id });
    if (state === 'TERMINATED') await this.settle();
    if (state === 'RESTARTING') await this.call('restart', { cluster_id });
    if (state === 'RESIZING') await this.call('resize', { cluster_id, num_workers: 2 });
    const id = String(cluster_id);
    assert.equal(this.databricks.clusters.get(id).state, state);
    this.databricks.requests.clear();
    return id;
  }

  settle(): Promise<void> {
    return this.databricks.clock.advance(60_000);
  }

  async endState(): Promise<readonly EndState[]> {
    await this.settle();
    return this.databricks.clusters.list().map(({ spec, state, isPinned }) => ({
      name: spec['cluster_name'],
      state,
      workers: spec['num_workers'],
      isPinned,
    }));
  }

  /** How often an endpoint was asked for, such as `clusters/edit`. */
  count(path: string): number {
    return this.databricks.requests.list(path).length;
  }

  /** The requests that change something, such as `clusters/edit`. */
  writes(): readonly string[] {
    return this.databricks.requests
      .list()
      .filter(({ method }) => method !== 'GET')
      .map(({ path }) => path.replace('/api/2.1/', ''));
  }

  /** One try of a step. */
  async run<I extends Inputs, Output extends string>(
    task: Task<I, Output>,
    inputs: Readonly<Record<string, string>>,
    { url = this.databricks.url, signal = new AbortController().signal } = {},
  ): Promise<FakeAgent> {
    const { token } = this.databricks;
    const agent = new FakeAgent({ connection: 'c', ...inputs }, { c: { url, token } });
    await runTask(task, { agent, clock: this.clock, signal });
    return agent;
  }
}

/** A way to a workspace with clusters as they are before a step with these inputs. */
export function clusterStage(
  inputs: Readonly<Record<string, string>>,
  prepare: (workspace: ClusterWorkspace) => Promise<unknown>,
): () => Promise<Stage> {
  return async () => {
    const workspace = await ClusterWorkspace.open();
    await prepare(workspace);
    const { databricks, clock } = workspace;
    return { databricks, clock, inputs, endState: () => workspace.endState(), close: () => workspace.close() };
  };
}
