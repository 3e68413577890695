import { HttpError } from '../../http/errors';
import type { Cluster, ClustersApi } from '../api/clusters';
import { clusterTitle } from './describeCluster';
import { ClusterGoneError, followCluster, type ClusterSurroundings, type FollowOptions } from './followCluster';

export interface StopClusterOptions extends Pick<FollowOptions, 'deadline' | 'onSeen'> {
  /** Whether it is terminated, and can be started again, or removed for good. */
  readonly deletion: 'terminate' | 'permanent';
}

export interface StoppedCluster {
  /** TERMINATED; undefined when it is gone. */
  readonly cluster: Cluster | undefined;
  /** Whether there was anything to do. */
  readonly isChanged: boolean;
}

/** Has a cluster terminated, or gone for good, whatever state it is in, and waits until it is. One that is gone is fine. */
export async function stopCluster(
  clusters: ClustersApi,
  first: Cluster,
  { deletion, ...options }: StopClusterOptions,
  surroundings: ClusterSurroundings,
): Promise<StoppedCluster> {
  const { report } = surroundings;
  let isChanged = false;
  const step = deletion === 'permanent' ? remove : terminate;
  const awaited = deletion === 'permanent' ? 'be gone' : 'terminate';
  try {
    const cluster = await followCluster(clusters, first, { ...options, awaited, step }, surroundings);
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
      report.log(`${clusterTitle(cluster)} was pinned: unpinned it, for a pinned cluster can't be deleted.`);
    }
    return false;
  }
}

/** The only sign of it that the service gives (it is also what Databricks' Terraform provider goes by). */
function isPinned(error: unknown): boolean {
  return error instanceof HttpError && /\bunpin\b/i.test(error.serviceMessage);
}
