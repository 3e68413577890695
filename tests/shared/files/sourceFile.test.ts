import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { chmod, mkdir, mkdtemp, realpath, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sinon from 'sinon';
import { FileError } from '../../../shared/files/fileError';
import { NamedFile } from '../../../shared/files/namedFile';
import { readListed, readSource, SourceFile } from '../../../shared/files/sourceFile';
import { SourceFolders } from '../../../shared/files/sourceFolders';

describe('readSource', () => {
  let top: string;
  let folder: string;

  beforeEach(async function () {
    if (process.platform === 'win32') this.skip(); // links need a privilege there
    top = await mkdtemp(join(await realpath(tmpdir()), 'read-'));
    folder = join(top, 'work');
    await mkdir(folder);
    await writeFile(join(folder, 'a.txt'), 'content');
    await mkdir(join(top, 'outside'));
    await writeFile(join(top, 'outside', 'secret.txt'), 'hunter2');
  });
  afterEach(() => rm(top, { recursive: true }));

  function read(path: string, mostBytes = 100): string {
    return readSource(join(folder, path), new SourceFolders([folder]), mostBytes).toString();
  }

  function refuses(path: string, problem: RegExp, code?: string): void {
    assert.throws(
      () => read(path),
      (error: unknown) => {
        assert.ok(error instanceof FileError, String(error));
        assert.match(error.problem, problem);
        if (code !== undefined) assert.equal(error.code, code);
        return true;
      },
    );
  }

  it('reads a file of the folders, also through links inside them', async () => {
    await symlink('a.txt', join(folder, 'b.txt'));
    await symlink(folder, join(top, 'outside', 'back'));
    assert.equal(read('a.txt'), 'content');
    assert.equal(read('b.txt'), 'content');
    assert.equal(read('../outside/back/a.txt'), 'content');
  });

  it('reads a folder whose own path has links', async () => {
    await symlink(folder, join(top, 'alias'));
    assert.equal(
      readSource(join(top, 'alias', 'a.txt'), new SourceFolders([join(top, 'alias')]), 7).toString(),
      'content',
    );
  });

  it('refuses what links, folders and names lead to outside of them', async () => {
    await symlink('../outside/secret.txt', join(folder, 'link.txt'));
    await symlink('link.txt', join(folder, 'link2.txt'));
    await symlink(join(top, 'outside'), join(folder, 'folder'));
    // Its path begins with that of the folder.
    await writeFile(join(top, 'work.txt'), 'hunter2');
    await symlink(join(top, 'work.txt'), join(folder, 'prefix.txt'));
    for (const path of ['link.txt', 'link2.txt', 'folder/secret.txt', 'prefix.txt'])
      refuses(path, /^is a symbolic link that leads out of the folders .* Copy the file to one of them/, 'OUTSIDE');
    for (const path of ['../outside/secret.txt', '../work.txt', '../../../../../../etc/passwd'])
      refuses(path, /^is out of the folders/, 'OUTSIDE');
  });

  it('refuses the files of the system, wherever the folders are', async function () {
    if (process.platform !== 'linux') this.skip();
    await symlink('/proc/self/environ', join(folder, 'environ'));
    await symlink('/dev/zero', join(folder, 'zero'));
    for (const path of ['environ', 'zero', '/proc/self/environ'])
      assert.throws(
        () => readSource(join(folder, path), new SourceFolders(['/']), 100),
        /out of the folders|not exist/,
      );
  });

  it('refuses pipes and sockets without waiting, and folders', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const server = createServer().listen(join(folder, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      refuses('pipe', /^is a device, a named pipe or a socket, not a file\.$/);
      refuses('socket', /^is a device, a named pipe or a socket, not a file\.$/);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    refuses('.', /^is a folder, not a file\.$/, 'EISDIR');
  });

  it('says what is wrong with a path, and what to do', async () => {
    await symlink('loop', join(folder, 'loop'));
    refuses('none.txt', /^does not exist\.$/, 'ENOENT');
    refuses('a.txt/b', /^does not exist: a part of its path is not a folder\.$/);
    refuses('loop', /^is a symbolic link that leads back to itself/);
    refuses('x'.repeat(300), /^has a name that is too long for this machine\. Shorten it\.$/);
    refuses('x\0y', /^cannot be read: /);
    await writeFile(join(folder, 'denied.txt'), '');
    await chmod(join(folder, 'denied.txt'), 0);
    if (process.getuid?.() !== 0) refuses('denied.txt', /no permission\. Grant it read access\.$/);
  });

  for (const [code, problem] of [
    ['EMFILE', /^cannot be opened: too many files are open\. Raise the limit/],
    ['EACCES', /^cannot be read: the user that runs the agent has no permission\. Grant/],
    ['EIO', /^cannot be read: i\/o error/],
  ] as const)
    it(`says what ${code} means`, () => {
      sinon.stub(fs, 'openSync').throws(Object.assign(new Error('i/o error, open'), { code }));
      try {
        refuses('a.txt', problem, code);
      } finally {
        sinon.restore();
      }
    });

  it('names a file whose name is not UTF-8 by its bytes', async function () {
    if (process.platform !== 'linux') this.skip();
    await writeFile(Buffer.concat([Buffer.from(join(folder, 'caf')), Buffer.from([0xe9]), Buffer.from('.txt')]), '');
    refuses('caf\uFFFD.txt', /^has a name that is not UTF-8 \(caf\\xe9\.txt\)\. Rename it\.$/);
  });

  it('reads at most so many bytes', async () => {
    assert.equal(read('a.txt', 7), 'content');
    assert.throws(() => read('a.txt', 6), /is larger than 6 bytes\.$/);
    await truncate(join(folder, 'a.txt'), 3 * 1024 * 1024 * 1024);
    assert.throws(() => read('a.txt', 1024 * 1024), /is larger than 1 MiB\.$/);
  });

  it('does not follow a link that takes the place of a listed file, or of a folder above it', async () => {
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'sub', 'secret.txt'), 'mine');
    const listed = join(folder, 'sub', 'secret.txt');
    assert.equal(readListed(listed, 100).toString(), 'mine');
    await rename(join(folder, 'sub'), join(folder, 'sub2'));
    await symlink(join(top, 'outside'), join(folder, 'sub'));
    assert.throws(() => readListed(listed, 100), /was replaced while it was being opened/);
    await symlink('../outside/secret.txt', join(folder, 'link.txt'));
    assert.throws(() => SourceFile.openListed(join(folder, 'link.txt')), FileError);
  });

  it('reads from the folder of a file that the pipeline names elsewhere, and from no other', async () => {
    const named = new NamedFile(join(top, 'outside', 'secret.txt'), [folder]);
    assert.equal(named.read(100).toString(), 'hunter2');
    await writeFile(join(top, 'other.txt'), '');
    assert.throws(() => readSource(join(top, 'other.txt'), named.folders, 100), /is out of the folders/);
    await symlink('../other.txt', join(top, 'outside', 'link.txt'));
    assert.throws(
      () => new NamedFile(join(top, 'outside', 'link.txt'), [folder]).read(100),
      /leads out of the folders/,
    );
    // A link of the repository stays bound to the folders, although its target could be named.
    await symlink('../outside', join(folder, 'linked'));
    assert.throws(() => new NamedFile(join(folder, 'linked', 'secret.txt'), [folder]).read(100), /leads out/);
  });
});
