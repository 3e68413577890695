import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { archiveOf, ImportSandbox, target } from './importSandbox';

describe('archives', () => {
  let sandbox: ImportSandbox;
  let first: Uint8Array;
  let second: Uint8Array;

  before(async () => {
    first = await archiveOf({ a: '1', 'deep/b': '1' });
    second = await archiveOf({ a: '2', 'deep/c': '2' });
  });
  beforeEach(async () => {
    sandbox = await ImportSandbox.open();
    await sandbox.write({ 'pkg.dbc': first, 'x.txt': 'x' });
    await sandbox.run();
  });
  afterEach(() => sandbox.close());

  const whole = { pkg: 'folder', 'pkg/a': 'PYTHON: 1', 'pkg/deep': 'folder', 'pkg/deep/b': 'PYTHON: 1', 'x.txt': 'x' };

  it('become folders of their notebooks', () => {
    assert.deepEqual(sandbox.contents(), whole);
  });

  it('are not imported again when nothing changed', async () => {
    const outcome = await sandbox.run();
    assert.equal(outcome.plan.unchanged.length, 2);
    assert.equal(sandbox.requests().length, 4);
  });

  it('are deleted and imported again when they changed', async () => {
    await sandbox.write({ 'pkg.dbc': second });
    await sandbox.run();
    assert.deepEqual(sandbox.contents(), {
      pkg: 'folder',
      'pkg/a': 'PYTHON: 2',
      'pkg/deep': 'folder',
      'pkg/deep/c': 'PYTHON: 2',
      'x.txt': 'x',
    });
  });

  it('are restored when a part of them was deleted by hand', async () => {
    await sandbox.delete('pkg/a');
    const outcome = await sandbox.run();
    assert.deepEqual(
      outcome.imported.map(({ change, note }) => [change, note]),
      [['restored', 'parts of it were deleted in the workspace']],
    );
    assert.deepEqual(sandbox.contents(), whole);
    await sandbox.delete('pkg');
    await sandbox.run();
    assert.deepEqual(sandbox.contents(), whole);
  });

  for (const [what, change] of [
    ['edited', () => sandbox.edit('pkg/a', 'mine', 'PYTHON')],
    ['added', () => sandbox.edit('pkg/deep/mine', 'mine', 'PYTHON')],
    ['added, in a folder of its own,', async () => sandbox.call('mkdirs', { path: `${target}/pkg/mine` })],
  ] as const)
    it(`fail, while the rest is imported, when something in them was ${what} by hand`, async () => {
      await change();
      await sandbox.write({ 'pkg.dbc': second, 'x.txt': 'y' });
      const before = sandbox.contents();
      const outcome = await sandbox.run();
      assert.deepEqual(outcome.failures, [
        {
          path: 'pkg',
          reason:
            'An archive cannot overwrite, and something in it was added or edited there. Delete it in the workspace and run again.',
        },
      ]);
      assert.deepEqual(sandbox.contents(), { ...before, 'x.txt': 'y' });
    });

  it('are deleted as a whole in mirror mode, but never with objects that people created', async () => {
    await sandbox.remove('pkg.dbc');
    await sandbox.edit('pkg/mine', 'mine', 'PYTHON');
    await sandbox.run({ mode: 'mirror' });
    assert.equal(sandbox.contents()['pkg/a'], 'PYTHON: 1');
    assert.match(sandbox.agent.text('warning'), /pkg: It is no longer in the source, but somebody edited it/);
    await sandbox.delete('pkg/mine');
    await sandbox.run({ mode: 'mirror' });
    assert.deepEqual(sandbox.contents(), { 'x.txt': 'x' });
  });

  it('are conflicts when people created them', async () => {
    await sandbox.write({ 'other.dbc': first });
    await sandbox.call('mkdirs', { path: `${target}/other` });
    await assert.rejects(
      sandbox.run(),
      /- other: other\.dbc becomes the folder of an archive, but the workspace has a folder/,
    );
  });

  it('may be replaced by a folder with their parts', async () => {
    await sandbox.remove('pkg.dbc');
    await sandbox.write({ 'pkg/a.py': '# Databricks notebook source\nnew' });
    await sandbox.run({ mode: 'mirror' });
    assert.deepEqual(sandbox.contents(), { pkg: 'folder', 'pkg/a': 'PYTHON: new', 'x.txt': 'x' });
  });

  describe('whose import was interrupted', () => {
    const interrupted = async (): Promise<void> => {
      await sandbox.remove('pkg.dbc');
      await sandbox.write({ 'new.dbc': second });
      const workspace = sandbox.connect();
      let isDead = false;
      sandbox.intercept(workspace, ({ purpose }) => {
        // Killed after the archive was imported, before anybody could look.
        isDead ||= sandbox.databricks.workspace.get(`${target}/new`) !== undefined;
        return isDead ? Promise.reject(new Error(`killed: ${purpose}`)) : Promise.resolve();
      });
      await sandbox.run({ workspace });
      assert.equal(sandbox.contents()['new/a'], 'PYTHON: 2');
      assert.equal(Object.values(sandbox.manifests())[0]?.state, 'inProgress');
    };

    it('are recorded as imported when they are unchanged since they were created', async () => {
      await interrupted();
      const outcome = await sandbox.run();
      assert.deepEqual(outcome.failures, []);
      assert.deepEqual(
        Object.values(sandbox.manifests()).map(({ pending }) => pending),
        [{}],
      );
      await sandbox.remove('new.dbc');
      await sandbox.run({ mode: 'mirror' });
      assert.deepEqual(sandbox.contents(), { 'x.txt': 'x' });
    });

    for (const [what, change] of [
      ['edited', () => sandbox.edit('new/a', 'mine', 'PYTHON')],
      ['added', () => sandbox.edit('new/mine', 'mine', 'PYTHON')],
      ['deleted', () => sandbox.delete('new/a')],
    ] as const)
      it(`fail, and are not changed, when something in them was ${what} by hand`, async () => {
        await interrupted();
        await change();
        const before = sandbox.contents();
        const outcome = await sandbox.run();
        assert.deepEqual(outcome.failures, [
          {
            path: 'new',
            reason:
              'An archive cannot overwrite, and an earlier import of it was not confirmed. Delete it in the workspace and run again.',
          },
        ]);
        await sandbox.remove('new.dbc');
        await sandbox.run({ mode: 'mirror' });
        const rest = Object.entries(before).filter(([path]) => !/^pkg\b/.test(path));
        assert.deepEqual(sandbox.contents(), Object.fromEntries(rest));
      });
  });
});
