import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { OrganizationClient } from '../../local/organization/organizationClient';

const noCommit = '0'.repeat(40);
/** What tools leave in a working folder, which is not part of a template. */
const leftOut = /^(\.git|\.venv|\.ruff_cache|\.pytest_cache|__pycache__|node_modules|\.mloccli)$/;

/** Creates a repository with the files of a folder on `main`. @returns its id */
export async function pushRepository(client: OrganizationClient, name: string, folder: string): Promise<string> {
  const { id } = await client.send<{ id: string }>('POST', '_apis/git/repositories', { name });
  await pushFolder(client, id, folder);
  return id;
}

/** Pushes the files of a folder to `main` of a repository that is empty. */
export async function pushFolder(client: OrganizationClient, id: string, folder: string): Promise<void> {
  const changes = await Promise.all(
    (await filesOf(folder)).map(async (file) => ({
      changeType: 'add',
      item: { path: `/${file}` },
      newContent: {
        content: (await readFile(path.join(folder, file))).toString('base64'),
        contentType: 'base64encoded',
      },
    })),
  );
  await client.send('POST', `_apis/git/repositories/${id}/pushes`, {
    refUpdates: [{ name: 'refs/heads/main', oldObjectId: noCommit }],
    commits: [{ comment: 'Add the template', changes }],
  });
}

/** Paths from the folder on, with slashes. */
async function filesOf(folder: string, below = ''): Promise<string[]> {
  const entries = await readdir(path.join(folder, below), { withFileTypes: true });
  const kept = entries.filter(({ name }) => !leftOut.test(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files: string[] = [];
  for (const entry of kept) {
    const file = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await filesOf(folder, file)));
    else if (entry.isFile()) files.push(file);
  }
  return files;
}
