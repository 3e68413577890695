import type { ObjectStore } from './objectStore';
import { folderMode, submoduleMode, type TreeEntry } from './tree';

/** A file of a tree: its mode and the id of its content. */
export interface FileEntry {
  readonly mode: string;
  readonly oid: string;
}

/** Files by their path, without a leading slash. */
export type Files = ReadonlyMap<string, FileEntry>;

export const plainMode = '100644';
export const executableMode = '100755';

/** The files of a tree and of all folders in it. */
export function readFiles(objects: ObjectStore, tree: string, folder = ''): Map<string, FileEntry> {
  const files = new Map<string, FileEntry>();
  for (const { mode, name, oid } of objects.readTree(tree)) {
    if (mode !== folderMode) files.set(folder + name, { mode, oid });
    else for (const [path, file] of readFiles(objects, oid, `${folder}${name}/`)) files.set(path, file);
  }
  return files;
}

/** Writes the trees of the files. @returns the id of the outermost */
export function writeFiles(objects: ObjectStore, files: Files): string {
  const entries: TreeEntry[] = [];
  const folders = new Map<string, Map<string, FileEntry>>();
  for (const [path, file] of files) {
    const slash = path.indexOf('/');
    if (slash < 0) {
      entries.push({ name: path, ...file });
      continue;
    }
    const name = path.slice(0, slash);
    const folder = folders.get(name) ?? new Map<string, FileEntry>();
    folders.set(name, folder.set(path.slice(slash + 1), file));
  }
  for (const [name, folder] of folders) entries.push({ name, mode: folderMode, oid: writeFiles(objects, folder) });
  return objects.writeTree(entries);
}

/** The entry at a path; undefined if there is none. The empty path is the tree itself. */
export function entryAt(objects: ObjectStore, tree: string, path: string): TreeEntry | undefined {
  let entry: TreeEntry | undefined = { mode: folderMode, name: '', oid: tree };
  for (const name of path.split('/').filter(Boolean)) {
    if (entry.mode !== folderMode) return undefined;
    entry = objects.readTree(entry.oid).find((each) => each.name === name);
    if (!entry) return undefined;
  }
  return entry;
}

export type FileChange = 'add' | 'edit' | 'delete';

export interface ChangedFile {
  readonly path: string;
  readonly change: FileChange;
  readonly before: FileEntry | undefined;
  readonly after: FileEntry | undefined;
}

/** What differs between two states, by path. */
export function changedFiles(before: Files, after: Files): ChangedFile[] {
  const changes: ChangedFile[] = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(path), after.get(path)];
    if (old?.oid === now?.oid && old?.mode === now?.mode) continue;
    changes.push({ path, change: old ? (now ? 'edit' : 'delete') : 'add', before: old, after: now });
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** All trees and contents that a tree needs, with itself. */
export function objectsOfTree(objects: ObjectStore, tree: string, into: Set<string>): void {
  if (into.has(tree)) return;
  into.add(tree);
  for (const { mode, oid } of objects.readTree(tree)) {
    if (mode === folderMode) objectsOfTree(objects, oid, into);
    else if (mode !== submoduleMode) into.add(oid);
  }
}
