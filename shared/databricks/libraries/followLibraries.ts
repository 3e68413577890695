import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { poll } from '../../http/poll';
import type { Cluster, ClustersApi } from '../api/clusters';
import type { Library } from '../api/libraries';
import type { LibrariesApi, LibraryState } from '../api/librariesApi';
import { clusterState, clusterTitle, describeTermination } from '../clusters/describeCluster';
import { libraryKey } from './key';
import { libraryTitle } from './title';
import { isReady, marked, stateOf } from './planLibraries';

export interface FollowLibrariesOptions {
  readonly wanted: readonly Library[];
  /** The cluster's libraries before anything was requested. */
  readonly before: readonly LibraryState[];
  /** Called with the cluster's libraries whenever they are read. */
  readonly onSeen: (states: readonly LibraryState[]) => void;
}

const endings = ['SKIPPED', 'FAILED', marked];
/** How long the failure of an earlier installation may still be listed. */
const staleMilliseconds = 15_000;

/**
 * Waits until each of the libraries is installed or has failed; logs every change. Transient errors don't end the wait.
 * Rejects with a TaskError when the cluster goes down, with a TimedOutError, and with the signal's reason.
 */
export async function followLibraries(
  api: LibrariesApi,
  clusters: ClustersApi,
  cluster: Cluster,
  { wanted, before, onSeen }: FollowLibrariesOptions,
  { agent, clock, signal, deadline }: Context,
): Promise<void> {
  const startedAt = clock.now();
  const reported = new Map(wanted.map((library) => [libraryKey(library), stateOf(library, before)?.status]));

  await poll({
    clock,
    signal,
    deadline,
    awaited: `the libraries of cluster ${cluster.id}`,
    probe: async (budgetSeconds) => {
      const states = await api.listLibraries(cluster.id, budgetSeconds);
      onSeen(states);
      const ended = wanted.filter((library) => hasEnded(library, stateOf(library, states)));
      agent.progress(
        Math.floor((100 * ended.length) / Math.max(wanted.length, 1)),
        `${ended.length} of ${wanted.length} libraries`,
      );
      if (ended.length === wanted.length) return true;
      await throwWhenDown(budgetSeconds);
      return false;
    },
    isDone: (isDone) => isDone,
    onTransient: (error) => agent.log(`Still waiting for the libraries of cluster ${cluster.id}. ${error.message}`),
  });

  /** Reports a change, and whether it is the last one. */
  function hasEnded(library: Library, state: LibraryState | undefined): boolean {
    const key = libraryKey(library);
    if (state && reported.get(key) !== state.status) {
      agent.log(`${libraryTitle(library)}: ${state.status}`);
      reported.set(key, state.status);
    }
    if (!state || isReady(state)) return state !== undefined;
    const isStale = stateOf(library, before)?.status === state.status && clock.now() < startedAt + staleMilliseconds;
    return endings.includes(state.status) && (state.status === 'SKIPPED' || !isStale);
  }

  /** On a cluster that is down, libraries would be pending for ever. */
  async function throwWhenDown(budgetSeconds: number): Promise<void> {
    const now = await clusters.getCluster(cluster.id, budgetSeconds);
    if (!now) throw new TaskError(`${clusterTitle(cluster)} was deleted while libraries were being installed.`);
    if (!['TERMINATING', 'TERMINATED', 'ERROR'].includes(now.state)) return;
    throw new TaskError(
      `${clusterTitle(cluster)} went down while libraries were being installed: it is ${clusterState(now)}. ${describeTermination(now)}`.trim(),
    );
  }
}
