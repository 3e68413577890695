import assert from 'node:assert/strict';
import { deployments } from '../../../shared/kubernetes/client/resource';
import { kubectlVerdict } from '../../../shared/kubernetes/rollout/rollout';
import { imageFaults } from '../../shared/kubernetes/deploy/imageFaults';
import { eventually } from '../../support/eventually';
import { played, sample, type Scenario, version } from './scenario';

/** A rollout that comes to no good end has half of these for it. */
const aMinute = { timeoutMinutes: '1' };
const wrong = { ...sample, expectedStatus: '201' };
const faults: readonly (readonly [image: string, cause: RegExp, more?: Readonly<Record<string, string>>])[] = [
  ...imageFaults,
  ['r.io/wrong:2', /^The new version does not answer as expected/, wrong],
];

/** New versions that come to no good. */
export const failureScenarios: readonly Scenario[] = [
  ...(['rolling', 'blueGreen'] as const).flatMap((strategy) =>
    faults.map(([image, cause, more]) =>
      played(
        `reports why ${image} does not serve, and keeps the previous version serving (${strategy})`,
        async (stage) => {
          await stage.succeeds(version('r.io/score:1', { strategy }));
          const { images, failures } = await stage.underLoad(async () => {
            const { agent, message, error } = await stage.fails(version(image, { ...aMinute, ...more, strategy }));
            assert.match(error, cause, agent.text());
            assert.match(message, /^The deployment of score failed\. /);
            assert.equal(agent.outputs['rolledBack'], 'true');
            assert.equal(agent.outputs['resultState'], 'RolledBack');
            assert.notEqual(agent.attachments['diagnosis.txt'], undefined);
          });
          assert.deepEqual(failures, []);
          // A pod that answers wrongly is ready, and a rolling deployment runs no test before that.
          if (strategy === 'blueGreen' || more === undefined) assert.deepEqual(images, new Set(['r.io/score:1']));
          assert.equal(await stage.ask(), 'r.io/score:1');
        },
      ),
    ),
  ),

  played('rolls back to the last good version after two failures in a row', async (stage) => {
    await stage.succeeds(version('r.io/score:1'));
    await stage.fails(version('r.io/wrong:2', { ...wrong, onFailure: 'leave' }));
    assert.equal(await stage.imageOf('score'), 'r.io/wrong:2');
    const { message } = await stage.fails(version('r.io/crash:3'));
    assert.match(message, /Rolled back to r\.io\/score:1 \(revision \d+\), which serves\.$/);
    await eventually(
      () => stage.ask(),
      (image) => image === 'r.io/score:1',
    );
    await stage.succeeds(version('r.io/score:4'));
  }),

  played('rolls back to a good version that somebody else deployed by hand', async (stage) => {
    await stage.succeeds(version('r.io/score:1'));
    await stage.setImage('score', 'r.io/hotfix:1');
    await eventually(
      () => stage.client.get(deployments, 'score'),
      (live) => live !== undefined && kubectlVerdict(live).state === 'done',
    );
    const { message } = await stage.fails(version('r.io/crash:2'));
    assert.match(message, /Rolled back to r\.io\/hotfix:1/);
  }),

  played('is left alone when somebody else deploys meanwhile', async (stage) => {
    await stage.succeeds(version('r.io/score:1'));
    const deploying = stage.fails(version('r.io/slow:2'));
    await eventually(
      () => stage.imageOf('score'),
      (image) => image === 'r.io/slow:2',
    );
    await stage.setImage('score', 'r.io/score:3');
    const { agent, message } = await deploying;
    assert.match(message, /^Superseded: /);
    assert.equal(agent.outputs['resultState'], 'Superseded');
    assert.equal(await stage.imageOf('score'), 'r.io/score:3');
  }),

  played('is scaled to 0, deleted or left when its first version fails, and can be deployed again', async (stage) => {
    for (const [onFailure, replicas] of [
      ['leave', 2],
      ['rollback', 0],
      ['delete', undefined],
    ] as const) {
      await stage.fails(version('r.io/crash:1', { onFailure }));
      assert.equal(await stage.replicasOf('score'), replicas, onFailure);
    }
    await stage.succeeds(version('r.io/score:1'));
    assert.equal(await stage.ask(), 'r.io/score:1');
  }),
];
