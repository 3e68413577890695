import assert from 'node:assert/strict';
import sinon from 'sinon';
import { type Databricks } from '../../../sandbox/databricks/databricks';
import { objectsOf } from '../../../sandbox/databricks/json';
import { RateLimits } from '../../../sandbox/databricks/rateLimits';
import { ApiError } from '../../../sandbox/databricks/apiError';
import { idText, startTestWorkspace, type WorkspaceClient } from './workspaceClient';

describe('Databricks sandbox: faults, limits and log', () => {
  let databricks: Databricks;
  let client: WorkspaceClient;
  beforeEach(async () => ({ databricks, client } = await startTestWorkspace({ logsBodies: true })));
  afterEach(() => databricks.close());

  const list = () => client.get('/api/2.0/workspace/list', { path: '/' });
  const makeFolder = (path: string) => client.post('/api/2.0/workspace/mkdirs', { path });

  it('returns a given status with Retry-After from the n-th matching request on, a given number of times', async () => {
    databricks.faults.add({
      method: 'GET',
      path: '/api/2.0/workspace/*',
      from: 2,
      times: 2,
      effect: 'status',
      status: 429,
      retryAfter: 7,
    });
    const replies = [];
    for (let request = 0; request < 4; request++) {
      await makeFolder('/Shared/other');
      replies.push(await list());
    }
    assert.deepEqual(
      replies.map(({ status }) => status),
      [200, 429, 429, 200],
    );
    assert.deepEqual(
      [replies[1]?.headers.get('retry-after'), replies[1]?.json.error_code],
      ['7', 'REQUEST_LIMIT_EXCEEDED'],
    );
  });

  it('resets the connection before the request has an effect', async () => {
    databricks.faults.add({ path: '*/mkdirs', effect: 'reset' });
    await assert.rejects(makeFolder('/Shared/lost'));
    assert.equal(databricks.workspace.get('/Shared/lost'), undefined);
    assert.equal((await makeFolder('/Shared/lost')).status, 200);
  });

  it('loses only the response when the fault applies after the effect', async () => {
    databricks.faults.add({ path: '*/mkdirs', effect: 'reset', when: 'after' });
    databricks.faults.add({ path: '*/mkdirs', from: 2, effect: 'status', status: 503, when: 'after' });
    await assert.rejects(makeFolder('/Shared/one'));
    assert.equal((await makeFolder('/Shared/two')).status, 503);
    assert.ok(databricks.workspace.get('/Shared/one') && databricks.workspace.get('/Shared/two'));
  });

  it('truncates the JSON of a response', async () => {
    databricks.faults.add({ effect: 'truncated' });
    const { status, text } = await list();
    assert.equal(status, 200);
    assert.throws(() => JSON.parse(text), SyntaxError);
  });

  it('returns a web page instead of JSON', async () => {
    databricks.faults.add({ effect: 'html' });
    databricks.faults.add({ from: 2, effect: 'html', status: 502, body: '<h1>Bad gateway</h1>' });
    const [page, proxy] = [await list(), await list()];
    assert.deepEqual([page.status, page.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
    assert.deepEqual([proxy.status, proxy.text], [502, '<h1>Bad gateway</h1>']);
  });

  it('delays a response without changing it', async () => {
    databricks.faults.add({ delayMilliseconds: 50 });
    assert.equal((await list()).status, 200);
    const [entry] = databricks.requests.list();
    assert.ok(entry && entry.milliseconds >= 49);
    assert.equal(entry.fault, 'delay');
  });

  it('logs requests and responses', async () => {
    await client.post('/api/2.2/jobs/run-now', { job_id: 1, idempotency_token: 'token' });
    databricks.faults.add({ effect: 'reset' });
    await assert.rejects(list());
    const [run, lost] = databricks.requests.list();
    assert.ok(run && lost);
    const { method, path, status, errorCode, user, idempotencyToken, requestBytes, body } = run;
    assert.deepEqual(
      { method, path, status, errorCode, user, idempotencyToken, requestBytes, body },
      {
        method: 'POST',
        path: '/api/2.2/jobs/run-now',
        status: 400,
        errorCode: 'INVALID_PARAMETER_VALUE',
        user: 'someone@example.com',
        idempotencyToken: 'token',
        requestBytes: 40,
        body: '{"job_id":1,"idempotency_token":"token"}',
      },
    );
    assert.deepEqual([lost.status, lost.query, lost.fault], [0, { path: '/' }, 'reset']);
    assert.deepEqual(databricks.requests.list('/run-now'), [run]);
  });

  it('adds its latency to every request', async () => {
    const slow = await startTestWorkspace({ latencyMilliseconds: 40 });
    try {
      await slow.client.get('/api/2.0/workspace/list', { path: '/' });
      assert.ok((slow.databricks.requests.list()[0]?.milliseconds ?? 0) >= 39);
    } finally {
      await slow.databricks.close();
    }
  });

  it('allows 30 imports in any second', () => {
    let now = 0;
    const limits = new RateLimits(() => now);
    const accepted = () => {
      try {
        limits.check('POST', '/api/2.0/workspace/import');
        return true;
      } catch (error) {
        assert.ok(error instanceof ApiError);
        assert.deepEqual(
          [error.status, error.errorCode, error.headers['retry-after']],
          [429, 'REQUEST_LIMIT_EXCEEDED', '1'],
        );
        return false;
      }
    };
    const times: number[] = [];
    for (; now < 5000; now += 10) if (accepted()) times.push(now);
    assert.equal(times.length, 150);
    assert.ok(times.every((time, index) => time - (times[index - 30] ?? -1000) >= 1000));
  });

  it('does not limit operations without a documented limit', () => {
    const limits = new RateLimits(() => 0);
    for (let request = 0; request < 1000; request++) limits.check('GET', '/api/2.0/workspace/list');
  });

  it('returns 429 over HTTP when limits are enabled', async () => {
    // They all arrive in one second, however long the machine takes.
    const time = sinon.useFakeTimers({ toFake: ['performance'] });
    const limited = await startTestWorkspace({ hasLimits: true });
    try {
      const replies = await Promise.all(
        Array.from({ length: 50 }, (_, index) => limited.client.importFile(`/Shared/${index}.txt`, 'x')),
      );
      const refused = replies.filter(({ status }) => status === 429);
      assert.ok(refused.length > 0);
      assert.equal(refused[0]?.headers.get('retry-after'), '1');
    } finally {
      time.restore();
      await limited.databricks.close();
    }
  });

  describe('control API', () => {
    const post = (path: string, body: Record<string, string | number>) => client.post(`/__sandbox/${path}`, body);

    it('adds and removes faults', async () => {
      await post('faults', { effect: 'status', status: 500, times: 1000 });
      assert.equal((await list()).status, 500);
      await client.send('DELETE', '/__sandbox/faults');
      assert.equal((await list()).status, 200);
    });

    it('returns and clears the log, which does not contain its own requests', async () => {
      await list();
      await makeFolder('/Shared/x');
      const entries = objectsOf((await client.get('/__sandbox/requests', { path: '/mkdirs' })).json.requests);
      assert.deepEqual(
        entries.map(({ path }) => path),
        ['/api/2.0/workspace/mkdirs'],
      );
      await client.send('DELETE', '/__sandbox/requests');
      assert.deepEqual((await client.get('/__sandbox/requests')).json.requests, []);
    });

    it('moves the clock', async () => {
      const before = (await client.get('/__sandbox/clock')).json.now;
      const after = (await post('clock', { advanceSeconds: 90 })).json.now;
      assert.equal(Number(after) - Number(before), 90_000);
    });

    it('adds and removes scripts', async () => {
      const run = async () => {
        const { json } = await client.post('/api/2.2/jobs/runs/submit', { tasks: [{ task_key: 'q', sql_task: {} }] });
        await post('clock', { advanceSeconds: 60 });
        return (await client.get('/api/2.2/jobs/runs/get', { run_id: idText(json.run_id) })).text;
      };
      await post('scripts', { durationSeconds: 5 });
      assert.match(await run(), /"result_state":"SUCCESS"/);
      await client.send('DELETE', '/__sandbox/scripts');
      assert.match(await run(), /The sandbox does not run sql_task/);
    });

    it('refuses unknown fields, a clock that goes back, and requests without its token', async () => {
      assert.match((await post('faults', { efect: 'reset' })).json.message as string, /^Unknown: efect\./);
      assert.equal((await post('clock', { advanceSeconds: -1 })).status, 400);
      assert.equal((await fetch(`${databricks.url}/__sandbox/requests`)).status, 401);
    });
  });
});
