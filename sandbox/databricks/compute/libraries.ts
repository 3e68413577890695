import type { SandboxClock } from '../../clock';
import type { JsonObject } from '../json';
import type { Scripts } from '../scripts';
import type { Cluster } from './cluster';
import type { Clusters } from './clusters';
import { type FileReader, type InstallOutcome, installLibrary } from './installLibrary';
import { type LibraryScript, matchesLibrary } from './libraryScripts';
import { checkLibrary, isSameLibrary, kindOfLibrary, nameOfLibrary } from './librarySpec';

export type LibraryStatus =
  'PENDING' | 'RESOLVING' | 'INSTALLING' | 'INSTALLED' | 'RESTORED' | 'SKIPPED' | 'FAILED' | 'UNINSTALL_ON_RESTART';

/** A library of a cluster. */
export interface ClusterLibrary {
  readonly library: JsonObject;
  status: LibraryStatus;
  messages: readonly string[];
  /** It was installed before: in an earlier life of the cluster, or before it was marked for removal. */
  wasInstalled: boolean;
}

export interface LibraryDurations {
  readonly libraryInstallSeconds: number;
}

export interface LibraryParts {
  readonly clock: SandboxClock;
  readonly clusters: Clusters;
  readonly durations: LibraryDurations;
  readonly scripts: Scripts<LibraryScript>;
  readonly read: FileReader;
  readonly changed: () => void;
}

const isUnderWay = ({ status }: ClusterLibrary) => ['PENDING', 'RESOLVING', 'INSTALLING'].includes(status);
const isThere = ({ status }: ClusterLibrary) => status === 'INSTALLED' || status === 'RESTORED';
const isUp = ({ state }: Cluster) => state === 'RUNNING' || state === 'RESIZING';

/** The libraries of all clusters. They install one after the other while their cluster runs. */
export class Libraries {
  readonly #byCluster = new Map<string, ClusterLibrary[]>();
  /** The life of its driver in which a cluster's libraries were last looked at. */
  readonly #lives = new Map<string, string | undefined>();
  readonly #working = new Set<string>();

  constructor(private readonly parts: LibraryParts) {
    parts.clusters.onState((cluster) => this.#follow(cluster));
  }

  /** In the documented order: those to be there in the order they came, then those that go. */
  list(clusterId: string): ClusterLibrary[] {
    const all = this.#byCluster.get(clusterId) ?? [];
    const goes = ({ status }: ClusterLibrary) => status === 'UNINSTALL_ON_RESTART';
    return [...all.filter((entry) => !goes(entry)), ...all.filter(goes)];
  }

  /** The wheels that notebooks on a cluster can import from. */
  wheels(clusterId: string): Buffer[] {
    const wheels = this.list(clusterId).filter((entry) => isThere(entry) && kindOfLibrary(entry.library) === 'whl');
    return wheels.flatMap(({ library }) => this.parts.read(nameOfLibrary(library)) ?? []);
  }

  clusterIds(): string[] {
    return [...this.#byCluster.keys()];
  }

  /** Takes libraries on; they install when the cluster runs. Those that it has already stay as they are. */
  install(cluster: Cluster, libraries: readonly JsonObject[]): void {
    libraries.forEach(checkLibrary);
    const entries = this.#entries(cluster.id);
    for (const library of libraries) {
      const entry = entries.find((known) => isSameLibrary(known.library, library));
      if (!entry) entries.push({ library, status: 'PENDING', messages: [], wasInstalled: false });
      else if (entry.status === 'UNINSTALL_ON_RESTART')
        entry.status = entry.wasInstalled && isUp(cluster) ? 'INSTALLED' : 'PENDING';
      else if (entry.status === 'FAILED') Object.assign(entry, { status: 'PENDING', messages: [] });
    }
    this.parts.changed();
    void this.#work(cluster);
  }

  /** Marks libraries for removal at the next restart; others are ignored. */
  uninstall(cluster: Cluster, libraries: readonly JsonObject[]): void {
    libraries.forEach(checkLibrary);
    for (const entry of this.#entries(cluster.id)) {
      if (!libraries.some((library) => isSameLibrary(library, entry.library))) continue;
      entry.wasInstalled ||= isThere(entry);
      entry.status = 'UNINSTALL_ON_RESTART';
    }
    this.parts.changed();
  }

  /** Installs what is missing on a running cluster and waits for it; answers those that failed. */
  async ensureInstalled(
    cluster: Cluster,
    libraries: readonly JsonObject[],
    signal: AbortSignal,
  ): Promise<ClusterLibrary[]> {
    this.install(cluster, libraries);
    const asked = this.#entries(cluster.id).filter(({ library }) =>
      libraries.some((other) => isSameLibrary(library, other)),
    );
    while (cluster.state === 'RUNNING' && asked.some(isUnderWay) && !signal.aborted)
      await this.parts.clock.sleep(250, signal);
    return asked.filter((entry) => !isThere(entry) && entry.status !== 'SKIPPED');
  }

  get saved(): JsonObject {
    return Object.fromEntries(this.#byCluster) as unknown as JsonObject;
  }

  /** Puts back saved libraries; what was under way goes on. */
  restore(saved: Readonly<Record<string, ClusterLibrary[]>>): void {
    for (const [clusterId, entries] of Object.entries(saved)) {
      this.#byCluster.set(clusterId, entries);
      const cluster = this.parts.clusters.list().find(({ id }) => id === clusterId);
      this.#lives.set(clusterId, cluster?.sparkContextId);
      for (const entry of entries) if (isUnderWay(entry)) entry.status = 'PENDING';
      if (cluster) void this.#work(cluster);
    }
  }

  #entries(clusterId: string): ClusterLibrary[] {
    const entries = this.#byCluster.get(clusterId) ?? [];
    this.#byCluster.set(clusterId, entries);
    return entries;
  }

  /** A cluster that does not run has nothing installed; a new life removes what is marked and installs the rest. */
  #follow(cluster: Cluster): void {
    const entries = this.#byCluster.get(cluster.id);
    if (!this.parts.clusters.list().includes(cluster)) {
      this.#byCluster.delete(cluster.id);
      return;
    }
    if (!entries || cluster.state === 'RESIZING') return;
    if (cluster.state !== 'RUNNING') {
      for (const entry of entries) {
        if (entry.status === 'UNINSTALL_ON_RESTART') continue;
        entry.wasInstalled ||= isThere(entry);
        Object.assign(entry, { status: 'PENDING', messages: [] });
      }
    } else if (this.#lives.get(cluster.id) !== cluster.sparkContextId) {
      this.#lives.set(cluster.id, cluster.sparkContextId);
      const kept = entries.filter(({ status }) => status !== 'UNINSTALL_ON_RESTART');
      this.#byCluster.set(cluster.id, kept);
      void this.#work(cluster);
    }
  }

