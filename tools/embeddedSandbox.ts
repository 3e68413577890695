import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { hostFiles } from '../sandbox/devops/host/hostFiles';
import { ToolError } from './commandLine';
import { readJson } from './manifests';

/** What a package has of the files of the sandbox, besides its code. */
const companions = /\.(mjs|py|json|html|css)$/;
const leftOut = /(^|\/)(tsconfig\.json|__pycache__)(\/|$)/;
/** Only the sources of the project are built by it. */
const notUsed = 'esbuild';

/**
 * Writes what runs pipelines on this machine into a folder, file by file where it is in the project: the sandbox finds its
 * workers, its Python files and its pages beside its modules. The modules that it loads from packages are not part of it.
 * @returns these packages, with their versions
 */
export async function embedSandbox(root: string, outFolder: string): Promise<Readonly<Record<string, string>>> {
  const [local, sandbox] = await Promise.all(['local', 'sandbox'].map((folder) => filesOf(root, folder)));
  const beside = (sandbox ?? []).filter((file) => companions.test(file) && !leftOut.test(file));
  const entryPoints = [...(local ?? []), ...beside.filter((file) => file.endsWith('.mjs'))];
  const options = { absWorkingDir: root, platform: 'node', target: 'node20', format: 'esm', bundle: true } as const;
  const found = await build({
    ...options,
    entryPoints,
    packages: 'external',
    outdir: outFolder,
    write: false,
    metafile: true,
    logLevel: 'silent',
  }).catch(fail);
  await build({
    ...options,
    // What is imported as x.json becomes x.json.js.
    entryPoints: Object.keys(found.metafile.inputs)
      .filter((file) => /\.(ts|json)$/.test(file))
      .map((file) => ({ in: path.join(root, file), out: file.replace(/\.ts$/, '') })),
    outdir: outFolder,
    plugins: [fileByFile],
    minify: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'silent',
  }).catch(fail);
  for (const file of beside) await cp(path.join(root, file), path.join(outFolder, file));
  const page = (await hostFiles()).get('host.js');
  if (page) await writeFile(path.join(outFolder, 'sandbox/devops/host/page/host.js'), page.body);
  return dependenciesOf(root, found.metafile);
}

/** Copies what the command line needs of the staged extension: the tasks and the web pages. */
export async function embedExtension(extensionFolder: string, outFolder: string): Promise<void> {
  const folder = path.join(outFolder, 'extension');
  await mkdir(folder, { recursive: true });
  // The bundles of tasks are CommonJS, in a package that is not.
  await writeFile(path.join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  for (const part of ['tasks', 'hub', 'THIRD-PARTY-NOTICES.txt'])
    await cp(path.join(extensionFolder, part), path.join(folder, part), {
      recursive: true,
      filter: (source) => path.basename(source) !== 'icon.png',
    });
  await cp(path.join(extensionFolder, 'vss-extension.json'), path.join(outFolder, 'vss-extension.json'));
}

/** Gives the command line what runs pipelines as modules of its package, which only a command that needs them loads. */
export function embedded(root: string): Plugin {
  return {
    name: 'embedded',
    setup(esbuild) {
      esbuild.onResolve({ filter: /^\.\.?\// }, ({ path: specifier, resolveDir, kind }) => {
        const module = path.relative(path.join(root, 'local'), path.resolve(resolveDir, specifier));
        if (module.startsWith('..')) return undefined;
        if (kind !== 'dynamic-import')
          return { errors: [{ text: `local/${module} must be loaded by the command that needs it: use import()` }] };
        return { path: `#local/${module.split(path.sep).join('/')}.js`, external: true };
      });
    },
  };
}

const fileByFile: Plugin = {
  name: 'file-by-file',
  setup(esbuild) {
    esbuild.onResolve({ filter: /.*/ }, ({ path: specifier, kind }) => {
      if (kind === 'entry-point') return undefined;
      const isOwn = specifier.startsWith('.') && !specifier.endsWith('.mjs');
      return { path: isOwn ? `${specifier}.js` : specifier, external: true };
    });
  },
};

async function dependenciesOf(root: string, { inputs }: Metafile): Promise<Readonly<Record<string, string>>> {
  const names = new Set(
    Object.values(inputs)
      .flatMap(({ imports }) => imports)
      .filter(({ external, path: module }) => external === true && !/^(node:|\.)/.test(module))
      .map(({ path: module }) => /^(@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? module)
      .filter((name) => name !== notUsed),
  );
  const { dependencies, devDependencies } = (await readJson(path.join(root, 'package.json'))) as Readonly<
    Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>
  >;
  const known = { ...dependencies, ...devDependencies };
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const version = known[name];
      if (version === undefined) throw new ToolError(`cli: the package ${name} is not in package.json.`);
      return [name, version];
    }),
  );
}

async function filesOf(root: string, folder: string): Promise<readonly string[]> {
  const names = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

function fail(error: unknown): never {
  throw new ToolError(`cli: ${error instanceof Error ? error.message : String(error)}`);
}
