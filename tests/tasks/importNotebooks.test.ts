import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import { startDatabricks, type Databricks } from '../../sandbox/databricks/databricks';
import { runTask } from '../../shared/task/runTask';
import { task } from '../../tasks/ImportNotebooks/task';
import { FakeAgent } from '../support/fakeAgent';
import { ImportClock } from '../shared/databricks/notebooks/importSandbox';

describe('ImportNotebooks', () => {
  let databricks: Databricks;
  let folder: string;

  before(async () => {
    databricks = await startDatabricks({ timeScale: 0, hasLimits: false });
    folder = await mkdtemp(join(tmpdir(), 'task-'));
    await mkdir(join(folder, 'empty'));
    await mkdir(join(folder, 'source'));
    await mkdir(join(folder, 'pointers'));
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'7'.repeat(64)}\nsize 2161959\n`;
    for (const name of ['train.ipynb', 'model.pkl']) await writeFile(join(folder, 'pointers', name), pointer);
    await writeFile(join(folder, 'source', 'train.py'), '# Databricks notebook source\nprint(1)');
    await writeFile(join(folder, 'source', 'a|b.txt'), 'a');
  });
  beforeEach(() => {
    databricks.requests.clear();
    databricks.faults.clear();
  });
  after(async () => {
    await databricks.close();
    await rm(folder, { recursive: true });
  });

  async function run(inputs: Readonly<Record<string, string>>): Promise<FakeAgent> {
    const { url, token } = databricks;
    const given = {
      connection: 'c',
      sourceFolder: join(folder, 'source'),
      workspaceFolder: '/Shared/model',
      ...inputs,
    };
    const agent = new FakeAgent(given, { c: { url, token } });
    await runTask(task, { agent, clock: new ImportClock(databricks), signal: new AbortController().signal });
    return agent;
  }

  const badInputs: readonly [what: string, inputs: Record<string, string>, message: RegExp][] = [
    ['no source folder', { sourceFolder: '' }, /^Input 'sourceFolder' is required/],
    [
      'a missing source folder',
      { sourceFolder: '/nowhere/at/all' },
      /^Input 'sourceFolder' names a folder that does not exist/,
    ],
    ['an empty source folder', { sourceFolder: 'EMPTY' }, /^Input 'sourceFolder' has no files/],
    [
      'a notebook that is a Git LFS pointer',
      { sourceFolder: 'POINTERS' },
      /^Input 'sourceFolder' cannot be imported:\n {2}- train\.ipynb is a Git LFS pointer, .* 'lfs: true' on the checkout step/,
    ],
    ['patterns that match nothing', { include: '*.scala' }, /^Input 'include' must match at least one of the 2 files/],
    ['a bad pattern', { exclude: '[' }, /^Input 'exclude' has the pattern '\['/],
    [
      'a relative workspace folder',
      { workspaceFolder: 'Shared/x' },
      /^Input 'workspaceFolder' must be an absolute workspace path/,
    ],
    ['a workspace folder with ..', { workspaceFolder: '/Shared/../x' }, /^Input 'workspaceFolder' must be an absolute/],
    [
      'a protected root',
      { workspaceFolder: '/Workspace/Shared/', mode: 'mirror' },
      /^Input 'workspaceFolder' must be a separate folder in mirror mode/,
    ],
    [
      'a home',
      { workspaceFolder: '/Users/me@example.com', mode: 'mirror' },
      /^Input 'workspaceFolder' must be a separate folder in mirror mode/,
    ],
    ['too many at once', { concurrency: '65' }, /^Input 'concurrency' must be a whole number from 1 to 64/],
    ['an unknown mode', { mode: 'sync' }, /^Input 'mode' must be one of update, mirror/],
  ];
  for (const [what, inputs, message] of badInputs)
    it(`refuses ${what} before any request`, async () => {
      const agent = await run({
        ...inputs,
        ...(/^[A-Z]+$/.test(inputs['sourceFolder'] ?? '') && {
          sourceFolder: join(folder, inputs['sourceFolder']?.toLowerCase() ?? ''),
        }),
      });
      assert.equal(agent.end.result, 'Failed');
      assert.match(agent.end.message, message);
      assert.deepEqual(databricks.requests.list(), []);
    });

  it('reports all invalid inputs at once', async () => {
    const agent = await run({ workspaceFolder: 'x', concurrency: '0', dryRun: 'yes' });
    for (const name of ['workspaceFolder', 'concurrency', 'dryRun'])
      assert.match(agent.end.message, new RegExp(`'${name}'`));
  });

  it('says in a dry run what would be imported', async () => {
    const { end, outputs } = await run({ workspaceFolder: '/Shared/model', dryRun: 'true' });
    const counts = '2 to add, 0 to change, 0 to restore, 0 to delete, 0 unchanged';
    assert.equal(end.message, `Dry run for /Shared/model: ${counts}. Nothing was changed`);
    assert.equal(outputs['importedCount'], '0');
  });

  it('sets its outputs and uploads a summary with a table and a link', async () => {
    const agent = await run({ workspaceFolder: '/Workspace/Shared/model/' });
    assert.deepEqual(agent.end, { result: 'Succeeded', message: '/Shared/model: 2 imported, 0 unchanged, 0 deleted' });
    assert.deepEqual(agent.outputs, {
      workspaceFolder: '/Shared/model',
      importedCount: '2',
      unchangedCount: '0',
      deletedCount: '0',
      failedCount: '0',
    });
    const [summary = ''] = Object.values(agent.summaries);
    assert.match(summary, /\| 2 \| 0 \| 0 \| 0 \|/);
    assert.match(summary, /\| added \| a\\\|b\.txt \|/);
    assert.ok(summary.includes(`[/Shared/model](${databricks.url}/#workspace/Shared/model)`), summary);
  });

  it('shows no summary when nothing was changed', async () => {
    await run({});
    const agent = await run({});
    assert.equal(agent.outputs['unchangedCount'], '2');
    assert.deepEqual(agent.summaries, {});
  });

  it('fails at the end, with numbers, at most ten errors and the whole table, when files failed', async () => {
    const source = join(folder, 'many');
    await mkdir(source);
    for (let index = 0; index < 15; index++) await writeFile(join(source, `${index}.txt`), 'x');
    const refusal = { effect: 'status', status: 403, errorCode: 'PERMISSION_DENIED', message: 'No.' } as const;
    databricks.faults.add({ path: '/api/2.0/workspace/import', from: 2, times: 12, ...refusal });
    const agent = await run({ sourceFolder: source, workspaceFolder: '/Shared/many' });
    assert.equal(agent.end.result, 'Failed');
    assert.equal(
      agent.end.message,
      'Some items were not imported. /Shared/many: 3 imported, 0 unchanged, 0 deleted, 12 failed.',
    );
    assert.deepEqual([agent.outputs['importedCount'], agent.outputs['failedCount']], ['3', '12']);
    const errors = agent.said.filter(({ kind }) => kind === 'error').map(({ text }) => text);
    assert.equal(errors.length, 10);
    assert.equal(errors.at(-1), '3 more failed: see the summary.');
    assert.equal(Object.values(agent.summaries)[0]?.match(/failed \|/g)?.length, 12);
  });

  it('names the identity that may not import', async () => {
    databricks.faults.add({
      method: 'POST',
      effect: 'status',
      status: 403,
      errorCode: 'PERMISSION_DENIED',
      message: 'No.',
    });
    const agent = await run({ workspaceFolder: '/Shared/forbidden' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /Could not create the folder \/Shared\/forbidden.*No\..*personal access token/s);
  });
});
