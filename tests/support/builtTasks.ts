import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildExtension } from '../../tools/build';
import { projectRoot } from '../../tools/commandLine';

/** The variable that tells the processes of one run where the extension is. */
export const sharedBuild = 'MODEL_PIPELINES_TEST_BUILD';

let built: Promise<string> | undefined;

/** The folder of the staged extension: built once for the whole run (`buildOnce.ts`), otherwise once for this process. */
export function builtExtension(): Promise<string> {
  return (built ??= build());
}

/** The folder of the built tasks. */
export async function builtTasks(): Promise<string> {
  return join(await builtExtension(), 'tasks');
}

/** The bundle of a task, as the extension ships it. */
export async function bundleOf(task: string): Promise<string> {
  return join(await builtTasks(), task, 'index.js');
}

async function build(): Promise<string> {
  const shared = process.env[sharedBuild];
  if (shared) return shared;
  const outputFolder = await mkdtemp(join(tmpdir(), 'extension-'));
  process.once('exit', () => rmSync(outputFolder, { recursive: true, force: true }));
  return (await buildExtension({ root: projectRoot, outputFolder })).folder;
}
