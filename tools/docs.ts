import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { composeSchema } from '../shared/devops/onboarding/composeSchema';
import { cliManifest } from './cliBundle';
import { cliPage } from './cliPage';
import { projectRoot, runFromCommandLine, ToolError } from './commandLine';
import { readTasks } from './manifests';
import { signInPage } from './signInPage';
import { taskPage, taskTable } from './taskPage';

const pagesFolder = path.join('docs', 'tasks');
const problemsPage = path.join('docs', 'sign-in-problems.md');
const commandLinePage = path.join('docs', 'cli.md');
const onboardingSchema = path.join('template', 'onboarding', 'onboarding.schema.json');

/** The generated documentation, by path from the root: a page for each task, a page with the help of the command line, a page with the sign-in problems, the schema with which editors complete a specification, and the README with its table of tasks. */
export async function generateDocs(root: string): Promise<ReadonlyMap<string, string>> {
  const tasks = await readTasks(root);
  const docs = new Map<string, string>();
  for (const task of tasks) {
    const file = path.join(pagesFolder, `${task.folder}.md`);
    docs.set(file, await formatted(root, file, taskPage(task)));
  }
  docs.set(commandLinePage, await formatted(root, commandLinePage, cliPage(await cliManifest(root))));
  docs.set(problemsPage, await formatted(root, problemsPage, signInPage()));
  docs.set(onboardingSchema, await formatted(root, onboardingSchema, JSON.stringify(composeSchema())));
  const table = await formatted(root, 'README.md', taskTable(tasks));
  docs.set('README.md', replaceSection(await readFile(path.join(root, 'README.md'), 'utf8'), 'tasks', table));
  return docs;
}

/** The files that differ from the output of `npm run docs`, including those of removed tasks. */
export async function findStaleDocs(root: string): Promise<readonly string[]> {
  const docs = await generateDocs(root);
  const stale = await findOrphans(root, docs);
  for (const [file, content] of docs) {
    const found = await readFile(path.join(root, file), 'utf8').catch((error: unknown) =>
      ignoreMissing(error, undefined),
    );
    if (found !== content) stale.push(file);
  }
  return stale;
}

/** Replaces the text between `<!-- name -->` and `<!-- /name -->`. */
export function replaceSection(page: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [page.indexOf(open), page.indexOf(close)];
  if (start === -1 || end < start)
    throw new ToolError(`README.md needs the lines ${open} and ${close}: the table of tasks is inserted between them.`);
  return `${page.slice(0, start + open.length)}\n\n${content.trim()}\n\n${page.slice(end)}`;
}

async function writeDocs(root: string): Promise<void> {
  const docs = await generateDocs(root);
  for (const file of await findOrphans(root, docs)) await rm(path.join(root, file));
  for (const [file, content] of docs) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), content);
  }
  console.log([...docs.keys()].join('\n'));
}

async function findOrphans(root: string, docs: ReadonlyMap<string, string>): Promise<string[]> {
  const pages = await readdir(path.join(root, pagesFolder)).catch((error: unknown) => ignoreMissing(error, []));
  return pages.map((page) => path.join(pagesFolder, page)).filter((page) => !docs.has(page));
}

async function formatted(root: string, file: string, text: string): Promise<string> {
  const filepath = path.join(root, file);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

function ignoreMissing<Instead>(error: unknown, instead: Instead): Instead {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return instead;
  throw error;
}

await runFromCommandLine(import.meta.url, async () => {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  if (!values.check) return writeDocs(projectRoot);
  const stale = await findStaleDocs(projectRoot);
  if (stale.length > 0) throw new ToolError(`out of date: ${stale.join(', ')}. Run: npm run docs`);
});
