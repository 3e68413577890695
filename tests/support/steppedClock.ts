import type { SandboxClock } from '../../sandbox/clock';
import type { Clock } from '../../shared/clock';

/**
 * The time of a cluster whose own time stands still (time scale 0): none passes but that which a client sleeps away, second
 * by second, however long the machine takes for what happens in it.
 */
export function steppedClock(own: SandboxClock): Clock {
  return {
    now: () => own.now(),
    date: () => own.now(),
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      for (let left = milliseconds; left > 0 && !signal?.aborted; left -= 1000) await own.advance(Math.min(left, 1000));
      signal?.throwIfAborted();
    },
  };
}
