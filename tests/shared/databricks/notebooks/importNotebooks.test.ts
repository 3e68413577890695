import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Workspace } from '../../../../shared/databricks/connect';
import type { HttpRequest } from '../../../../shared/http/httpClient';
import { ImportSandbox, header, target } from './importSandbox';
import type { Shape } from '../../../../shared/http/shape';

describe('importNotebooks', () => {
  let sandbox: ImportSandbox;

  beforeEach(async () => {
    sandbox = await ImportSandbox.open();
    await sandbox.write({
      'train.py': `${header}print(1)\n`,
      'lib/tools.py': 'x = 1\r\n',
      'lib/sql/report.sql': '-- Databricks notebook source\nselect 1',
      'lib/data.json': '{}',
    });
  });
  afterEach(() => sandbox.close());

  it('imports notebooks as notebooks and everything else as files, byte for byte', async () => {
    const outcome = await sandbox.run();
    assert.equal(outcome.imported.length, 4);
    assert.deepEqual(sandbox.contents(), {
      train: 'PYTHON: print(1)',
      lib: 'folder',
      'lib/data.json': '{}',
      'lib/sql': 'folder',
      'lib/sql/report': 'SQL: select 1',
      'lib/tools.py': 'x = 1\r\n',
    });
  });

  it('creates every folder once, and only the deepest', async () => {
    await sandbox.run();
    assert.deepEqual(
      sandbox.requests().filter((request) => request.startsWith('mkdirs')).length,
      2, // the target, and lib/sql
    );
  });

  it('sends nothing and writes nothing when nothing has changed', async () => {
    await sandbox.run();
    const before = sandbox.manifests();
    const outcome = await sandbox.run();
    assert.equal(outcome.plan.unchanged.length, 4);
    assert.deepEqual(sandbox.manifests(), before);
    assert.deepEqual(sandbox.requests().sort(), [
      `export ${target}/.import-manifest.1.json`,
      `list ${target}`,
      `list ${target}/lib`,
      `list ${target}/lib/sql`,
    ]);
  });

  describe('in rounds of requests at the same time', () => {
    /** Counts how many requests of a workspace follow one another, each sent after the answer to the one before. */
    function countRounds({ url, http }: Workspace): { readonly workspace: Workspace; readonly rounds: () => number } {
      let answered = 0;
      const counted = async <T>(answer: Promise<T>): Promise<T> => {
        const round = answered + 1;
        try {
          return await answer;
        } finally {
          answered = Math.max(answered, round);
        }
      };
      const workspace: Workspace = {
        url,
        http: {
          json: (request, shape) => counted(http.json(request, shape)),
          bytes: (request) => counted(http.bytes(request)),
          save: (request, file) => counted(http.save(request, file)),
        },
      };
      return { workspace, rounds: () => answered };
    }

    async function roundsOfRun(): Promise<number> {
      const { workspace, rounds } = countRounds(sandbox.connect());
      const outcome = await sandbox.run({ workspace, atOnce: 32 });
      assert.deepEqual(outcome.failures, []);
      return rounds();
    }

    beforeEach(async () => {
      await sandbox.remove('lib/sql');
      await sandbox.run();
    });

    it('needs 2 when nothing has changed: the folder, then its manifest and the folders below', async () => {
      assert.equal(await roundsOfRun(), 2);
    });

    // One upload: others wait for the pace of the limit, and would be sent after an answer to the first.
    for (const [what, files] of [
      ['one file', { 'lib/tools.py': 'x = 2' }],
      ['one notebook', { 'train.py': `${header}print(2)` }],
    ] as const)
      it(`needs 7 when ${what} changed: these 2, the claim, its proof, the upload, the listing, the end`, async () => {
        await sandbox.write(files);
        assert.equal(await roundsOfRun(), 7);
      });
  });

  it('restores what was edited or deleted by hand, and logs it, with few requests', async () => {
    await sandbox.run();
    const fresh = sandbox.contents();
    await sandbox.edit('train', 'print("edited")', 'PYTHON');
    await sandbox.delete('lib/data.json');
    const outcome = await sandbox.run();
    assert.deepEqual(sandbox.contents(), fresh);
    assert.deepEqual(
      outcome.imported.map(({ change }) => change),
      ['restored', 'restored'],
    );
    assert.match(sandbox.agent.text('log'), /restore lib\/data\.json \(file\): it was deleted in the workspace/);
    assert.match(sandbox.agent.text('log'), /restore train \(notebook\): it was edited in the workspace/);
    assert.ok(sandbox.requests().length <= 3 + 9, sandbox.requests().join('\n'));
  });

  it('sends only what changed', async () => {
    await sandbox.run();
    await sandbox.write({ 'lib/tools.py': 'x = 2' });
    const outcome = await sandbox.run();
    assert.deepEqual(
      outcome.imported.map(({ item, change }) => [item.path, change]),
      [['lib/tools.py', 'changed']],
    );
    assert.equal(sandbox.contents()['lib/tools.py'], 'x = 2');
    assert.deepEqual(Object.keys(sandbox.manifests()), ['.import-manifest.2.json']);
  });

  it('overwrites what existed before the first import, and logs it', async () => {
    await sandbox.call('mkdirs', { path: target });
    await sandbox.edit('train', 'print("theirs")', 'PYTHON');
    await sandbox.run();
    assert.equal(sandbox.contents()['train'], 'PYTHON: print(1)');
    assert.match(
      sandbox.agent.text('log'),
      /change {2}train \(notebook\): it existed, and was not imported by this task/,
    );
  });

  it('deletes nothing in update mode, and still knows later what it owns', async () => {
    await sandbox.run();
    await sandbox.remove('lib/sql');
    await sandbox.write({ 'train.py': `${header}print(2)\n` });
    await sandbox.run();
    assert.equal(sandbox.contents()['lib/sql/report'], 'SQL: select 1');
    await sandbox.run({ mode: 'mirror' });
    assert.deepEqual(Object.keys(sandbox.contents()), ['lib', 'lib/data.json', 'lib/tools.py', 'train']);
  });

  it('deletes in mirror mode what it imported, and the folders that it created and that are empty now', async () => {
    await sandbox.run({ mode: 'mirror' });
    await sandbox.remove('lib');
    const outcome = await sandbox.run({ mode: 'mirror' });
    assert.deepEqual([...outcome.deleted].sort(), ['lib/data.json', 'lib/sql/report', 'lib/tools.py']);
    assert.deepEqual(sandbox.contents(), { train: 'PYTHON: print(1)' });
    assert.deepEqual(Object.values(sandbox.manifests())[0]?.folders, []);
  });

  it('never deletes what people created, nor the folder that it is in', async () => {
    await sandbox.run();
    await sandbox.edit('lib/notes', 'mine', 'PYTHON');
    await sandbox.remove('lib');
    await sandbox.run({ mode: 'mirror' });
    assert.deepEqual(Object.keys(sandbox.contents()), ['lib', 'lib/notes', 'train']);
    assert.equal(sandbox.agent.text('warning'), '');
  });

  it('never deletes a folder that it did not create', async () => {
    await sandbox.call('mkdirs', { path: `${target}/lib/sql` });
    await sandbox.run();
    await sandbox.remove('lib');
    await sandbox.run({ mode: 'mirror' });
    assert.deepEqual(sandbox.contents(), { train: 'PYTHON: print(1)', lib: 'folder', 'lib/sql': 'folder' });
  });

  it('keeps what was edited by hand when the source no longer has it, and warns', async () => {
    await sandbox.run();
    await sandbox.edit('lib/tools.py', 'somebody’s work');
    await sandbox.remove('lib/tools.py');
    const outcome = await sandbox.run({ mode: 'mirror' });
    assert.deepEqual(outcome.deleted, []);
    assert.equal(sandbox.contents()['lib/tools.py'], 'somebody’s work');
    assert.match(
      sandbox.agent.text('warning'),
      /lib\/tools\.py: It is no longer in the source, but somebody edited it/,
    );
  });

  it('keeps what somebody edits while the import is under way', async () => {
    await sandbox.run();
    await sandbox.remove('lib/tools.py');
    await sandbox.write({ 'train.py': `${header}print(2)` });
    const workspace = sandbox.connect();
    sandbox.intercept(workspace, async ({ purpose }) => {
      if (purpose === `import ${target}/train`) await sandbox.edit('lib/tools.py', 'edited');
    });
    const outcome = await sandbox.run({ workspace, mode: 'mirror' });
    assert.deepEqual(outcome.failures, [
      {
        path: 'lib/tools.py',
        reason: `Did not delete ${target}/lib/tools.py: somebody has just edited it. Run again.`,
      },
    ]);
    assert.equal(sandbox.contents()['lib/tools.py'], 'edited');
  });

  it('keeps an object that somebody recreated under the name of an imported one', async () => {
    await sandbox.run();
    await sandbox.delete('lib/tools.py');
    await sandbox.edit('lib/tools.py', 'x = 1\r\n');
    await sandbox.remove('lib/tools.py');
    await sandbox.run({ mode: 'mirror' });
    assert.equal(sandbox.contents()['lib/tools.py'], 'x = 1\r\n');
  });

  it('turns a file of its own into a notebook, and back', async () => {
    await sandbox.run();
    await sandbox.write({ 'lib/tools': 'plain' });
    await sandbox.remove('lib/tools.py');
    await sandbox.run();
    await sandbox.remove('lib/tools');
    await sandbox.write({ 'lib/tools.py': `${header}print(1)` });
    await sandbox.run();
    assert.equal(sandbox.contents()['lib/tools'], 'PYTHON: print(1)');
    assert.match(sandbox.agent.text('log'), /change {2}lib\/tools \(notebook\): replaces a file/);
    await sandbox.remove('lib/tools.py');
    await sandbox.write({ 'lib/tools': 'plain' });
    await sandbox.run();
    assert.equal(sandbox.contents()['lib/tools'], 'plain');
  });

  it('lists every conflict with existing objects, and changes nothing', async () => {
    await sandbox.call('mkdirs', { path: `${target}/train` });
    await sandbox.call('mkdirs', { path: `${target}/lib/data.json` });
    await sandbox.edit('lib/sql', 'a file where a folder must be');
    const before = sandbox.contents();
    await assert.rejects(sandbox.run(), (error: Error) => {
      assert.match(error.message, /^Nothing was imported to \/Shared\/model/);
      assert.match(error.message, /- train: train\.py becomes a notebook, but the workspace has a folder/);
      assert.match(error.message, /- lib\/data\.json: lib\/data\.json becomes a file, but/);
      assert.match(error.message, /- lib\/sql: The source has a folder there, but the workspace has a file/);
      return true;
    });
    assert.deepEqual(sandbox.contents(), before);
    assert.deepEqual(sandbox.manifests(), {});
  });

  it('replaces an imported notebook by a folder', async () => {
    await sandbox.run();
    await sandbox.remove('train.py');
    await sandbox.write({ 'train/part.txt': 'part' });
    await sandbox.run();
    assert.equal(sandbox.contents()['train/part.txt'], 'part');
    assert.match(sandbox.agent.text('log'), /Deleted \/Shared\/model\/train: the source has a folder with this name/);
  });

  it('prints the plan of a dry run and changes nothing', async () => {
    await sandbox.run();
    await sandbox.write({ 'new.txt': 'new', 'lib/tools.py': 'x = 2' });
    await sandbox.delete('train');
    await sandbox.remove('lib/data.json');
    const before = [sandbox.contents(), sandbox.manifests()];
    const outcome = await sandbox.run({ mode: 'mirror', dryRun: true });
    assert.deepEqual([sandbox.contents(), sandbox.manifests()], before);
    assert.deepEqual([outcome.imported, outcome.deleted, outcome.failures], [[], [], []]);
    assert.match(
      sandbox.agent.text('log'),
      /Dry run.*: 1 to add, 1 to change, 1 to restore, 1 to delete, 1 unchanged\]/,
    );
  });

  it('imports the rest when something fails, names it, and imports it again next time', async () => {
    sandbox.databricks.faults.add({
      path: '/api/2.0/workspace/import',
      from: 2,
      effect: 'status',
      status: 400,
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: 'Refused.',
    });
    const outcome = await sandbox.run({ atOnce: 1 });
    assert.equal(outcome.imported.length, 3);
    assert.deepEqual(
      outcome.failures.map(({ path }) => path),
      ['lib/data.json'],
    );
    assert.match(outcome.failures[0]?.reason ?? '', /Could not import \/Shared\/model\/lib\/data\.json: .*Refused\./);
    const again = await sandbox.run();
    assert.deepEqual(
      again.imported.map(({ item }) => item.path),
      ['lib/data.json'],
    );
    assert.equal(again.plan.unchanged.length, 3);
  });

  it('reports as failed what the service accepted but does not have', async () => {
    await sandbox.run();
    await sandbox.write({ 'late.txt': 'late' });
    const workspace = sandbox.connect();
    const { json } = workspace.http;
    const lying = {
      ...workspace,
      http: {
        ...workspace.http,
        json: <T>(request: HttpRequest, shape: Shape<T>): Promise<T> =>
          request.purpose === `import ${target}/late.txt` ? Promise.resolve({} as T) : json(request, shape),
      },
    };
    const outcome = await sandbox.run({ workspace: lying });
    assert.deepEqual(outcome.failures, [
      {
        path: 'late.txt',
        reason: `Databricks accepted late.txt, but nothing exists at ${target}/late.txt. Run again; if it happens again, check that folder.`,
      },
    ]);
  });

  it('fails before anything is imported when the manifest would be too large to be read again', async () => {
    await assert.rejects(sandbox.run({ run: 'x'.repeat(11 * 1024 * 1024) }), /would be larger than 10 MB/);
    assert.deepEqual([sandbox.contents(), sandbox.manifests()], [{}, {}]);
  });

  it('works in a workspace that shows changes late', async () => {
    const late = await ImportSandbox.open({ visibilityLagMilliseconds: 3000 });
    try {
      await late.write({ 'a.py': header, 'lib/b.txt': 'b' });
      assert.deepEqual((await late.run()).failures, []);
      await late.write({ 'lib/b.txt': 'c' });
      assert.deepEqual((await late.run()).failures, []);
      await late.databricks.clock.advance(5000);
      assert.equal((await late.run()).plan.unchanged.length, 2);
      assert.deepEqual(late.contents(), { a: 'PYTHON: ', lib: 'folder', 'lib/b.txt': 'c' });
    } finally {
      await late.close();
    }
  });

  it('says that the target is not a folder', async () => {
    await sandbox.call('import', { path: target, content: '', format: 'RAW' });
    await assert.rejects(sandbox.run(), /Could not import to \/Shared\/model: it is not a folder in the workspace/);
  });

  it('reports its progress up to the end', async () => {
    await sandbox.run({ atOnce: 1 });
    assert.equal(sandbox.agent.text('progress'), '25 1 of 4\n50 2 of 4\n75 3 of 4\n100 4 of 4');
  });
});
