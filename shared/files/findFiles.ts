import { stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import type { TaskAgent } from '../agent/agent';
import { fileError, shownPath } from './fileError';
import { listFiles, type ListedFile } from './listFiles';
import { isWithin, SourceFolders } from './sourceFolders';

export interface FoundFile extends ListedFile {
  /** Relative to the folder, with `/`; absolute for a file outside the folder. Links in it are as they are written. */
  readonly path: string;
}

export interface FoundFiles {
  /** Each file once, in the order of their absolute paths. */
  readonly files: readonly FoundFile[];
  /** The patterns that match no file, as they were given. */
  readonly unmatched: readonly string[];
}

export interface Search {
  readonly agent: Pick<TaskAgent, 'workingFolder' | 'readableFolders' | 'log'>;
  readonly signal: AbortSignal;
}

/**
 * Whether a path with `/` matches one of the patterns. A wildcard also matches names that begin with a dot, as in the
 * patterns of Azure Pipelines' own tasks (`dot` in `_getDefaultMatchOptions` of azure-pipelines-task-lib).
 */
export function matcher(patterns: readonly string[]): (path: string) => boolean {
  return picomatch([...patterns], { dot: true });
}

/**
 * Finds files by paths and glob patterns, relative to the working folder or absolute. Wildcards match as in `matcher` and
 * do not descend into the folders of tools. Symbolic links are followed to places that may be read: a folder elsewhere is
 * skipped and logged. Throws a TaskError when a folder cannot be read, or when a file that matches may not be, and the
 * reason of the signal.
 */
export async function findFiles(patterns: readonly string[], search: Search): Promise<FoundFiles> {
  const found = new Map<string, string>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const files = await matching(sep === '\\' ? pattern.replaceAll('\\', '/') : pattern, search);
    if (files.length === 0) unmatched.push(pattern);
    for (const { file, path } of files) found.set(path, file);
  }
  const files = [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, file]) => ({ file, path: pathIn(search.agent.workingFolder, path) }));
  return { files, unmatched };
}

/** With absolute paths. */
async function matching(pattern: string, { agent, signal }: Search): Promise<readonly FoundFile[]> {
  const { workingFolder, readableFolders } = agent;
  const { base, glob, isGlob } = picomatch.scan(pattern);
  const exact = resolve(workingFolder, pattern);
  const kind = await kindOf(exact, isGlob);
  if (kind === 'other') {
    const folders = new SourceFolders(readableFolders).including(dirname(exact));
    return [{ file: folders.resolve(exact), path: exact }];
  }
  const root = resolve(workingFolder, base);
  if (!isGlob || (await kindOf(root)) !== 'folder') return [];
  const folders = new SourceFolders(readableFolders).including(root);
  const listed = await listFiles(folders.resolve(root), { isAllowed: (path) => folders.has(path), signal });
  const isMatch = matcher([glob]);
  for (const { path, reason } of listed.skipped.filter(({ leadsOut }) => leadsOut)) {
    if (isMatch(path)) throw folders.refusal(join(root, path));
    agent.log(`Skipped ${shownPath(join(root, path))}: ${reason}.`);
  }
  return listed.files.filter(({ path }) => isMatch(path)).map(({ file, path }) => ({ file, path: join(root, path) }));
}

function pathIn(folder: string, file: string): string {
  return isWithin(folder, file) ? relative(folder, file).split(sep).join('/') : file;
}

/** What is at a path: `other` can be opened, or is refused with a reason. A pattern need not be a path that can exist. */
async function kindOf(path: string, isPattern = false): Promise<'folder' | 'other' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    const problem = fileError(path, error);
    if (problem.isMissing || isPattern) return undefined;
    throw problem;
  }
}
