import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';

/** What the browser loads for the Models page, in bytes compressed with gzip. */
export interface HubSize {
  /** Of the list and the variables of a model with their panels, without what is loaded with the other tabs and screens. */
  readonly scripts: number;
  /** Of all screens, tabs and panels, without the editor for texts. */
  readonly allScripts: number;
  readonly styles: number;
}

/** The modules from which the scripts of the list and of the variables follow. */
const firstScreens = ['hub/page/begin.ts', 'hub/page/models.tsx', 'hub/page/ModelScreen.tsx'];
/** What is loaded when a text is edited, and what another page loads. */
const leftOut = ['hub/file/CodeEditor.tsx', 'hub/run/run.tsx'];

/** Measures the built pages in a folder. */
export async function hubSize(folder: string, metafile: Metafile): Promise<HubSize> {
  const bytesOf = (isMeasured: (entryPoint: string) => boolean): Promise<number> => {
    const outputs = [...scriptsOf(metafile, isMeasured)];
    return compressedBytes(outputs.map((output) => path.join(folder, relativeTo(metafile, output))));
  };
  return {
    scripts: await bytesOf((entryPoint) => firstScreens.includes(entryPoint)),
    allScripts: await bytesOf((entryPoint) => !leftOut.includes(entryPoint)),
    styles: await compressedBytes([path.join(folder, 'models.css')]),
  };
}

/** The outputs of the measured entry points, and those that they import when they are loaded. */
function scriptsOf({ outputs }: Metafile, isMeasured: (entryPoint: string) => boolean): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (output: string): void => {
    if (found.has(output)) return;
    found.add(output);
    for (const { path: imported, kind } of outputs[output]?.imports ?? [])
      if (kind === 'import-statement') add(imported);
  };
  for (const [output, { entryPoint }] of Object.entries(outputs))
    if (entryPoint !== undefined && isMeasured(entryPoint)) add(output);
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
