import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listFiles, type ListOptions } from '../../../shared/files/listFiles';
import { SourceFolders } from '../../../shared/files/sourceFolders';
import { CancelledError } from '../../../shared/errors';

describe('listFiles', () => {
  let top: string;
  let folder: string;

  beforeEach(async function () {
    if (process.platform === 'win32') this.skip(); // links need a privilege there
    top = await mkdtemp(join(await realpath(tmpdir()), 'list-'));
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

  async function list(options: Partial<ListOptions> = {}) {
    const bounds = new SourceFolders([folder]);
    const defaults = { isAllowed: (path: string) => bounds.has(path), signal: new AbortController().signal };
    const { files, skipped } = await listFiles(folder, { ...defaults, ...options });
    return { paths: files.map(({ path }) => path), skipped: skipped.map(({ path, reason }) => `${path}: ${reason}`) };
  }

  it('lists all files below a folder, and says what it leaves out', async () => {
    await write('b', 'a/c', '.git/x');
    await symlink(top, join(folder, 'outside'));
    await symlink('nowhere', join(folder, 'broken'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    assert.deepEqual(await list(), {
      paths: ['a/c', 'b'],
      skipped: [
        'broken: a broken symbolic link',
        'outside: a symbolic link that leads out of the folder',
        'pipe: neither a file nor a folder',
      ],
    });
  });

  it('enters no folder that may not be listed, also without a link', async () => {
    await write('a/b', 'proc/c');
    const { paths, skipped } = await list({ isAllowed: (path) => !path.includes('proc') });
    assert.deepEqual([paths, skipped], [['a/b'], ['proc: a folder of the system']]);
  });

  it('lists a folder below each of several links to it', async () => {
    await write('lib/a', 'lib/sub/b');
    for (const name of ['score', 'train']) {
      await mkdir(join(folder, name));
      await symlink('../lib', join(folder, name, 'lib'));
    }
    await symlink('sub', join(folder, 'lib', 'again'));
    const lib = ['a', 'again/b', 'sub/b'];
    const expected = ['lib', 'score/lib', 'train/lib'].flatMap((at) => lib.map((path) => `${at}/${path}`));
    assert.deepEqual((await list()).paths, expected);
  });

  it('ends, whatever the links form: 12 folders of 4 links each are four million paths', async () => {
    for (let level = 0; level < 12; level += 1) await mkdir(join(folder, `l${level}`));
    for (let level = 0; level < 11; level += 1)
      for (let link = 0; link < 4; link += 1) await symlink(`../l${level + 1}`, join(folder, `l${level}`, `x${link}`));
    await write('l11/f');
    const { paths } = await list();
    assert.ok(paths.includes('l11/f') && paths.includes('l0/x0/x0/x0/x0/x0/x0/x0/x0/x0/x0/x0/f'), paths[0]);
    assert.ok(paths.length < 1000, String(paths.length));
  });

  it('ends where a folder has links to itself and to the folders above it', async () => {
    await write('a/b/c');
    for (const [name, target] of Object.entries({ self: '.', up: '..', top: '../..' }))
      await symlink(target, join(folder, 'a', 'b', name));
    const { paths, skipped } = await list();
    assert.deepEqual(paths, ['a/b/c']);
    assert.equal(skipped.length, 3);
  });

  it('gives up at a number of files and folders, and names it', async () => {
    await write('a', 'b', 'c/d');
    assert.equal((await list({ most: 4 })).paths.length, 3);
    await assert.rejects(
      list({ most: 3 }),
      /^TaskError: The folder .* has more than 3 files and folders\. Name a smaller/,
    );
  });

  it('ends when it is cancelled', async () => {
    await write('a/b', 'c/d');
    const cancellation = new AbortController();
    const isAllowed = (): boolean => true;
    const listing = listFiles(folder, { isAllowed, signal: cancellation.signal });
    cancellation.abort(new CancelledError());
    await assert.rejects(listing, CancelledError);
  });
});
