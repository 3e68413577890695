import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Context } from '../../../../shared/agent/context';
import { findLibraryFiles } from '../../../../shared/databricks/libraries/findLibraryFiles';
import { normalUploadFolder } from '../../../../shared/databricks/libraries/uploadFolder';
import { uploadedLibrary, uploadTo } from '../../../../shared/databricks/libraries/uploadLibraries';
import { packageOfWheel } from '../../../../shared/databricks/libraries/wheelName';
import { FakeAgent } from '../../../support/fakeAgent';
import { testContext } from '../../../support/testContext';

describe('findLibraryFiles', () => {
  let folder: string;
  before(async () => {
    // The folder's name has characters that mean something in patterns: only the pattern may be read as one.
    folder = await mkdtemp(join(await realpath(tmpdir()), 'files (1) [x]-'));
    for (const path of ['dist/a-1-py3-none-any.whl', 'dist/deep/b.jar', 'odd (2).jar', 'c.txt']) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), path);
    }
  });
  after(() => rm(folder, { recursive: true }));

  function search(): Context {
    return testContext({ agent: new FakeAgent({}, {}, { 'System.DefaultWorkingDirectory': folder }) });
  }

  async function find(...patterns: readonly string[]): Promise<readonly string[]> {
    const { files, problems } = await findLibraryFiles(patterns, search());
    return [...files.map(({ file }) => relative(folder, file)), ...problems];
  }

  it('finds files by path and by pattern, each once', async () => {
    assert.deepEqual(await find('dist/*.whl', 'dist/a-1-py3-none-any.whl', '**/*.{whl,jar}'), [
      'dist/a-1-py3-none-any.whl',
      'dist/deep/b.jar',
      'odd (2).jar',
    ]);
    assert.deepEqual(await find('odd (2).jar'), ['odd (2).jar']);
    assert.deepEqual(await find(join(folder, 'dist/deep/b.jar')), ['dist/deep/b.jar']);
  });

  it('reports patterns that match nothing and files that are not libraries', async () => {
    const problems = await find('none/*.whl', '*.txt', 'dist');
    assert.equal(problems.length, 3);
    assert.match(problems[0] ?? '', /^'none\/\*\.whl' matches no file; relative patterns start at /);
    assert.match(problems[1] ?? '', /^'dist' matches no file/);
    assert.match(problems[2] ?? '', /c\.txt is neither a wheel nor a jar\.$/);
  });

  it('refuses Git LFS pointers', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'7'.repeat(64)}\nsize 2161959\n`;
    for (const path of ['lfs/demo-1.0.0-py3-none-any.whl', 'lfs/demo.jar']) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), pointer);
    }
    const advice = "is a Git LFS pointer, not the file itself. Set 'lfs: true' on the checkout step of the pipeline.";
    assert.deepEqual(await find('lfs/*'), [
      `${join(folder, 'lfs/demo-1.0.0-py3-none-any.whl')} ${advice}`,
      `${join(folder, 'lfs/demo.jar')} ${advice}`,
    ]);
    await rm(join(folder, 'lfs'), { recursive: true });
  });

  it('gives content a folder of its own, and leaves the name of the wheel as it is', async () => {
    const { files } = await findLibraryFiles(['dist/*.whl'], search());
    const libraries = files.map((file) => uploadedLibrary(uploadTo('/Workspace/Shared/libraries', file)));
    assert.deepEqual(libraries, [{ whl: '/Workspace/Shared/libraries/03740817f1c7590b/a-1-py3-none-any.whl' }]);
  });
});

describe('packageOfWheel', () => {
  for (const [name, expected] of Object.entries({
    'demo_model-1.0.0-py3-none-any.whl': 'demo_model',
    'numpy-2.1.0-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl': 'numpy',
    'demo-1.0.0+local.1-py2.py3-none-any.whl': 'demo',
    'demo-1.0.0.whl': undefined,
    'demo-1.0.0-py3-none-any.whl (1)': undefined,
    'demo-1.0.0-build-py3-none-any.whl': undefined,
    '-1.0.0-py3-none-any.whl': undefined,
  }))
    it(`of ${name} is ${expected ?? 'not known'}`, () => assert.equal(packageOfWheel(name), expected));
});

describe('normalUploadFolder', () => {
  for (const [given, expected] of Object.entries({
    '/Shared/libraries': '/Workspace/Shared/libraries',
    '/Workspace/Users/a@b.c//x/': '/Workspace/Users/a@b.c/x',
    'Shared/x': undefined,
    '/': undefined,
    '/Workspace': undefined,
    '/Shared/../x': undefined,
    '/Volumes/main/default/files/': '/Volumes/main/default/files',
    '/Volumes/main/default': undefined,
    'dbfs:/x': undefined,
    '/dbfs/x': undefined,
  }))
    it(`makes ${expected ?? 'nothing'} of ${given}`, () => assert.equal(normalUploadFolder(given), expected));
});
