import { TaskError } from '../../errors';
import { poll } from '../../http/poll';
import type { Cluster, ClustersApi } from '../api/clusters';
import type { Library } from '../api/libraries';
import type { LibrariesApi, LibraryState } from '../api/librariesApi';
import { clusterState, clusterTitle, describeTermination } from '../clusters/describeCluster';
import type { ClusterSurroundings } from '../clusters/followCluster';
import { libraryKey } from './key';
import { libraryTitle } from './title';
import { isReady, marked, stateOf } from './planLibraries';

export interface FollowLibrariesOptions {
  /** As it was before anything was asked for. */
  readonly before: readonly LibraryState[];
  /** When to give up, in milliseconds since 1970. */
  readonly deadline: number;
  /** Told of the cluster's libraries at every look. */
  readonly onSeen: (states: readonly LibraryState[]) => void;
}

const endings = ['SKIPPED', 'FAILED', marked];
/** How long a failure of an earlier installation may still be what is seen. */
const staleMilliseconds = 15_000;

/**
 * Waits until the cluster has, or has given up, each of the libraries; tells every change. Passing faults don't end the
 * wait. Rejects with a TaskError when the cluster goes down, with a TimedOutError, and with the signal's reason.
 */
export async function followLibraries(
  api: LibrariesApi,
  clusters: ClustersApi,
  cluster: Cluster,
  wanted: readonly Library[],
  { before, deadline, onSeen }: FollowLibrariesOptions,
  { clock, signal, report }: ClusterSurroundings,
): Promise<void> {
  const startedAt = clock.now();
  const told = new Map(wanted.map((library) => [libraryKey(library), stateOf(library, before)?.status]));

  await poll({
    clock,
    signal,
    deadline,
    awaited: `the libraries of cluster ${cluster.id}`,
    probe: async (budgetSeconds) => {
      const states = await api.listLibraries(cluster.id, budgetSeconds);
      onSeen(states);
      const ended = wanted.filter((library) => tell(library, stateOf(library, states)));
      report.progress(
        Math.floor((100 * ended.length) / Math.max(wanted.length, 1)),
        `${ended.length} of ${wanted.length} libraries`,
      );
      if (ended.length === wanted.length) return true;
      await refuseDown(budgetSeconds);
      return false;
    },
    isDone: (isDone) => isDone,
    onTransient: (error) => report.log(`Still waiting for the libraries of cluster ${cluster.id}. ${error.message}`),
  });

  /** Whether nothing more is to come of it. */
  function tell(library: Library, state: LibraryState | undefined): boolean {
    const key = libraryKey(library);
    if (state && told.get(key) !== state.status) {
      report.log(`${libraryTitle(library)}: ${state.status}`);
      told.set(key, state.status);
    }
    if (!state || isReady(state)) return state !== undefined;
    const isStale = stateOf(library, before)?.status === state.status && clock.now() < startedAt + staleMilliseconds;
    return endings.includes(state.status) && (state.status === 'SKIPPED' || !isStale);
  }

  /** Libraries wait for ever on a cluster that is down. */
  async function refuseDown(budgetSeconds: number): Promise<void> {
    const now = await clusters.getCluster(cluster.id, budgetSeconds);
    if (!now) throw new TaskError(`${clusterTitle(cluster)} was deleted while its libraries were installed.`);
    if (!['TERMINATING', 'TERMINATED', 'ERROR'].includes(now.state)) return;
    throw new TaskError(
      `${clusterTitle(cluster)} went down while its libraries were installed: it is ${clusterState(now)}. ${describeTermination(now)}`.trim(),
    );
  }
}
