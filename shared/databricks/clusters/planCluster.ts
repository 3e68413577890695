import type { Context } from '../../agent/context';
import type { Cluster, ClustersApi } from '../api/clusters';
import { clusterDifferences, isResizable, secretNotice } from './differences';
import { clusterTitle } from './describeCluster';
import { differenceLine, type Difference } from '../../comparison/difference';
import type { ClusterChange, EnsureClusterOptions } from './ensureCluster';
import { lookUpClusterName } from './lookUpCluster';

export interface ClusterPlan {
  /** Undefined when it would be created. */
  readonly cluster: Cluster | undefined;
  readonly change: ClusterChange;
  /** What would be done, in a sentence. */
  readonly sentence: string;
}

/** What `ensureCluster` would do. Changes nothing. Throws a TaskError when several clusters have the name. */
export async function planCluster(
  clusters: ClustersApi,
  { spec, pinned }: Pick<EnsureClusterOptions, 'spec' | 'pinned'>,
  { agent }: Context,
): Promise<ClusterPlan> {
  const notice = secretNotice(spec);
  if (notice) agent.log(notice);
  const cluster = await lookUpClusterName(clusters, spec.cluster_name);
  if (!cluster) return { cluster, change: 'created', sentence: `Cluster '${spec.cluster_name}' would be created.` };

  const differences = clusterDifferences(spec, cluster);
  for (const difference of differences) agent.log(differenceLine(difference));
  const isToBePinned = pinned && !(await clusters.isPinned(cluster.id));
  const would = [
    ...(differences.length > 0 ? [changeOf(cluster, differences)] : []),
    ...(isToBePinned ? ['pinned'] : []),
  ];
  const title = clusterTitle(cluster);
  return would.length > 0
    ? { cluster, change: 'updated', sentence: `${title} would be ${would.join(', and ')}.` }
    : { cluster, change: 'unchanged', sentence: `${title} is as specified.` };
}

function changeOf(cluster: Cluster, differences: readonly Difference[]): string {
  if (isResizable(cluster, differences)) return 'resized, which does not restart it';
  return cluster.state === 'RUNNING' ? 'edited, which restarts it' : 'edited';
}
