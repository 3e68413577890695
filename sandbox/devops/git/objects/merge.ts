import { mergeDiff3 } from 'node-diff3';
import { type FileEntry, type Files, readFiles, writeFiles } from './files';
import { mergeBase } from './history';
import type { ObjectStore } from './objectStore';

export interface MergeConflict {
  readonly path: string;
  /** As GitConflictType names it. */
  readonly type: 'editEdit' | 'addAdd' | 'editDelete' | 'deleteEdit';
}

export interface MergeResult {
  /** Of the merged files; undefined if there are conflicts. */
  readonly tree: string | undefined;
  readonly conflicts: readonly MergeConflict[];
}

/** Merges the files of two commits against the newest one that both have, line by line. */
export function mergeCommits(objects: ObjectStore, target: string, source: string): MergeResult {
  const base = mergeBase(objects, target, source);
  const filesOf = (commit: string) => readFiles(objects, objects.readCommit(commit).tree);
  return mergeFiles(objects, base === undefined ? new Map() : filesOf(base), filesOf(target), filesOf(source));
}

/** Applies to `target` what differs between `base` and `source`. */
export function mergeFiles(objects: ObjectStore, base: Files, target: Files, source: Files): MergeResult {
  const merged = new Map<string, FileEntry>();
  const conflicts: MergeConflict[] = [];
  for (const path of new Set([...base.keys(), ...target.keys(), ...source.keys()])) {
    const [before, ours, theirs] = [base.get(path), target.get(path), source.get(path)];
    const file = chosen(before, ours, theirs) ?? (ours && theirs && mergeContents(objects, before, ours, theirs));
    if (file === 'absent') continue;
    if (file) merged.set(path, file);
    else conflicts.push({ path: `/${path}`, type: conflictType(before, ours, theirs) });
  }
  return { tree: conflicts.length > 0 ? undefined : writeFiles(objects, merged), conflicts };
}

const same = (one: FileEntry | undefined, other: FileEntry | undefined) =>
  one?.oid === other?.oid && one?.mode === other?.mode;

/** The side that alone changed a file; undefined if both did, each in its own way. */
function chosen(
  before: FileEntry | undefined,
  ours: FileEntry | undefined,
  theirs: FileEntry | undefined,
): FileEntry | 'absent' | undefined {
  if (same(ours, theirs) || same(before, theirs)) return ours ?? 'absent';
  if (same(before, ours)) return theirs ?? 'absent';
  return undefined;
}

function mergeContents(
  objects: ObjectStore,
  before: FileEntry | undefined,
  ours: FileEntry,
  theirs: FileEntry,
): FileEntry | undefined {
  const mode = ours.mode === before?.mode ? theirs.mode : ours.mode;
  if (ours.oid === theirs.oid) return { mode, oid: ours.oid };
  const contents = [ours, before, theirs].map((file) => (file ? objects.readBlob(file.oid) : Buffer.alloc(0)));
  if (contents.some((content) => content.includes(0))) return undefined;
  // Lines keep their ends. latin1 maps each byte to one character and back.
  const [a = [], o = [], b = []] = contents.map((content) => content.toString('latin1').split(/(?<=\n)/));
  const { conflict, result } = mergeDiff3(a, o, b);
  if (conflict) return undefined;
  return { mode, oid: objects.write('blob', Buffer.from(result.join(''), 'latin1')) };
}

function conflictType(
  before: FileEntry | undefined,
  ours: FileEntry | undefined,
  theirs: FileEntry | undefined,
): MergeConflict['type'] {
  if (!before) return 'addAdd';
  if (!theirs) return 'deleteEdit';
  return ours ? 'editEdit' : 'editDelete';
}
