import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { TreeFile } from '../../../shared/devops/repository/git/objects';
import { TaskError } from '../../../shared/errors';
import { fileError, shownPath } from '../../../shared/files/fileError';
import { UsageError } from '../../usageError';
import type { LocalRun } from '../localCommand';
import { packageFolder } from '../packageFolder';
import { readAnswers } from './answers';
import { templateFiles } from './templateFiles';

const mostListed = 20;

/** Creates a model repository from the template. Nothing that exists is overwritten. */
export const run: LocalRun = async (call, { workingFolder, signal, say }) => {
  const [given] = call.arguments;
  if (given === undefined) throw new UsageError([{ option: '', problem: 'Name the folder of the new repository.' }]);
  const answers = readAnswers(call);
  const folder = resolve(workingFolder, given);
  const files = await templateFiles(packageFolder('template'), answers, signal);
  const { missing, inTheWay } = await compare(folder, files);
  if (missing.length > 0 && inTheWay.length > 0) throw new TaskError(refusal(folder, inTheWay));
  for (const file of missing) {
    signal.throwIfAborted();
    await write(join(folder, file.path), file);
  }
  const model = answers.get('model') ?? '';
  const message =
    missing.length === 0
      ? `${folder} is unchanged: it has all ${files.length} files.`
      : `Created ${missing.length} files in ${folder}${missing.length < files.length ? `; ${files.length - missing.length} unchanged` : ''}.`;
  if (missing.length > 0) say(`The next steps are in ${given}/docs/getting_started.md.`);
  return {
    result: 'Succeeded',
    message,
    outputs: { folder, model, created: String(missing.length), unchanged: String(files.length - missing.length) },
  };
};

interface Comparison {
  readonly missing: readonly TreeFile[];
  /** Paths from the folder on, of what the template does not have, or has otherwise. */
  readonly inTheWay: readonly string[];
}

async function compare(folder: string, files: readonly TreeFile[]): Promise<Comparison> {
  const missing: TreeFile[] = [];
  const differing = new Set<string>();
  const names = new Set(files.map(({ path }) => path.split('/', 1).join('')));
  for (const file of files) {
    const state = await stateOf(folder, file);
    if (state === 'missing') missing.push(file);
    else if (state !== 'equal') differing.add(state.differing);
  }
  // A file that differs is in the way although nothing is missing: the folder is not what was asked for.
  if (differing.size > 0) throw new TaskError(refusal(folder, [...differing].sort()));
  const others = (await entriesOf(folder)).filter((name) => name !== '.git' && !names.has(name));
  return { missing, inTheWay: others.sort() };
}

type State = 'missing' | 'equal' | { readonly differing: string };

async function stateOf(folder: string, { path, content }: TreeFile): Promise<State> {
  const parts = path.split('/');
  for (let length = 1; length <= parts.length; length++) {
    const at = parts.slice(0, length).join('/');
    const found = await statusOf(join(folder, at));
    if (!found) return 'missing';
    const isFile = length === parts.length;
    if (isFile ? !found.isFile() : !found.isDirectory()) return { differing: at };
  }
  const present = await readFile(join(folder, path)).catch((error: unknown) => {
    throw fileError(join(folder, path), error);
  });
  return present.equals(content) ? 'equal' : { differing: path };
}

async function statusOf(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    const problem = fileError(path, error);
    if (problem.isMissing) return undefined;
    throw problem;
  }
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const problem = fileError(folder, error);
    if (problem.code === 'ENOENT') return [];
    throw problem;
  }
}

async function write(path: string, { content, isExecutable }: TreeFile): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { flag: 'wx', mode: isExecutable ? 0o755 : 0o644 });
  } catch (error) {
    throw fileError(path, error, 'written');
  }
}

function refusal(folder: string, inTheWay: readonly string[]): string {
  const shown = inTheWay.slice(0, mostListed).map((name) => `\n  - ${shownPath(name)}`);
  const more = inTheWay.length > mostListed ? `\n  - and ${inTheWay.length - mostListed} more` : '';
  return `Nothing was written, because ${folder} has other files. Move them, or name another folder:${shown.join('')}${more}`;
}
