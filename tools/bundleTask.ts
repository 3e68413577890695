import { isBuiltin } from 'node:module';
import path from 'node:path';
import { build, formatMessages, type Metafile, type Plugin } from 'esbuild';
import { ToolError } from './commandLine';
import type { ExtensionManifest } from './manifests';
import { packageFolderOf } from './thirdPartyNotices';
import { trimAxios } from './trimAxios';
import { trimTaskLib } from './trimTaskLib';

/**
 * Bundles one task into one CommonJS file that needs nothing but Node 20. The entry is made here: it starts what
 * `task.ts` declares. Fails on any warning, on an import that is left for run time, and on a second copy of task-lib,
 * whose input vault is module state. `extension` is the name that the extension has in this build.
 */
export async function bundleTask(
  root: string,
  folder: string,
  outfile: string,
  extension: Pick<ExtensionManifest, 'publisher' | 'id'>,
): Promise<Metafile> {
  const result = await build({
    absWorkingDir: root,
    stdin: {
      contents: `import { taskLibAgent } from './shared/agent/taskLibAgent';
import { startTask } from './shared/task/startTask';
import { task } from './tasks/${folder}/task';
startTask(task, taskLibAgent);`,
      resolveDir: root,
      sourcefile: `tasks/${folder}/index.ts`,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    keepNames: true,
    // The licences of all that is bundled are in THIRD-PARTY-NOTICES.txt.
    legalComments: 'none',
    plugins: [trimAxios, trimTaskLib, pureLosslessJson, namedExtension(extension)],
    metafile: true,
    logLevel: 'silent',
  }).catch((error: unknown) => {
    throw new ToolError(`${folder}: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (result.warnings.length > 0) {
    const messages = await formatMessages(result.warnings, { kind: 'warning' });
    throw new ToolError(`${folder}: the bundler warns:\n${messages.join('')}`);
  }
  refuseLeftImports(folder, result.metafile);
  refuseSecondTaskLib(folder, result.metafile);
  return result.metafile;
}

/** Leaves out what a task does not use of lossless-json, which does not declare that its modules have no side effects. */
export const pureLosslessJson: Plugin = {
  name: 'pure-lossless-json',
  setup(esbuild) {
    esbuild.onResolve({ filter: /lossless-json|^\.\// }, async ({ path: specifier, pluginData, ...from }) => {
      const isOfLibrary =
        specifier === 'lossless-json' || /[\\/]node_modules[\\/]lossless-json[\\/]/.test(from.importer);
      if (!isOfLibrary || pluginData !== undefined) return undefined;
      return { ...(await esbuild.resolve(specifier, { ...from, pluginData: 'once' })), sideEffects: false };
    });
  },
};

/** Gives what reads its extension's name in the manifest the name that this build has. */
function namedExtension({ publisher, id }: Pick<ExtensionManifest, 'publisher' | 'id'>): Plugin {
  return {
    name: 'named-extension',
    setup(esbuild) {
      esbuild.onLoad({ filter: /[\\/]vss-extension\.json$/ }, () => ({
        contents: JSON.stringify({ publisher, id }),
        loader: 'json',
      }));
    },
  };
}

function refuseLeftImports(folder: string, metafile: Metafile): void {
  const left = Object.values(metafile.outputs)
    .flatMap((output) => output.imports)
    .map((imported) => imported.path)
    .filter((imported) => !isBuiltin(imported));
  if (left.length > 0) throw new ToolError(`${folder}: not in the bundle: ${[...new Set(left)].join(', ')}`);
}

function refuseSecondTaskLib(folder: string, metafile: Metafile): void {
  const copies = new Set(
    Object.keys(metafile.inputs)
      .map(packageFolderOf)
      .filter(
        (packageFolder) => packageFolder !== undefined && path.basename(packageFolder) === 'azure-pipelines-task-lib',
      ),
  );
  if (copies.size > 1)
    throw new ToolError(`${folder}: more than one azure-pipelines-task-lib: ${[...copies].join(', ')}`);
}
