import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Fault } from '../../../../sandbox/http/faults';
import { workspaceHolder } from '../../../../shared/databricks/notebooks/holder';
import { importNotebooks } from '../../../../shared/databricks/notebooks/importNotebooks';
import { largestManifest, writeManifest } from '../../../../shared/databricks/notebooks/manifest';
import { fixedBytes } from '../../../support/fixedBytes';
import { archiveOf, header, ImportSandbox, target } from './importSandbox';

/** Answers as if everything had been carried out, and carries out nothing. */
const acknowledged = { method: 'POST', times: Infinity, effect: 'status', status: 200, body: '{}' } as const;

const cell = (source: string): string =>
  JSON.stringify({
    cells: [{ cell_type: 'code', metadata: {}, source: [source], outputs: [] }],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  });

describe('an import that is acknowledged and not carried out', () => {
  let sandbox: ImportSandbox;
  beforeEach(async () => (sandbox = await ImportSandbox.open()));
  afterEach(() => sandbox.close());

  /** Only the manifest is written: it is the first and the last import of a run. */
  const acknowledgeImports = (count: number): void =>
    sandbox.databricks.faults.add({ ...acknowledged, path: '/api/2.0/workspace/import', from: 2, times: count });
  const acknowledge = (fault: Fault): void => sandbox.databricks.faults.add({ ...acknowledged, ...fault });
  const reasons = ({ failures }: { readonly failures: readonly { path: string; reason: string }[] }): string[] =>
    failures.map(({ path, reason }) => `${path}: ${reason}`);

  for (const [what, name, before, after] of [
    ['a notebook', 'train.py', `${header}print(1)`, `${header}print(2)`],
    ['a file', 'data.bin', fixedBytes(9, 1), fixedBytes(9, 2)],
    ['a Jupyter notebook', 'train.ipynb', cell('print(1)'), cell('print(2)')],
  ] as const)
    it(`fails for ${what} that has the earlier content, and imports it the next time`, async () => {
      await sandbox.write({ [name]: before });
      await sandbox.run();
      const first = sandbox.contents();
      await sandbox.write({ [name]: after });
      acknowledgeImports(1);
      const outcome = await sandbox.run();
      assert.match(
        reasons(outcome).join(),
        /Databricks accepted .*, but the earlier content is still at \/Shared\/model/,
      );
      assert.equal(outcome.imported.length, 0);
      assert.deepEqual(sandbox.contents(), first);
      const next = await sandbox.run();
      assert.deepEqual([next.imported.length, next.failures.length], [1, 0]);
      assert.notDeepEqual(sandbox.contents(), first);
      assert.equal((await sandbox.run()).plan.unchanged.length, 1);
    });

  it('fails for a file that is new', async () => {
    await sandbox.write({ 'lib/tools.txt': 'new' });
    acknowledgeImports(1);
    assert.match(reasons(await sandbox.run()).join(), /accepted lib\/tools.txt, but nothing exists at/);
  });

  it('fails for an archive whose earlier objects are not deleted', async () => {
    await sandbox.write({ 'all.dbc': await archiveOf({ 'a/one': 'print(1)' }) });
    await sandbox.run();
    await sandbox.write({ 'all.dbc': await archiveOf({ 'a/one': 'print(2)' }) });
    acknowledge({ path: '/api/2.0/workspace/delete', from: 2 });
    acknowledgeImports(1);
    assert.match(reasons(await sandbox.run()).join(), /but what it replaces is still at \/Shared\/model\/all/);
  });

  it('warns where a Jupyter notebook does not show whether it was overwritten', async () => {
    await sandbox.write({ 'train.ipynb': cell('print(1)') });
    await sandbox.call('mkdirs', { path: target });
    await sandbox.edit('train', 'print(0)', 'PYTHON');
    acknowledgeImports(1);
    const outcome = await sandbox.run();
    assert.equal(outcome.failures.length, 0);
    assert.match(
      sandbox.agent.text('warning'),
      /\/Shared\/model\/train: Databricks does not show whether it was overwritten/,
    );
  });

  it('fails for every deletion, and deletes the next time', async () => {
    await sandbox.write({ 'kept.txt': '1', 'old/gone.txt': '1', 'gone.txt': '1' });
    await sandbox.run();
    await sandbox.remove('old', 'gone.txt');
    acknowledge({ path: '/api/2.0/workspace/delete' });
    const outcome = await sandbox.run({ mode: 'mirror' });
    assert.deepEqual(outcome.deleted, []);
    assert.deepEqual(outcome.failures.map(({ path }) => path).sort(), ['gone.txt', 'old', 'old/gone.txt']);
    assert.match(reasons(outcome).join(), /accepted the deletion of \/Shared\/model\/gone.txt, but it still exists/);
    sandbox.databricks.faults.clear();
    const next = await sandbox.run({ mode: 'mirror' });
    assert.deepEqual([...next.deleted].sort(), ['gone.txt', 'old/gone.txt']);
    assert.deepEqual(Object.keys(sandbox.contents()), ['kept.txt']);
  });

  for (const times of [1, Infinity])
    it(`forgets nothing when a folder with imported items is listed as empty ${times === 1 ? 'once' : 'again and again'}`, async () => {
      await sandbox.write({ 'kept.txt': '1', 'old/gone.txt': '1' });
      await sandbox.run();
      await sandbox.remove('old');
      const items = (): readonly string[] =>
        Object.values(sandbox.manifests())
          .flatMap((manifest) => Object.keys(manifest.items))
          .sort();
      // The top folder is listed first.
      const empty = { ...acknowledged, method: 'GET', path: '/api/2.0/workspace/list', from: 2, times };
      sandbox.databricks.faults.add(empty);
      const run = sandbox.run({ mode: 'mirror' });
      if (times === 1) assert.deepEqual((await run).deleted, ['old/gone.txt']);
      else {
        await assert.rejects(
          run,
          /nothing was changed: .* lists the folder \/Shared\/model\/old as empty, but \S+gone\.txt exists\./,
        );
        assert.deepEqual(items(), ['kept.txt', 'old/gone.txt']);
      }
    });

  it('imports again what somebody has deleted, with all that was in its folder', async () => {
    await sandbox.write({ 'kept.txt': '1', 'lib/a.txt': '1' });
    await sandbox.run();
    await sandbox.delete('lib/a.txt');
    const { plan } = await sandbox.run({ mode: 'mirror' });
    assert.deepEqual(
      plan.sends.map(({ item, change }) => [item.path, change]),
      [['lib/a.txt', 'restored']],
    );
  });

  it('fails for a deletion that only an empty list confirms', async () => {
    await sandbox.write({ 'kept.txt': '1', 'old/gone.txt': '1', 'old/x/kept.txt': '1' });
    await sandbox.run();
    await sandbox.remove('old/gone.txt');
    acknowledge({ path: '/api/2.0/workspace/delete' });
    const workspace = sandbox.connect();
    let isDeleted = false;
    sandbox.intercept(workspace, async ({ path }) => {
      if (path === '/api/2.0/workspace/delete' && !isDeleted) {
        isDeleted = true;
        sandbox.databricks.faults.add({ ...acknowledged, method: 'GET', path: '/api/2.0/workspace/list' });
      }
    });
    const outcome = await sandbox.run({ mode: 'mirror', workspace });
    assert.ok(isDeleted);
    assert.deepEqual(outcome.deleted, []);
    assert.match(
      reasons(outcome).join(),
      /accepted the deletion of \/Shared\/model\/old\/gone.txt, but it still exists/,
    );
  });

  it('reads each folder of deleted objects once', async () => {
    await sandbox.write(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`old/${index}.txt`, '1'])));
    await sandbox.write({ 'kept.txt': '1' });
    await sandbox.run();
    await sandbox.remove('old');
    const outcome = await sandbox.run({ mode: 'mirror' });
    assert.equal(outcome.deleted.length, 30);
    const requests = sandbox.requests();
    const after = requests.slice(requests.lastIndexOf('delete') + 1).filter((request) => request.startsWith('list'));
    assert.deepEqual(after.sort(), ['list /Shared/model', 'list /Shared/model/old']);
  });

  it('ends when the list never shows the manifest that exists', async () => {
    await sandbox.write({ 'a.txt': '1' });
    await sandbox.run();
    await sandbox.write({ 'a.txt': '2' });
    sandbox.databricks.faults.add({ ...acknowledged, method: 'GET', path: '/api/2.0/workspace/list' });
    await assert.rejects(sandbox.run(), /nothing was imported: .*import manifest exists already, but does not list it/);
    assert.equal(sandbox.contents()['a.txt'], '1');
  });

  it('ends when the list is always empty', async () => {
    await sandbox.write({ 'a.txt': '1' });
    await sandbox.call('mkdirs', { path: target });
    sandbox.databricks.faults.add({ ...acknowledged, method: 'GET', path: '/api/2.0/workspace/list' });
    assert.match(reasons(await sandbox.run()).join(), /but nothing exists at/);
  });
});

