import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { runTask } from '../../shared/task/runTask';
import { task } from '../../tasks/UploadToVolume/task';
import { ImportClock } from '../shared/databricks/notebooks/importSandbox';
import { FakeAgent } from '../support/fakeAgent';

const target = '/Volumes/main/default/files/model';

describe('UploadToVolume', () => {
  let databricks: Databricks;
  let folder: string;
  beforeEach(async () => {
    databricks = await startDatabricks({ timeScale: 0, hasLimits: false });
    folder = await mkdtemp(join(tmpdir(), 'upload-'));
    await write({ 'train.py': '# Databricks notebook source\nprint(1)', 'data/a b&c.csv': 'a,b\n1,2\n' });
  });
  afterEach(async () => {
    await databricks.close();
    await rm(folder, { recursive: true });
  });

  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  }

  /** One step, some time after what was before. */
  async function run(inputs: Readonly<Record<string, string>> = {}): Promise<FakeAgent> {
    await databricks.clock.advance(1000);
    databricks.requests.clear();
    const { url, token } = databricks;
    const agent = new FakeAgent(
      { connection: 'c', sourceFolder: folder, volumeFolder: target, ...inputs },
      { c: { url, token } },
    );
    await runTask(task, { agent, clock: new ImportClock(databricks), signal: new AbortController().signal });
    await databricks.clock.advance(1000);
    return agent;
  }

  const read = (path: string): string | undefined => databricks.volumes.file(`${target}/${path}`)?.bytes.toString();
  const edit = (path: string, content: string): void =>
    databricks.volumes.put(`${target}/${path}`, Buffer.from(content), true);
  const writes = (): readonly string[] =>
    databricks.requests
      .list()
      .filter(({ method }) => method !== 'GET' && method !== 'HEAD')
      .map(({ method, path }) => `${method} ${path}`);
  const counts = ({ outputs }: FakeAgent): readonly (string | undefined)[] =>
    ['uploadedCount', 'unchangedCount', 'deletedCount', 'failedCount'].map((name) => outputs[name]);

  it('uploads all files as they are, and nothing the second time', async () => {
    const first = await run({ volumeFolder: `dbfs:${target}/` });
    assert.deepEqual(first.end, { result: 'Succeeded', message: `${target}: 2 uploaded, 0 unchanged, 0 deleted` });
    assert.equal(read('train.py'), '# Databricks notebook source\nprint(1)');
    assert.equal(read('data/a b&c.csv'), 'a,b\n1,2\n');
    assert.equal(first.outputs['volumeFolder'], target);
    assert.match(
      first.summaries['Upload'] ?? '',
      /^### Files uploaded to \[\S+\]\(\S+\/explore\/data\/volumes\/main\/default\/files\?volumePath=%2FVolumes%2F\S+\)\n/,
    );

    const second = await run();
    assert.deepEqual(counts(second), ['0', '2', '0', '0']);
    assert.deepEqual(writes(), []);
  });

  it('uploads to the volume itself', async () => {
    await run({ volumeFolder: '/Volumes/main/default/files' });
    assert.equal(databricks.volumes.file('/Volumes/main/default/files/data/a b&c.csv')?.bytes.toString(), 'a,b\n1,2\n');
  });

  it('restores what was edited or deleted by hand, and leaves the files of others', async () => {
    await run();
    edit('train.py', '# edited, with another size');
    edit('data/of somebody.csv', 'x');
    databricks.volumes.remove(`${target}/data/a b&c.csv`);
    const agent = await run({ mode: 'mirror' });
    assert.deepEqual(counts(agent), ['2', '0', '0', '0']);
    assert.match(agent.text('log'), /restore train\.py \(file\): it was edited in the volume/);
    assert.equal(read('train.py'), '# Databricks notebook source\nprint(1)');
    assert.equal(read('data/of somebody.csv'), 'x');
  });

  it('notices an edit that keeps the size', async () => {
    await run();
    edit('train.py', '# Databricks notebook source\nprint(2)');
    assert.deepEqual(counts(await run()), ['1', '1', '0', '0']);
    assert.equal(read('train.py'), '# Databricks notebook source\nprint(1)');
  });

  it('deletes in mirror mode what it uploaded, with its folders, and keeps what was edited since', async () => {
    await write({ 'old/gone.csv': '1', 'old/edited.csv': '1', 'older/gone.csv': '1' });
    await run({ mode: 'mirror' });
    edit('old/edited.csv', '2');
    await rm(join(folder, 'old'), { recursive: true });
    await rm(join(folder, 'older'), { recursive: true });
    const update = await run();
    assert.deepEqual(counts(update), ['0', '2', '0', '0']);
    const mirror = await run({ mode: 'mirror' });
    assert.deepEqual(counts(mirror), ['0', '2', '2', '0']);
    assert.match(mirror.text('warning'), /old\/edited\.csv: .* somebody edited it in the volume\. It is kept\./);
    assert.equal(read('old/edited.csv'), '2');
    assert.equal(databricks.volumes.isFolder(`${target}/older`), false);
    assert.equal(databricks.volumes.isFolder(`${target}/old`), true);
  });

  it('keeps a file that somebody edits while it is about to be deleted', async () => {
    await write({ 'gone.csv': '1' });
    await run({ mode: 'mirror' });
    await rm(join(folder, 'gone.csv'));
    const rewrite = (status: number, body: string): { status: number; body: string } => {
      edit('gone.csv', '2');
      return { status, body };
    };
    // The claim is written once the folder has been listed.
    databricks.faults.add({ method: 'PUT', path: '*.import-manifest.*', effect: 'rewritten', rewrite });
    const agent = await run({ mode: 'mirror' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(
      agent.text('error'),
      /^gone\.csv: Did not delete \S+gone\.csv: somebody has just edited it\. Run again\./,
    );
    assert.equal(read('gone.csv'), '2');
  });

  it('replaces an uploaded file with a folder of the source, but not a folder with a file', async () => {
    await run();
    await rm(join(folder, 'train.py'));
    await write({ 'train.py/code.py': 'x = 1' });
    assert.deepEqual(counts(await run()), ['1', '1', '0', '0']);
    assert.equal(read('train.py/code.py'), 'x = 1');

    await rm(join(folder, 'data'), { recursive: true });
    await write({ data: 'a file now' });
    const refused = await run();
    assert.match(
      refused.end.message,
      /- data: data becomes a file, but the volume has a folder that this task did not/,
    );
    assert.deepEqual(writes(), []);
  });

  it('says in a dry run what would be uploaded', async () => {
    const agent = await run({ dryRun: 'true' });
    const planned = '2 to add, 0 to change, 0 to restore, 0 to delete, 0 unchanged';
    assert.equal(agent.end.message, `Dry run for ${target}: ${planned}. Nothing was changed`);
    assert.deepEqual(writes(), []);
  });

  it('fails for a volume that does not exist, and says which privileges are needed', async () => {
    const agent = await run({ volumeFolder: '/Volumes/main/default/other/model' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(
      agent.end.message,
      /nothing was uploaded: Databricks finds no volume \/Volumes\/main\/default\/other\. .* USE CATALOG on main, USE SCHEMA on main\.default, and READ VOLUME and WRITE VOLUME on main\.default\.other\.$/,
    );
    assert.deepEqual(writes(), []);
  });

  it('uploads the remaining files when one is refused', async () => {
    databricks.faults.add({
      method: 'PUT',
      path: '*/train.py',
      effect: 'status',
      status: 403,
      errorCode: 'PERMISSION_DENIED',
    });
    const agent = await run();
    assert.equal(agent.end.result, 'Failed');
    assert.match(
      agent.end.message,
      /^Some files were not uploaded\. \S+: 1 uploaded, 0 unchanged, 0 deleted, 1 failed\.$/,
    );
    assert.equal(read('data/a b&c.csv'), 'a,b\n1,2\n');
  });

  it('does not read large files back to compare them', async () => {
    await write({ 'large.bin': '' });
    await truncate(join(folder, 'large.bin'), 65 * 1024 ** 2);
    assert.deepEqual(counts(await run({ include: 'large.bin' })), ['1', '0', '0', '0']);
    assert.deepEqual(
      databricks.requests.list().filter(({ method, path }) => method === 'GET' && path.endsWith('large.bin')),
      [],
    );
  });

  for (const [name, given, message] of [
    ['a path of the workspace', { volumeFolder: '/Shared/model' }, /'volumeFolder' must be the path of a volume/],
    ['a schema', { volumeFolder: '/Volumes/main/default' }, /'volumeFolder' must be the path of a volume/],
    ['a path with ..', { volumeFolder: `${target}/../x` }, /'volumeFolder' must be the path of a volume/],
    ['too many at once', { concurrency: '65' }, /'concurrency' must be a whole number from 1 to 64/],
  ] as const)
    it(`refuses ${name} before any request`, async () => {
      const agent = await run(given);
      assert.equal(agent.end.result, 'Failed');
      assert.match(agent.end.message, message);
      assert.deepEqual(databricks.requests.list(), []);
    });

  it('refuses a Git LFS pointer of any kind of file', async () => {
    await write({
      'model.pkl': `version https://git-lfs.github.com/spec/v1\noid sha256:${'7'.repeat(64)}\nsize 2161959\n`,
    });
    const agent = await run();
    assert.match(agent.end.message, /- model\.pkl is a Git LFS pointer/);
    assert.deepEqual(databricks.requests.list(), []);
  });
});
