import assert from 'node:assert/strict';
import { type Throttle, throttleOf } from '../../../shared/http/throttle';
import { FakeClock } from '../../support/fakeClock';
import { RecordingServer } from '../../support/recordingServer';
import { clientFor, create } from './clientUnderTest';
import { anything } from '../../support/anything';

const importLimit = { name: 'workspace/import', requestsPerSecond: 30 };
const never = (): AbortSignal => new AbortController().signal;

/** A clock whose timers are as late as those of a busy machine: by up to 12 ms. */
class LateClock extends FakeClock {
  #lateness = 0;

  override sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.#lateness = (this.#lateness + 17) % 31;
    return super.sleep(milliseconds + this.#lateness, signal);
  }
}

function mostInOneSecond(times: readonly number[]): number {
  return Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + 1000).length));
}

describe('throttle', () => {
  for (const [which, makeClock] of [
    ['exact', () => new FakeClock()],
    ['late', () => new LateClock()],
  ] as const) {
    it(`allows 400 calls at their limit, never more than 30 in a second, with timers that are ${which}`, async () => {
      const clock = makeClock();
      const throttle = throttleOf('host', clock);
      const start = clock.now();
      const times = await Promise.all(
        Array.from({ length: 400 }, () => throttle.turn(importLimit, never()).then(() => clock.now())),
      );
      const seconds = (clock.now() - start) / 1000;
      assert.ok(seconds <= (1.01 * 400) / 29, `${seconds} s`);
      assert.ok(seconds >= 400 / 30 - 1, `${seconds} s`);
      assert.ok(mostInOneSecond(times) <= 30);
    });
  }

  it('does not accumulate turns while it is idle', async () => {
    const clock = new FakeClock();
    const throttle = throttleOf('host', clock);
    await throttle.turn(importLimit, never());
    clock.advance(60_000);
    const times = await Promise.all(
      Array.from({ length: 100 }, () => throttle.turn(importLimit, never()).then(() => clock.now())),
    );
    assert.ok(mostInOneSecond(times) <= 30);
  });

  it('serves callers in the order of their arrival', async () => {
    const throttle = throttleOf('host', new FakeClock());
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4].map((number) => throttle.turn(importLimit, never()).then(() => order.push(number))));
    assert.deepEqual(order, [1, 2, 3, 4]);
  });

  it('is shared by all clients of a host, and separate for other hosts and other limits', async () => {
    const clock = new FakeClock();
    const elapsed = async (...turns: Promise<void>[]): Promise<number> => {
      const start = clock.now();
      await Promise.all(turns);
      return clock.now() - start;
    };
    const slow = { name: 'slow', requestsPerSecond: 1 };
    const other = { name: 'other', requestsPerSecond: 1 };
    const turn = (host: string, limit = slow): Promise<void> => throttleOf(host, clock).turn(limit, never());
    assert.ok((await elapsed(turn('a'), turn('b'), turn('b', other))) < 50);
    clock.advance(5000);
    assert.ok((await elapsed(turn('a'), turn('a'), turn('a'))) >= 1900);
  });

  it('limits the rate of all calls to a host, after a burst', async () => {
    const clock = new FakeClock();
    const throttle = throttleOf('host', clock);
    const times = await Promise.all(
      Array.from({ length: 300 }, () => throttle.turn(undefined, never()).then(() => clock.now())),
    );
    assert.ok(mostInOneSecond(times) <= 201);
    assert.ok(mostInOneSecond(times.slice(101)) <= 101);
  });

  describe('after refusals', () => {
    const limit = { name: 'x', requestsPerSecond: 30 };
    let clock: FakeClock;
    let throttle: Throttle;

    beforeEach(() => {
      clock = new FakeClock();
      throttle = throttleOf('host', clock);
    });

    const call = (isRefused: boolean): Promise<boolean> =>
      throttle.follow(limit, Promise.resolve(isRefused), (answer) => answer);
    const secondsOf = async (turns: number): Promise<number> => {
      const start = clock.now();
      for (let count = 0; count < turns; count++) await throttle.turn(limit, never());
      return (clock.now() - start) / 1000;
    };
    const rate = async (): Promise<number> => {
      await secondsOf(1);
      return 4 / (await secondsOf(4));
    };

    it('lowers the rate by one call a second for each refused call', async () => {
      for (let count = 0; count < 20; count++) await call(false);
      assert.ok((await rate()) > 28);
      for (let count = 0; count < 5; count++) await call(true);
      const lowered = await rate();
      assert.ok(lowered > 23 && lowered < 25, `${lowered}/s`);
    });

    it('lowers the rate to what the service accepts, soon', async () => {
      for (let count = 0; count < 6; count++) await call(true);
      const lowered = await rate();
      assert.ok(lowered > 3 && lowered < 6, `${lowered}/s`);
    });

    it('raises the rate when calls are accepted, the faster the longer none was refused', async () => {
      for (let count = 0; count < 20; count++) await call(true);
      const rates: number[] = [];
      for (const milliseconds of [1000, 1000, 3000]) {
        clock.advance(milliseconds);
        await call(false);
        rates.push(await rate());
      }
      const [first = 0, second = 0, third = 0] = rates;
      assert.ok(first > 2 && second > first + 3 && third > 28, rates.join());
    });

    it('never stops completely', async () => {
      for (let second = 0; second < 60; second++) {
        await call(true);
        clock.advance(1001);
      }
      assert.ok((await secondsOf(5)) < 40);
      await call(false);
      assert.ok((await rate()) > 10);
    });

    it('ignores a call that got no answer', async () => {
      const noAnswer = new Error('no answer');
      for (let count = 0; count < 10; count++)
        await assert.rejects(
          throttle.follow(limit, Promise.reject(noAnswer), () => true),
          noAnswer,
        );
      assert.ok((await rate()) > 28);
    });
  });

  it('lets no more calls through than the limit while the answers are late', async () => {
    const clock = new FakeClock();
    const throttle = throttleOf('host', clock);
    const call = async (milliseconds: number): Promise<void> => {
      await throttle.turn(importLimit, never());
      await throttle.follow(importLimit, clock.sleep(milliseconds), () => false);
    };
    for (let count = 0; count < 20; count++) await call(50);
    const start = clock.now();
    const late = Array.from({ length: 40 }, () => call(10_000));
    const next = Promise.all(late.slice(0, 30)).then(() => clock.now() - start);
    await Promise.all(late.slice(0, 29));
    assert.ok(clock.now() - start < 11_100, 'the first 29 were let through at once');
    assert.ok((await next) > 20_000, 'the next one waited for an answer');
    await Promise.all(late);
  });

  it('releases a caller whose signal aborts, without a delay for the others', async () => {
    const clock = new FakeClock();
    const throttle = throttleOf('host', clock);
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const gone = Array.from({ length: 100 }, () => throttle.turn(importLimit, AbortSignal.any([controller.signal])));
    const staying = throttle.turn(importLimit, never());
    const start = clock.now();
    controller.abort(reason);
    const outcomes = await Promise.allSettled(gone);
    await staying;
    assert.ok(outcomes.filter(({ status }) => status === 'rejected').length >= 99);
    assert.ok(clock.now() - start < 100);
    await assert.rejects(throttle.turn(importLimit, AbortSignal.abort(reason)), reason);
  });

  it('is slowed down by a 429, for the limit that the call named', async () => {
    const server = await RecordingServer.start();
    try {
      const times: number[] = [];
      const { client, clock } = clientFor(server.url);
      server.reset({ status: 429, headers: { 'Retry-After': '1' } }, (_request, response) => {
        times.push(clock.now());
        response.end('{}');
      });
      const limit = { name: 'x', requestsPerSecond: 10 };
      for (let count = 0; count < 3; count++) await client.json({ ...create, limit }, anything);
      const [first = 0, second = 0, third = 0] = times;
      assert.ok(third - second > 105 || second - first > 105, times.join());
    } finally {
      await server.close();
    }
  });

  it('sets the rate of a host by the dialect', async () => {
    const clock = new FakeClock();
    const throttle = throttleOf('host', clock, 10);
    const times = await Promise.all(
      Array.from({ length: 50 }, () => throttle.turn(undefined, never()).then(() => clock.now())),
    );
    assert.ok(mostInOneSecond(times) <= 21);
    assert.ok(mostInOneSecond(times.slice(11)) <= 11);
  });

  describe('in a pause', () => {
    it('allows no call to the host until it is over, then one after the other', async () => {
      const clock = new FakeClock();
      const throttle = throttleOf('host', clock, 10);
      const start = clock.now();
      throttle.pause(30);
      const turn = () => throttle.turn(importLimit, never()).then(() => clock.now() - start);
      const times = await Promise.all([turn(), turn(), turn()]);
      assert.ok(
        times.every((time) => time >= 30_000 && time < 31_000),
        times.join(),
      );
      assert.equal(new Set(times).size, 3);
      await throttleOf('other', clock).turn(undefined, never());
      assert.ok((await turn()) < 32_000);
    });

    it('delays calls that were in the queue when it began', async () => {
      const clock = new FakeClock();
      const throttle = throttleOf('host', clock);
      const limit = { name: 'slow', requestsPerSecond: 1 };
      const start = clock.now();
      const [, second] = [throttle.turn(limit, never()), throttle.turn(limit, never())];
      throttle.pause(30);
      await second;
      assert.ok(clock.now() - start >= 30_000);
    });

    it('is as long as the longest requested one, and at most five minutes', async () => {
      const clock = new FakeClock();
      const throttle = throttleOf('host', clock);
      const start = clock.now();
      throttle.pause(20);
      throttle.pause(1);
      await throttle.turn(undefined, never());
      assert.equal(clock.now() - start, 20_000);
      throttle.pause(86_400);
      await throttle.turn(undefined, never());
      assert.equal(clock.now() - start, 320_000);
    });

    it('releases a caller whose signal aborts', async () => {
      const throttle = throttleOf('host', new FakeClock());
      const reason = new Error('cancelled');
      throttle.pause(30);
      const controller = new AbortController();
      const turn = throttle.turn(undefined, controller.signal);
      controller.abort(reason);
      await assert.rejects(turn, reason);
    });

    for (const [what, dialect, headers, seconds] of [
      [
        'asked for by a dialect',
        { delayHeaders: ['retry-after', 'x-delay'] },
        { 'Retry-After': '12', 'X-Delay': '3' },
        12,
      ],
      ['asked for by its second header', { delayHeaders: ['retry-after', 'x-delay'] }, { 'X-Delay': '0.5' }, 0.5],
      [
        'asked for by a date',
        { delayHeaders: ['retry-after'] },
        { Date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'Retry-After': 'Thu, 01 Jan 2026 00:00:40 GMT' },
        40,
      ],
      ['that no dialect knows', {}, { 'Retry-After': '12', 'X-Delay': '3' }, 0],
      ['of no length', { delayHeaders: ['retry-after'] }, { 'Retry-After': '0' }, 0],
    ] as const)
      it(`${what} after a success is ${seconds} s, which is not part of any budget`, async () => {
        const server = await RecordingServer.start();
        try {
          server.reset({ headers, body: {} }, { body: {} });
          const { client, clock, debugLines } = clientFor(server.url, { dialect });
          const start = clock.now();
          await client.json({ ...create, budgetSeconds: 2 }, anything);
          assert.equal(clock.now(), start);
          await client.json({ ...create, budgetSeconds: 2 }, anything);
          assert.equal(clock.now() - start, seconds * 1000);
          assert.equal(debugLines.includes(`Databricks asks to wait ${seconds} s before the next call.`), seconds > 0);
        } finally {
          await server.close();
        }
      });
  });

  it('does not let its queue use up the budget of a call', async () => {
    const server = await RecordingServer.start();
    try {
      const { client } = clientFor(server.url);
      const limit = { name: 'slow', requestsPerSecond: 0.1 };
      await Promise.all(Array.from({ length: 5 }, () => client.json({ ...create, limit, budgetSeconds: 5 }, anything)));
      assert.equal(server.requests.length, 5);
    } finally {
      await server.close();
    }
  });
});
