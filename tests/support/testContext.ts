import type { Context } from '../../shared/agent/context';
import { FakeAgent } from './fakeAgent';
import { FakeClock } from './fakeClock';

/** A context for an operation under test; a fake clock, no deadline and no cancellation unless the test gives them. */
export function testContext(given: Partial<Context> = {}): Context {
  return {
    agent: new FakeAgent(),
    clock: new FakeClock(),
    signal: new AbortController().signal,
    deadline: Infinity,
    ...given,
  };
}
