import type { Agent } from '../../agent/agent';
import { CancelledError, TaskError } from '../../errors';
import { HttpError } from '../../http/errors';
import { poll, TimedOutError } from '../../http/poll';
import { isGone, type Cluster, type ClustersApi } from '../api/clusters';
import type { Surroundings } from '../connect';
import { clusterState, clusterTitle } from './describeCluster';

export interface ClusterSurroundings extends Surroundings {
  readonly report: Pick<Agent, 'log' | 'progress'>;
}

export interface FollowOptions {
  /** What it is to do, in the words that follow "Timed out waiting for cluster x to": `run`. */
  readonly awaited: string;
  /** When to give up, in milliseconds since 1970. */
  readonly deadline: number;
  /** Sees the cluster, and does what is to be done about it. True: that was all. */
  readonly step: (cluster: Cluster) => Promise<boolean>;
  /** Told of the cluster first, and whenever its state has changed. */
  readonly onSeen?: (cluster: Cluster) => void;
}

/** The cluster that is followed does not exist any more. */
export class ClusterGoneError extends TaskError {
  override readonly name = 'ClusterGoneError';
}

/**
 * Looks at a cluster, tells every change of its state, and acts on it until there is nothing left to do; resolves with
 * the cluster as it then was. Neither passing faults nor a refusal because of the cluster's state end it: others start,
 * stop and edit the same cluster at the same time, so the next look decides. When the time is up or the signal aborts,
 * the error says in which state the cluster was left. Rejects with a ClusterGoneError when somebody deletes it.
 */
export async function followCluster(
  clusters: ClustersApi,
  /** As it was just read. */
  first: Cluster,
  { awaited, deadline, step, onSeen }: FollowOptions,
  { clock, signal, report }: ClusterSurroundings,
): Promise<Cluster> {
  const title = clusterTitle(first);
  const startedAt = clock.now();
  let seen = first;
  let looks = 0;
  let toldState: string | undefined;
  let refusal = '';

  try {
    await poll({
      clock,
      signal,
      deadline,
      awaited: `cluster ${first.id} to ${awaited}`,
      probe: async (budgetSeconds) => {
        const found = looks++ === 0 ? first : await clusters.getCluster(first.id, budgetSeconds);
        if (!found) throw new ClusterGoneError(`${title} was deleted meanwhile.`);
        seen = found;
        tell();
        return act();
      },
      isDone: (isDone) => isDone,
      onTransient: (error) => report.log(`Still waiting for cluster ${first.id}. ${error.message}`),
    });
    return seen;
  } catch (error) {
    const leftBehind = `${title} is left as it is: ${clusterState(seen)}.`;
    if (signal.aborted) throw new CancelledError(`Cancelled. ${leftBehind}`, { cause: error });
    if (!(error instanceof TimedOutError)) throw error;
    throw new TaskError([error.message, leftBehind, refusal].filter(Boolean).join(' '), { cause: error });
  }

  function tell(): void {
    const percent = Math.floor((100 * (clock.now() - startedAt)) / Math.max(deadline - startedAt, 1));
    report.progress(Math.min(percent, 99), `${title} is ${seen.state}`);
    if (seen.state === toldState) return;
    toldState = seen.state;
    report.log(`${title}: ${clusterState(seen)}`);
    onSeen?.(seen);
  }

  async function act(): Promise<boolean> {
    try {
      return await step(seen);
    } catch (error) {
      if (isGone(error)) return false;
      if (!(error instanceof HttpError) || error.errorCode !== 'INVALID_STATE') throw error;
      if (refusal !== error.message) report.log(`${error.message} Looking at the cluster again.`);
      refusal = error.message;
      return false;
    }
  }
}
