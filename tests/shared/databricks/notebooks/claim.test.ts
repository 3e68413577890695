import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { writeManifest } from '../../../../shared/databricks/notebooks/manifest';
import type { HttpRequest } from '../../../../shared/http/httpClient';
import { ImportClock, ImportSandbox, header, target } from './importSandbox';
import type { Shape } from '../../../../shared/http/shape';

const minute = 60_000;

describe('the record of imports', () => {
  let sandbox: ImportSandbox;

  beforeEach(async () => {
    sandbox = await ImportSandbox.open();
    await sandbox.write({ 'train.py': header, 'lib/tools.py': 'x = 1' });
  });
  afterEach(() => sandbox.close());

  /** Another pipeline run says that it is at work. */
  async function otherRunBegins(generation: number): Promise<void> {
    const nothing = { items: new Map(), pending: new Map(), folders: new Set<string>() };
    const text = writeManifest(
      { ...nothing, isInProgress: true, writer: 'other', run: 'https://dev.example/1' },
      'ImportNotebooks',
    );
    await sandbox.call('mkdirs', { path: target });
    await sandbox.edit(`.import-manifest.${generation}.json`, text);
  }

  /** A clock that calls back at every wait for another run, with the count of waits. */
  function waitingClock(onWait: (count: number) => Promise<void>): ImportClock {
    let waits = 0;
    return new ImportClock(sandbox.databricks, async (milliseconds) => {
      if (milliseconds === 5000) await onWait(++waits);
    });
  }

  it('lets one of two pipelines through at a time, and both succeed', async () => {
    const first = sandbox.run({ clock: waitingClock(async () => second.then(() => undefined)) });
    const second = sandbox.run({ clock: waitingClock(async () => first.then(() => undefined)) });
    const outcomes = await Promise.all([first, second]);
    assert.deepEqual(
      outcomes.map(({ failures, stoppedBy }) => [failures, stoppedBy]),
      [
        [[], undefined],
        [[], undefined],
      ],
    );
    assert.deepEqual(sandbox.contents(), { train: 'PYTHON: ', lib: 'folder', 'lib/tools.py': 'x = 1' });
    assert.equal(Object.keys(sandbox.manifests()).length, 1);
    assert.equal((await sandbox.run()).plan.unchanged.length, 2);
  });

  it('makes a run wait for another one that is active, and plan again when that has ended', async () => {
    await otherRunBegins(1);
    const clock = waitingClock(async (count) => {
      if (count === 20) {
        await sandbox.delete('.import-manifest.1.json');
        await sandbox.edit('lib/tools.py', 'theirs').catch(() => undefined);
      } else if (count < 20) await otherRunBegins(1); // it renews its claim
    });
    const outcome = await sandbox.run({ clock });
    assert.match(
      sandbox.agent.text('log'),
      /^Waiting: the pipeline run https:\/\/dev\.example\/1 is importing to \/Shared\/model\.$/m,
    );
    assert.equal(sandbox.agent.text('log').match(/Waiting/g)?.length, 1);
    assert.equal(outcome.imported.length, 2);
  });

  it('makes a run fail after a quarter of an hour, without a change', async () => {
    await otherRunBegins(1);
    const clock = waitingClock(() => otherRunBegins(1));
    await assert.rejects(
      sandbox.run({ clock }),
      /the pipeline run https:\/\/dev\.example\/1 is still importing to it after 15 minutes/,
    );
    assert.deepEqual(sandbox.contents(), {});
  });

  it('lets a run continue in place of one that has not renewed its claim for 30 seconds', async () => {
    await otherRunBegins(1);
    const began = sandbox.databricks.clock.now();
    await sandbox.run();
    const passed = sandbox.databricks.clock.now() - began;
    assert.ok(passed >= 30_000 && passed < minute, `${passed} ms`);
    assert.match(sandbox.agent.text('log'), /was interrupted. Continuing where it stopped/);
    assert.deepEqual(Object.keys(sandbox.manifests()), ['.import-manifest.2.json']);
  });

  it('takes over at once from a run that has not renewed its claim for a day', async () => {
    await otherRunBegins(1);
    await sandbox.databricks.clock.advance(25 * 60 * minute);
    const began = sandbox.databricks.clock.now();
    await sandbox.run();
    assert.ok(sandbox.databricks.clock.now() - began < 10_000);
  });

  it('is renewed by the run that holds it, which stops when another run took over', async () => {
    const clock = new ImportClock(sandbox.databricks);
    const workspace = sandbox.connect();
    const held = new Promise<void>((resolve) => {
      sandbox.intercept(workspace, async (request) => {
        if (request.purpose !== `import ${target}/train`) return;
        resolve();
        await new Promise((_, reject) => request.signal?.addEventListener('abort', () => reject(new Error('aborted'))));
      });
    });
    const run = sandbox.run({ clock, workspace, atOnce: 1 });
    await held;
    const modifiedAt = (): number | undefined =>
      sandbox.databricks.workspace.get(`${target}/.import-manifest.1.json`)?.modifiedAt;
    const claimed = modifiedAt();
    await sandbox.databricks.clock.advance(10_000);
    await clock.renew();
    await clock.renewalDue();
    assert.equal(modifiedAt(), sandbox.databricks.clock.now());
    assert.notEqual(modifiedAt(), claimed);

    await otherRunBegins(2);
    await sandbox.delete('.import-manifest.1.json');
    await clock.renew();
    const outcome = await run;
    assert.match(
      outcome.stoppedBy?.message ?? '',
      /Stopped: another pipeline run started to import to \/Shared\/model/,
    );
    assert.deepEqual(Object.keys(sandbox.manifests()), ['.import-manifest.2.json']);
  });

  /** Holds an import up after it has read generation 1, while another run makes 2, and a third one 3. */
  function holdUp(workspace: Parameters<typeof sandbox.intercept>[0], then: () => void = () => undefined): void {
    let isHeldUp = false;
    sandbox.intercept(workspace, async ({ purpose }) => {
      if (isHeldUp || !purpose.startsWith('import')) return;
      isHeldUp = true;
      const nothing = { items: new Map(), pending: new Map(), folders: new Set<string>() };
      const third = writeManifest({ ...nothing, isInProgress: false, writer: 'third' }, 'ImportNotebooks');
      await sandbox.edit('.import-manifest.3.json', third);
      await sandbox.delete('.import-manifest.1.json');
      then();
    });
  }

  it('refuses a generation that others have already replaced', async () => {
    await sandbox.run();
    await sandbox.write({ 'lib/tools.py': 'x = 2' });
    const workspace = sandbox.connect();
    holdUp(workspace);
    const outcome = await sandbox.run({ workspace, clock: waitingClock(async () => undefined) });
    assert.deepEqual(outcome.failures, []);
    assert.match(
      sandbox.agent.text('log'),
      /Another pipeline run started to import to \/Shared\/model at the same moment/,
    );
    assert.deepEqual(Object.keys(sandbox.manifests()), ['.import-manifest.4.json']);
  });

  it('fails when its claim to a replaced generation is not deleted, and names it', async () => {
    await sandbox.run();
    await sandbox.write({ 'lib/tools.py': 'x = 2' });
    const workspace = sandbox.connect();
    holdUp(workspace, () => {
      const acknowledged = { effect: 'status', status: 200, body: '{}', from: 2 } as const;
      sandbox.databricks.faults.add({ method: 'POST', path: '/api/2.0/workspace/delete', ...acknowledged });
    });
    await assert.rejects(
      sandbox.run({ workspace, clock: waitingClock(async () => undefined) }),
      /Nothing was imported: .*accepted the deletion of \/Shared\/model\/\.import-manifest\.2\.json, but it still exists\./,
    );
  });

  for (const atOnce of [1, 4])
    it(`reveals an import that ended while the folders were listed, with ${atOnce} at once`, async () => {
      await sandbox.run();
      const manifest = sandbox.manifests()['.import-manifest.1.json'];
      await sandbox.edit('lib/tools.py', 'x = 0'); // as the other run has not imported it yet
      const workspace = sandbox.connect();
      let isListed = (): void => undefined;
      const listed = new Promise<void>((resolve) => (isListed = resolve));
      let hasEnded = false;
      const end = async (): Promise<void> => {
        await sandbox.edit('lib/tools.py', 'x = 1');
        const { id, modifiedAt } = sandbox.databricks.workspace.get(`${target}/lib/tools.py`) ?? {};
        const tools = {
          ...(manifest?.items['lib/tools.py'] as object),
          objects: { '': { objectId: String(id), modifiedAt } },
        };
        const ended = { ...manifest, items: { ...manifest?.items, 'lib/tools.py': tools } };
        await sandbox.edit('.import-manifest.1.json', JSON.stringify(ended));
      };
      const { bytes, json } = workspace.http;
      workspace.http.bytes = async (request) => {
        if (atOnce > 1) await listed;
        if (!hasEnded) await end();
        hasEnded = true;
        return bytes.call(workspace.http, request);
      };
      workspace.http.json = async <T>(request: HttpRequest, shape: Shape<T>) => {
        const answer = (await json.call(workspace.http, request, shape)) as T;
        if (request.query?.['path'] === `${target}/lib`) isListed();
        return answer;
      };
      const outcome = await sandbox.run({ workspace, atOnce, clock: waitingClock(async () => undefined) });
      assert.deepEqual(outcome.imported, []);
      assert.equal(outcome.plan.unchanged.length, 2);
      assert.deepEqual(Object.keys(sandbox.manifests()), ['.import-manifest.1.json']);
    });

  it('is deleted except for its newest generation', async () => {
    await sandbox.run();
    for (const generation of [2, 3, 10]) await sandbox.edit(`.import-manifest.${generation}.json`, 'damaged');
    await sandbox.run();
    assert.deepEqual(Object.keys(sandbox.manifests()), ['.import-manifest.11.json']);
  });

  for (const [what, content] of [
    ['no JSON', '{"formatVersion":1'],
    ['other JSON', '[]'],
    [
      'a wrong shape',
      '{"formatVersion":1,"state":"ended","writer":"w","items":{"train":{}},"pending":{},"folders":[]}',
    ],
  ] as const) {
    it(`means nothing when it is damaged (${what}): all is sent again, and nothing is deleted`, async () => {
      await sandbox.run();
      await sandbox.edit('.import-manifest.1.json', content);
      await sandbox.remove('lib');
      const outcome = await sandbox.run();
      assert.equal(outcome.imported.length, 1);
      assert.equal(sandbox.contents()['lib/tools.py'], 'x = 1');
      assert.match(sandbox.agent.text('warning'), /\.import-manifest\.1\.json is damaged.*nothing is deleted/);
    });

    it(`stops a mirror when it is damaged (${what}), as long as the folder has other objects`, async () => {
      await sandbox.run();
      await sandbox.edit('.import-manifest.1.json', content);
      await sandbox.remove('lib');
      const before = sandbox.contents();
      for (let times = 1; times <= 2; times++)
        await assert.rejects(
          sandbox.run({ mode: 'mirror' }),
          /1\.json is damaged.*\n {2}- lib\n {2}- lib\/tools\.py\nDelete/,
        );
      assert.deepEqual(sandbox.contents(), before);
      await sandbox.delete('lib');
      const outcome = await sandbox.run({ mode: 'mirror' });
      assert.deepEqual([outcome.imported.length, outcome.failures.length], [1, 0]);
      assert.equal((await sandbox.run({ mode: 'mirror' })).plan.unchanged.length, 1);
    });
  }

  it('means nothing when it was deleted: all is sent again, and nothing is deleted', async () => {
    await sandbox.run();
    await sandbox.delete('.import-manifest.1.json');
    await sandbox.remove('lib');
    const outcome = await sandbox.run({ mode: 'mirror' });
    assert.equal(outcome.imported.length, 1);
    assert.equal(sandbox.contents()['lib/tools.py'], 'x = 1');
  });

  it('stops a run that is too old to read it, before anything is changed', async () => {
    await sandbox.run();
    await sandbox.edit('.import-manifest.2.json', '{"formatVersion":2}');
    await sandbox.write({ 'train.py': `${header}print(2)` });
    const before = sandbox.contents();
    await assert.rejects(sandbox.run(), /A newer version of this task imported to this folder.*Update the extension/);
    assert.deepEqual(sandbox.contents(), before);
  });
});
