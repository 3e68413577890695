import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import type { TaskAgent } from '../../agent/agent';
import { TaskError } from '../../errors';
import { listFiles, matcher, type FoundFile } from '../../findFiles';
import { canonicalSource, detectKind, type Detected, headerBytes } from './detectKind';
import { isLfsPointer, pointerProblem } from '../../gitLfs';
import { groupBy } from '../../groupBy';
import { inParallel } from '../../inParallel';
import { manifestName } from './manifest';
import { foldersAbove } from './workspaceFolder';

/** A file of the source folder, and what it becomes. */
export interface SourceItem extends Omit<Detected, 'mostBytes' | 'headerProblem'> {
  /** Where its content is on this machine. */
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
  agent: TaskAgent,
): Promise<readonly SourceItem[]> {
  const { files, skipped } = await listFiles(folder, { within: folder });
  for (const what of skipped) agent.log(`Skipped ${what}.`);
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
    const { item, warning, problem } = await read(file);
    if (warning !== undefined) agent.warning(warning, { file: file.file, line: 1 });
    if (problem === undefined) items.push(item);
    else problems.push(problem);
  });
  items.sort((a, b) => (a.sourcePath < b.sourcePath ? -1 : 1));
  problems.push(...clashes(items));
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

function choose(files: readonly FoundFile[], { include, exclude }: SourcePatterns): readonly FoundFile[] {
  const isIncluded = matcher(include);
  const isExcluded = matcher(exclude);
  return files.filter(({ path }) => isIncluded(path) && !isExcluded(path));
}

interface Read {
  readonly item: SourceItem;
  /** Why the result is probably not what was meant. */
  readonly warning?: string | undefined;
  /** Why it cannot be imported. */
  readonly problem?: string;
}

async function read({ file, path: sourcePath }: FoundFile): Promise<Read> {
  const { size } = await stat(file);
  const start = await startOf(file);
  const detected = detectKind(sourcePath, start);
  const { kind, format, language, path } = detected;
  const what = { kind, format, ...(language && { language }), path };
  const isPointer = isLfsPointer(start);
  const problem =
    isPointer && isUselessAsPointer(sourcePath)
      ? `${sourcePath} ${pointerProblem}`
      : problemOf(sourcePath, detected, size);
  if (problem !== undefined) return { item: { ...what, file, sourcePath, size, sha256: '' }, problem };
  const warning = isPointer ? `${sourcePath} ${pointerProblem}` : headerWarning(sourcePath, detected);
  if (format === 'SOURCE') {
    const content = await readFile(file);
    const canonicalSha256 = sha256(canonicalSource(content.toString('utf8')));
    return { item: { ...what, file, sourcePath, size, sha256: sha256(content), canonicalSha256 }, warning };
  }
  return { item: { ...what, file, sourcePath, size, sha256: await sha256OfFile(file) }, warning };
}

/** Notebooks, modules and libraries; other data may not be needed in the workspace. */
function isUselessAsPointer(path: string): boolean {
  return /\.(ipynb|dbc|py|r|scala|sql|whl|jar|egg)$/i.test(path);
}

function headerWarning(sourcePath: string, { headerProblem }: Detected): string | undefined {
  return headerProblem && `${sourcePath} is imported as a file, not as a notebook. ${headerProblem}.`;
}

function problemOf(sourcePath: string, { kind, path, mostBytes }: Detected, size: number): string | undefined {
  if (size > mostBytes)
    return `${sourcePath} is larger than the ${mostBytes / mebibyte} MB that Databricks accepts for a ${kind}.`;
  if (path === '' || path.endsWith('/'))
    return `${sourcePath} has no name before its extension, so the ${kind} would have no name.`;
  if (manifestName.test(path)) return `${sourcePath} has the name of the import manifest in the workspace.`;
  return undefined;
}

/** Two files for one name, or a file and a folder. */
function clashes(items: readonly SourceItem[]): readonly string[] {
  const folders = new Set(items.flatMap(({ path }) => foldersAbove(path)));
  const byPath = groupBy(items, ({ path }) => path);
  return [...byPath].flatMap(([path, those]) => {
    const names = [...those.map(({ sourcePath }) => sourcePath), ...(folders.has(path) ? [`the folder ${path}`] : [])];
    return names.length > 1 ? [`${names.join(' and ')} would both be '${path}' in the workspace.`] : [];
  });
}

async function startOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

/** As the manifest writes it. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
