import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { build, formatMessages, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { ToolError } from './commandLine';
import { iconStyles } from './hubIcons';

/** The pages of the extension: the folder in `hub/` with the entry and the HTML file of each. */
const pages: Readonly<Record<string, string>> = { models: 'hub/page', run: 'hub/run' };

/** Scripts that run before that of their page, by the name of the page. */
const firstScripts: Readonly<Record<string, string>> = { models: 'begin' };

/**
 * V8 compiles the functions of a script that starts with this while it loads it, beside the page, instead of each function
 * when it is called first: most functions of the first page are called at once.
 * Source: https://v8.dev/blog/explicit-compile-hints (since Chrome and Edge 136; other browsers do not know it).
 */
const compileHint = '//# allFunctionsCalledOnLoad';
/** Smaller scripts, in bytes, gain nothing that one could measure. */
const hintedFrom = 5000;

/** The pages that the project has. */
export function hubPages(root: string): readonly { readonly name: string; readonly folder: string }[] {
  return Object.entries(pages)
    .map(([name, folder]) => ({ name, folder }))
    .filter(({ name, folder }) => existsSync(path.join(root, folder, `${name}.html`)));
}

/**
 * Bundles the web pages into a folder: an HTML file, a style sheet and an entry for each page, and the parts that a page
 * loads when they are needed. Fails on any warning.
 * @returns what the scripts are made of
 */
export async function bundleHub(root: string, outFolder: string): Promise<Metafile> {
  const found = hubPages(root);
  await mkdir(outFolder, { recursive: true });
  const options: BuildOptions = {
    absWorkingDir: root,
    entryPoints: {
      ...Object.fromEntries(
        found.flatMap(({ name, folder }): readonly (readonly [string, string])[] => {
          const first = firstScripts[name];
          const entry = [name, `./${folder}/${name}.tsx`] as const;
          return first === undefined ? [entry] : [[first, `./${folder}/${first}.ts`], entry];
        }),
      ),
    },
    outdir: outFolder,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    minify: true,
    // The licences of all that is bundled are in THIRD-PARTY-NOTICES.txt.
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    metafile: true,
    logLevel: 'silent',
    tsconfigRaw: { compilerOptions: { jsx: 'react-jsx' } },
  };
  const [scripts] = await Promise.all([
    run({
      ...options,
      plugins: [withoutStyles, kit(root)],
      splitting: true,
      chunkNames: 'parts/[name]-[hash]',
    }),
    bundleStyles(root, options, outFolder),
    ...found.map(({ name, folder }) =>
      copyFile(path.join(root, folder, `${name}.html`), path.join(outFolder, `${name}.html`)),
    ),
  ]);
  await hintScripts(root, scripts.metafile);
  return scripts.metafile;
}

async function hintScripts(root: string, { outputs }: Metafile): Promise<void> {
  for (const [output, { bytes }] of Object.entries(outputs)) {
    if (bytes < hintedFrom || !output.endsWith('.js')) continue;
    const file = path.join(root, output);
    await writeFile(file, `${compileHint}\n${await readFile(file, 'utf8')}`);
  }
}

/**
 * One style sheet for each page, with the styles of its parts. The bundler would write a sheet for each part of a split
 * build, which nothing loads.
 */
async function bundleStyles(root: string, options: BuildOptions, outFolder: string): Promise<void> {
  const { outputFiles } = await run({ ...options, plugins: [kit(root)], write: false });
  const sheets = outputFiles.filter(({ path: file }) => file.endsWith('.css'));
  await Promise.all(
    sheets.map(({ path: file, contents }) => writeFile(path.join(outFolder, path.basename(file)), contents)),
  );
}

async function run<Options extends BuildOptions>(options: Options) {
  const result = await build<Options & { metafile: true }>({ ...options, metafile: true } as never).catch(
    (error: unknown) => {
      throw new ToolError(`hub: ${error instanceof Error ? error.message : String(error)}`);
    },
  );
  if (result.warnings.length > 0) {
    const messages = await formatMessages(result.warnings, { kind: 'warning' });
    throw new ToolError(`hub: the bundler warns:\n${messages.join('')}`);
  }
  return result;
}

const withoutStyles: Plugin = {
  name: 'without-styles',
  setup(esbuild) {
    esbuild.onLoad({ filter: /\.css$/ }, () => ({ contents: '', loader: 'empty' }));
  },
};

/**
 * azure-devops-ui without what the pages do not use: it does not declare that its modules have no side effects, imports
 * polyfills that every supported browser has, comes with icon fonts, and puts its menus and lists into every header.
 */
function kit(root: string): Plugin {
  const ownCommandBar = path.join(root, 'hub/kit/menu/HeaderCommandBar.tsx');
  const ofKit = /[\\/]node_modules[\\/]azure-devops-ui[\\/]/;
  return {
    name: 'azure-devops-ui',
    setup(esbuild) {
      esbuild.onResolve({ filter: /^\.|^azure-devops-ui\// }, async ({ path: specifier, pluginData, ...from }) => {
        const isOfKit = specifier.startsWith('azure-devops-ui/') || ofKit.test(from.importer);
        if (!isOfKit || specifier.endsWith('.css') || pluginData !== undefined) return undefined;
        return { ...(await esbuild.resolve(specifier, { ...from, pluginData: 'once' })), sideEffects: false };
      });
      esbuild.onResolve({ filter: /^\.\.\/\.\.\/HeaderCommandBar$/ }, ({ importer }) =>
        /[\\/]Header[\\/]Header\.js$/.test(importer) ? { path: ownCommandBar } : undefined,
      );
      esbuild.onLoad({ filter: /azure-devops-ui[\\/]CommonImports\.js$/ }, () => ({ contents: '' }));
      // No tab has a number, which the kit shows as a pill.
      esbuild.onLoad({ filter: /azure-devops-ui[\\/]Components[\\/]Tabs[\\/]TabBadge\.js$/ }, () => ({
        contents: 'export const TabBadge = () => null;',
      }));
      // The kit fills names and whole numbers into three texts; its own formats have all cultures of numbers and dates.
      esbuild.onLoad({ filter: /azure-devops-ui[\\/]Core[\\/]Util[\\/]String\.js$/ }, () => ({
        contents:
          'export const format = (text, ...values) => text.replace(/{(\\d+)}/g, (_, index) => values[index] ?? "");',
      }));
      esbuild.onLoad({ filter: /FluentIcons\.css$/ }, () => ({ contents: '', loader: 'css' }));
      esbuild.onLoad({ filter: /FabricIcons\.css$/ }, async () => ({
        contents: await iconStyles(root),
        loader: 'css',
      }));
    },
  };
}
