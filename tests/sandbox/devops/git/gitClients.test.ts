import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { useOrganization } from '../../../support/devops/fixture';

const run = promisify(execFile);

const hasGit = spawnSync('git', ['--version']).status === 0;

describe('A repository for clients of git', () => {
  const { organization, ask, tokenOf } = useOrganization();
  let folder = '';
  before(function () {
    if (hasGit) return;
    process.stdout.write('SKIPPED: clients of git: git is not installed\n');
    this.skip();
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'git-clients-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const environment = (): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  });
  /** Runs git in a folder below the temporary one. @returns both of its outputs */
  async function git(below: string, ...args: string[]): Promise<string> {
    const { stdout, stderr } = await run('git', args, { cwd: path.join(folder, below), env: environment() });
    return (stdout + stderr).trim();
  }
  /** What git says when it fails. */
  const failure = (below: string, ...args: string[]): Promise<string> =>
    git(below, ...args).then(
      (output) => assert.fail(`git ${args.join(' ')} succeeded: ${output}`),
      (error: unknown) => (error as { readonly stderr: string }).stderr,
    );
  const remote = (token = organization().personalAccessToken) =>
    `${organization().url.replace('://', `://x:${token}@`)}local/_git/local`;
  const commit = async (below: string, name: string, content: string) => {
    await writeFile(path.join(folder, below, name), content);
    await git(below, 'add', '-A');
    await git(below, 'commit', '-q', '-m', `Write ${name}`);
  };
  /** A clone with one commit on main, pushed. */
  async function pushFirst(): Promise<void> {
    await git('', 'init', '-q', '-b', 'main', 'work');
    await git('work', 'remote', 'add', 'origin', remote());
    await mkdir(path.join(folder, 'work', 'src'));
    await writeFile(path.join(folder, 'work', 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    await writeFile(path.join(folder, 'work', 'windows.txt'), 'a\r\nb\r\n');
    await commit('work', 'src/long.txt', Array.from({ length: 400 }, (_, line) => `line ${line}\n`).join(''));
    await git('work', 'push', '-q', 'origin', 'main');
  }

  it('keeps executable bits and line ends, and passes the checks of git', async () => {
    await pushFirst();
    for (let version = 0; version < 5; version++) await commit('work', 'src/long.txt', `line ${version}\n`.repeat(300));
    await git('work', 'tag', '-a', 'v1', '-m', 'First');
    await git('work', 'push', '-q', 'origin', 'main', 'v1');

    await git('', 'clone', '-q', remote(), 'clone');

    assert.match(await git('clone', 'ls-tree', 'HEAD', 'run.sh'), /^100755/);
    assert.equal(await readFile(path.join(folder, 'clone', 'windows.txt'), 'latin1'), 'a\r\nb\r\n');
    assert.equal(await git('clone', 'rev-parse', 'HEAD', 'v1^{}'), await git('work', 'rev-parse', 'HEAD', 'v1^{}'));
    assert.equal(await git('clone', 'fsck', '--full', '--strict', '--no-progress'), '');
  });

  it('serves clients of both versions of the protocol', async () => {
    await pushFirst();
    for (const version of ['0', '2']) {
      await git('', '-c', `protocol.version=${version}`, 'clone', '-q', remote(), `clone${version}`);
      assert.equal(await git(`clone${version}`, 'rev-parse', 'HEAD'), await git('work', 'rev-parse', 'HEAD'));
    }
  });

  it('serves shallow clones, their deepening and later commits', async () => {
    await pushFirst();
    for (const name of ['b', 'c', 'd']) await commit('work', name, name);
    await git('work', 'push', '-q', 'origin', 'main');
    const count = async () => Number(await git('shallow', 'rev-list', '--count', 'HEAD'));

    await git('', 'clone', '-q', '--depth', '1', remote(), 'shallow');
    assert.equal(await count(), 1);
    await git('shallow', 'fetch', '-q', '--depth', '2');
    assert.equal(await count(), 2);
    await commit('work', 'e', 'e');
    await git('work', 'push', '-q', 'origin', 'main');
    await git('shallow', 'pull', '-q');
    assert.equal(await count(), 3);
    await git('shallow', 'fetch', '-q', '--unshallow');
    assert.equal(await count(), 5);
    assert.equal(await git('shallow', 'fsck', '--no-progress'), '');
  });

  it('takes compressed and large requests', async () => {
    await pushFirst();
    const large = Buffer.alloc(3_000_000, 'abcdefghijklmnopqrstuvwxyz\n');
    for (let at = 0; at < large.length; at += 7) large[at] = (at * 2_654_435_761) % 251;
    await writeFile(path.join(folder, 'work', 'large'), large);
    await git('work', 'add', 'large');
    await git('work', 'commit', '-q', '-m', 'Large');
    await git('work', '-c', 'http.postBuffer=65536', 'push', '-q', 'origin', 'main');
    // Git compresses a list of many commits that it has.
    await git('', 'clone', '-q', remote(), 'clone');
    const tree = await git('clone', 'rev-parse', 'HEAD^{tree}');
    let tip = await git('clone', 'rev-parse', 'HEAD');
    for (let at = 0; at < 60; at++) tip = await git('clone', 'commit-tree', tree, '-p', tip, '-m', `Own ${at}`);
    await git('clone', 'update-ref', 'refs/heads/own', tip);
    await commit('work', 'b', 'b');
    await git('work', 'push', '-q', 'origin', 'main');
    await git('clone', 'fetch', '-q');
    assert.equal(await git('clone', 'rev-parse', 'origin/main'), await git('work', 'rev-parse', 'HEAD'));
    assert.deepEqual(await readFile(path.join(folder, 'clone', 'large')), large);
  });

  it('creates, overwrites and deletes branches', async () => {
    await pushFirst();
    await git('work', 'push', '-q', 'origin', 'HEAD:refs/heads/topic');
    await git('work', 'commit', '-q', '--amend', '-m', 'Other');
    assert.match(await failure('work', 'push', 'origin', 'HEAD:topic'), /rejected/);
    await git('work', 'push', '-q', '-f', 'origin', 'HEAD:topic');
    assert.match(await git('work', 'ls-remote', 'origin', 'topic'), new RegExp(await git('work', 'rev-parse', 'HEAD')));
    await git('work', 'push', '-q', 'origin', ':topic');
    assert.equal(await git('work', 'ls-remote', '--heads', 'origin', 'topic'), '');
  });

  it('says which branch a policy protects, and updates the others', async () => {
    await pushFirst();
    const body = {
      isEnabled: true,
      isBlocking: true,
      type: { id: 'c6a1889d-b943-4856-b76f-9e46bb6b0df2' },
      settings: { scope: [{ repositoryId: null, refName: 'refs/heads/main', matchKind: 'Exact' }] },
    };
    assert.equal((await ask('local/_apis/policy/configurations', { method: 'POST', body })).status, 200);
    const { token } = tokenOf('writer@example.com', 'Contributors');
    await commit('work', 'b', 'b');
    const text = await failure('work', 'push', remote(token), 'HEAD:main', 'HEAD:topic');
    assert.ok(
      text.includes(
        '! [remote rejected] HEAD -> main (TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.)',
      ),
      text,
    );
    assert.match(text, /\[new branch\] +HEAD -> topic/);
  });

  it('refuses whoever is not signed in, may not read, or may not write', async () => {
    await pushFirst();
    const url = `${organization().url}local/_git/local`;
    const answer = await fetch(`${url}/info/refs?service=git-upload-pack`);
    assert.deepEqual(
      [answer.status, answer.headers.get('www-authenticate')],
      [401, `Basic realm="${new URL(url).origin}/"`],
    );
    const reader = tokenOf('reader@example.com', 'Readers');
    await commit('work', 'b', 'b');
    assert.match(
      await failure('work', 'push', remote(reader.token), 'HEAD:main'),
      /TF401027: You need the Git 'GenericContribute' permission to perform this action\. Details: identity 'reader@example\.com', scope 'repository'\./,
    );
    await git('', 'clone', '-q', remote(reader.token), 'clone');
    assert.match(
      await failure('', 'clone', '-q', `${remote()}-absent`, 'absent'),
      /TF401019: The Git repository with name or identifier local-absent does not exist/,
    );
  });

  it('takes the token of a job as a bearer', async () => {
    await pushFirst();
    const { state } = organization();
    const identity = state.identities.all().find(({ kind }) => kind === 'service');
    assert.ok(identity);
    const url = `${organization().url}local/_git/local`;
    const header = (token: string) => `http.extraheader=AUTHORIZATION: bearer ${token}`;
    await git('', '-c', header(state.tokens.issueJob({ identity })), 'clone', '-q', url, 'clone');
    const limited = state.tokens.issueJob({ identity, repositories: [state.newId()] });
    assert.match(await failure('', '-c', header(limited), 'clone', '-q', url, 'other'), /TF401019/);
  });

  it('asks for the scope of a token', async () => {
    await pushFirst();
    const { state, administrator } = organization();
    const token = state.tokens.issuePersonal({ identity: administrator, scopes: ['vso.code'] });
    await git('', 'clone', '-q', remote(token), 'clone');
    assert.match(await failure('work', 'push', remote(token), 'HEAD:topic'), /Authentication failed|403|401/);
  });
});
