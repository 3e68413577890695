import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildExtension, readBuildArguments, type BuildOptions, type BuiltExtension } from './build';
import { bundleCli } from './cliBundle';
import { packCli } from './cliPackage';
import { runFromCommandLine, ToolError } from './commandLine';
import { hubSize, type HubSize } from './hubSize';
import { readJson } from './manifests';
import { listZip, type ZipEntry } from './zipListing';

/** How large things may become, in bytes. Raise a figure only together with the reason for it. */
export interface Budgets {
  readonly vsix: number;
  /** The package of the command line. */
  readonly cli: number;
  /** The bundle of each task. */
  readonly tasks: Readonly<Record<string, number>>;
  /** The Models page, compressed with gzip. */
  readonly hub: HubSize;
}

export interface PackagedExtension extends BuiltExtension {
  readonly vsix: string;
  readonly vsixBytes: number;
  readonly entries: readonly ZipEntry[];
}

/** Builds the extension and writes `<outputFolder>/<publisher>.<id>-<version>.vsix`; fails on any warning and on a broken budget. */
export async function packageExtension(options: BuildOptions, budgets?: Budgets): Promise<PackagedExtension> {
  const built = await buildExtension(options);
  const { publisher, id, version } = built.manifest;
  const vsix = path.join(options.outputFolder, `${publisher}.${id}-${version}.vsix`);
  await createVsix(built.folder, vsix);

  const archive = await readFile(vsix);
  await checkBudgets(built, archive.length, budgets ?? ((await readJson(budgetsFile(options.root))) as Budgets));
  return { ...built, vsix, vsixBytes: archive.length, entries: listZip(archive) };
}

/** Packages a staged extension. Fails on any warning: tfx says faults of tasks in warnings, and packages them all the same. */
export async function createVsix(folder: string, vsix: string): Promise<void> {
  const tfx = createRequire(import.meta.url).resolve('tfx-cli/_build/tfx-cli.js');
  const flags = ['--manifest-globs', 'vss-extension.json', '--output-path', vsix, '--no-prompt', '--no-color'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    tfx,
    ...['extension', 'create', '--root', folder, ...flags],
  ]).catch((error: unknown) => {
    throw new ToolError(error instanceof Error ? error.message : String(error));
  });
  const warnings = `${stdout}\n${stderr}`.split('\n').filter((line) => /warning/i.test(line));
  if (warnings.length > 0) throw new ToolError(`tfx warns:\n${warnings.join('\n')}`);
}

/** Throws a ToolError that lists everything that is larger than its budget, or has none. */
export async function checkBudgets(
  built: Pick<BuiltExtension, 'folder' | 'metafiles' | 'hub'>,
  vsixBytes: number,
  budgets: Budgets,
): Promise<void> {
  const problems = vsixBytes > budgets.vsix ? [overBudget('the VSIX', vsixBytes, budgets.vsix)] : [];
  for (const task of built.metafiles.keys()) {
    const budget = budgets.tasks[task];
    const { size } = await stat(path.join(built.folder, 'tasks', task, 'index.js'));
    if (budget === undefined) problems.push(`${task} has no size budget: it is ${size} bytes.`);
    else if (size > budget) problems.push(overBudget(task, size, budget));
  }
  const { scripts, allScripts, styles } = await hubSize(path.join(built.folder, 'hub'), built.hub);
  if (scripts > budgets.hub.scripts)
    problems.push(
      overBudget('the scripts of the list and the variables of the Models page', scripts, budgets.hub.scripts),
    );
  if (allScripts > budgets.hub.allScripts)
    problems.push(overBudget('all scripts of the Models page', allScripts, budgets.hub.allScripts));
  if (styles > budgets.hub.styles)
    problems.push(overBudget('the styles of the Models page', styles, budgets.hub.styles));
  if (problems.length > 0) throw new ToolError(`tools/budgets.json:\n${problems.join('\n')}`);
}

function overBudget(what: string, bytes: number, budget: number): string {
  return `${what} is ${bytes} bytes, ${bytes - budget} over its budget of ${budget}.`;
}

function budgetsFile(root: string): string {
  return path.join(root, 'tools', 'budgets.json');
}

await runFromCommandLine(import.meta.url, async () => {
  const options = readBuildArguments();
  const { vsix, vsixBytes, entries } = await packageExtension(options);
  for (const { name, bytes, compressedBytes } of entries)
    console.log(`${String(bytes).padStart(9)} ${String(compressedBytes).padStart(9)}  ${name}`);
  console.log(`${path.relative(process.cwd(), vsix)}: ${vsixBytes} bytes, ${entries.length} files`);
  const cliFolder = path.join(options.outputFolder, 'cli');
  await bundleCli(options.root, cliFolder, path.join(options.outputFolder, 'extension'));
  const { cli } = (await readJson(budgetsFile(options.root))) as Budgets;
  console.log(path.relative(process.cwd(), await packCli(cliFolder, options.outputFolder, cli)));
});
