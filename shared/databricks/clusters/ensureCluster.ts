import { createHash } from 'node:crypto';
import { TaskError } from '../../errors';
import { poll } from '../../http/poll';
import type { Cluster, ClustersApi, ClusterSettings } from '../api/clusters';
import { clusterDifferences } from './differences';
import { clusterState, clusterTitle, describeTermination } from './describeCluster';
import { differenceLine, type Difference } from '../../comparison/difference';
import { followCluster, type ClusterSurroundings, type FollowOptions } from './followCluster';
import { lookUpClusterName } from './lookUpCluster';

/** A specification in the words of `clusters/create`. */
export type ClusterSpec = ClusterSettings & { readonly cluster_name: string };

export interface EnsureClusterOptions extends Pick<FollowOptions, 'deadline' | 'onSeen'> {
  readonly spec: ClusterSpec;
  /** Whether it must be pinned; otherwise it may be. */
  readonly pinned: boolean;
}

export type ClusterChange = 'created' | 'updated' | 'unchanged';

export interface EnsuredCluster {
  /** As it was seen last. */
  readonly cluster: Cluster;
  readonly change: ClusterChange;
  /** What an update changed. */
  readonly differences: readonly Difference[];
}

/**
 * Has one cluster of this name be as specified: creates it, or edits the one that is there if it really differs.
 * Tells the differences before the edit. Does not wait for the cluster to run. Throws a TaskError when several clusters
 * have the name, or when the service takes the specification without following it.
 */
export async function ensureCluster(
  clusters: ClustersApi,
  { spec, pinned, ...options }: EnsureClusterOptions,
  surroundings: ClusterSurroundings,
): Promise<EnsuredCluster> {
  const { report } = surroundings;
  const made = await findOrCreate(clusters, spec, options.deadline, surroundings);
  const { cluster, differences } = await bringInLine(clusters, made.cluster, spec, options, surroundings);

  const isToBePinned = pinned && !(await clusters.isPinned(cluster.id));
  if (isToBePinned) {
    await clusters.pinCluster(cluster.id);
    report.log(`${clusterTitle(cluster)}: pinned.`);
  }
  const isUpdated = differences.length > 0 || isToBePinned;
  return { cluster, change: made.isNew ? 'created' : isUpdated ? 'updated' : 'unchanged', differences };
}

/**
 * Names are not unique, and an answer can be lost: so nothing is created that was not looked for just before, and each
 * try of each pipeline uses the same token, for which the service makes no second cluster while the first is up. That
 * covers the time in which a list doesn't show a new cluster yet. The list covers the time after the cluster went down,
 * when its token is free again.
 */
async function findOrCreate(
  clusters: ClustersApi,
  spec: ClusterSpec,
  deadline: number,
  { clock, signal, report }: ClusterSurroundings,
): Promise<{ readonly cluster: Cluster; readonly isNew: boolean }> {
  const name = spec.cluster_name;
  let tokens = 0;
  let isNew = false;
  const cluster = await poll({
    clock,
    signal,
    deadline,
    awaited: `cluster '${name}' to be created`,
    probe: async () => {
      const found = await lookUpClusterName(clusters, name);
      if (found) return found;
      if (!isNew) report.log(`There is no cluster named '${name}': creating it.`);
      isNew = true;
      const id = await clusters.createCluster(spec, creationToken(name, tokens));
      const created = await clusters.getCluster(id);
      if (!created || created.name === name) return created;
      tokens++; // this one stands for a cluster that was renamed since
      return undefined;
    },
    isDone: (found) => found !== undefined,
    onTransient: (error) => report.log(`${error.message} Looking for the cluster again.`),
  });
  if (!cluster) throw new TaskError(`Cluster '${name}' was not created.`);
  return { cluster, isNew };
}

function creationToken(name: string, number: number): string {
  return createHash('sha256').update(`model-pipeline-tasks cluster ${number} ${name}`).digest('hex');
}

/** Edits the cluster until nothing of what is wanted differs; gives what the first look found different. */
async function bringInLine(
  clusters: ClustersApi,
  first: Cluster,
  spec: ClusterSpec,
  options: Pick<FollowOptions, 'deadline' | 'onSeen'>,
  surroundings: ClusterSurroundings,
): Promise<Pick<EnsuredCluster, 'cluster' | 'differences'>> {
  const { report } = surroundings;
  const title = clusterTitle(first);
  const differences = clusterDifferences(spec, first);
  if (differences.length === 0) {
    options.onSeen?.(first);
    return { cluster: first, differences };
  }
  report.log(`${title} differs from the specification:\n${describe(differences)}`);
  let isAccepted = false;

  const cluster = await followCluster(
    clusters,
    first,
    {
      ...options,
      awaited: 'take its specification',
      step: async (cluster) => {
        const left = clusterDifferences(spec, cluster);
        if (left.length === 0) return true;
        if (isAccepted) throw new TaskError(notFollowed(title, left));
        if (cluster.state === 'ERROR') throw cannotEdit(cluster);
        if (cluster.state !== 'RUNNING' && cluster.state !== 'TERMINATED') return false;
        if (cluster.state === 'RUNNING') report.log(`${title} is RUNNING: editing it restarts it.`);
        await clusters.editCluster(cluster.id, spec);
        isAccepted = true;
        return false;
      },
    },
    surroundings,
  );
  return { cluster, differences };
}

function cannotEdit(cluster: Cluster): TaskError {
  const reason = describeTermination(cluster);
  return new TaskError(
    `${clusterTitle(cluster)} can't be edited: it is ${clusterState(cluster)}. ${reason} Start or delete it first.`,
  );
}

function notFollowed(title: string, left: readonly Difference[]): string {
  return `Databricks took the specification of ${title}, yet it still differs:\n${describe(left)}\nA policy may say otherwise, another pipeline may have edited it at the same time, or the specification has a field that Databricks does not know. Correct the specification.`;
}

function describe(differences: readonly Difference[]): string {
  return differences.map((difference) => `  ${differenceLine(difference)}`).join('\n');
}