  /** Installs what is pending, one library after the other, as long as this life of the cluster lasts. */
  async #work(cluster: Cluster): Promise<void> {
    const life = cluster.sparkContextId;
    const key = `${cluster.id} ${life ?? ''}`;
    if (this.#working.has(key)) return;
    this.#working.add(key);
    this.#lives.set(cluster.id, life);
    const lasts = () => cluster.sparkContextId === life && isUp(cluster);
    for (let next = this.#next(cluster); next && lasts(); next = this.#next(cluster)) {
      const script = this.#scriptFor(cluster, next.library);
      const seconds = script?.seconds ?? this.parts.durations.libraryInstallSeconds;
      const isFile = ['jar', 'whl', 'egg', 'requirements'].includes(kindOfLibrary(next.library) ?? '');
      for (const status of isFile ? (['INSTALLING'] as const) : (['RESOLVING', 'INSTALLING'] as const)) {
        if (!lasts() || next.status === 'UNINSTALL_ON_RESTART') break;
        next.status = status;
        await this.parts.clock.sleep((seconds * 1000) / (isFile ? 1 : 2));
      }
      if (lasts() && next.status === 'INSTALLING') this.#finish(next, this.#outcome(cluster, next.library, script));
    }
    this.#working.delete(key);
  }

  #next(cluster: Cluster): ClusterLibrary | undefined {
    return this.#byCluster.get(cluster.id)?.find(({ status }) => status === 'PENDING');
  }

  #scriptFor(cluster: Cluster, library: JsonObject): LibraryScript | undefined {
    return this.parts.scripts.take((script) => matchesLibrary(script, cluster, library));
  }

  #outcome(cluster: Cluster, library: JsonObject, script: LibraryScript | undefined): InstallOutcome {
    if (script?.status !== undefined) return { status: script.status, messages: script.messages ?? [] };
    const others = this.#entries(cluster.id).filter(
      // What is to go with the next restart is there until then.
      (entry) => isThere(entry) || (entry.status === 'UNINSTALL_ON_RESTART' && entry.wasInstalled),
    );
    return installLibrary(
      library,
      cluster,
      others.map((entry) => entry.library),
      this.parts.read,
    );
  }

  #finish(entry: ClusterLibrary, { status, messages }: InstallOutcome): void {
    entry.status = status === 'INSTALLED' && entry.wasInstalled ? 'RESTORED' : status;
    entry.messages = messages;
    this.parts.changed();
  }
}
