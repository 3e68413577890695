import type { Context } from '../../agent/context';
import type { Cluster, ClustersApi } from '../api/clusters';
import { followCluster } from './followCluster';
import { startCluster } from './startCluster';

/**
 * Restarts the driver of a running cluster, and waits until the cluster is RUNNING again. A restart by somebody else at
 * the same time is enough: the cluster is not restarted twice. Rejects like `startCluster`.
 */
export async function restartCluster(clusters: ClustersApi, first: Cluster, context: Context): Promise<Cluster> {
  const life = lifeOf(first);
  let isAsked = false;
  const step = async (cluster: Cluster): Promise<boolean> => {
    const isUp = cluster.state === 'RUNNING';
    if (isDown(cluster) || (isUp && lifeOf(cluster) !== life)) return true;
    if (!isUp || isAsked) return false;
    // Not repeated blindly: the next look shows whether a call whose answer was lost took effect.
    await clusters.restartCluster(cluster.id);
    isAsked = true;
    return false;
  };
  const cluster = await followCluster(clusters, first, { awaited: 'restart', step }, context);
  return isDown(cluster) ? (await startCluster(clusters, cluster, {}, context)).cluster : cluster;
}

function isDown({ state }: Cluster): boolean {
  return state === 'TERMINATED' || state === 'ERROR';
}

/** "This value does change when the Spark driver restarts": https://docs.databricks.com/api/azure/workspace/clusters/get. */
function lifeOf({ settings }: Cluster): unknown {
  return settings['spark_context_id'];
}
