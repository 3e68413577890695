import assert from 'node:assert/strict';
import { systemClock } from '../../../shared/clock';
import type { KubernetesClient } from '../../../shared/kubernetes/client/client';
import { deployService } from '../../../shared/kubernetes/deploy/deployService';
import { requestOf, runStep } from '../../shared/kubernetes/deploy/deployFixture';
import { endState } from '../../shared/kubernetes/deploy/endState';
import { Killed, killedBefore } from '../../shared/kubernetes/deploy/killedBefore';
import { eventually } from '../../support/eventually';
import { played, type Scenario } from './scenario';

/** More than a deployment makes: one that is to be killed before the last of them comes to its end undisturbed. */
const changes = [1, 2, 3, 4, 5, 6, 7, 8];

/** Steps that are ended on their way and run again, each in a namespace of its own. */
export const interruptionScenarios: readonly Scenario[] = (['rolling', 'blueGreen'] as const).map((strategy) =>
  played(`reaches the same end wherever a step is interrupted (${strategy})`, async (stage) => {
    const cases = changes.map(async (change) => {
      const own = await stage.openAnother();
      await deploy(own.client, 'r.io/score:1');
      const isKilled = await endsEarly(deploy(killedBefore(own.client, 'change', change), 'r.io/score:2'));
      if (isKilled) await deploy(own.client, 'r.io/score:2');
      await eventually(
        () => own.ask(),
        (image) => image === 'r.io/score:2',
      );
      return { isKilled, end: await endState(own.client) };
    });
    const ends = await Promise.all(cases);
    const undisturbed = ends.filter(({ isKilled }) => !isKilled);
    assert.ok(undisturbed.length > 0 && undisturbed.length < changes.length);
    for (const { end } of ends) assert.deepEqual(end, undisturbed[0]?.end);

    async function deploy(client: KubernetesClient, image: string): Promise<void> {
      const request = requestOf(image, { strategy });
      const { message, agent } = await runStep(
        (using, context, onFacts) => deployService(using, request, context, onFacts),
        client,
        systemClock,
      );
      assert.equal(message, undefined, agent.text());
    }
  }),
);

async function endsEarly(step: Promise<void>): Promise<boolean> {
  try {
    await step;
    return false;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return true;
  }
}
