import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { restClient } from '../../../hub/host/restClient';
import type { Host } from '../../../hub/host/host';
import { projectId } from '../../../sandbox/agent/variables/predefined';
import { entryAt } from '../../../sandbox/devops/git/objects/files';
import { GitStore } from '../../../sandbox/devops/git/repositories/gitStore';
import type { Repository } from '../../../sandbox/devops/git/repositories/repository';
import type { Organization } from '../../../sandbox/devops/organization';
import { sendToDevops } from '../../support/devops/fixture';
import { push, zeros } from '../../sandbox/devops/git/seed';

/** What the page has of its host, with a token of the administrator by default. */
export function hostOf(
  organization: Organization,
  token = organization.personalAccessToken,
): Pick<Host, 'rest' | 'project'> {
  return {
    rest: restClient(organization.url, () => Promise.resolve(token)),
    project: { id: projectId, name: organization.project },
  };
}

/** The repository `local`, which every organization of the tests has. */
export function storedRepository(organization: Organization): Repository {
  const found = organization.state.of(GitStore).find(projectId, 'local');
  if (!found) throw new Error('The organization has no repository.');
  return found;
}

/** Commits files to a branch, main by default, as the administrator. @returns the id of the commit */
export function commitFiles(
  organization: Organization,
  files: Readonly<Record<string, string>>,
  branch = 'main',
): Promise<string> {
  const repository = storedRepository(organization);
  const tip = repository.tipOf(`refs/heads/${branch}`);
  const { objects } = repository;
  const isThere = (file: string) => tip !== zeros && entryAt(objects, objects.readCommit(tip).tree, file) !== undefined;
  const changes = Object.entries(files).map(([file, content]) => ({
    ...{ path: file, content, changeType: isThere(file) ? 'edit' : 'add' },
  }));
  return push((asked, options) => sendToDevops(organization, asked, options), `refs/heads/${branch}`, tip, changes);
}

const run = promisify(execFile);

/** The lines by which a branch differs from main, as git itself shows them, each with its end: `-a: 1\r\n`. */
export async function changedLines(organization: Organization, branch: string): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pull-request-'));
  try {
    const url = `${organization.url}${organization.project}/_git/local`.replace(
      '://',
      `://person:${organization.personalAccessToken}@`,
    );
    await run('git', ['clone', '--quiet', '--bare', url, folder]);
    const { stdout } = await run('git', ['-C', folder, 'diff', '--unified=0', 'main', branch]);
    return stdout.split(/(?<=\n)/).filter((line) => /^[+-](?!\+\+|--)/.test(line));
  } finally {
    await rm(folder, { recursive: true });
  }
}
