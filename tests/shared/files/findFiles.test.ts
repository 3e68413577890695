import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findFiles, matcher, type FoundFiles } from '../../../shared/files/findFiles';
import { FakeAgent } from '../../support/fakeAgent';
import { testContext } from '../../support/testContext';

describe('findFiles', () => {
  let top: string;
  let folder: string;
  let agent: FakeAgent;

  beforeEach(async () => {
    top = await mkdtemp(join(await realpath(tmpdir()), 'find (1) [x]-'));
    folder = join(top, 'source');
    await mkdir(folder);
    const variables = { 'System.DefaultWorkingDirectory': folder, 'Agent.TempDirectory': join(top, 'temp') };
    agent = new FakeAgent({}, {}, variables);
  });
  afterEach(() => rm(top, { recursive: true }));

  async function write(...paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), path);
    }
  }

  function findAll(...patterns: readonly string[]): Promise<FoundFiles> {
    return findFiles(patterns, testContext({ agent }));
  }

  async function find(...patterns: readonly string[]): Promise<readonly string[]> {
    const { files, unmatched } = await findAll(...patterns);
    return [...files.map(({ path }) => path), ...unmatched.map((pattern) => `${pattern} matches nothing`)];
  }

  it('finds only files, and only those that match', async () => {
    await write('k8s/service.yml', 'k8s/notes.txt', 'k8s/folder.yml/inside.txt', 'other.yml');
    assert.deepEqual(await find('k8s/*.yml'), ['k8s/service.yml']);
    assert.deepEqual(await find('**/*.yml'), ['k8s/service.yml', 'other.yml']);
    assert.deepEqual(await find('k8s/folder.yml', 'k8s'), ['k8s/folder.yml matches nothing', 'k8s matches nothing']);
  });

  it('gives each file once, in the order of their paths', async () => {
    await write('b.yml', 'a/c.yml', 'a.yml');
    const { files } = await findAll('b.yml', '*.yml', './a/*.yml', join(folder, 'a/c.yml'));
    assert.deepEqual(files, [
      { file: join(folder, 'a.yml'), path: 'a.yml' },
      { file: join(folder, 'a/c.yml'), path: 'a/c.yml' },
      { file: join(folder, 'b.yml'), path: 'b.yml' },
    ]);
  });

  it('finds a file by its exact path, whatever characters are in it', async () => {
    await write('odd [1] (2).yml', '{a,b}.yml');
    assert.deepEqual(await find('odd [1] (2).yml', '{a,b}.yml'), ['odd [1] (2).yml', '{a,b}.yml']);
  });

  it('finds files outside the folder by absolute patterns and gives their absolute path', async () => {
    await writeFile(join(top, 'beside.yml'), '');
    const expected = join(top, 'beside.yml');
    assert.deepEqual((await findAll('../*.yml')).files, [{ file: expected, path: expected }]);
  });

  it('matches names that begin with a dot, but never enters the folders of tools', async () => {
    await write('.env.yml', '.hidden/a.yml', '.git/b.yml', 'm/.databricks/c.yml', 'node_modules/d.yml');
    await write('m/__pycache__/e.yml');
    assert.deepEqual(await find('**/*.yml'), ['.env.yml', '.hidden/a.yml']);
    assert.deepEqual(await find('node_modules/*.yml'), ['node_modules/d.yml']);
    assert.equal(matcher(['*.yml', 'm/**'])('.env.yml'), true);
    assert.equal(matcher(['*.yml', 'm/**'])('m/.env'), true);
    assert.equal(matcher(['*.yml', 'm/**'])('.env'), false);
  });

  it('reports a pattern below a folder that does not exist as unmatched', async () => {
    await write('file');
    assert.deepEqual(await find('none/*.yml', 'file/*.yml'), [
      'none/*.yml matches nothing',
      'file/*.yml matches nothing',
    ]);
  });

  it('follows symbolic links to places that may be read, and ends where they form a circle', async function () {
    if (process.platform === 'win32') this.skip(); // links need a privilege there
    await write('real/a.yml', 'cache/b.yml');
    await mkdir(join(top, 'temp'));
    await writeFile(join(top, 'temp', 'c.yml'), '');
    await symlink('cache', join(folder, 'linked'));
    await symlink(join(top, 'temp'), join(folder, 'made'));
    await symlink('nowhere', join(folder, 'broken.yml'));
    await symlink('self.yml', join(folder, 'self.yml'));
    await symlink('..', join(folder, 'real', 'loop'));
    await symlink('.', join(folder, 'real', 'itself'));
    assert.deepEqual(await find('**/*.yml'), ['cache/b.yml', 'linked/b.yml', 'made/c.yml', 'real/a.yml']);
    const { files } = await findAll('linked/*.yml');
    assert.deepEqual(files, [{ file: join(folder, 'cache/b.yml'), path: 'linked/b.yml' }]);
  });

  it('refuses a file that a link takes out of the folders, and skips a folder', async function () {
    if (process.platform === 'win32') this.skip();
    await write('a.yml');
    // A folder beside the source whose name begins as its name does.
    await mkdir(join(top, 'source-of-others'));
    await writeFile(join(top, 'source-of-others', 'b.yml'), '');
    await symlink(join(top, 'source-of-others'), join(folder, 'linked'));
    assert.deepEqual(await find('**/*.yml'), ['a.yml']);
    assert.equal(agent.text('log'), `Skipped ${join(folder, 'linked')}: a symbolic link that leads out of the folder.`);
    await symlink('../source-of-others/b.yml', join(folder, 'b.yml'));
    for (const pattern of ['b.yml', '*.yml', 'linked/b.yml', 'linked/*.yml'])
      await assert.rejects(find(pattern), /is a symbolic link that leads out of the folders that files are read from/);
  });

  it('refuses what the system shows as files', async function () {
    if (process.platform !== 'linux') this.skip();
    for (const pattern of ['/proc/self/environ', '/dev/zero', '/sys/kernel/*'])
      await assert.rejects(find(pattern), /out of the folders that files are read from/);
  });
});
