import assert from 'node:assert/strict';
import type { Json } from '../../shared/json';
import type { Inputs, Task } from '../../shared/task/task';
import { DatabricksStage, type TryOptions } from '../support/databricksStage';
import type { FakeAgent } from '../support/fakeAgent';
import type { Stage } from '../support/faultMatrix';

type Body = Readonly<Record<string, Json>>;

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

/** A workspace with clusters, whose time passes only while a task sleeps, or by `settle`. */
export class ClusterWorkspace extends DatabricksStage {
  static async open(): Promise<ClusterWorkspace> {
    const durations = { clusterStartSeconds: 4, clusterStopSeconds: 2, clusterResizeSeconds: 2 };
    return new ClusterWorkspace(await DatabricksStage.start({ durations }));
  }

  /** Calls the Clusters API as somebody else would. */
  call(action: string, body: Body): Promise<{ readonly cluster_id: string }> {
    return this.request('POST', `/api/2.1/clusters/${action}`, body);
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
    assert.equal(this.databricks.clusters.get(cluster_id).state, state);
    this.databricks.requests.clear();
    return cluster_id;
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

  /** One try of a step. */
  run<I extends Inputs, Output extends string>(
    task: Task<I, Output>,
    inputs: Readonly<Record<string, string>>,
    options?: TryOptions,
  ): Promise<FakeAgent> {
    return this.try(task, inputs, options);
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
