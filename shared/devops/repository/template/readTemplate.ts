import { TaskError } from '../../../errors';
import { FileError, shownPath } from '../../../files/fileError';
import { listFiles, type ListedFile } from '../../../files/listFiles';
import { SourceFile } from '../../../files/sourceFile';
import { SourceFolders } from '../../../files/sourceFolders';
import { isLfsPointer, mostPointerBytes, pointerProblem } from '../../../gitLfs';
import type { Context } from '../../../agent/context';
import type { TreeFile } from '../git/objects';
import { replaceTexts } from './replaceTexts';
import { renderTokens, type Rendered } from './tokens';
import { textOf } from './textOf';

/** The files that a repository begins with. */
export interface Template {
  /** In the order of their paths. */
  readonly files: readonly TreeFile[];
}

/** The template cannot be used; nothing was sent. The problem is the words that follow the name of the folder. */
export class TemplateError extends TaskError {
  override readonly name = 'TemplateError';

  constructor(readonly problem: string) {
    super(`The template folder ${problem}`);
  }
}

/** All is in memory, and twice for a while. */
const mostBytes = 500 * 1024 * 1024;
/** An error that lists more helps nobody. */
const mostListed = 50;

export interface TemplateOptions {
  /** Whether a file is left out, by its path from the folder, with `/`. */
  readonly isExcluded?: ((path: string) => boolean) | undefined;
  /**
   * Texts that are replaced in names and contents, instead of tokens: a template of this kind can be used itself, as it has
   * the names of an example. It is what `sourceName` is in the templates of dotnet:
   * https://learn.microsoft.com/dotnet/core/tools/custom-templates.
   */
  readonly replace?: ReadonlyMap<string, string> | undefined;
}

/** Who reads a template: it is told what was read, and says when to stop. */
export interface TemplateReader {
  readonly agent: Pick<Context['agent'], 'debug'>;
  readonly signal: AbortSignal;
}

/**
 * Reads the files of a folder, and replaces the tokens in their names and contents by the values of variables, or the texts
 * that are given. Binary files, line ends, byte order marks and executable bits stay as they are. Throws a TemplateError
 * that lists everything that is wrong.
 */
export async function readTemplate(
  folder: string,
  variables: ReadonlyMap<string, string>,
  { agent, signal }: TemplateReader,
  { isExcluded = () => false, replace }: TemplateOptions = {},
): Promise<Template> {
  const bounds = new SourceFolders([folder]);
  const listed = await listFiles(folder, { isAllowed: (path) => bounds.has(path), signal });
  const files = listed.files.filter(({ path }) => !isExcluded(path));
  const skipped = listed.skipped.filter(({ path }) => !isExcluded(path));
  const render = replace
    ? (text: string): Rendered => ({ text: replaceTexts(text, replace), unknown: [] })
    : (text: string): Rendered => renderTokens(text, variables);
  const problems = skipped.map(({ path, reason }) => `${shownPath(path)} is ${reason}: remove it, or copy the file.`);
  if (files.length === 0 && problems.length === 0) throw new TemplateError(`has no files: ${shownPath(folder)}`);
  const rendered: TreeFile[] = [];
  const sources = new Map<string, string>();
  let bytes = 0;
  for (const file of files) {
    signal.throwIfAborted();
    const { result, problems: ofFile } = renderFile(file, render);
    problems.push(...ofFile);
    if (!result) continue;
    bytes += result.content.length;
    if (bytes > mostBytes)
      throw new TemplateError(`has more than ${mostBytes / 1024 / 1024} MiB. Store large files elsewhere.`);
    problems.push(...clashes(file.path, result.path, sources));
    rendered.push(result);
  }
  agent.debug(`The template has ${rendered.length} files, ${bytes} bytes.`);
  if (problems.length > 0) throw new TemplateError(`cannot be used:${listText(problems)}`);
  return { files: rendered.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

interface RenderedFile {
  readonly result?: TreeFile;
  readonly problems: readonly string[];
}

function renderFile({ file, path }: ListedFile, render: (text: string) => Rendered): RenderedFile {
  const shown = shownPath(path);
  const name = render(path);
  const problems = name.unknown.map((token) => `${shown}: its name has {{${token.name}}}, which is not a variable.`);
  if (problems.length === 0) problems.push(...nameProblems(path, name.text));
  let opened: SourceFile;
  try {
    opened = SourceFile.openListed(file);
  } catch (error) {
    return { problems: [...problems, `${shown} ${problemOf(error)}`] };
  }
  try {
    if (opened.size < mostPointerBytes && isLfsPointer(opened.start(mostPointerBytes)))
      return { problems: [...problems, `${shown} ${pointerProblem}`] };
    const content = opened.content(mostBytes);
    const text = textOf(content);
    const inside = text === undefined ? undefined : render(text);
    for (const token of inside?.unknown ?? [])
      problems.push(`${shown}, line ${token.line}: {{${token.name}}} is not a variable.`);
    const isSame = inside === undefined || inside.text === text;
    const result = {
      path: name.text,
      content: isSame ? content : Buffer.from(inside.text),
      isExecutable: opened.isExecutable,
    };
    return { result, problems };
  } catch (error) {
    return { problems: [...problems, `${shown} ${problemOf(error)}`] };
  } finally {
    opened.close();
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof FileError)) throw error;
  return error.isMissing ? 'was deleted while the folder was being read.' : error.problem;
}

/** What is wrong with a name after its tokens were replaced. Git refuses these parts on every machine (`verify_path` in its read-cache.c). */
function nameProblems(path: string, rendered: string): readonly string[] {
  const shown = shownPath(path);
  const parts = rendered.split('/');
  if (parts.length !== path.split('/').length)
    return [`${shown}: the value of a variable in its name contains a slash.`];
  // eslint-disable-next-line no-control-regex -- these are the characters that Windows and Azure Repos refuse
  const bad = parts.find((part) => /^(|\.{1,2}|\.git|git~1)$/i.test(part) || /[\u0000-\u001f\\]/.test(part));
  return bad === undefined ? [] : [`${shown}: its name would be '${shownPath(rendered)}', which git does not allow.`];
}

/** Two files of one name, or a file and a folder; also where only the case differs, as Windows and macOS have one file then. */
function clashes(path: string, rendered: string, sources: Map<string, string>): readonly string[] {
  const problems: string[] = [];
  const key = rendered.toLowerCase();
  const other = sources.get(key) ?? sources.get(`${key}/`);
  if (other !== undefined)
    problems.push(`${shownPath(other)} and ${shownPath(path)} would both be '${shownPath(rendered)}'.`);
  const parts = key.split('/');
  for (let length = 1; length < parts.length; length++) {
    const above = parts.slice(0, length).join('/');
    const file = sources.get(above);
    if (file !== undefined)
      problems.push(`${shownPath(file)} would be a file where ${shownPath(path)} needs a folder.`);
    if (!sources.has(`${above}/`)) sources.set(`${above}/`, path);
  }
  sources.set(key, path);
  return problems;
}

function listText(problems: readonly string[]): string {
  const shown = problems.slice(0, mostListed);
  const more = problems.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].map((problem) => `\n  - ${problem}`).join('');
}
