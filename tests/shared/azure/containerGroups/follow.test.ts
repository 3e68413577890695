import assert from 'node:assert/strict';
import type { ContainerGroup, ContainerGroupsApi } from '../../../../shared/azure/containerGroups/containerInstances';
import { GroupWatch } from '../../../../shared/azure/containerGroups/follow';
import { FakeClock } from '../../../support/fakeClock';
import { testContext } from '../../../support/testContext';

describe('A container group at the deadline', () => {
  /** Waits a minute for a group whose container runs from a second on, and is restarted at others. */
  async function prove(runsFrom: number, restartsAt: readonly number[] = []): Promise<number> {
    const clock = new FakeClock();
    const startedAt = clock.now();
    const seconds = (): number => (clock.now() - startedAt) / 1000;
    const groups: Pick<ContainerGroupsApi, 'get'> = {
      get: () => {
        const restartCount = restartsAt.filter((at) => at <= seconds()).length;
        const currentState = { state: seconds() < runsFrom ? 'Waiting' : 'Running' };
        const containers = [{ name: 'c', properties: { instanceView: { currentState, restartCount } } }];
        const properties = { provisioningState: 'Succeeded', instanceView: { state: currentState.state }, containers };
        return Promise.resolve<ContainerGroup>({ name: 'score', properties });
      },
    };
    const context = testContext({ clock, deadline: startedAt + 60_000 });
    const watch = new GroupWatch(groups as ContainerGroupsApi, 'score', context, () => undefined);
    await watch.untilProven({ isUnchanged: false, isWanted: () => true });
    return seconds();
  }

  it('is proven in the last seconds, if it runs', async () => {
    const seconds = await prove(56);
    assert.ok(seconds >= 66 && seconds <= 72, String(seconds));
  });

  for (const [what, runsFrom, restarts] of [
    ['it does not run yet', 61, []],
    ['its container was restarted just before', 40, [45, 55]],
    ['its container is restarted just after', 56, [62]],
  ] as const)
    it(`is given up when ${what}, and the error says what was awaited`, () =>
      assert.rejects(prove(runsFrom, restarts), {
        name: 'TimedOutError',
        message: /^Timed out waiting for the container group 'score' to run for 10 s without a restart, after 1/,
      }));
});
