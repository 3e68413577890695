import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findFiles, listFiles, matcher } from '../../shared/findFiles';

describe('findFiles', () => {
  let top: string;
  let folder: string;

  beforeEach(async () => {
    top = await mkdtemp(join(await realpath(tmpdir()), 'find (1) [x]-'));
    folder = join(top, 'source');
    await mkdir(folder);
  });
  afterEach(() => rm(top, { recursive: true }));

  async function write(...paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), path);
    }
  }

  async function find(...patterns: readonly string[]): Promise<readonly string[]> {
    const { files, unmatched } = await findFiles(patterns, folder);
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
    const { files } = await findFiles(['b.yml', '*.yml', './a/*.yml', join(folder, 'a/c.yml')], folder);
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
    assert.deepEqual((await findFiles(['../*.yml'], folder)).files, [{ file: expected, path: expected }]);
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

  it('follows symbolic links, also out of the folder, and ends where they form a circle', async function () {
    if (process.platform === 'win32') this.skip(); // links need a privilege there
    await write('real/a.yml');
    await mkdir(join(top, 'cache'));
    await writeFile(join(top, 'cache', 'b.yml'), '');
    await symlink(join(top, 'cache'), join(folder, 'linked'));
    await symlink('nowhere', join(folder, 'broken.yml'));
    await symlink('..', join(folder, 'real', 'loop'));
    assert.deepEqual(await find('**/*.yml'), ['linked/b.yml', 'real/a.yml']);
  });

  it('lists all files below a folder, and says what it leaves out', async function () {
    if (process.platform === 'win32') this.skip();
    await write('b', 'a/c', '.git/x');
    await symlink(top, join(folder, 'outside'));
    const { files, skipped } = await listFiles(folder, { within: folder });
    assert.deepEqual(
      files.map(({ path }) => path),
      ['a/c', 'b'],
    );
    assert.deepEqual(skipped, ['outside: a symbolic link that leads out of the folder']);
  });
});
