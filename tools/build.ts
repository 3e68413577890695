import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Metafile } from 'esbuild';
import { bundleTask } from './bundleTask';
import { projectRoot, runFromCommandLine, ToolError } from './commandLine';
import { bundleCli } from './cliBundle';
import { bundleHub } from './hubBundle';
import { identify, type IdentityOptions } from './identity';
import { readExtensionManifest, readTasks, readVersion, type ExtensionManifest } from './manifests';
import { thirdPartyNotices } from './thirdPartyNotices';

export interface BuildOptions extends IdentityOptions {
  /** The project's folder. */
  readonly root: string;
  /** Gets `extension/`, which is emptied first, and a package.json that lets Node run the bundles where they are. */
  readonly outputFolder: string;
}

export interface BuiltExtension {
  /** The staged extension: what is packaged, in its final layout. */
  readonly folder: string;
  readonly manifest: ExtensionManifest;
  /** What each bundle is made of, by task folder. */
  readonly metafiles: ReadonlyMap<string, Metafile>;
  /** What the web pages are made of. */
  readonly hub: Metafile;
}

/** Bundles every task and the web pages, and stages the extension in `<outputFolder>/extension`. */
export async function buildExtension(options: BuildOptions): Promise<BuiltExtension> {
  const { root, outputFolder } = options;
  const folder = path.join(outputFolder, 'extension');
  const tasks = await readTasks(root);
  const manifests = tasks.map((task) => task.manifest);
  const { extension, tasks: stamped } = identify(
    await readExtensionManifest(root),
    manifests,
    await readVersion(root),
    options,
  );

  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeJson(path.join(outputFolder, 'package.json'), { type: 'commonjs' });
  await writeJson(path.join(folder, 'vss-extension.json'), extension);
  const overview = await readFile(path.join(root, 'overview.md'), 'utf8');
  for (const file of ['overview.md', 'LICENSE', ...screenshotsIn(overview)]) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await copyFile(path.join(root, file), path.join(folder, file));
  }
  await cp(path.join(root, 'images'), path.join(folder, 'images'), {
    recursive: true,
    filter: (source) => source !== path.join(root, 'images', 'tasks'),
  });

  const metafiles = new Map<string, Metafile>();
  await Promise.all(
    tasks.map(async (task, index) => {
      const taskFolder = path.join(folder, 'tasks', task.folder);
      const icon = path.join(root, 'images', 'tasks', `${task.folder}.png`);
      if (!existsSync(icon)) throw new ToolError(`${task.folder} has no icon: add images/tasks/${task.folder}.png.`);
      await mkdir(taskFolder, { recursive: true });
      await writeJson(path.join(taskFolder, 'task.json'), stamped[index]);
      await copyFile(icon, path.join(taskFolder, 'icon.png'));
      metafiles.set(task.folder, await bundleTask(root, task.folder, path.join(taskFolder, 'index.js'), extension));
    }),
  );
  const hub = await bundleHub(root, path.join(folder, 'hub'));
  const notices = await thirdPartyNotices(root, [...metafiles.values(), hub]);
  await writeFile(path.join(folder, 'THIRD-PARTY-NOTICES.txt'), notices);
  return { folder, manifest: extension, metafiles, hub };
}

/** The pictures of the documentation that the page in the Marketplace shows. */
function screenshotsIn(overview: string): readonly string[] {
  return [...overview.matchAll(/!\[[^\]]*\]\((docs\/images\/[^)]+)\)/g)].map(([, picture = '']) => picture);
}

/** The options that build and package have in common on the command line. */
export function readBuildArguments(): BuildOptions {
  const { values } = parseArgs({
    options: {
      publisher: { type: 'string' },
      'extension-id': { type: 'string' },
      dev: { type: 'boolean', default: false },
    },
  });
  return {
    root: projectRoot,
    outputFolder: path.join(projectRoot, 'dist'),
    dev: values.dev,
    ...(values.publisher !== undefined && { publisher: values.publisher }),
    ...(values['extension-id'] !== undefined && { extensionId: values['extension-id'] }),
  };
}

async function writeJson(file: string, content: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}

await runFromCommandLine(import.meta.url, async () => {
  const options = readBuildArguments();
  const { folder, metafiles } = await buildExtension(options);
  const cliFolder = path.join(options.outputFolder, 'cli');
  await bundleCli(options.root, cliFolder, folder);
  console.log(`Built ${metafiles.size} tasks and the web pages into ${path.relative(process.cwd(), folder)}`);
  console.log(`Built the command line into ${path.relative(process.cwd(), cliFolder)}`);
});
