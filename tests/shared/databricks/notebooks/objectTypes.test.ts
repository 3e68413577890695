import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { WorkspaceObject } from '../../../../shared/databricks/api/workspace';
import type { Workspace } from '../../../../shared/databricks/connect';
import { HttpError } from '../../../../shared/http/errors';
import type { HttpRequest } from '../../../../shared/http/httpClient';
import { header, ImportSandbox, target } from './importSandbox';
import type { Shape } from '../../../../shared/http/shape';

const dashboard = '{"pages":[]}';
const designer = '{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}';

describe('importNotebooks, types of objects', () => {
  let sandbox: ImportSandbox;
  beforeEach(async () => {
    sandbox = await ImportSandbox.open();
    await sandbox.write({
      'train.py': `${header}print(1)\n`,
      'data.json': '{}',
      'sales.lvdash.json': dashboard,
      'prepare.designer.ipynb': designer,
    });
  });
  afterEach(() => sandbox.close());

  /** A workspace that lists its objects otherwise. */
  function listing(change: (object: WorkspaceObject) => object, exports = true): Workspace {
    const workspace = sandbox.connect();
    const { http } = workspace;
    return {
      ...workspace,
      http: {
        async json<T>(request: HttpRequest, shape: Shape<T>): Promise<T> {
          const answer = await http.json(request, shape);
          if (request.path.endsWith('/get-status')) return change(answer as WorkspaceObject) as T;
          const { objects } = answer as { objects?: readonly WorkspaceObject[] };
          return objects ? { ...answer, objects: objects.map(change) } : answer;
        },
        save: (request, file) => http.save(request, file),
        bytes(request) {
          if (exports || String(request.query?.['path']).includes('.import-manifest.')) return http.bytes(request);
          const serviceMessage = 'This type of object cannot be exported.';
          const facts = { status: 400, errorCode: 'BAD_REQUEST', requestId: undefined, retryAfterSeconds: undefined };
          throw new HttpError('No.', { ...facts, serviceMessage, attempts: 1, isTransient: false });
        },
      },
    };
  }
  const nameOf = ({ path }: WorkspaceObject): string => path.slice(path.lastIndexOf('/') + 1);
  /** Objects with one of these names have another type, and no times. */
  const retyped =
    (type: string, ...names: readonly string[]) =>
    (object: WorkspaceObject): object => {
      const { path, object_id } = object;
      return names.includes(nameOf(object)) ? { path, object_id, object_type: type } : object;
    };
  const withoutTimes = ({ path, object_id, object_type }: WorkspaceObject): object => ({
    path,
    object_id,
    object_type,
  });
  const writes = (): readonly string[] =>
    sandbox.databricks.requests
      .list()
      .filter(({ method }) => method !== 'GET')
      .map(({ path }) => path);

  async function assertUnchanged(open: () => Workspace = () => sandbox.connect()): Promise<void> {
    const again = await sandbox.run({ workspace: open() });
    assert.deepEqual([again.imported, again.failures], [[], []], sandbox.agent.text('log'));
    assert.equal(again.plan.unchanged.length, 4);
    assert.deepEqual(writes(), []);
  }

  it('imports a dashboard and a file of Lakeflow Designer, and changes nothing in the second run', async () => {
    const outcome = await sandbox.run();
    assert.deepEqual([outcome.imported.length, outcome.failures], [4, []]);
    assert.equal(sandbox.databricks.workspace.get(`${target}/sales.lvdash.json`)?.type, 'DASHBOARD');
    assert.equal(sandbox.databricks.workspace.get(`${target}/prepare.designer.ipynb`)?.type, 'DESIGNER_FILE');
    await assertUnchanged();
  });

  it('restores a dashboard that was edited by hand', async () => {
    await sandbox.run();
    await sandbox.call('delete', { path: `${target}/sales.lvdash.json` });
    const content = Buffer.from('{"pages":[1]}').toString('base64');
    await sandbox.call('import', { path: `${target}/sales.lvdash.json`, format: 'AUTO', content });
    const outcome = await sandbox.run();
    assert.deepEqual(
      outcome.imported.map(({ item }) => item.path),
      ['sales.lvdash.json'],
    );
    assert.equal(sandbox.contents()['sales.lvdash.json'], `${dashboard}\n`);
  });

  it('notices an edit of an object that keeps its ID and has no time', async () => {
    await sandbox.run();
    const content = Buffer.from('{"pages":[1]}').toString('base64');
    await sandbox.call('import', { path: `${target}/sales.lvdash.json`, format: 'AUTO', overwrite: true, content });
    assert.equal((await sandbox.run()).imported.length, 1);
    assert.equal(sandbox.contents()['sales.lvdash.json'], `${dashboard}\n`);
  });

  it('deletes in mirror mode what it imported, but not what was edited since', async () => {
    await sandbox.run();
    await sandbox.remove('sales.lvdash.json', 'prepare.designer.ipynb');
    const content = Buffer.from('{"pages":[1]}').toString('base64');
    await sandbox.call('import', { path: `${target}/sales.lvdash.json`, format: 'AUTO', overwrite: true, content });
    const outcome = await sandbox.run({ mode: 'mirror' });
    assert.deepEqual(outcome.deleted, ['prepare.designer.ipynb']);
    assert.match(outcome.plan.kept[0]?.reason ?? '', /somebody edited it/);
  });

  for (const type of ['DASHBOARD', 'ALERT', 'some_future_type'])
    it(`takes whatever its own upload became as imported: ${type}`, async () => {
      const open = (): Workspace => listing(retyped(type, 'train', 'data.json', 'sales.lvdash.json'));
      assert.deepEqual((await sandbox.run({ workspace: open() })).failures, []);
      await assertUnchanged(open);
      await sandbox.write({ 'data.json': '{"a":1}' });
      const changed = await sandbox.run({ workspace: open() });
      assert.deepEqual([changed.imported.length, changed.failures], [1, []]);
    });

  it('compares the contents where the workspace has no times', async () => {
    const open = (): Workspace => listing(withoutTimes);
    await sandbox.run({ workspace: open() });
    await assertUnchanged(open);
    await sandbox.edit('train', 'print("edited")', 'PYTHON');
    const restored = await sandbox.run({ workspace: open() });
    assert.deepEqual(
      restored.imported.map(({ item }) => item.path),
      ['train'],
    );
    await sandbox.remove('train.py');
    assert.deepEqual((await sandbox.run({ workspace: open(), mode: 'mirror' })).deleted, ['train']);
  });

  it('sends no object again that has no time and cannot be exported, and never deletes it', async () => {
    const open = (): Workspace => listing(retyped('BOARD', 'data.json'), false);
    await sandbox.run({ workspace: open() });
    await sandbox.remove('sales.lvdash.json', 'train.py', 'prepare.designer.ipynb');
    const again = await sandbox.run({ workspace: open() });
    assert.deepEqual([again.plan.unchanged.length, writes()], [1, []]);
    await sandbox.write({ 'data.json': '{"a":1}' });
    assert.equal((await sandbox.run({ workspace: open() })).imported.length, 1);
    await sandbox.remove('data.json');
    await sandbox.write({ 'other.txt': '' });
    const mirrored = await sandbox.run({ workspace: open(), mode: 'mirror' });
    assert.match(
      mirrored.plan.kept.find(({ path }) => path === 'data.json')?.reason ?? '',
      /does not show whether somebody edited it\. It is kept\.$/,
    );
  });

  it('imports everything else when an unknown object has the name of a folder', async () => {
    await sandbox.write({ 'lib/deep/a.txt': 'a', 'lib/b.txt': 'b' });
    await sandbox.call('mkdirs', { path: target });
    await sandbox.edit('lib', 'x');
    const outcome = await sandbox.run({ workspace: listing(retyped('ALERT', 'lib')) });
    assert.equal(outcome.imported.length, 4);
    assert.deepEqual(outcome.failures, [
      { path: 'lib/b.txt', reason: 'The workspace has an alert at lib, where the source has a folder.' },
      { path: 'lib/deep/a.txt', reason: 'The workspace has an alert at lib, where the source has a folder.' },
    ]);
  });

  it('fails only the file whose unknown object Databricks does not overwrite', async () => {
    await sandbox.call('mkdirs', { path: target });
    await sandbox.edit('train', 'x'); // a file, which the service does not replace with a notebook
    const outcome = await sandbox.run({ workspace: listing(retyped('QUERY', 'train')) });
    assert.deepEqual(
      outcome.failures.map(({ path }) => path),
      ['train'],
    );
    assert.match(outcome.failures[0]?.reason ?? '', /already exists/);
    assert.equal(outcome.imported.length, 3);
  });

  it('leaves other objects of unknown types alone', async () => {
    await sandbox.call('mkdirs', { path: target });
    await sandbox.edit('board', 'x');
    const open = (): Workspace => listing(retyped('some_future_type', 'board'));
    await sandbox.run({ workspace: open(), mode: 'mirror' });
    await assertUnchanged(open);
    assert.equal(sandbox.contents()['board'], 'x');
  });
});
