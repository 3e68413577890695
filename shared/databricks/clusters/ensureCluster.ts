import { createHash } from 'node:crypto';
import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { poll } from '../../http/poll';
import type { Cluster, ClustersApi, ClusterSettings } from '../api/clusters';
import { clusterDifferences, isResizable, rememberedSpec, secretNotice, sizeIn } from './differences';
import { clusterMention, clusterState, clusterTitle, describeTermination } from './describeCluster';
import { differenceLine, type Difference } from '../../comparison/difference';
import { isUnconfirmed } from '../../comparison/unreturned';
import { followCluster, type FollowOptions } from './followCluster';
import { lookUpClusterName } from './lookUpCluster';

/** A specification in the words of `clusters/create`. */
export type ClusterSpec = ClusterSettings & { readonly cluster_name: string };

export interface EnsureClusterOptions extends Pick<FollowOptions, 'onSeen'> {
  readonly spec: ClusterSpec;
  /** Whether it must be pinned; otherwise it may be. */
  readonly pinned: boolean;
}

/** For the list of pinned clusters to show a new one. */
const secondsToBePinned = 30;

export type ClusterChange = 'created' | 'updated' | 'unchanged';

export interface EnsuredCluster {
  /** As it was seen last. */
  readonly cluster: Cluster;
  readonly change: ClusterChange;
  /** What an update changed. */
  readonly differences: readonly Difference[];
}

/**
 * Creates or updates a cluster by name to match a specification; edits it only on a real difference, which is logged
 * first. Does not wait for the cluster to start. Throws a TaskError when several clusters have the name, or when the
 * service accepts the specification without applying it.
 */
export async function ensureCluster(
  clusters: ClustersApi,
  { spec, pinned, ...options }: EnsureClusterOptions,
  context: Context,
): Promise<EnsuredCluster> {
  const notice = secretNotice(spec);
  if (notice) context.agent.log(notice);
  const made = await findOrCreate(clusters, spec, context);
  const { cluster, differences } = await editIfDifferent(clusters, made.cluster, spec, options, context);

  const isToBePinned = pinned && !(await clusters.isPinned(cluster.id));
  if (isToBePinned) {
    await pin(clusters, cluster, context);
    context.agent.log(`${clusterTitle(cluster)}: pinned.`);
  }
  const isUpdated = differences.length > 0 || isToBePinned;
  return { cluster, change: made.isNew ? 'created' : isUpdated ? 'updated' : 'unchanged', differences };
}

/** Pins a cluster, and waits until the list of pinned clusters shows it. */
async function pin(clusters: ClustersApi, { id }: Cluster, { clock, signal }: Context): Promise<void> {
  await clusters.pinCluster(id);
  await poll({
    clock,
    signal,
    deadline: clock.now() + secondsToBePinned * 1000,
    awaited: `cluster ${id} to be pinned, which Databricks has accepted`,
    probe: () => clusters.isPinned(id),
    isDone: (isPinned) => isPinned,
  });
}

/**
 * Names are not unique, and an answer can be lost. So the cluster is looked up before each attempt to create it, and
 * each attempt of each pipeline uses the same token, for which the service creates no second cluster while the first is
 * up. The token covers the time in which a list does not show a new cluster yet. The list covers the time after the
 * cluster went down, when its token is free again.
 */
async function findOrCreate(
  clusters: ClustersApi,
  spec: ClusterSpec,
  { agent, clock, signal, deadline }: Context,
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
      if (!isNew) agent.log(`There is no cluster named '${name}'. Creating it.`);
      isNew = true;
      const id = await clusters.createCluster(rememberedSpec(spec), creationToken(name, tokens));
      const created = await clusters.getCluster(id);
      if (!created || created.name === name) return created;
      tokens++; // this one belongs to a cluster that was renamed since
      return undefined;
    },
    isDone: (found) => found !== undefined,
    onTransient: (error) => agent.log(`${error.message} Looking up the cluster again.`),
  });
  if (!cluster) throw new TaskError(`Cluster '${name}' was not created.`);
  return { cluster, isNew };
}

function creationToken(name: string, number: number): string {
  return createHash('sha256').update(`model-pipeline-tasks cluster ${number} ${name}`).digest('hex');
}

/** Edits the cluster until it matches the specification; resolves with the differences that were found at first. */
async function editIfDifferent(
  clusters: ClustersApi,
  first: Cluster,
  spec: ClusterSpec,
  options: Pick<FollowOptions, 'onSeen'>,
  context: Context,
): Promise<Pick<EnsuredCluster, 'cluster' | 'differences'>> {
  const { agent } = context;
  const title = clusterTitle(first);
  const differences = clusterDifferences(spec, first);
  if (differences.length === 0) {
    options.onSeen?.(first);
    return { cluster: first, differences };
  }
  agent.log(`${title} differs from the specification:\n${describe(differences)}`);
  let isAccepted = false;
  let mayResize = true;

  const cluster = await followCluster(
    clusters,
    first,
    {
      ...options,
      awaited: 'match its specification',
      step: async (cluster) => {
        const left = clusterDifferences(spec, cluster);
        if (isAccepted) return isApplied(cluster, left, context);
        if (left.length === 0) return true;
        if (cluster.state === 'ERROR') throw cannotEdit(cluster);
        if (cluster.state !== 'RUNNING' && cluster.state !== 'TERMINATED') return false;
        if (mayResize && isResizable(cluster, left)) {
          // When it is refused, the cluster is edited instead, unless it has the size by then.
          mayResize = false;
          agent.log(`${title} is RUNNING. Resizing it, which does not restart it.`);
          await clusters.resizeCluster(cluster.id, sizeIn(spec));
        } else {
          if (cluster.state === 'RUNNING') agent.log(`${title} is RUNNING. Editing restarts it.`);
          await clusters.editCluster(cluster.id, rememberedSpec(spec));
        }
        isAccepted = true;
        return false;
      },
    },
    context,
  );
  return { cluster, differences };
}

/** What is not returned may be as it was asked for; another value is not. */
function isApplied(cluster: Cluster, left: readonly Difference[], { agent }: Context): true {
  const [unreturned, others] = [left.filter(isUnreturned), left.filter((difference) => !isUnreturned(difference))];
  if (others.length > 0) throw notApplied(clusterMention(cluster), others);
  for (const difference of unreturned)
    agent.log(`Databricks does not return a setting of the specification: ${differenceLine(difference)}`);
  return true;
}

function isUnreturned(difference: Difference): boolean {
  return difference.wanted !== undefined && isUnconfirmed(difference);
}

function cannotEdit(cluster: Cluster): TaskError {
  const reason = describeTermination(cluster);
  return new TaskError(
    `${clusterTitle(cluster)} cannot be edited: it is ${clusterState(cluster)}. ${reason} Start or delete it first.`,
  );
}

function notApplied(title: string, left: readonly Difference[]): TaskError {
  return new TaskError(
    `Databricks accepted the specification of ${title}, but these settings differ:\n${describe(left)}\n` +
      'A policy may set them, or another pipeline may have edited the cluster at the same time. Correct the specification.',
  );
}

function describe(differences: readonly Difference[]): string {
  return differences.map((difference) => `  ${differenceLine(difference)}`).join('\n');
}
