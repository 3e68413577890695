import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';

/** What the browser loads for the Models page, in bytes compressed with gzip. */
export interface HubSize {
  /** Of the list and the variables of a model, without what is loaded on demand: panels, the other tabs and screens. */
  readonly scripts: number;
  readonly styles: number;
}

/** The modules from which the scripts of the measured screens follow. */
const measured = ['hub/page/models.tsx', 'hub/page/ModelScreen.tsx'];

/** Measures the built pages in a folder. */
export async function hubSize(folder: string, metafile: Metafile): Promise<HubSize> {
  const scripts = scriptsOf(metafile);
  return {
    scripts: await compressedBytes([...scripts].map((output) => path.join(folder, relativeTo(metafile, output)))),
    styles: await compressedBytes([path.join(folder, 'models.css')]),
  };
}

/** The outputs with the measured modules, and those that they import when they are loaded. */
function scriptsOf({ outputs }: Metafile): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (output: string): void => {
    if (found.has(output)) return;
    found.add(output);
    for (const { path: imported, kind } of outputs[output]?.imports ?? [])
      if (kind === 'import-statement') add(imported);
  };
  for (const [output, { entryPoint }] of Object.entries(outputs))
    if (entryPoint !== undefined && measured.includes(entryPoint)) add(output);
  return found;
}

/** Outputs are named from the folder of the project; `models.js` is in the folder of the pages. */
function relativeTo({ outputs }: Metafile, output: string): string {
  const entry = Object.keys(outputs).find((name) => path.basename(name) === 'models.js') ?? '';
  return path.relative(path.dirname(entry), output);
}

async function compressedBytes(files: readonly string[]): Promise<number> {
  const contents = await Promise.all(files.map((file) => readFile(file)));
  return contents.reduce((sum, content) => sum + gzipSync(content, { level: 9 }).length, 0);
}
