import { cp, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../tools/commandLine';

/** A copy of what a build reads, with these tasks only, in a folder of its own, for tests that change it. */
export async function copyProject(...tasks: readonly string[]): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'project-'));
  for (const name of [
    ...tasks.map((task) => path.join('tasks', task)),
    'docs/images',
    'images',
    'vss-extension.json',
    'package.json',
    'overview.md',
    'LICENSE',
  ])
    await cp(path.join(projectRoot, name), path.join(root, name), { recursive: true });
  for (const name of ['shared', 'node_modules'])
    await symlink(path.join(projectRoot, name), path.join(root, name), 'junction');
  return root;
}
