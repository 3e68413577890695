import { TaskError } from '../../errors';
import type { Cluster, ClustersApi } from '../api/clusters';
import { clusterState, clusterTitle, describeTermination } from './describeCluster';
import { followCluster, type ClusterSurroundings, type FollowOptions } from './followCluster';

export interface StartedCluster {
  /** RUNNING. */
  readonly cluster: Cluster;
  /** Whether it had to be started. */
  readonly isStarted: boolean;
}

/**
 * Has a cluster run, whatever state it is in: waits for what is under way, and starts it when it is down. It is
 * started once: when it goes down again after that, that is the verdict, with Databricks' reason. Others may start it
 * at the same time. Whoever gives up leaves the cluster as it is.
 */
export async function startCluster(
  clusters: ClustersApi,
  first: Cluster,
  options: Pick<FollowOptions, 'deadline' | 'onSeen'>,
  surroundings: ClusterSurroundings,
): Promise<StartedCluster> {
  /** The termination that a start was to end. Where that is still what is seen, the start was lost or is not yet visible. */
  let ended: { readonly time: number | undefined } | undefined;
  let isStarted = false;

  const cluster = await followCluster(
    clusters,
    first,
    {
      ...options,
      awaited: 'run',
      step: async (cluster) => {
        const { state, terminatedTime } = cluster;
        if (state === 'RUNNING') return true;
        if (!['TERMINATED', 'ERROR', 'UNKNOWN'].includes(state)) return false;
        if (ended && (terminatedTime !== ended.time || (isStarted && terminatedTime === undefined)))
          throw wentDown(cluster);
        ended = { time: terminatedTime };
        await clusters.startCluster(cluster.id);
        if (!isStarted) surroundings.report.log(`Started cluster ${cluster.id}.`);
        isStarted = true;
        return false;
      },
    },
    surroundings,
  );
  return { cluster, isStarted };
}

function wentDown(cluster: Cluster): TaskError {
  return new TaskError(
    `${clusterTitle(cluster)} did not start: it is ${clusterState(cluster)}. ${describeTermination(cluster)}`.trim(),
  );
}
