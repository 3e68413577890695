import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { runTask } from '../../shared/task/runTask';
import { task } from '../../tasks/ImportNotebooks/task';
import { bundleOf } from '../support/builtTasks';
import { databricksEnvironment } from '../support/databricksEnvironment';
import { FakeAgent } from '../support/fakeAgent';
import { FakeClock } from '../support/fakeClock';
import { openGate, type Stop } from '../support/gate';
import { type ProcessEnd, startTaskProcess } from '../support/taskProcess';

const target = '/Shared/model';
const files: Readonly<Record<string, string>> = {
  'training.py': '# Databricks notebook source\nprint(1)\n',
  'queries/all.sql': '-- Databricks notebook source\nSELECT 1\n',
  'queries/some.sql': '-- Databricks notebook source\nSELECT 2\n',
  'modules/model.py': 'x = 1\n',
  'data/iris.csv': 'a,b\n1,2\n',
};

describe('the ImportNotebooks bundle', () => {
  let folder: string;
  let databricks: Databricks;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'import-'));
    databricks = await startDatabricks({ hasLimits: false });
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
  });
  afterEach(async () => {
    await databricks.close();
    await rm(folder, { recursive: true });
  });

  async function start(url = databricks.url, more: Record<string, string> = {}) {
    return startTaskProcess(await bundleOf('ImportNotebooks'), {
      ...databricksEnvironment({ url, token: databricks.token }),
      INPUT_SOURCEFOLDER: folder,
      INPUT_WORKSPACEFOLDER: target,
      INPUT_MODE: 'mirror',
      SYSTEM_DEBUG: 'true',
      ...more,
    });
  }
  const run = async (more?: Record<string, string>): Promise<ProcessEnd> => (await start(undefined, more)).end;

  /** What people see in the workspace: kind and content by path, without what the task keeps for itself. */
  function workspace(): Record<string, string> {
    const nodes = databricks.workspace.below(target).filter(({ path }) => !path.includes('.import-manifest.'));
    return Object.fromEntries(
      nodes.map((node) => [
        node.path.slice(target.length + 1),
        node.type === 'FILE'
          ? `FILE ${node.bytes.toString()}`
          : node.type === 'NOTEBOOK'
            ? `NOTEBOOK ${JSON.stringify(node)}`.replace(/"(id|createdAt|modifiedAt)":("?)\d+\2,?/g, '')
            : node.type,
      ]),
    );
  }

  it('imports a folder, and sends nothing in the second run', async () => {
    const first = await run();
    assert.equal(first.result, 'Succeeded', first.output);
    assert.deepEqual(
      { ...first.outputs },
      { importedCount: '5', unchangedCount: '0', deletedCount: '0', failedCount: '0', workspaceFolder: target },
    );
    assert.deepEqual(Object.keys(workspace()).sort(), [
      'data',
      'data/iris.csv',
      'modules',
      'modules/model.py',
      'queries',
      'queries/all',
      'queries/some',
      'training',
    ]);

    databricks.requests.clear();
    const second = await run();
    assert.equal(second.outputs['unchangedCount'], '5', second.output);
    assert.ok(databricks.requests.list().every(({ method }) => method === 'GET'));
  });

  it('fails with one message that names all invalid inputs, before any request', async () => {
    const end = await run({
      INPUT_SOURCEFOLDER: 'nowhere',
      INPUT_INCLUDE: 'a[b',
      INPUT_WORKSPACEFOLDER: 'Shared',
      INPUT_CONCURRENCY: '-1',
      INPUT_MODE: 'sync',
    });
    assert.equal(end.result, 'Failed');
    for (const name of ['sourceFolder', 'include', 'workspaceFolder', 'concurrency', 'mode'])
      assert.match(end.output, new RegExp(`Input '${name}' `));
    assert.equal(databricks.requests.list().length, 0);
  });

  it('fails on a sign-in page', async () => {
    databricks.faults.add({ effect: 'html', times: 1000 });
    const end = await run();
    assert.equal(end.result, 'Failed', end.output);
    assert.match(end.output, /sign-in|HTML/i);
  });

  // That no token is shown is checked for every process that any test starts: see taskProcess.
  it('fails when Databricks refuses the request, and names the identity', async () => {
    databricks.faults.add({ effect: 'status', status: 401, errorCode: 'UNAUTHENTICATED', times: 1000 });
    const { result, output } = await run();
    assert.equal(result, 'Failed');
    assert.match(output, /personal access token of the service connection/);
  });

  // Every single request is tried in the task's behaviour tests; here it is real signals to real processes, in the first
  // half and the second. One that is not killed outright takes some seconds for its last words.
  for (const [signal, stops] of [
    [
      'SIGKILL',
      [
        { share: 1 / 3, when: 'before' },
        { share: 1 / 2, when: 'after' },
        { share: 3 / 4, when: 'before' },
      ],
    ],
    ['SIGTERM', [{ share: 1 / 2, when: 'before' }]],
    ['SIGINT', [{ share: 1 / 2, when: 'after' }]],
  ] as const)
    it(`completes the import when it is run again after ${signal}, and still owns its objects`, async function () {
      this.timeout(60_000);
      await run();
      const expected = workspace();
      delete expected['modules/model.py'];
      delete expected['modules'];
      const requests = databricks.requests.list().length;

      for (const { share, when } of stops) {
        const request = Math.round(requests * share);
        await databricks.close();
        databricks = await startDatabricks({ hasLimits: false });
        await writeFile(join(folder, 'modules', 'model.py'), 'x = 1\n');
        await killAt({ request, when }, signal);
        await rm(join(folder, 'modules', 'model.py'));
        const again = await runWithoutWaiting();
        assert.equal(again.result, 'Succeeded', `${JSON.stringify({ request, when })}: ${again.message}`);
        assert.deepEqual(workspace(), expected, JSON.stringify({ request, when }));
      }
    });

  /** The same task in this process: it waits until the killed one must be dead, which here takes no time. */
  async function runWithoutWaiting() {
    const inputs = { connection: 'c', sourceFolder: folder, workspaceFolder: target, mode: 'mirror' };
    const agent = new FakeAgent(inputs, { c: databricks });
    await runTask(task, { agent, clock: new FakeClock(), signal: new AbortController().signal });
    return agent.end;
  }

  async function killAt(stop: Stop, signal: NodeJS.Signals): Promise<void> {
    const gate = await openGate(databricks.url, stop);
    try {
      const task = await start(gate.url);
      await gate.reached;
      task.kill(signal);
      await task.end;
    } finally {
      await gate.close();
    }
  }
});
