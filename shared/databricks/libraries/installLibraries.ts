import type { Context } from '../../agent/context';
import { CancelledError, messageOf, TaskError } from '../../errors';
import type { HttpClient } from '../../http/httpClient';
import { poll, TimedOutError } from '../../http/poll';
import { withSignal } from '../../http/withSignal';
import { ClustersApi, type Cluster } from '../api/clusters';
import type { Library } from '../api/libraries';
import { LibrariesApi, type LibraryState } from '../api/librariesApi';
import { clusterMention, clusterTitle } from '../clusters/describeCluster';
import { restartCluster } from '../clusters/restartCluster';
import { startCluster } from '../clusters/startCluster';
import type { Workspace } from '../connect';
import { followLibraries } from './followLibraries';
import { libraryKey } from './key';
import { isReady, marked, planLibraries, stateOf, type LibraryPlan } from './planLibraries';
import { libraryRows, type LibraryRow } from './rows';
import { libraryTitle } from './title';
import { uploadLibraries, type Upload } from './uploadLibraries';

export interface InstallOptions {
  /** All libraries that the cluster should have, including the uploads. */
  readonly wanted: readonly Library[];
  readonly uploads: readonly Upload[];
  /** Whether libraries that are not wanted are removed; never those that are installed on all clusters. */
  readonly removeOthers: boolean;
  /** Whether a running cluster may be restarted when a library must be removed first. */
  readonly mayRestart: boolean;
  /** Changes nothing. */
  readonly dryRun: boolean;
}

export interface InstallOutcome {
  /** What happened to each library; in a dry run, its present state. */
  readonly rows: readonly LibraryRow[];
  readonly isRestarted: boolean;
  /** What ended the installation early. */
  readonly stoppedBy?: Error;
}

/** What Databricks does after an installation that ended early, by how far the request to install had come. */
const afterwards = {
  none: '',
  sent: ' Databricks may install the libraries that were requested: it did not answer before that.',
  accepted: ' Databricks continues to install the libraries that were requested.',
  done: '',
} as const;

/** For a list to show that a library was removed, or is about to be. */
const secondsToBeRemoved = 15;

/** A running cluster would have to be restarted, and may not be. */
export class RestartRefusedError extends TaskError {
  override readonly name = 'RestartRefusedError';
}

/**
 * Makes a cluster run with all wanted libraries: uploads files that are missing, removes libraries that are in the way,
 * starts or restarts the cluster, installs what is missing and waits for it. When it was interrupted, doing it again
 * gives the same result. Throws when nothing was begun, such as a RestartRefusedError; what fails later is in the
 * outcome, and so are libraries that failed.
 */
export async function installLibraries(
  workspace: Workspace,
  /** As it was just read. */
  first: Cluster,
  options: InstallOptions,
  context: Context,
): Promise<InstallOutcome> {
  const http = withSignal(workspace.http, context.signal);
  const installation = new Installation(http, first, options, context);
  await installation.plan();
  installation.reportPlan();
  if (options.dryRun) return installation.outcome();
  if (installation.isUp) installation.refuseRestart();

  try {
    await uploadLibraries(http, options.uploads, context);
    if (!installation.isUp) {
      // A start removes what is marked for removal, just as a restart does.
      await installation.remove();
      await installation.start();
      installation.refuseRestart();
    }
    await installation.remove();
    await installation.restartIfNeeded();
    await installation.install();
    await installation.confirmRemovals();
    return installation.outcome();
  } catch (error) {
    return installation.outcome(installation.explain(error));
  }
}

/** The steps of an installation, and what is known of it so far. */
class Installation {
  readonly #api: LibrariesApi;
  readonly #clusters: ClustersApi;
  readonly #removed = new Map<string, Library>();
  #plan: LibraryPlan = { missing: [], present: [], leaving: [], restartFor: [] };
  #states: readonly LibraryState[] = [];
  #requested: readonly Library[] = [];
  /** How far the request to install has come. */
  #request: 'none' | 'sent' | 'accepted' | 'done' = 'none';
  #isRestarted = false;

  constructor(
    http: HttpClient,
    private cluster: Cluster,
    private readonly options: InstallOptions,
    private readonly context: Context,
  ) {
    this.#api = new LibrariesApi(http);
    this.#clusters = new ClustersApi(http);
  }

  get isUp(): boolean {
    return this.cluster.state === 'RUNNING' || this.cluster.state === 'RESIZING';
  }

