import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, formatMessages, type Metafile } from 'esbuild';
import type { CliInput, CliManifest, CliTask } from '../cli/manifest';
import { helpInTerminalWords } from '../cli/agent/terminalWords';
import type { Input } from '../shared/task/inputs';
import { pureLosslessJson } from './bundleTask';
import { stageCliPackage } from './cliPackage';
import { embedded, embedExtension, embedSandbox } from './embeddedSandbox';
import { ToolError } from './commandLine';
import { isEditable, readTasks, readVersion, type TaskFolder, type TaskInput } from './manifests';
import { mergeEntry, moduleBanner, oneCore } from './oneCore';
import { trimAxios } from './trimAxios';
import { parseVisibleRule } from './visibleRule';

/**
 * Bundles the command line into a folder: `main.cjs`, the parts that it loads when they are needed, `manifests.json`, and with
 * the staged extension what runs pipelines on a machine, as a package of npm.
 * Fails on any warning.
 * @returns what the scripts are made of
 */
export async function bundleCli(root: string, outFolder: string, extensionFolder: string): Promise<Metafile> {
  await rm(outFolder, { recursive: true, force: true });
  await mkdir(outFolder, { recursive: true });
  const result = await build({
    absWorkingDir: root,
    entryPoints: { main: './cli/main.ts' },
    outdir: outFolder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'parts/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    banner: { js: moduleBanner },
    plugins: [embedded(root), oneCore(root), trimAxios, pureLosslessJson],
    metafile: true,
    logLevel: 'silent',
  }).catch((error: unknown) => {
    throw new ToolError(`cli: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (result.warnings.length > 0) {
    const messages = await formatMessages(result.warnings, { kind: 'warning' });
    throw new ToolError(`cli: the bundler warns:\n${messages.join('')}`);
  }
  refuseEagerTasks(result.metafile);
  await mergeEntry(root, result.metafile);
  await writeFile(path.join(outFolder, 'manifests.json'), JSON.stringify(await cliManifest(root)));
  const [dependencies] = await Promise.all([embedSandbox(root, outFolder), embedExtension(extensionFolder, outFolder)]);
  await stageCliPackage(root, outFolder, { metafile: result.metafile, dependencies });
  return result.metafile;
}

/** Help and completion must not wait for the code of tasks: it is loaded by the command that runs one. */
function refuseEagerTasks({ outputs }: Metafile): void {
  const entry = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === 'cli/main.ts');
  const seen = new Set<string>();
  const open = [entry ?? ''];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const loaded = outputs[file]?.imports ?? [];
    open.push(...loaded.filter(({ kind }) => kind !== 'dynamic-import').map(({ path: imported }) => imported));
  }
  const eager = [...seen].flatMap((file) =>
    Object.keys(outputs[file]?.inputs ?? {}).filter((input) =>
      /^(tasks|shared\/http|node_modules\/axios)\//.test(input),
    ),
  );
  if (eager.length > 0) throw new ToolError(`cli: loaded before a command runs: ${eager.join(', ')}`);
}

/** What the command line knows of the tasks without loading them. */
export async function cliManifest(root: string): Promise<CliManifest> {
  const tasks = await readTasks(root);
  return { version: await readVersion(root), tasks: await Promise.all(tasks.map((task) => cliTask(root, task))) };
}

async function cliTask(root: string, { folder, manifest }: TaskFolder): Promise<CliTask> {
  const declaration = pathToFileURL(path.join(root, 'tasks', folder, 'task.ts')).href;
  const { task } = (await import(declaration)) as {
    readonly task: { readonly inputs: Record<string, Input<unknown>> };
  };
  return {
    name: manifest.name,
    majorVersion: manifest.version.Major,
    title: manifest.friendlyName,
    description: terminalText(manifest.description),
    inputs: manifest.inputs.map((input) => cliInput(input, task.inputs[input.name]?.isSecret)),
    outputs: (manifest.outputVariables ?? []).map(({ name, description }) => ({
      name,
      description: terminalText(description),
    })),
  };
}

function cliInput(input: TaskInput, isSecret: true | undefined): CliInput {
  const { name, type, required = false, options, defaultValue, visibleRule, helpMarkDown = '' } = input;
  const conditions = visibleRule === undefined ? [] : parseVisibleRule(visibleRule).conditions;
  return {
    name,
    type,
    help: terminalText(helpMarkDown),
    isRequired: required,
    ...(defaultValue !== undefined && { defaultValue: String(defaultValue) }),
    ...(options && !isEditable(input) && { choices: Object.keys(options) }),
    ...(conditions.length > 0 && { when: Object.fromEntries(conditions.map(({ input, value }) => [input, value])) }),
    ...(isSecret && { isSecret }),
  };
}

/** Markdown as plain text, in the words of a terminal. */
function terminalText(markdown: string): string {
  const plain = markdown
    .replaceAll(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 ($2)')
    .replaceAll(/<[^<>]*>/g, (tag) => (/^<\/?[a-z]+( [^<>]*)?\/?>$/.test(tag) && htmlTags.test(tag) ? '' : tag))
    .replaceAll(/\*\*(\w[^*`]*)\*\*/g, '$1')
    .replaceAll('`', '')
    .replaceAll(/\s+/g, ' ');
  return helpInTerminalWords(plain.trim());
}

const htmlTags = /^<\/?(?:a|b|br|code|em|i|p|pre|strong)\b/;
