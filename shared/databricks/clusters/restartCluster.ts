import type { Cluster, ClustersApi } from '../api/clusters';
import { followCluster, type ClusterSurroundings, type FollowOptions } from './followCluster';
import { startCluster } from './startCluster';

/**
 * Has the driver of a running cluster start anew, and waits until the cluster runs again. Whoever restarts it at the same
 * time does it for all: it is not done twice. Rejects like `startCluster`.
 */
export async function restartCluster(
  clusters: ClustersApi,
  first: Cluster,
  options: Pick<FollowOptions, 'deadline'>,
  surroundings: ClusterSurroundings,
): Promise<Cluster> {
  const life = lifeOf(first);
  let isAsked = false;
  const step = async (cluster: Cluster): Promise<boolean> => {
    const isUp = cluster.state === 'RUNNING';
    if (isDown(cluster) || (isUp && lifeOf(cluster) !== life)) return true;
    if (!isUp || isAsked) return false;
    // Not repeated blindly: the next look tells whether a call whose answer was lost had its effect.
    await clusters.restartCluster(cluster.id);
    isAsked = true;
    return false;
  };
  const cluster = await followCluster(clusters, first, { ...options, awaited: 'restart', step }, surroundings);
  return isDown(cluster) ? (await startCluster(clusters, cluster, options, surroundings)).cluster : cluster;
}

function isDown({ state }: Cluster): boolean {
  return state === 'TERMINATED' || state === 'ERROR';
}

/** "This value does change when the Spark driver restarts": https://docs.databricks.com/api/azure/workspace/clusters/get. */
function lifeOf({ settings }: Cluster): unknown {
  return settings['spark_context_id'];
}