describe('the size of the manifest', () => {
  it('is known before anything is sent', async () => {
    const sandbox = await ImportSandbox.open();
    try {
      const folder = Array.from({ length: 14 }, () => 'd'.repeat(240)).join('/');
      const source = Array.from({ length: 3000 }, (_, index) => {
        const path = `${folder}/${String(index).padStart(4, '0')}`;
        const what = { kind: 'file', format: 'AUTO', size: 1, sha256: 'f'.repeat(64) } as const;
        return { ...what, path, sourcePath: path, file: path };
      });
      const { agent } = sandbox;
      const context = { agent, clock: sandbox.clock, signal: new AbortController().signal, deadline: Infinity };
      const options = { holder: workspaceHolder, target, mode: 'update', dryRun: false, atOnce: 4 } as const;
      const run = importNotebooks(sandbox.connect(), source, options, context);
      await assert.rejects(run, /manifest of this import would be larger than 10 MB/);
      assert.deepEqual(
        sandbox.requests().filter((request) => !request.startsWith('list')),
        [],
      );
    } finally {
      await sandbox.close();
    }
  });

  it('is at least that of the manifest in the end', () => {
    const hash = 'f'.repeat(64);
    const object = { objectId: '1'.repeat(16), modifiedAt: 1_700_000_000_000 };
    const base = { isInProgress: true, writer: 'w', folders: new Set<string>(), items: new Map() };
    const begin = {
      ...base,
      pending: new Map([
        ['a.txt', { kind: 'file', sha256: hash }],
        ['n', { kind: 'notebook', sha256: hash, canonicalSha256: hash }],
        ['all', { kind: 'archive', sha256: hash }],
      ] as const),
    };
    const end = {
      ...base,
      pending: new Map(),
      items: new Map([
        ['a.txt', { kind: 'file', sha256: hash, objects: new Map([['', object]]) }],
        ['n', { kind: 'notebook', sha256: hash, objects: new Map([['', object]]) }],
        ['all', { kind: 'archive', sha256: hash, objects: new Map(['', 'x', 'x/y'].map((part) => [part, object])) }],
      ] as const),
    };
    const largest = writeManifest(largestManifest(begin, new Map([['all', ['x', 'x/y']]])), 'ImportNotebooks').length;
    assert.ok(largest >= writeManifest(end, 'ImportNotebooks').length);
    assert.ok(largest >= writeManifest(begin, 'ImportNotebooks').length);
    assert.ok(largest < writeManifest(end, 'ImportNotebooks').length * 1.1);
  });
});
