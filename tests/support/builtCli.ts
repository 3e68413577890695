import { rmSync } from 'node:fs';
import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleCli } from '../../tools/cliBundle';
import { projectRoot } from '../../tools/commandLine';
import { builtExtension } from './builtTasks';

/** The variable that tells the processes of one run where the command line is. */
export const sharedCli = 'MODEL_PIPELINES_TEST_CLI';

let built: Promise<string> | undefined;

/** The folder of the command line: built once for the whole run (`buildOnce.ts`), otherwise once for this process. */
export function builtCli(): Promise<string> {
  return (built ??= build());
}

async function build(): Promise<string> {
  const shared = process.env[sharedCli];
  if (shared) return shared;
  const folder = await mkdtemp(join(tmpdir(), 'mloccli-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await bundleCli(projectRoot, folder, await builtExtension());
  // What npm installs beside it.
  await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
