import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileError } from '../../../shared/files/fileError';
import { outputFolder, temporaryFolder, writeWhole } from '../../../shared/files/writeFiles';

describe('what a task writes', () => {
  let top: string;
  let folder: string;

  beforeEach(async function () {
    if (process.platform === 'win32') this.skip(); // links need a privilege there
    top = await mkdtemp(join(await realpath(tmpdir()), 'write-'));
    folder = join(top, 'work');
    await mkdir(folder);
    await writeFile(join(top, 'victim'), 'mine');
  });
  afterEach(() => rm(top, { recursive: true }));

  it('replaces a file or a link; the target of a link stays as it is', async () => {
    for (const make of [
      () => Promise.resolve(),
      () => writeFile(join(folder, 'f'), 'before'),
      () => symlink('../victim', join(folder, 'f')),
      () => symlink('../nowhere', join(folder, 'f')),
    ]) {
      await rm(join(folder, 'f'), { force: true });
      await make();
      await writeWhole(join(folder, 'f'), 'after');
      assert.equal(await readFile(join(folder, 'f'), 'utf8'), 'after');
      await assert.rejects(readlink(join(folder, 'f')), /EINVAL/);
    }
    assert.equal(await readFile(join(top, 'victim'), 'utf8'), 'mine');
    assert.deepEqual(await readdir(top), ['victim', 'work']);
    assert.deepEqual(await readdir(folder), ['f']);
  });

  it('leaves nothing behind when it can not write', async () => {
    await mkdir(join(folder, 'f'));
    await assert.rejects(writeWhole(join(folder, 'f'), 'x'), FileError);
    assert.deepEqual(await readdir(folder), ['f']);
    await assert.rejects(writeWhole(join(folder, 'none', 'f'), 'x'), /none\/f' does not exist\.$/);
    await assert.rejects(temporaryFolder(join(folder, 'none'), 'x-'), FileError);
  });

  it('creates the folder that the pipeline names', async () => {
    assert.equal(await outputFolder(join(folder, 'a', 'b'), [folder]), join(folder, 'a', 'b'));
    assert.equal(await outputFolder(join(folder, 'a', 'b'), [folder]), join(folder, 'a', 'b'));
    assert.equal(await outputFolder(join(top, 'elsewhere'), [folder]), join(top, 'elsewhere'));
    await symlink('a', join(folder, 'alias'));
    assert.equal(await outputFolder(join(folder, 'alias', 'c'), [folder]), join(folder, 'a', 'c'));
  });

  it('creates nothing where a link of the repository leads out of the folders', async () => {
    await mkdir(join(top, 'outside'));
    await symlink('../outside', join(folder, 'out'));
    for (const path of ['out', 'out/deep'])
      await assert.rejects(
        outputFolder(join(folder, path), [folder]),
        /leads out of the folders of the job by a symbolic link/,
      );
    assert.deepEqual(await readdir(join(top, 'outside')), []);
    await symlink('../victim', join(folder, 'file'));
    await assert.rejects(outputFolder(join(folder, 'file'), [folder]), FileError);
  });
});
