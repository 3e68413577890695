import type { Context } from '../../agent/context';
import { HttpError } from '../../http/errors';
import type { Cluster, ClustersApi } from '../api/clusters';
import { clusterTitle } from './describeCluster';
import { ClusterGoneError, followCluster, type FollowOptions } from './followCluster';

export interface StopClusterOptions extends Pick<FollowOptions, 'onSeen'> {
  /** Whether it is terminated, and can be started again, or deleted permanently. */
  readonly deletion: 'terminate' | 'permanent';
}

export interface StoppedCluster {
  /** TERMINATED; undefined when it is gone. */
  readonly cluster: Cluster | undefined;
  /** Whether there was anything to do. */
  readonly isChanged: boolean;
}

/** Terminates a cluster or deletes it permanently, from any state, and waits for it. Succeeds when the cluster no longer exists. */
export async function stopCluster(
  clusters: ClustersApi,
  first: Cluster,
  { deletion, ...options }: StopClusterOptions,
  context: Context,
): Promise<StoppedCluster> {
  let isChanged = false;
  const step = deletion === 'permanent' ? remove : terminate;
  const awaited = deletion === 'permanent' ? 'be deleted' : 'terminate';
  try {
    const cluster = await followCluster(clusters, first, { ...options, awaited, step }, context);
    return { cluster, isChanged };
  } catch (error) {
    if (!(error instanceof ClusterGoneError)) throw error;
    return { cluster: undefined, isChanged };
  }

  async function terminate(cluster: Cluster): Promise<boolean> {
    if (cluster.state === 'TERMINATED') return true;
    isChanged = true;
    if (cluster.state !== 'TERMINATING') await clusters.terminateCluster(cluster.id);
    return false;
  }

  async function remove(cluster: Cluster): Promise<boolean> {
    isChanged = true;
    try {
      await clusters.deleteCluster(cluster.id);
    } catch (error) {
      if (!isPinned(error)) throw error;
      await clusters.unpinCluster(cluster.id);
      context.agent.log(
        `${clusterTitle(cluster)} was pinned and has been unpinned: a pinned cluster cannot be deleted.`,
      );
    }
    return false;
  }
}

/** The message is the only sign that the service gives; Databricks' Terraform provider tests for it too. */
function isPinned(error: unknown): boolean {
  return error instanceof HttpError && /\bunpin\b/i.test(error.serviceMessage);
}
