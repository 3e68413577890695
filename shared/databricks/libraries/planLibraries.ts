import type { Library } from '../api/libraries';
import type { LibraryState } from '../api/librariesApi';
import { libraryKey } from './key';
import { packageOf } from './packageOf';

/** What is to be done for a cluster to have what is wanted. */
export interface LibraryPlan {
  /** To be installed: not there, failed, or about to go. */
  readonly missing: readonly Library[];
  /** There, or on their way. */
  readonly present: readonly Library[];
  /** To go, because something else is wanted in their place or nothing is. Some are marked for it already. */
  readonly leaving: readonly LibraryState[];
  /** Those that must be gone before the rest can be done, for which a cluster that runs must start anew. */
  readonly restartFor: readonly Library[];
}

/** Marked for removal: it stays so until the cluster starts anew, whatever is asked for meanwhile. */
export const marked = 'UNINSTALL_ON_RESTART';

/** Whether the cluster has the library. RESTORED: it came back from an earlier start of the cluster. */
export function isReady({ status }: LibraryState): boolean {
  return status === 'INSTALLED' || status === 'RESTORED';
}

/**
 * Compares what a cluster has with what is wanted. A package that is there in another version must go first, and
 * Databricks removes nothing from a cluster while it runs
 * (https://docs.databricks.com/api/azure/workspace/libraries/uninstall). What is on all clusters is left alone.
 */
export function planLibraries(
  wanted: readonly Library[],
  states: readonly LibraryState[],
  removeOthers: boolean,
): LibraryPlan {
  const found = wanted.map((library) => ({ library, state: stateOf(library, states) }));
  const isThere = (state: LibraryState | undefined): boolean =>
    state !== undefined && state.status !== 'FAILED' && state.status !== marked;
  const present = found.filter(({ state }) => isThere(state)).map(({ library }) => library);
  const missing = found.filter(({ state }) => !isThere(state)).map(({ library }) => library);

  const wantedKeys = new Set(wanted.map(libraryKey));
  const packages = new Set(wanted.flatMap((library) => packageOf(library) ?? []));
  const settled = new Set(present.flatMap((library) => packageOf(library) ?? []));
  const leaving = states.filter((state) => {
    if (state.isForAllClusters || wantedKeys.has(libraryKey(state.library))) return false;
    const name = packageOf(state.library);
    if (removeOthers || name === undefined) return removeOthers;
    // A mark is in nobody's way where what is wanted in its place is there: it was left by a version that had failed.
    return packages.has(name) && !(state.status === marked && settled.has(name));
  });
  // What has failed is not on the cluster, so that another version finds room. Yet it is listed until the next start.
  const restartFor = [
    ...leaving.filter(({ status }) => removeOthers || !isAbsent(status)).map(({ library }) => library),
    ...found.filter(({ state }) => state?.status === marked).map(({ library }) => library),
  ];
  return { missing, present, leaving, restartFor };
}

function isAbsent(status: string): boolean {
  return status === 'FAILED' || status === 'SKIPPED';
}

/** How a library is on a cluster; undefined when it is not listed. */
export function stateOf(library: Library, states: readonly LibraryState[]): LibraryState | undefined {
  const key = libraryKey(library);
  const same = states.filter((state) => libraryKey(state.library) === key);
  return same.find(({ status }) => status !== marked) ?? same[0];
}
