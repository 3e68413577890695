import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { transform, type Metafile, type Plugin } from 'esbuild';
import { ToolError } from './commandLine';

/** Before every module. Some packages are CommonJS, and require modules of Node; `createRequire` would take longer to load. */
export const moduleBanner = 'const require = process.getBuiltinModule;';

/** What every command needs before its own code is loaded, with all that it imports. */
const core = 'cli/main.ts';

/**
 * An esbuild plugin with which the parser of the command line is one file beside the entry, which `mergeEntry` puts into it,
 * for each file costs time at the start: esbuild splits code by what is loaded together, so everything that is loaded later
 * gets the imports of the parser, too. The parser of arguments starts no programs, and so does not load what Node starts them
 * with.
 */
export function oneCore(root: string): Plugin {
  return {
    name: 'one-core',
    setup(build) {
      const imports = `import ${JSON.stringify(path.join(root, core))};`;
      build.onResolve({ filter: /^\.{1,2}\// }, async ({ kind, path: asked, importer, namespace, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        const found = await build.resolve(asked, { kind: 'import-statement', importer, namespace, resolveDir });
        return { ...found, pluginData: { isLoadedLater: true } };
      });
      build.onLoad({ filter: /\.ts$/ }, async ({ path: file, pluginData }) => {
        const { isLoadedLater = false } = (pluginData ?? {}) as { readonly isLoadedLater?: boolean };
        if (!isLoadedLater) return undefined;
        return { contents: `${imports}${await readFile(file, 'utf8')}`, loader: 'ts' };
      });
      build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
        /[/\\]commander[/\\]/.test(importer) ? { path: 'child_process', namespace: 'one-core' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'one-core' }, () => ({ contents: 'module.exports = {};' }));
    },
  };
}

/** What a CommonJS module has instead of `import.meta.url`; it takes time to make. */
const banner =
  "#!/usr/bin/env node\nconst here = { get url() { return require('node:url').pathToFileURL(__filename).href; } };";

/**
 * Puts the parser, which esbuild writes into a part, into the entry that does nothing but import it, as a CommonJS module:
 * Node loads one at once, and needs milliseconds for its loader of other modules. The parts get what they import of it from
 * `parser.mjs`: an import of its names would let Node read the names from its text.
 */
export async function mergeEntry(root: string, { outputs }: Metafile): Promise<void> {
  const [[entry, { imports, inputs }] = ['', { imports: [], inputs: {} }]] = Object.entries(outputs).filter(
    ([, { entryPoint }]) => entryPoint === core,
  );
  const [asked, ...others] = imports.map((each) => each.path);
  const { exports = [] } = outputs[asked ?? ''] ?? {};
  if (asked === undefined || others.length > 0 || exports.length === 0 || Object.keys(inputs).length > 0)
    throw new ToolError('cli: the entry is more than an import of the parser.');
  const [merged, part] = [path.resolve(root, entry), path.resolve(root, asked)];
  const parser = (await readFile(part, 'utf8'))
    .replace(moduleBanner, '')
    .replaceAll(/(?<=["'])\.\/(?=[\w-]+\.mjs["'])/g, './parts/');
  const { code } = await transform(parser, {
    ...{ format: 'cjs', platform: 'node', target: 'node20', minify: true, legalComments: 'none' },
    define: { 'import.meta.url': 'here.url' },
    banner,
  });
  await Promise.all([rm(merged), rm(part)]);
  await writeFile(path.join(path.dirname(merged), 'main.cjs'), code, { mode: 0o755 });
  const parts = path.dirname(part);
  await writeFile(
    path.join(parts, 'parser.mjs'),
    `import{createRequire}from"node:module";export const{${exports.join()}}=createRequire(import.meta.url)("../main.cjs");\n`,
  );
  const files = (await readdir(parts)).map((name) => path.join(parts, name));
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll(`"./${path.basename(part)}"`, '"./parser.mjs"'));
  }
}