  /** Reads the libraries of the cluster, and compares them with the wanted ones. */
  async plan(): Promise<void> {
    this.#states = await this.#api.listLibraries(this.cluster.id);
    this.#plan = planLibraries(this.options.wanted, this.#states, this.options.removeOthers);
  }

  reportPlan(): void {
    const { missing, present, leaving, restartFor } = this.#plan;
    const title = clusterMention(this.cluster);
    const steps = [
      ...leaving.map(({ library }) => `remove  ${libraryTitle(library)}`),
      ...(this.isUp ? [] : [`start   ${title}, which is ${this.cluster.state}`]),
      ...(this.isUp && restartFor.length > 0 ? [`restart ${title}`] : []),
      ...missing.map((library) => `install ${libraryTitle(library)}`),
      ...present.map((library) => `keep    ${libraryTitle(library)}`),
    ];
    const heading = this.options.dryRun ? 'Dry run: planned changes' : 'Planned changes';
    if (steps.length > 0) this.context.agent.group(heading, steps.join('\n'));
  }

  refuseRestart(): void {
    if (this.#plan.restartFor.length === 0 || this.options.mayRestart) return;
    throw new RestartRefusedError(
      `${clusterTitle(this.cluster)} would have to be restarted, which is not allowed: Databricks removes libraries ` +
        `only at a restart, and these must be removed: ${this.#plan.restartFor.map(libraryTitle).join(', ')}.`,
    );
  }

  async start(): Promise<void> {
    this.cluster = (await startCluster(this.#clusters, this.cluster, {}, this.context)).cluster;
    await this.plan();
  }

  /** Marks libraries for removal; they are removed at the next start. */
  async remove(): Promise<void> {
    const { leaving } = this.#plan;
    for (const { library } of leaving) this.#removed.set(libraryKey(library), library);
    const unmarked = leaving.filter(({ status }) => status !== marked).map(({ library }) => library);
    if (unmarked.length > 0) await this.#api.uninstall(this.cluster.id, unmarked);
  }

  async restartIfNeeded(): Promise<void> {
    const { restartFor } = this.#plan;
    if (restartFor.length === 0) return;
    this.context.agent.log(
      `Restarting ${clusterMention(this.cluster)} to remove ${restartFor.map(libraryTitle).join(', ')}.`,
    );
    this.cluster = await restartCluster(this.#clusters, this.cluster, this.context);
    this.#isRestarted = true;
    await this.plan();
  }

  async install(): Promise<void> {
    this.#requested = this.#plan.missing;
    const before = this.#states;
    if (this.#requested.length > 0) {
      this.#request = 'sent';
      await this.#api.install(this.cluster.id, this.#requested);
      this.#request = 'accepted';
    }
    const onSeen = (seen: readonly LibraryState[]): void => void (this.#states = seen);
    const options = { wanted: this.options.wanted, before, onSeen };
    await followLibraries(this.#api, this.#clusters, this.cluster, options, this.context);
    this.#request = 'done';
  }

  /** Throws a TaskError when a library is still installed whose removal was accepted. */
  async confirmRemovals(): Promise<void> {
    const { clock, signal } = this.context;
    const left = (): readonly Library[] =>
      [...this.#removed.values()].filter((library) => {
        const state = stateOf(library, this.#states);
        return state && (isReady(state) || state.status === 'INSTALLING' || state.status === 'PENDING');
      });
    if (left().length === 0) return;
    await poll({
      clock,
      signal,
      deadline: clock.now() + secondsToBeRemoved * 1000,
      awaited: `Databricks to remove ${left().map(libraryTitle).join(', ')}, which it has accepted`,
      probe: async () => (this.#states = await this.#api.listLibraries(this.cluster.id)),
      isDone: () => left().length === 0,
    });
  }

  /** The error to report for one that ended the installation early. */
  explain(error: unknown): Error {
    const continues = afterwards[this.#request];
    if (this.context.signal.aborted)
      return new CancelledError(
        error instanceof CancelledError && continues === '' ? error.message : `Cancelled.${continues}`,
        { cause: error },
      );
    if (error instanceof TimedOutError) return new TaskError(`${error.message}${continues}`, { cause: error });
    return error instanceof Error ? error : new TaskError(messageOf(error));
  }

  outcome(stoppedBy?: Error): InstallOutcome {
    const { wanted } = this.options;
    const changes = { wanted, requested: this.#requested, removed: [...this.#removed.values()], states: this.#states };
    return { rows: libraryRows(changes), isRestarted: this.#isRestarted, ...(stoppedBy && { stoppedBy }) };
  }
}
