import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'esbuild';

/** What every command needs before its own code is loaded. */
const core = ['cli/interruption.ts', 'cli/output/terminal.ts', 'cli/runCli.ts'];

/**
 * An esbuild plugin with which the parser of the command line is one file, for each file costs time at the start: esbuild
 * splits code by what is loaded together, so everything that is loaded later gets the imports of the parser, too. The parser of
 * arguments starts no programs, and so does not load what Node starts them with.
 */
export function oneCore(root: string): Plugin {
  return {
    name: 'one-core',
    setup(build) {
      const imports = core.map((file) => `import ${JSON.stringify(path.join(root, file))};`).join('');
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
