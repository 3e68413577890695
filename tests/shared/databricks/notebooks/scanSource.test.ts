import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sinon from 'sinon';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { workspaceHolder } from '../../../../shared/databricks/notebooks/holder';
import { scanSource, SourceError, type SourcePatterns } from '../../../../shared/databricks/notebooks/scanSource';
import { CancelledError } from '../../../../shared/errors';
import { FileError } from '../../../../shared/files/fileError';
import { SourceFile } from '../../../../shared/files/sourceFile';
import { FakeAgent } from '../../../support/fakeAgent';
import { testContext } from '../../../support/testContext';

const header = '# Databricks notebook source\n';
/** What a checkout without LFS writes instead of a file. */
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'7'.repeat(64)}\nsize 2161959\n`;

describe('scanSource', () => {
  let top: string;
  let folder: string;
  let agent: FakeAgent;

  beforeEach(async () => {
    top = await mkdtemp(join(tmpdir(), 'scan-'));
    folder = join(top, 'source');
    await mkdir(folder);
    agent = new FakeAgent();
  });
  afterEach(() => rm(top, { recursive: true }));

  async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  }

  function scan(patterns: Partial<SourcePatterns> = {}): ReturnType<typeof scanSource> {
    return scanSource(folder, { include: ['**'], exclude: [], ...patterns }, workspaceHolder, testContext({ agent }));
  }

  async function paths(patterns?: Partial<SourcePatterns>): Promise<string[]> {
    return (await scan(patterns)).map(({ sourcePath }) => sourcePath);
  }

  it('finds every file, hidden ones too, in the order of their names', async () => {
    await write({ 'b.txt': '', 'a/z.txt': '', 'a/.hidden/c': '', '.env': '' });
    assert.deepEqual(await paths(), ['.env', 'a/.hidden/c', 'a/z.txt', 'b.txt']);
  });

  it('hashes contents as they are, line ends included', async () => {
    await write({ 'a.txt': 'one\r\ntwo' });
    const [item] = await scan();
    assert.equal(item?.sha256, createHash('sha256').update('one\r\ntwo').digest('hex'));
    assert.equal(item.size, 8);
  });

  it('leaves out the folders of tools, at any depth', async () => {
    await write({ 'a.txt': '', '.git/x': '', 'm/.databricks/x': '', 'm/node_modules/x': '', 'm/__pycache__/x': '' });
    assert.deepEqual(await paths(), ['a.txt']);
  });

  it('imports what include matches and exclude does not', async () => {
    await write({ 'a.py': '', 'm/b.py': '', 'm/c.txt': '', 'm/test/d.py': '' });
    assert.deepEqual(await paths({ include: ['*.py'] }), ['a.py']);
    assert.deepEqual(await paths({ include: ['**/*.py'], exclude: ['**/test/**'] }), ['a.py', 'm/b.py']);
    assert.deepEqual(await paths({ include: ['m/*.txt', 'a.*'] }), ['a.py', 'm/c.txt']);
  });

  it('says that the folder is empty', async () => {
    await write({ '.git/x': '' });
    await assert.rejects(
      scan(),
      (error) => error instanceof SourceError && error.about === 'folder' && /^has no files/.test(error.problem),
    );
  });

  it('says that no file matches', async () => {
    await write({ 'a.py': '' });
    await assert.rejects(
      scan({ include: ['*.sql'] }),
      (error) =>
        error instanceof SourceError &&
        error.about === 'patterns' &&
        /^must match at least one of the 1 files/.test(error.problem),
    );
  });

  it('follows symbolic links inside the folder, and says which others it skips', async function () {
    if (process.platform === 'win32') this.skip(); // links need a privilege there
    await write({ 'real/a.txt': 'a' });
    await writeFile(join(top, 'secret'), 'secret');
    await symlink(join(folder, 'real'), join(folder, 'linked'));
    await symlink('real/a.txt', join(folder, 'b.txt'));
    await symlink(join(top, 'secret'), join(folder, 'outside'));
    await symlink('nowhere', join(folder, 'broken'));
    await symlink('..', join(folder, 'real', 'loop'));
    assert.deepEqual(await paths(), ['b.txt', 'linked/a.txt', 'real/a.txt']);
    assert.deepEqual(agent.text('log').split('\n').sort(), [
      'Skipped broken: a broken symbolic link.',
      'Skipped linked/loop: a symbolic link to a folder that contains it.',
      'Skipped outside: a symbolic link that leads out of the folder.',
      'Skipped real/loop: a symbolic link to a folder that contains it.',
    ]);
  });

  it('does not follow a link to a folder whose path begins with that of the source', async function () {
    if (process.platform === 'win32') this.skip();
    await write({ 'a.txt': 'a' });
    await mkdir(`${folder}-of-others`);
    await writeFile(`${folder}-of-others/b.txt`, 'b');
    await symlink(`${folder}-of-others`, join(folder, 'linked'));
    assert.deepEqual(await paths(), ['a.txt']);
    assert.equal(agent.text('log'), 'Skipped linked: a symbolic link that leads out of the folder.');
  });

  it('names the files that can not be read, and passes over those that are excluded', async function () {
    if (process.platform !== 'linux') this.skip();
    await write({ 'a.txt': 'a', 'gone.txt': 'b' });
    await writeFile(Buffer.concat([Buffer.from(join(folder, 'caf')), Buffer.from([0xe9]), Buffer.from('.txt')]), '');
    const listed = sinon.stub(SourceFile, 'openListed').callsFake((file) => {
      if (file.endsWith('gone.txt')) throw new FileError(file, 'does not exist.', 'ENOENT');
      return listed.wrappedMethod(file);
    });
    try {
      const problems =
        /caf.*name that is not UTF-8 \(caf\\xe9\.txt\)\. Rename it\.[^]*gone\.txt was deleted while the folder was being read\./;
      await assert.rejects(scan(), (error) => error instanceof SourceError && problems.test(error.problem));
      assert.deepEqual(await paths({ exclude: ['caf*', 'gone.txt'] }), ['a.txt']);
    } finally {
      sinon.restore();
    }
  });

  it('ends when it is cancelled, also in the middle of a file', async () => {
    await write({ 'a.bin': new Uint8Array(1024 * 1024), 'b.bin': new Uint8Array(1024 * 1024) });
    const cancellation = new AbortController();
    let parts = 0;
    const read = sinon.stub(SourceFile.prototype, 'parts').callsFake(async function* () {
      for (;;) {
        if (++parts === 5) cancellation.abort(new CancelledError());
        yield await Promise.resolve(new Uint8Array(1));
      }
    });
    try {
      const context = testContext({ agent, signal: cancellation.signal });
      await assert.rejects(
        scanSource(folder, { include: ['**'], exclude: [] }, workspaceHolder, context),
        CancelledError,
      );
      assert.ok(read.called && parts < 8, String(parts));
    } finally {
      sinon.restore();
    }
  });

  it('warns of a header that is almost right, with file and line', async () => {
    await write({ 'bom.py': `\uFEFF${header}`, 'space.sql': '-- Databricks notebook source \nselect 1' });
    const items = await scan();
    assert.deepEqual(
      items.map(({ kind, path }) => [kind, path]),
      [
        ['file', 'bom.py'],
        ['file', 'space.sql'],
      ],
    );
    assert.match(agent.text('warning'), /bom\.py is imported as a file, not as a notebook\. A byte order mark/);
    assert.match(
      agent.text('warning'),
      /space\.sql is imported as a file.*There are spaces around the notebook header/,
    );
  });

  it('refuses Git LFS pointers of notebooks, code and libraries, and warns of those of other files', async () => {
    await write({
      'train.ipynb': pointer,
      'all.dbc': pointer.replaceAll('\n', '\r\n'),
      'demo-1.0.0-py3-none-any.whl': pointer,
      'old.jar': pointer.replace('git-lfs', 'hawser'),
      'score.py': pointer.replace('oid', 'ext-0-case sha256:00\noid'),
      'model.pkl': pointer,
      'about.md': `How to write a pointer:\n${pointer}`,
    });
    const advice = "is a Git LFS pointer, not the file itself. Set 'lfs: true' on the checkout step of the pipeline.";
    await assert.rejects(scan(), (error) => {
      assert.ok(error instanceof SourceError);
      assert.deepEqual(error.problem.split('\n'), [
        'cannot be imported:',
        ...['all.dbc', 'demo-1.0.0-py3-none-any.whl', 'old.jar', 'score.py', 'train.ipynb'].map(
          (name) => `  - ${name} ${advice}`,
        ),
      ]);
      return true;
    });
    assert.equal(agent.text('warning'), `model.pkl ${advice}`);
    assert.deepEqual(await paths({ include: ['*.pkl', '*.md'] }), ['about.md', 'model.pkl']);
  });

  it('lists everything that the workspace would refuse in one error', async () => {
    await write({
      'twice.py': header,
      'twice.ipynb': '{}',
      'clash.py': header,
      'clash/file.txt': '',
      'm/.py': header,
      '.import-manifest.1.json': '{}',
      'big.py': header,
      'huge.bin': '',
    });
    await truncate(join(folder, 'big.py'), 10 * 1024 * 1024 + 1);
    await truncate(join(folder, 'huge.bin'), 500 * 1024 * 1024 + 1);
    await assert.rejects(scan(), (error) => {
      assert.ok(error instanceof SourceError);
      assert.deepEqual(error.problem.split('\n'), [
        'cannot be imported:',
        '  - .import-manifest.1.json has the name of the import manifest in the workspace.',
        '  - big.py is larger than the 10 MB that Databricks accepts for a notebook.',
        "  - clash.py and the folder clash would both be 'clash' in the workspace.",
        '  - huge.bin is larger than the 500 MB that Databricks accepts for a file.',
        '  - m/.py has no name before its extension, so the notebook would have no name.',
        "  - twice.ipynb and twice.py would both be 'twice' in the workspace.",
      ]);
      return true;
    });
  });
});
