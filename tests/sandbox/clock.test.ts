import assert from 'node:assert/strict';
import { SandboxClock } from '../../sandbox/clock';

describe('SandboxClock', () => {
  it('stands still at a scale of 0 and moves only when it is advanced', async () => {
    const clock = new SandboxClock(0);
    const start = clock.now();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(clock.now(), start);
    await clock.advance(5000);
    assert.equal(clock.now(), start + 5000);
  });

  it('runs all timers at their time while it is advanced, also those started by other timers', async () => {
    const clock = new SandboxClock(0);
    const start = clock.now();
    const moments: [string, number][] = [];
    const note = (what: string) => moments.push([what, clock.now() - start]);
    void clock.sleep(3000).then(() => note('late'));
    void clock.sleep(1000).then(async () => {
      note('early');
      await clock.sleep(500);
      note('then');
    });
    await clock.advance(10_000);
    assert.deepEqual(moments, [
      ['early', 1000],
      ['then', 1500],
      ['late', 3000],
    ]);
  });

  it('runs faster than real time', async () => {
    const clock = new SandboxClock(3_600_000);
    const start = clock.now();
    await clock.sleep(3_600_000);
    assert.ok(clock.now() - start >= 3_600_000);
    clock.close();
  });

  it('ends a wait when its signal aborts', async () => {
    const clock = new SandboxClock(0);
    const controller = new AbortController();
    const wait = clock.sleep(1000, controller.signal);
    controller.abort();
    await wait;
    await clock.sleep(1000, controller.signal);
  });

  it('ends all current and later waits when it is closed', async () => {
    const clock = new SandboxClock();
    const wait = clock.sleep(1_000_000);
    clock.close();
    await Promise.all([wait, clock.sleep(1_000_000)]);
  });
});
