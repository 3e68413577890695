import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildExtension } from '../../tools/build';
import { projectRoot } from '../../tools/commandLine';

let built: Promise<string> | undefined;

/** The folder of the staged extension, built once for this process and removed when it ends. */
export function builtExtension(): Promise<string> {
  return (built ??= build());
}

/** The bundle of a task, as the extension ships it. */
export async function bundleOf(task: string): Promise<string> {
  return join(await builtExtension(), 'tasks', task, 'index.js');
}

async function build(): Promise<string> {
  const outputFolder = await mkdtemp(join(tmpdir(), 'extension-'));
  process.once('exit', () => rmSync(outputFolder, { recursive: true, force: true }));
  return (await buildExtension({ root: projectRoot, outputFolder })).folder;
}
