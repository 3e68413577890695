import type { Library } from '../api/libraries';
import type { LibraryState } from '../api/librariesApi';
import { libraryKey } from './key';
import { packageOf } from './packageOf';

/** What must be done for a cluster to have the wanted libraries. */
export interface LibraryPlan {
  /** To be installed: absent, failed, or about to be removed. */
  readonly missing: readonly Library[];
  /** Installed, or being installed. */
  readonly present: readonly Library[];
  /** To be removed, because another version or none is wanted. Some may be marked for removal already. */
  readonly leaving: readonly LibraryState[];
  /** Those that must be removed before the others can be installed: a running cluster must be restarted for them. */
  readonly restartFor: readonly Library[];
}

/** Marked for removal: it stays so until the cluster is restarted, whatever is requested meanwhile. */
export const marked = 'UNINSTALL_ON_RESTART';

/** Whether the cluster has the library. RESTORED: it was installed at an earlier start of the cluster. */
export function isReady({ status }: LibraryState): boolean {
  return status === 'INSTALLED' || status === 'RESTORED';
}

/**
 * Compares the libraries of a cluster with the wanted ones. Another version of a package must be removed first, and
 * Databricks removes nothing from a running cluster
 * (https://docs.databricks.com/api/azure/workspace/libraries/uninstall). What is installed on all clusters is kept.
 */
export function planLibraries(
  wanted: readonly Library[],
  states: readonly LibraryState[],
  removeOthers: boolean,
): LibraryPlan {
  const found = wanted.map((library) => ({ library, state: stateOf(library, states) }));
  const isInstalled = (state: LibraryState | undefined): boolean =>
    state !== undefined && state.status !== 'FAILED' && state.status !== marked;
  const present = found.filter(({ state }) => isInstalled(state)).map(({ library }) => library);
  const missing = found.filter(({ state }) => !isInstalled(state)).map(({ library }) => library);

  const wantedKeys = new Set(wanted.map(libraryKey));
  const packages = new Set(wanted.flatMap((library) => packageOf(library) ?? []));
  const settled = new Set(present.flatMap((library) => packageOf(library) ?? []));
  const leaving = states.filter((state) => {
    if (state.isForAllClusters || wantedKeys.has(libraryKey(state.library))) return false;
    const name = packageOf(state.library);
    if (removeOthers || name === undefined) return removeOthers;
    // A mark does not matter where the wanted version is installed: it was left by a version that had failed.
    return packages.has(name) && !(state.status === marked && settled.has(name));
  });
  // What has failed is not on the cluster, so another version can be installed. Yet it is listed until the next start.
  const restartFor = [
    ...leaving.filter(({ status }) => removeOthers || !isAbsent(status)).map(({ library }) => library),
    ...found.filter(({ state }) => state?.status === marked).map(({ library }) => library),
  ];
  return { missing, present, leaving, restartFor };
}

function isAbsent(status: string): boolean {
  return status === 'FAILED' || status === 'SKIPPED';
}

/** The state of a library on a cluster; undefined when it is not listed. */
export function stateOf(library: Library, states: readonly LibraryState[]): LibraryState | undefined {
  const key = libraryKey(library);
  const same = states.filter((state) => libraryKey(state.library) === key);
  return same.find(({ status }) => status !== marked) ?? same[0];
}
