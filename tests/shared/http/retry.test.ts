import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import sinon from 'sinon';
import { HttpError, ForeignAnswerError, NetworkError, isTransient } from '../../../shared/http/errors';
import { TimedOutError } from '../../../shared/http/poll';
import { FakeClock } from '../../support/fakeClock';
import { RecordingServer, breakOff, ignore, truncate, type Behaviour } from '../../support/recordingServer';
import { clientFor, create, errorOf, get, replace } from './clientUnderTest';
import { anything } from '../../support/anything';

describe('retry', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  const fault = (status: number): Behaviour => ({ status, body: { error_code: 'SOME_CODE', message: 'Something.' } });

  for (const { status, repeatable, once } of [
    { status: 400, repeatable: false, once: false },
    { status: 404, repeatable: false, once: false },
    { status: 408, repeatable: true, once: false },
    { status: 409, repeatable: false, once: false },
    { status: 429, repeatable: true, once: true },
    { status: 500, repeatable: true, once: false },
    { status: 501, repeatable: false, once: false },
    { status: 502, repeatable: true, once: false },
    { status: 503, repeatable: true, once: true },
    { status: 504, repeatable: true, once: false },
  ]) {
    for (const [what, request, isRepeated] of [
      ['a GET', get, repeatable],
      ['a repeatable POST', replace, repeatable],
      ['a POST that creates', create, once],
    ] as const) {
      it(`${isRepeated ? 'repeats' : 'does not repeat'} ${what} after ${status}`, async () => {
        server.reset(fault(status), { body: { fine: true } });
        const { client } = clientFor(server.url);
        if (isRepeated) {
          assert.deepEqual(await client.json(request, anything), { fine: true });
          assert.equal(server.requests.length, 2);
        } else {
          const error = await errorOf(HttpError, client.json(request, anything));
          assert.equal(error.status, status);
          assert.equal(error.isTransient, repeatable);
          assert.equal(server.requests.length, 1);
        }
      });
    }
  }

  for (const [errorCode, status] of [
    ['RESOURCE_EXHAUSTED', 400],
    ['REQUEST_LIMIT_EXCEEDED', 500],
    ['TEMPORARILY_UNAVAILABLE', 500],
  ] as const) {
    it(`repeats even a POST that creates after ${status} ${errorCode}`, async () => {
      server.reset({ status, body: { error_code: errorCode, message: 'Later.' } }, { body: {} });
      await clientFor(server.url).client.json(create, anything);
      assert.equal(server.requests.length, 2);
    });
  }

  it('does not repeat a POST that creates after a 503 that is not known to come from the service', async () => {
    server.reset({ status: 503, body: 'upstream connect error or disconnect/reset before headers' });
    const error = await errorOf(HttpError, clientFor(server.url).client.json(create, anything));
    assert.match(error.message, /not repeated, because it may have been carried out/);
    server.reset({ status: 503, headers: { 'Retry-After': '1' } }, { body: {} });
    await clientFor(server.url).client.json(create, anything);
    assert.equal(server.requests.length, 2);
  });

  it('repeats a GET whose refusal is cut off, at most twice', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const cut = { status: 404, body: '{"error_code": "NOT_FO', headers };
    server.reset(cut, { status: 404, body: { error_code: 'NOT_FOUND', message: 'There is no thing' } });
    const whole = await errorOf(HttpError, clientFor(server.url).client.json(get, anything));
    assert.deepEqual([whole.errorCode, server.requests.length], ['NOT_FOUND', 2]);
    server.reset(cut);
    const error = await errorOf(HttpError, clientFor(server.url).client.json(get, anything));
    assert.deepEqual([error.status, server.requests.length], [404, 3]);
    server.reset({ ...cut, headers: { 'Content-Type': 'text/plain' } });
    await errorOf(HttpError, clientFor(server.url).client.json(get, anything));
    assert.equal(server.requests.length, 1);
  });

  for (const [what, behaviour] of [
    ['a connection that breaks after the request', breakOff],
    ['a truncated body', truncate],
    ['a body that is not JSON', { body: '{"value": 1', headers: { 'Content-Type': 'application/json' } }],
    ['a truncated compressed body', truncatedGzip],
    ['an answer that is not HTTP', notHttp],
  ] as const) {
    it(`repeats a GET, but not a POST that creates, after ${what}`, async () => {
      server.reset(behaviour, { body: { fine: true } });
      assert.deepEqual(await clientFor(server.url).client.json(get, anything), { fine: true });
      server.reset(behaviour, { body: { fine: true } });
      const error = await errorOf(Error, clientFor(server.url).client.json(create, anything));
      assert.ok(error instanceof NetworkError || error instanceof ForeignAnswerError);
      assert.ok(isTransient(error));
      assert.match(error.message, /^Could not create the thing: .*may have been carried out/);
      assert.equal(server.requests.length, 1);
    });
  }

  it('repeats even a POST that creates while no connection is established', async () => {
    const refusing = createServer().listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const { port } = refusing.address() as AddressInfo;
    await new Promise((resolve) => refusing.close(resolve));
    const { client, clock, debugLines } = clientFor(`http://127.0.0.1:${port}`);
    const error = await errorOf(NetworkError, client.json({ ...create, budgetSeconds: 10 }, anything));
    assert.equal(error.code, 'ECONNREFUSED');
    assert.equal(error.attempts, 4);
    assert.deepEqual(clock.sleeps, [1000, 2000, 4000]);
    assert.equal(debugLines.length, 4);
    assert.match(
      error.message,
      /ECONNREFUSED.* 10 s .* used up\. Tried 4 times\. Check that the agent machine can reach/,
    );
  });

  it('repeats even a POST that creates when the connection fails before it is established', async () => {
    let connections = 0;
    const breaking = createServer((socket) => {
      connections++;
      socket.resetAndDestroy();
    }).listen(0, '127.0.0.1');
    await once(breaking, 'listening');
    const { port } = breaking.address() as AddressInfo;
    // TLS: the connection stands only after the handshake, which this server never does.
    const { client } = clientFor(`https://127.0.0.1:${port}`);
    const error = await errorOf(NetworkError, client.json({ ...create, budgetSeconds: 2 }, anything));
    assert.equal(error.attempts, 2);
    assert.equal(connections, 2);
    await new Promise((resolve) => breaking.close(resolve));
  });

  it('repeats even a POST that creates when a connection is not established within 30 s', async () => {
    const timers = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const silent = createServer(() => timers.tick(30_000)).listen(0, '127.0.0.1');
    try {
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      const { client, debugLines } = clientFor(`https://127.0.0.1:${port}`);
      await errorOf(NetworkError, client.json({ ...create, budgetSeconds: 33 }, anything));
      assert.match(debugLines[0] ?? '', /ETIMEDOUT/);
      assert.match(debugLines[1] ?? '', /ETIMEDOUT/);
    } finally {
      timers.restore();
      silent.close();
    }
  });

  it('treats a missing response as a network error', async () => {
    server.reset(ignore, { body: { fine: true } });
    const { client } = clientFor(server.url, { silenceMilliseconds: 30 });
    assert.deepEqual(await client.json(get, anything), { fine: true });
    server.reset(ignore);
    const error = await errorOf(NetworkError, client.json(create, anything));
    assert.equal(error.code, 'ETIMEDOUT');
    assert.match(error.message, /may have been carried out/);
  });

  it('does not treat a slow response as a missing one', async () => {
    server.reset((_request, response) => {
      response.writeHead(200);
      let parts = 0;
      const timer = setInterval(() => {
        response.write(' ');
        if (++parts < 8) return;
        clearInterval(timer);
        response.end('{"fine":true}');
      }, 60);
    });
    const { client } = clientFor(server.url, { silenceMilliseconds: 400 });
    assert.deepEqual(await client.json(get, anything), { fine: true });
    assert.equal(server.requests.length, 1);
  });

  it('aborts a response when the budget is used up', async () => {
    server.reset(ignore);
    const error = await errorOf(
      NetworkError,
      clientFor(server.url).client.json({ ...get, budgetSeconds: 0.05 }, anything),
    );
    assert.equal(error.code, 'TOO_SLOW');
    assert.equal(isTransient(error), true);
  });

  it('doubles the wait from 1 s to 30 s, within the budget', async () => {
    server.reset(fault(500));
    const { client, clock } = clientFor(server.url);
    const error = await errorOf(HttpError, client.json(get, anything));
    assert.deepEqual(clock.sleeps, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    assert.equal(error.attempts, 8);
    assert.match(error.message, /The 120 s that the call may take are used up\. Tried 8 times\.$/);
  });

  it('waits at most 2 s when there were too many calls, because these are spaced anyway', async () => {
    server.reset(fault(429), fault(429), fault(429), fault(429), { body: {} });
    const { client, clock } = clientFor(server.url);
    await client.json(get, anything);
    assert.deepEqual(
      clock.sleeps.filter((milliseconds) => milliseconds >= 1000),
      [1000, 2000, 2000, 2000],
    );
  });

  it('spreads the waits with full jitter', async () => {
    server.reset(fault(500), fault(500), fault(500), { body: {} });
    const draws = [0, 0.5, 0.25];
    const { client, clock } = clientFor(server.url, { random: () => draws.shift() ?? 1 });
    await client.json(get, anything);
    assert.deepEqual(clock.sleeps, [0, 1000, 1000]);
  });

  it('includes the time of the attempts in the budget', async () => {
    const { client, clock } = clientFor(server.url);
    server.reset((_request, response) => {
      clock.advance(5000);
      response.writeHead(500).end();
    });
    const error = await errorOf(HttpError, client.json({ ...get, budgetSeconds: 12 }, anything));
    assert.equal(error.attempts, 2);
  });

  it('waits for the seconds of Retry-After', async () => {
    server.reset({ status: 429, headers: { 'Retry-After': '17' } }, { body: {} });
    const { client, clock } = clientFor(server.url);
    await client.json(create, anything);
    assert.deepEqual(clock.sleeps, [17_000]);
  });

  for (const asked of ['0.0001', '0.5', '1'])
    it(`waits a second at least, also when Retry-After asks for ${asked}`, async () => {
      const { client, clock } = clientFor(server.url);
      server.reset({ status: 503, headers: { 'Retry-After': asked } }, { body: {} });
      await client.json(get, anything);
      assert.deepEqual(clock.sleeps, [1000]);
    });

  it('waits until the date of Retry-After', async () => {
    const { client, clock } = clientFor(server.url);
    const until = new Date(clock.date() + 42_000).toUTCString();
    server.reset(
      (_request, response) => {
        response.sendDate = false;
        response.writeHead(503, { 'Retry-After': until }).end();
      },
      { body: {} },
    );
    await client.json(get, anything);
    assert.deepEqual(clock.sleeps, [42_000]);
  });

  for (const hours of [-3, 1])
    it(`compares the date of Retry-After with the Date of the same answer, of a clock that is ${hours} h ahead`, async () => {
      const { client, clock } = clientFor(server.url);
      const [sent, until] = [0, 2000].map((later) => new Date(clock.date() + hours * 3_600_000 + later).toUTCString());
      server.reset({ status: 429, headers: { 'Retry-After': until, Date: sent } }, { body: {} });
      await client.json(get, anything);
      assert.deepEqual(clock.sleeps, [2000]);
    });

  for (const header of ['0.0001', '0.9', '1', undefined])
    it(`ends with the budget of the call when every answer is a 429 with Retry-After ${header ?? 'left out'}`, async () => {
      const body = { error_code: 'SOME_CODE', message: 'Something.' };
      server.reset({ status: 429, headers: header === undefined ? {} : { 'Retry-After': header }, body });
      const { client, clock } = clientFor(server.url, { random: () => 0.5 });
      const start = clock.now();
      const error = await errorOf(HttpError, client.json(get, anything));
      const seconds = (clock.now() - start) / 1000;
      assert.ok(seconds > 100 && seconds <= 125, `${seconds} s`);
      assert.ok(server.requests.length <= 120, `${server.requests.length} requests`);
      assert.match(error.message, /The 120 s that the call may take are used up\. Tried \d+ times\.$/);
    });

  it('includes the sign-in in the budget', async () => {
    server.reset(fault(500));
    const { client, clock, tokens } = clientFor(server.url);
    tokens.token = () => {
      clock.advance(11_500);
      return Promise.resolve('a-token');
    };
    assert.equal((await errorOf(HttpError, client.json({ ...get, budgetSeconds: 12 }, anything))).attempts, 1);
  });

  describe('after the deadline', () => {
    const over = /^Could not read the thing: the time that the whole work may take is used up\./;

    it('sends nothing, but for the 15 minutes in which a task winds up', async () => {
      server.reset({ body: {} });
      const clock = new FakeClock();
      const { client } = clientFor(server.url, { clock, deadline: clock.now() });
      await client.json(get, anything);
      clock.advance(15 * 60_000);
      assert.match((await errorOf(TimedOutError, client.json(get, anything))).message, over);
      assert.equal(server.requests.length, 1);
    });

    it('reads no further page of a list', async () => {
      server.reset({ body: {} });
      const clock = new FakeClock();
      const { client } = clientFor(server.url, { clock, deadline: clock.now() + 1000 });
      await client.json({ ...get, isNextPage: true }, anything);
      clock.advance(1000);
      assert.match((await errorOf(TimedOutError, client.json({ ...get, isNextPage: true }, anything))).message, over);
      assert.equal(server.requests.length, 1);
    });

    it('does not repeat a call, either', async () => {
      const clock = new FakeClock();
      const { client } = clientFor(server.url, { clock, deadline: clock.now() + 10_000 });
      server.reset((_request, response) => {
        clock.advance(15 * 60_000);
        response.writeHead(500).end();
      });
      await errorOf(TimedOutError, client.json({ ...get, budgetSeconds: 86_400 }, anything));
      assert.equal(server.requests.length, 2);
    });
  });

  for (const header of ['0', 'Thu, 01 Jan 1970 00:00:00 GMT', 'soon', '-5']) {
    it(`falls back to its own wait when Retry-After is '${header}'`, async () => {
      server.reset({ status: 503, headers: { 'Retry-After': header } }, { body: {} });
      const { client, clock } = clientFor(server.url);
      await client.json(get, anything);
      assert.deepEqual(clock.sleeps, [1000]);
    });
  }

  it('fails at once when Retry-After exceeds the budget, and reports it', async () => {
    server.reset({ status: 429, headers: { 'Retry-After': '300' } });
    const { client, clock } = clientFor(server.url);
    const error = await errorOf(HttpError, client.json(get, anything));
    assert.deepEqual(clock.sleeps, []);
    assert.equal(error.retryAfterSeconds, 300);
    assert.match(error.message, /The service asks to wait 300 s, but the call may take only 120 s in all\./);
  });

  it('never repeats after an unknown error', async () => {
    server.reset({ body: {} });
    const { client, tokens, clock } = clientFor(server.url);
    tokens.token = () => Promise.reject(new RangeError('a defect'));
    await assert.rejects(client.json(get, anything), new RangeError('a defect'));
    assert.deepEqual(clock.sleeps, []);
  });

  describe('cancelling', () => {
    const reason = new Error('cancelled');

    for (const whose of ['client', 'request'] as const) {
      it(`ends a call in flight by the signal of the ${whose}`, async () => {
        const controller = new AbortController();
        server.reset(() => controller.abort(reason));
        const { client } = clientFor(server.url, whose === 'client' ? { signal: controller.signal } : {});
        await assert.rejects(
          client.json({ ...get, ...(whose === 'request' && { signal: controller.signal }) }, anything),
          reason,
        );
        assert.equal(server.requests.length, 1);
      });
    }

    it('ends a wait between attempts', async () => {
      const controller = new AbortController();
      server.reset(fault(500));
      const { client, clock } = clientFor(server.url, { signal: controller.signal });
      clock.sleep = (_milliseconds, signal) => {
        controller.abort(reason);
        signal?.throwIfAborted();
        return Promise.resolve();
      };
      await assert.rejects(client.json(get, anything), reason);
      assert.equal(server.requests.length, 1);
    });

    it('sends nothing once the signal has aborted', async () => {
      server.reset({ body: {} });
      const { client } = clientFor(server.url, { signal: AbortSignal.abort(reason) });
      await assert.rejects(client.json(get, anything), reason);
      assert.equal(server.requests.length, 0);
    });
  });
});

function truncatedGzip(...[, response]: Parameters<Extract<Behaviour, (...args: never[]) => void>>): void {
  const whole = gzipSync(JSON.stringify({ value: 'x'.repeat(1000) }));
  response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': whole.length });
  response.write(whole.subarray(0, whole.length - 10), () => response.socket?.destroy());
}

function notHttp(...[, response]: Parameters<Extract<Behaviour, (...args: never[]) => void>>): void {
  response.socket?.end('220 mail.example.com ESMTP\r\n');
}
