import assert from 'node:assert/strict';
import { TaskError } from '../../../shared/errors';
import { HttpError, NetworkError } from '../../../shared/http/errors';
import { TimedOutError, poll, type PollOptions } from '../../../shared/http/poll';
import { FakeClock } from '../../support/fakeClock';

const lost = (): NetworkError =>
  new NetworkError('Connection lost.', { code: 'ECONNRESET', attempts: 1, isTransient: true });
const refusal = { errorCode: undefined, serviceMessage: '', requestId: undefined, attempts: 1 };

describe('poll', () => {
  let clock: FakeClock;
  let start: number;
  beforeEach(() => {
    clock = new FakeClock();
    start = clock.now();
  });

  const seconds = (): number => (clock.now() - start) / 1000;
  /** Waits for something that takes that many seconds. */
  const options = (takes: number, more: Partial<PollOptions<boolean>> = {}): PollOptions<boolean> => ({
    clock,
    signal: new AbortController().signal,
    deadline: start + 24 * 3600 * 1000,
    awaited: 'run 12 to end',
    probe: () => Promise.resolve(seconds() >= takes),
    isDone: (isOver) => isOver,
    ...more,
  });

  /** How long it waits after one refusal that asks for so many seconds. */
  const sleepsAfter = async (retryAfterSeconds: number): Promise<readonly number[]> => {
    const busy = new HttpError('Busy.', { ...refusal, status: 429, retryAfterSeconds, isTransient: true });
    let looks = 0;
    await poll(options(0, { probe: () => (++looks === 1 ? Promise.reject(busy) : Promise.resolve(true)) }));
    return clock.sleeps;
  };

  it('polls at once, and returns the result', async () => {
    assert.equal(await poll(options(0)), true);
    assert.deepEqual(clock.sleeps, []);
  });

  it('polls every second at first and every 15 seconds in the end', async () => {
    await poll(options(3600));
    assert.deepEqual(clock.sleeps.slice(0, 20), Array(20).fill(1000));
    assert.equal(Math.max(...clock.sleeps), 15_000);
    assert.ok(clock.sleeps.every((sleep, index) => sleep >= (clock.sleeps[index - 1] ?? 0)));
  });

  for (const takes of [0.5, 2, 10, 60, 300, 3600, 36_000]) {
    it(`notices the end of something that takes ${takes} s within 1 s or 5 %, and 15 s at most`, async () => {
      await poll(options(takes));
      assert.ok(seconds() - takes <= Math.min(Math.max(1, takes * 0.05), 15), `${seconds() - takes} s`);
    });
  }

  it('survives transient faults, and reports each', async () => {
    const faults: unknown[] = [];
    let looks = 0;
    const probe = (): Promise<boolean> => (++looks < 4 ? Promise.reject(lost()) : Promise.resolve(true));
    assert.equal(await poll(options(0, { probe, onTransient: (fault) => faults.push(fault) })), true);
    assert.equal(faults.length, 3);
  });

  for (const error of [
    new TaskError('No such run.'),
    new HttpError('Gone.', { ...refusal, status: 404, retryAfterSeconds: undefined, isTransient: false }),
    new RangeError('a defect'),
  ]) {
    it(`ends with any other fault, such as a ${error.name}`, async () => {
      await assert.rejects(poll(options(0, { probe: () => Promise.reject(error) })), error);
      assert.deepEqual(clock.sleeps, []);
    });
  }

  it('waits as long as a refusal asks for', async () => {
    assert.deepEqual(await sleepsAfter(20), [20_000]);
  });

  it('notices an end within a minute, although a refusal asks for a day', async () => {
    assert.deepEqual(await sleepsAfter(86_400), [30_000]);
  });

  it('polls a last time at the deadline, then throws its own error', async () => {
    let looks = 0;
    const deadline = start + 90_000;
    const probe = (): Promise<boolean> => Promise.resolve(++looks === 0);
    await assert.rejects(poll(options(0, { deadline, probe })), (error) => {
      assert.ok(error instanceof TimedOutError && error instanceof TaskError);
      assert.equal(error.message, 'Timed out waiting for run 12 to end, after 1.5 min.');
      return true;
    });
    assert.equal(clock.now(), deadline);
    assert.equal(looks, clock.sleeps.length + 1);
    assert.equal(await poll(options(90, { deadline: clock.now() })), true);
  });

  it('reports the last fault when the deadline passes during one', async () => {
    await assert.rejects(poll(options(0, { deadline: start + 6000, probe: () => Promise.reject(lost()) })), (error) => {
      assert.ok(error instanceof TimedOutError);
      assert.equal(
        error.message,
        'Timed out waiting for run 12 to end, after 0.1 min. The last attempt failed: Connection lost.',
      );
      assert.ok(error.cause instanceof NetworkError);
      return true;
    });
  });

  it('limits each poll to the remaining time', async () => {
    const budgets: number[] = [];
    const probe = (budgetSeconds: number): Promise<boolean> => {
      budgets.push(budgetSeconds);
      return Promise.resolve(false);
    };
    await assert.rejects(poll(options(0, { deadline: start + 122_000, probe })), TimedOutError);
    assert.deepEqual(budgets.slice(0, 4), [120, 120, 120, 119]);
    assert.equal(budgets.at(-1), 5);
  });

  it('ends at once when its signal aborts', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const waiting = poll(options(60, { signal: controller.signal }));
    controller.abort(reason);
    await assert.rejects(waiting, reason);
  });
});
