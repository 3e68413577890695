import assert from 'node:assert/strict';
import sinon from 'sinon';
import { systemClock } from '../../shared/clock';

describe('the clock of the system', () => {
  it('sleeps for a time', async () => {
    const start = systemClock.now();
    await systemClock.sleep(20);
    assert.ok(systemClock.now() - start >= 19);
  });

  it('measures durations although the date of the machine is set forward or back', () => {
    const start = systemClock.now();
    const date = sinon.useFakeTimers({ now: Date.now() + 3 * 3_600_000, toFake: ['Date'] });
    try {
      const passed = systemClock.now() - start;
      assert.ok(passed >= 0 && passed < 60_000, `${passed} ms`);
      date.setSystemTime(0);
      assert.ok(systemClock.now() >= start);
      assert.equal(systemClock.date(), 0);
    } finally {
      date.restore();
    }
  });

  it('ends a sleep with the reason of the signal, also when it aborted before', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const sleep = systemClock.sleep(60_000, controller.signal);
    controller.abort(reason);
    await assert.rejects(sleep, reason);
    await assert.rejects(systemClock.sleep(60_000, controller.signal), reason);
  });

  it('does not sleep without a length', async () => {
    await assert.rejects(systemClock.sleep('soon' as unknown as number), TypeError);
  });
});
