import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import type { Cluster, ClustersApi } from '../api/clusters';
import { clusterState, clusterTitle, describeTermination } from './describeCluster';
import { followCluster, type FollowOptions } from './followCluster';

export interface StartedCluster {
  /** RUNNING. */
  readonly cluster: Cluster;
  /** Whether it had to be started. */
  readonly isStarted: boolean;
}

/**
 * Starts a cluster from any state and waits until it is RUNNING: waits for a change that is under way, and
 * starts it when it is down. It is started once: when it goes down again after that, the error has Databricks' reason.
 * Others may start it at the same time. After a timeout or a cancellation the cluster is left as it is.
 */
export async function startCluster(
  clusters: ClustersApi,
  first: Cluster,
  options: Pick<FollowOptions, 'onSeen'>,
  context: Context,
): Promise<StartedCluster> {
  /** When the cluster that was started had been terminated. While it is still seen so, the start was lost or is not yet visible. */
  let ended: { readonly time: number | undefined } | undefined;
  let isStarted = false;

  const cluster = await followCluster(
    clusters,
    first,
    {
      ...options,
      awaited: 'start',
      step: async (cluster) => {
        const { state, terminatedTime } = cluster;
        if (state === 'RUNNING') return true;
        if (!['TERMINATED', 'ERROR', 'UNKNOWN'].includes(state)) return false;
        if (ended && (terminatedTime !== ended.time || (isStarted && terminatedTime === undefined)))
          throw wentDown(cluster);
        ended = { time: terminatedTime };
        await clusters.startCluster(cluster.id);
        if (!isStarted) context.agent.log(`Started cluster ${cluster.id}.`);
        isStarted = true;
        return false;
      },
    },
    context,
  );
  return { cluster, isStarted };
}

function wentDown(cluster: Cluster): TaskError {
  return new TaskError(
    `${clusterTitle(cluster)} did not start: it is ${clusterState(cluster)}. ${describeTermination(cluster)}`.trim(),
  );
}
