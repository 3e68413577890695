import { execFile } from 'node:child_process';
import { copyFile, cp, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { leftOut } from '../cli/local/init/templateFiles';
import { ToolError } from './commandLine';
import { readJson } from './manifests';
import { thirdPartyNotices } from './thirdPartyNotices';

export interface CliParts {
  /** What the bundle is made of. */
  readonly metafile: Metafile;
  /** The packages that the sandbox loads, with their versions. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Makes the folder of the built command line a package of npm. */
export async function stageCliPackage(
  root: string,
  folder: string,
  { metafile, dependencies }: CliParts,
): Promise<void> {
  const { version, license, engines } = (await readJson(path.join(root, 'package.json'))) as Record<string, unknown>;
  const manifest = {
    name: 'mloccli',
    version,
    description: 'The tasks of Model Pipeline Tasks from a terminal: Databricks, model deployments and Azure DevOps.',
    license,
    type: 'module',
    bin: { mloccli: 'main.cjs' },
    engines,
    imports: { '#local/*': './local/*' },
    dependencies,
    files: [
      ...['main.cjs', 'manifests.json', 'parts', 'template', 'THIRD-PARTY-NOTICES.txt'],
      ...['local', 'sandbox', 'shared', 'extension', 'vss-extension.json'],
    ],
  };
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await copyFile(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
  const template = path.join(root, 'template');
  await cp(template, path.join(folder, 'template'), {
    recursive: true,
    filter: (source) => !leftOut.test(path.relative(template, source).replaceAll('\\', '/')),
  });
  await writeFile(path.join(folder, 'THIRD-PARTY-NOTICES.txt'), await thirdPartyNotices(root, [metafile]));
}

/**
 * Writes `mloccli-<version>.tgz` into a folder. Throws a ToolError when npm fails, and when the package is larger than its
 * budget in bytes.
 * @returns its path
 */
export async function packCli(folder: string, outputFolder: string, budget: number): Promise<string> {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', outputFolder];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: folder }).catch((error: unknown) => {
    throw new ToolError(`npm pack: ${error instanceof Error ? error.message : String(error)}`);
  });
  const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[];
  if (!packed) throw new ToolError(`npm pack did not name a package: ${stdout}`);
  const file = path.join(outputFolder, packed.filename);
  const { size } = await stat(file);
  if (size > budget)
    throw new ToolError(
      `tools/budgets.json:\nthe package of the command line is ${size} bytes, ${size - budget} over its budget of ${budget}.`,
    );
  return file;
}
