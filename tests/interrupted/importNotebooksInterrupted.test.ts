import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Workspace } from '../../shared/databricks/connect';
import type { HttpRequest } from '../../shared/http/httpClient';
import {
  archiveOf,
  ImportClock,
  ImportSandbox,
  type RunOptions,
  header,
} from '../shared/databricks/notebooks/importSandbox';

const firstSource = {
  'train.py': `${header}print(1)\n\n# COMMAND ----------\n\nprint(2)\r\n`,
  'lib/tools.py': 'x = 1',
  'data/old.json': '{}',
};
/** So long after a run was killed that nobody takes it for alive. */
const longAfterMilliseconds = 60 * 60_000;

/** What happens after a successful import of `firstSource`. */
const secondSource = { 'train.py': `${header}print(3)`, 'lib/new.txt': 'new' };

/**
 * A workspace whose client dies at its n-th request that changes something, counted from 0, when the service has carried that
 * out: from there on nothing reaches the service, as when the process is killed. (Killed before such a request, or at a read
 * after it, is killed after the one before: the service is the same.)
 */
function dying(workspace: Workspace, last: number): { workspace: Workspace; isDead(): boolean } {
  let count = 0;
  const mortal = async <T>({ method }: HttpRequest, send: () => Promise<T>): Promise<T> => {
    if (count > last) throw new Error('killed');
    if (method === 'GET') return send();
    const index = count++;
    const answer = await send();
    if (index === last) throw new Error('killed');
    return answer;
  };
  const { http, url } = workspace;
  return {
    workspace: {
      url,
      http: {
        json: (request, shape) => mortal(request, () => http.json(request, shape)),
        bytes: (request) => mortal(request, () => http.bytes(request)),
        save: (request, file) => mortal(request, () => http.save(request, file)),
      },
    },
    isDead: () => count > last,
  };
}

/** Imports, killed at every request in turn, and calls back with what is left behind, until an import gets through alive. */
async function killEverywhere(
  prepare: (sandbox: ImportSandbox) => Promise<void>,
  options: RunOptions,
  afterwards: (sandbox: ImportSandbox, where: string) => Promise<void>,
): Promise<number> {
  for (let index = 0; ; index++) {
    const sandbox = await ImportSandbox.open();
    try {
      await prepare(sandbox);
      const { workspace, isDead } = dying(sandbox.connect(), index);
      await sandbox.run({ ...options, workspace }).catch(() => undefined);
      await sandbox.databricks.clock.advance(longAfterMilliseconds);
      await afterwards(sandbox, `killed at request ${index}`);
      if (!isDead()) return index;
    } finally {
      await sandbox.close();
    }
  }
}

/** What a folder looks like that was imported in one go. */
async function imported(source: Readonly<Record<string, string | Uint8Array>>): Promise<Record<string, string>> {
  const sandbox = await ImportSandbox.open();
  try {
    await sandbox.write(source);
    await sandbox.run();
    return sandbox.contents();
  } finally {
    await sandbox.close();
  }
}

async function prepareUpdate(sandbox: ImportSandbox): Promise<void> {
  await sandbox.write(firstSource);
  await sandbox.run();
  await sandbox.remove('data');
  await sandbox.write(secondSource);
}

function assertSettled(sandbox: ImportSandbox, where: string): void {
  const manifests = Object.values(sandbox.manifests());
  assert.equal(manifests.length, 1, where);
  assert.equal(manifests[0]?.state, 'ended', where);
  assert.deepEqual(manifests[0].pending, {}, where);
}

