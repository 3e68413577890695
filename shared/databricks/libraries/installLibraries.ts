import type { Agent } from '../../agent/agent';
import { CancelledError, messageOf, TaskError } from '../../errors';
import { TimedOutError } from '../../http/poll';
import { ClustersApi, type Cluster } from '../api/clusters';
import type { Library } from '../api/libraries';
import { LibrariesApi, type LibraryState } from '../api/librariesApi';
import type { Surroundings, Workspace } from '../connect';
import { clusterTitle } from '../clusters/describeCluster';
import { libraryKey } from './key';
import { followLibraries } from './followLibraries';
import { libraryRows, type LibraryRow } from './rows';
import { libraryTitle } from './title';
import { marked, planLibraries, type LibraryPlan } from './planLibraries';
import { uploadLibraries, type Upload } from './uploadLibraries';
import { restartCluster } from '../clusters/restartCluster';
import { startCluster } from '../clusters/startCluster';

export interface InstallOptions {
  /** All that the cluster is to have, uploads among it. */
  readonly wanted: readonly Library[];
  readonly uploads: readonly Upload[];
  /** Whether the libraries that are not wanted must go; never those of all clusters. */
  readonly removeOthers: boolean;
  /** Whether a running cluster may be restarted where a library must go first. */
  readonly restartIfNeeded: boolean;
  /** When to give up, in milliseconds since 1970. */
  readonly deadline: number;
  /** Changes nothing. */
  readonly dryRun: boolean;
}

export interface InstallOutcome {
  /** What became of each library; in a dry run, how it is. */
  readonly rows: readonly LibraryRow[];
  readonly isRestarted: boolean;
  /** What ended it before its end. */
  readonly stoppedBy?: Error;
}

export interface InstallSurroundings extends Surroundings {
  readonly report: Pick<Agent, 'log' | 'group' | 'progress'>;
}

/**
 * Has a cluster run, with all that is wanted installed: sends files that are not there yet, removes what is in the way,
 * starts or restarts the cluster, installs what is missing and waits for it. Interrupted anywhere and done again, it
 * comes to the same. Throws when nothing was begun, such as when it would take a restart that is not allowed; what
 * happens later is in the outcome, as are libraries that failed.
 */
export async function installLibraries(
  workspace: Workspace,
  /** As it was just read. */
  first: Cluster,
  options: InstallOptions,
  surroundings: InstallSurroundings,
): Promise<InstallOutcome> {
  const { wanted, uploads, removeOthers, restartIfNeeded, deadline, dryRun } = options;
  const { signal, report } = surroundings;
  const api = new LibrariesApi(workspace.http, signal);
  const clusters = new ClustersApi(workspace.http, signal);
  const removed = new Map<string, Library>();
  let asked: readonly Library[] = [];
  let isRestarted = false;
  let states: readonly LibraryState[] = [];

  let cluster = first;
  let plan = await look();
  const steps = describePlan(plan, cluster);
  if (steps !== '') report.group(dryRun ? 'Dry run: what would be done' : 'What is to be done', steps);
  if (dryRun) return outcome();
  if (isUp(cluster)) refuseRestart();

  try {
    await uploadLibraries(workspace, uploads, surroundings);
    if (!isUp(cluster)) {
      // A start removes what is marked, just as a restart does.
      await remove();
      cluster = (await startCluster(clusters, cluster, { deadline }, surroundings)).cluster;
      plan = await look();
      refuseRestart();
    }
    await remove();
    if (plan.restartFor.length > 0) {
      report.log(`${clusterTitle(cluster)} is restarted to remove ${plan.restartFor.map(libraryTitle).join(', ')}.`);
      cluster = await restartCluster(clusters, cluster, { deadline }, surroundings);
      isRestarted = true;
      plan = await look();
    }
    await install();
    return outcome();
  } catch (error) {
    return outcome(explain(error));
  }

  async function look(): Promise<LibraryPlan> {
    states = await api.listLibraries(first.id);
    return planLibraries(wanted, states, removeOthers);
  }

  function refuseRestart(): void {
    if (plan.restartFor.length === 0 || restartIfNeeded) return;
    throw new TaskError(
      `${clusterTitle(cluster)} would have to be restarted, which restartIfNeeded does not allow: Databricks removes ` +
        `libraries at a restart only, and these must go: ${plan.restartFor.map(libraryTitle).join(', ')}. ` +
        'Set restartIfNeeded to true, or uninstall them and restart the cluster when it suits its users.',
    );
  }

  async function remove(): Promise<void> {
    for (const { library } of plan.leaving) removed.set(libraryKey(library), library);
    const unmarked = plan.leaving.filter(({ status }) => status !== marked).map(({ library }) => library);
    if (unmarked.length > 0) await api.uninstall(first.id, unmarked);
  }

  async function install(): Promise<void> {
    asked = plan.missing;
    const before = states;
    if (asked.length > 0) await api.install(first.id, asked);
    const onSeen = (seen: readonly LibraryState[]): void => void (states = seen);
    await followLibraries(api, clusters, cluster, wanted, { before, deadline, onSeen }, surroundings);
  }

  function explain(error: unknown): Error {
    const goesOn = asked.length > 0 ? ' Databricks goes on with the libraries that it was asked to install.' : '';
    if (signal.aborted)
      return new CancelledError(
        error instanceof CancelledError && goesOn === '' ? error.message : `Cancelled.${goesOn}`,
        { cause: error },
      );
    if (error instanceof TimedOutError) return new TaskError(`${error.message}${goesOn}`, { cause: error });
    return error instanceof Error ? error : new TaskError(messageOf(error));
  }

  function outcome(stoppedBy?: Error): InstallOutcome {
    const rows = libraryRows({ wanted, asked, removed: [...removed.values()], states });
    return { rows, isRestarted, ...(stoppedBy && { stoppedBy }) };
  }
}

function isUp({ state }: Cluster): boolean {
  return state === 'RUNNING' || state === 'RESIZING';
}

function describePlan({ missing, present, leaving, restartFor }: LibraryPlan, cluster: Cluster): string {
  const start = isUp(cluster) ? [] : [`start   ${clusterTitle(cluster)}, which is ${cluster.state}`];
  const restart = isUp(cluster) && restartFor.length > 0 ? [`restart ${clusterTitle(cluster)}`] : [];
  return [
    ...leaving.map(({ library }) => `remove  ${libraryTitle(library)}`),
    ...start,
    ...restart,
    ...missing.map((library) => `install ${libraryTitle(library)}`),
    ...present.map((library) => `keep    ${libraryTitle(library)}`),
  ].join('\n');
}
