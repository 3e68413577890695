import { type FileEntry, plainMode, readFiles, writeFiles } from '../objects/files';
import type { ObjectStore } from '../objects/objectStore';

/** One entry of `commits[].changes` of a push. */
export interface RequestedChange {
  readonly changeType: 'add' | 'edit' | 'delete' | 'rename';
  /** Begins with a slash. */
  readonly path: string;
  /** Where a renamed file was. */
  readonly sourcePath: string | undefined;
  readonly content: Buffer | undefined;
}

/** What speaks against a change; the REST API documents no texts for it. */
export class ChangeError extends Error {
  constructor(
    readonly kind: 'exists' | 'missing' | 'invalid',
    readonly path: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Applies changes, in their order, to the files of a commit.
 * @param tree of the parent commit; undefined for the first commit
 * @returns the tree of the result
 * @throws ChangeError
 */
export function changeFiles(
  objects: ObjectStore,
  tree: string | undefined,
  changes: readonly RequestedChange[],
): string {
  const files = tree === undefined ? new Map<string, FileEntry>() : readFiles(objects, tree);
  for (const change of changes) apply(objects, files, change);
  return writeFiles(objects, files);
}

function apply(objects: ObjectStore, files: Map<string, FileEntry>, change: RequestedChange): void {
  const path = relativePath(change.path);
  switch (change.changeType) {
    case 'add':
      checkFree(files, path, change.path);
      files.set(path, { mode: plainMode, oid: write(objects, change) });
      return;
    case 'edit':
      files.set(path, { ...existing(files, path, change.path), oid: write(objects, change) });
      return;
    case 'delete':
      remove(files, path, change.path);
      return;
    case 'rename': {
      const sourcePath = change.sourcePath ?? '';
      const source = existing(files, relativePath(sourcePath), sourcePath);
      files.delete(relativePath(sourcePath));
      checkFree(files, path, change.path);
      files.set(path, change.content ? { ...source, oid: write(objects, change) } : source);
    }
  }
}

function write(objects: ObjectStore, { content, path }: RequestedChange): string {
  if (!content) throw new ChangeError('invalid', path, `The change of '${path}' has no newContent.`);
  return objects.write('blob', content);
}

/** A folder is deleted with all that is in it. */
function remove(files: Map<string, FileEntry>, path: string, given: string): void {
  const doomed = [...files.keys()].filter((each) => each === path || each.startsWith(`${path}/`));
  if (doomed.length === 0) throw missing(given);
  for (const each of doomed) files.delete(each);
}

function existing(files: ReadonlyMap<string, FileEntry>, path: string, given: string): FileEntry {
  const file = files.get(path);
  if (!file) throw missing(given);
  return file;
}

const missing = (path: string) => new ChangeError('missing', path, `The path '${path}' does not exist.`);

/** No file can be at a path that is a folder, or in a folder that is a file. */
function checkFree(files: ReadonlyMap<string, FileEntry>, path: string, given: string): void {
  const isTaken = [...files.keys()].some(
    (each) => each === path || each.startsWith(`${path}/`) || path.startsWith(`${each}/`),
  );
  if (isTaken) throw new ChangeError('exists', given, `The path '${given}' already exists.`);
}

/** Git refuses segments that are empty, `.`, `..` or `.git`. @throws ChangeError */
function relativePath(path: string): string {
  const relative = path.replace(/^\//, '');
  const isValid = relative.split('/').every((part) => part !== '' && !/^(\.{1,2}|\.git)$/i.test(part));
  if (!isValid || relative.includes('\0'))
    throw new ChangeError('invalid', path, `The path '${path}' is not valid for a file in a Git repository.`);
  return relative;
}
