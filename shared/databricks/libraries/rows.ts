import type { Library } from '../api/libraries';
import type { LibraryState } from '../api/librariesApi';
import { libraryKey } from './key';
import { presentable } from './requirements/presentable';
import { libraryTitle } from './title';
import { isReady, marked, stateOf } from './planLibraries';

export type LibraryResult =
  'installed' | 'already there' | 'removed' | 'to be removed' | 'failed' | 'skipped' | 'not installed yet';

/** What happened to a library. */
export interface LibraryRow {
  readonly library: string;
  readonly result: LibraryResult;
  /** Why, mostly in the service's own words; without the passwords of package indexes, which pip repeats. */
  readonly messages: readonly string[];
}

export interface LibraryChanges {
  /** What the cluster should have. */
  readonly wanted: readonly Library[];
  /** What Databricks was asked to install. */
  readonly requested: readonly Library[];
  /** What Databricks was asked to remove. */
  readonly removed: readonly Library[];
  /** The cluster's libraries as they were last read. */
  readonly states: readonly LibraryState[];
}

/** One row for each library that was to be installed, kept or removed. */
export function libraryRows({ wanted, requested, removed, states }: LibraryChanges): readonly LibraryRow[] {
  const requestedKeys = new Set(requested.map(libraryKey));
  return [
    ...wanted.map((library) => rowOf(library, stateOf(library, states), requestedKeys.has(libraryKey(library)))),
    ...removed.map((library): LibraryRow => {
      const isGone = stateOf(library, states) === undefined;
      return { library: libraryTitle(library), result: isGone ? 'removed' : 'to be removed', messages: [] };
    }),
  ];
}

function rowOf(wanted: Library, state: LibraryState | undefined, isNew: boolean): LibraryRow {
  const row = { library: libraryTitle(wanted), messages: (state?.messages ?? []).map(withoutPasswords) };
  if (state && isReady(state)) return { ...row, result: isNew ? 'installed' : 'already there' };
  switch (state?.status) {
    case 'FAILED':
      return { ...row, result: 'failed' };
    case 'SKIPPED':
      return { ...row, result: 'skipped' };
    case marked:
      return {
        ...row,
        result: 'failed',
        messages: ['Somebody uninstalled it: it will be removed at the next restart.'],
      };
    default:
      return { ...row, result: 'not installed yet', messages: [...row.messages, ...unknownStatus(state)] };
  }
}

const pending = ['PENDING', 'RESOLVING', 'INSTALLING'];

/** A status that this task does not know may be followed by another one, and is never a success. */
function unknownStatus(state: LibraryState | undefined): readonly string[] {
  return state && !pending.includes(state.status) ? [`Databricks reports the status ${state.status}.`] : [];
}

const longestLine = 2000;

function withoutPasswords(message: string): string {
  return message
    .split('\n')
    .map((line) => presentable(line, longestLine))
    .join('\n');
}
