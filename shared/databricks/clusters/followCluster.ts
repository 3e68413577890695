import type { Context } from '../../agent/context';
import { CancelledError, TaskError } from '../../errors';
import { HttpError } from '../../http/errors';
import { poll, TimedOutError } from '../../http/poll';
import { isGone, type Cluster, type ClustersApi } from '../api/clusters';
import { clusterState, clusterTitle } from './describeCluster';

export interface FollowOptions {
  /** What is waited for, in the words that follow "Timed out waiting for cluster x to": `start`. */
  readonly awaited: string;
  /** Acts on the cluster as it was just read. Resolves with true when nothing is left to do. */
  readonly step: (cluster: Cluster) => Promise<boolean>;
  /** Called with the cluster first, and whenever its state has changed. */
  readonly onSeen?: (cluster: Cluster) => void;
}

/** The cluster that is followed no longer exists. */
export class ClusterGoneError extends TaskError {
  override readonly name = 'ClusterGoneError';
}

/**
 * Reads a cluster repeatedly, logs every change of its state, and acts on it until nothing is left to do; resolves with
 * the cluster as it then was. Transient errors and a refusal because of the cluster's state do not end it: others start,
 * stop and edit the same cluster at the same time, so the next look decides. At the deadline or when the signal aborts,
 * the error says in which state the cluster was when it was last read. Rejects with a ClusterGoneError when somebody deletes it.
 */
export async function followCluster(
  clusters: ClustersApi,
  /** As it was just read. */
  first: Cluster,
  { awaited, step, onSeen }: FollowOptions,
  { agent, clock, signal, deadline }: Context,
): Promise<Cluster> {
  const title = clusterTitle(first);
  const startedAt = clock.now();
  let seen = first;
  let looks = 0;
  let reportedState: string | undefined;
  let refusal = '';

  try {
    await poll({
      clock,
      signal,
      deadline,
      awaited: `cluster ${first.id} to ${awaited}`,
      probe: async (budgetSeconds) => {
        const found = looks++ === 0 ? first : await clusters.getCluster(first.id, budgetSeconds);
        if (!found) throw new ClusterGoneError(`${title} was deleted by somebody else.`);
        seen = found;
        report();
        return act();
      },
      isDone: (isDone) => isDone,
      onTransient: (error) => agent.log(`Still waiting for cluster ${first.id}. ${error.message}`),
    });
    return seen;
  } catch (error) {
    const leftBehind = `${title} is left as it is: ${clusterState(seen)} when it was last read.`;
    if (signal.aborted) throw new CancelledError(`Cancelled. ${leftBehind}`, { cause: error });
    if (!(error instanceof TimedOutError)) throw error;
    throw new TaskError([error.message, leftBehind, refusal].filter(Boolean).join(' '), { cause: error });
  }

  function report(): void {
    const percent = Math.floor((100 * (clock.now() - startedAt)) / Math.max(deadline - startedAt, 1));
    agent.progress(Math.min(percent, 99), `${title} is ${seen.state}`);
    if (seen.state === reportedState) return;
    reportedState = seen.state;
    agent.log(`${title}: ${clusterState(seen)}`);
    onSeen?.(seen);
  }

  async function act(): Promise<boolean> {
    try {
      return await step(seen);
    } catch (error) {
      if (isGone(error)) return false;
      if (!(error instanceof HttpError) || error.errorCode !== 'INVALID_STATE') throw error;
      if (refusal !== error.message) agent.log(`${error.message} Reading the cluster again.`);
      refusal = error.message;
      return false;
    }
  }
}
