import { createHash } from 'node:crypto';
import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { FileError } from '../../files/fileError';
import { matcher } from '../../files/findFiles';
import { listFiles, type ListedFile } from '../../files/listFiles';
import { SourceFile } from '../../files/sourceFile';
import { SourceFolders } from '../../files/sourceFolders';
import { canonicalSource, type Detected, headerBytes } from './detectKind';
import type { Holder } from './holder';
import { isLfsPointer, pointerProblem } from '../../gitLfs';
import { groupBy } from '../../groupBy';
import { inParallel } from '../../inParallel';
import { manifestName } from './manifest';
import { foldersAbove } from './workspaceFolder';

/** A file of the source folder, and what it becomes. */
export interface SourceItem extends Omit<Detected, 'mostBytes' | 'headerProblem'> {
  /** Where its content is on this machine: absolute and without links. */
  readonly file: string;
  /** Its path in the source folder, with `/`. */
  readonly sourcePath: string;
  readonly size: number;
  readonly sha256: string;
  /** The hash of a source notebook's text in the form that the workspace gives back. */
  readonly canonicalSha256?: string;
}

/** Which files of the source folder are imported. */
export interface SourcePatterns {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** The source cannot be imported; nothing was sent. */
export class SourceError extends TaskError {
  override readonly name = 'SourceError';

  constructor(
    readonly about: 'folder' | 'patterns',
    /** The words that follow the name of the folder or of the patterns. */
    readonly problem: string,
  ) {
    super(`The source ${about} ${problem}`);
  }
}

/** Notebooks are read whole, up to 10 MB each: more at once would cost memory and gain nothing. */
const hashedAtOnce = 4;
const mebibyte = 1024 * 1024;

/**
 * Reads the source folder: which files there are, what each becomes, and its hash. Contents are not kept.
 * Throws a SourceError that lists every reason why the folder cannot be imported.
 */
export async function scanSource(
  folder: string,
  patterns: SourcePatterns,
  holder: Holder,
  { agent, signal }: Pick<Context, 'agent' | 'signal'>,
): Promise<readonly SourceItem[]> {
  const bounds = new SourceFolders([folder]);
  const { files, skipped } = await listFiles(folder, { isAllowed: (path) => bounds.has(path), signal });
  for (const { path, reason } of skipped) agent.log(`Skipped ${path}: ${reason}.`);
  if (files.length === 0) throw new SourceError('folder', `has no files: ${folder}`);
  const chosen = choose(files, patterns);
  if (chosen.length === 0)
    throw new SourceError(
      'patterns',
      `must match at least one of the ${files.length} files in ${folder}, relative to that folder.`,
    );

  const items: SourceItem[] = [];
  const problems: string[] = [];
  await inParallel(chosen, hashedAtOnce, async (file) => {
    signal.throwIfAborted();
    const { item, warning, problem } = await read(file, holder, signal);
    if (warning !== undefined) agent.warning(warning, { file: file.file, line: 1 });
    if (item) items.push(item);
    if (problem !== undefined) problems.push(problem);
  });
  items.sort((a, b) => (a.sourcePath < b.sourcePath ? -1 : 1));
  problems.push(...clashes(items, holder));
  if (problems.length > 0)
    throw new SourceError(
      'folder',
      `cannot be imported:\n${problems
        .sort()
        .map((problem) => `  - ${problem}`)
        .join('\n')}`,
    );
  return items;
}

function choose(files: readonly ListedFile[], { include, exclude }: SourcePatterns): readonly ListedFile[] {
  const isIncluded = matcher(include);
  const isExcluded = matcher(exclude);
  return files.filter(({ path }) => isIncluded(path) && !isExcluded(path));
}

/** What it becomes, or why it cannot be imported. */
interface Read {
  readonly item?: SourceItem;
  /** Why the result is probably not what was meant. */
  readonly warning?: string | undefined;
  readonly problem?: string;
}

async function read({ file, path }: ListedFile, holder: Holder, signal: AbortSignal): Promise<Read> {
  try {
    const opened = SourceFile.openListed(file);
    try {
      return await readOpened(opened, file, path, holder, signal);
    } finally {
      opened.close();
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { problem: `${path} ${error.isMissing ? 'was deleted while the folder was being read.' : error.problem}` };
  }
}

async function readOpened(
  opened: SourceFile,
  file: string,
  sourcePath: string,
  holder: Holder,
  signal: AbortSignal,
): Promise<Read> {
  const { size } = opened;
  const start = opened.start(headerBytes);
  const detected = holder.detect(sourcePath, start);
  const { kind, format, language, path } = detected;
  const what = { kind, format, ...(language && { language }), path, file, sourcePath, size };
  const isPointer = isLfsPointer(start);
  const problem =
    isPointer && holder.needsContent(sourcePath)
      ? `${sourcePath} ${pointerProblem}`
      : problemOf(sourcePath, detected, size, holder);
  if (problem !== undefined) return { problem };
  const warning = isPointer ? `${sourcePath} ${pointerProblem}` : headerWarning(sourcePath, detected);
  if (format === 'SOURCE') {
    const content = opened.content(detected.mostBytes);
    const canonicalSha256 = sha256(canonicalSource(content.toString('utf8')));
    return { item: { ...what, sha256: sha256(content), canonicalSha256 }, warning };
  }
  return { item: { ...what, sha256: await sha256Of(opened, signal) }, warning };
}

function headerWarning(sourcePath: string, { headerProblem }: Detected): string | undefined {
  return headerProblem && `${sourcePath} is imported as a file, not as a notebook. ${headerProblem}.`;
}

function problemOf(
  sourcePath: string,
  { kind, path, mostBytes }: Detected,
  size: number,
  { noun }: Holder,
): string | undefined {
  if (size > mostBytes)
    return `${sourcePath} is larger than the ${mostBytes / mebibyte} MB that Databricks accepts for a ${kind}.`;
  if (path === '' || path.endsWith('/'))
    return `${sourcePath} has no name before its extension, so the ${kind} would have no name.`;
  if (manifestName.test(path)) return `${sourcePath} has the name of the import manifest in the ${noun}.`;
  return undefined;
}

/** Two files for one name, or a file and a folder. */
function clashes(items: readonly SourceItem[], { noun }: Holder): readonly string[] {
  const folders = new Set(items.flatMap(({ path }) => foldersAbove(path)));
  const byPath = groupBy(items, ({ path }) => path);
  return [...byPath].flatMap(([path, those]) => {
    const names = [...those.map(({ sourcePath }) => sourcePath), ...(folders.has(path) ? [`the folder ${path}`] : [])];
    return names.length > 1 ? [`${names.join(' and ')} would both be '${path}' in the ${noun}.`] : [];
  });
}

async function sha256Of(file: SourceFile, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of file.parts()) {
    signal.throwIfAborted();
    hash.update(part);
  }
  return hash.digest('hex');
}

/** As the manifest writes it. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