describe('an import that is killed', () => {
  it('is completed by the next run, wherever it was killed', async () => {
    const source = { ...firstSource, 'pkg.dbc': await archiveOf({ a: '1', 'deep/b': '1' }) };
    const whole = await imported(source);
    const requests = await killEverywhere(
      (sandbox) => sandbox.write(source),
      {},
      async (sandbox, where) => {
        await sandbox.run();
        assert.deepEqual(sandbox.contents(), whole, where);
        assertSettled(sandbox, where);
        const again = await sandbox.run();
        assert.equal(again.plan.unchanged.length, 4, where);
      },
    );
    assert.ok(requests > 5, `only ${requests} requests that change something`);
  });

  it('is completed by the next run in mirror mode too, with changes and deletions under way', async () => {
    const whole = await imported({ 'lib/tools.py': firstSource['lib/tools.py'], ...secondSource });
    await killEverywhere(prepareUpdate, { mode: 'mirror' }, async (sandbox, where) => {
      await sandbox.run({ mode: 'mirror' });
      assert.deepEqual(sandbox.contents(), whole, where);
      assertSettled(sandbox, where);
    });
  });

  it('creates nothing that mirror mode does not recognize later', async () => {
    await killEverywhere(
      (sandbox) => sandbox.write({ ...firstSource, 'keep.txt': 'keep' }),
      { mode: 'mirror' },
      async (sandbox, where) => {
        await sandbox.remove('lib', 'data', 'train.py');
        await sandbox.run({ mode: 'mirror' });
        assert.deepEqual(sandbox.contents(), { 'keep.txt': 'keep' }, where);
        assertSettled(sandbox, where);
      },
    );
  });

  it('never makes mirror mode delete the work of people', async () => {
    await killEverywhere(
      (sandbox) => sandbox.write(firstSource),
      { mode: 'mirror' },
      async (sandbox, where) => {
        await sandbox.call('mkdirs', { path: '/Shared/model/lib' });
        await sandbox.edit('lib/tools.py', 'edited');
        await sandbox.edit('train', 'edited', 'PYTHON');
        await sandbox.remove('lib', 'train.py');
        await sandbox.run({ mode: 'mirror' });
        const { 'lib/tools.py': tools, train } = sandbox.contents();
        assert.deepEqual([tools, train], ['edited', 'PYTHON: edited'], where);
      },
    );
  });
});

describe('an import that is cancelled', () => {
  it('says so in its manifest, so that the next run need not wait', async () => {
    const sandbox = await ImportSandbox.open();
    try {
      await sandbox.write(firstSource);
      const cancellation = new AbortController();
      sandbox.databricks.faults.add({
        path: '/api/2.0/workspace/import',
        from: 3,
        times: 99,
        delayMilliseconds: 60_000,
      });
      const run = sandbox.run({ signal: cancellation.signal, atOnce: 1 });
      while (sandbox.databricks.requests.list('/import').length < 2) await new Promise(setImmediate);
      sandbox.databricks.faults.clear();
      cancellation.abort(new Error('cancelled'));
      const outcome = await run;
      assert.equal(outcome.stoppedBy?.message, 'cancelled');
      assert.equal(Object.values(sandbox.manifests())[0]?.state, 'ended');

      const sleeps: number[] = [];
      const clock = new ImportClock(sandbox.databricks, async (milliseconds) => void sleeps.push(milliseconds));
      assert.deepEqual((await sandbox.run({ clock })).failures, []);
      assert.ok(Math.max(0, ...sleeps) < 1000, `slept ${sleeps.join(', ')}`);
      assertSettled(sandbox, 'after a cancellation');
    } finally {
      await sandbox.close();
    }
  });
});

describe('lost answers', () => {
  it('change nothing, whichever answer is lost', async () => {
    const whole = await imported(firstSource);
    for (let index = 1, wasHit = true; wasHit; index++) {
      const sandbox = await ImportSandbox.open();
      try {
        await sandbox.write(firstSource);
        sandbox.databricks.faults.add({ method: 'POST', from: index, when: 'after', effect: 'reset' });
        const outcome = await sandbox.run({ atOnce: 1 });
        wasHit = sandbox.databricks.requests.list().some(({ fault }) => fault !== undefined);
        assert.deepEqual(outcome.failures, [], `answer ${index}`);
        assert.deepEqual(sandbox.contents(), whole, `answer ${index}`);
        assertSettled(sandbox, `answer ${index}`);
      } finally {
        await sandbox.close();
      }
    }
  });
});
