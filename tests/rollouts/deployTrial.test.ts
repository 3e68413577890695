import assert from 'node:assert/strict';
import type { KubernetesClient } from '../../shared/kubernetes/client/client';
import { promoteService, rejectService } from '../../shared/kubernetes/deploy/promote';
import {
  names,
  openDeployStage,
  replicasOf,
  requestOf,
  servingImage,
  stageOfEachTest,
  underLoad,
  type Wish,
} from '../shared/kubernetes/deploy/deployFixture';
import { Killed, killedBefore } from '../shared/kubernetes/deploy/killedBefore';

const blueGreen: Wish = { strategy: 'blueGreen' };

describe('a trial of a version', function () {
  this.timeout(120_000);
  const stage = stageOfEachTest();

  it('scales the previous version to 0 when blue/green is promoted, and restores it when it is rejected', async () => {
    await stage.deploy('r.io/score:1', blueGreen);
    await stage.deploy('r.io/score:2', blueGreen);
    const { failures } = await underLoad(stage, async () => {
      const rejected = await stage.run((client, context, onFacts) => rejectService(client, names, context, onFacts));
      assert.equal(rejected.result, 'blue serves again; green was scaled to 0.');
      assert.deepEqual([rejected.facts.resultState, rejected.facts.rolledBack], ['Rejected', 'true']);
      await stage.clock.sleep(2000);
    });
    assert.deepEqual(failures, []);
    assert.equal(servingImage(stage), 'r.io/score:1');
    const again = await stage.run((client, context, onFacts) => rejectService(client, names, context, onFacts));
    assert.equal(again.result, 'There is nothing to reject.');
    assert.deepEqual([again.facts.resultState, again.facts.rolledBack], ['Unchanged', 'false']);

    await stage.deploy('r.io/score:3', blueGreen);
    const promote = () =>
      stage.run((client, context, onFacts) =>
        promoteService(client, names, requestOf('r.io/score:3'), context, onFacts),
      );
    const promoted = await promote();
    assert.equal(promoted.result, 'green was promoted; blue was scaled to 0.');
    assert.equal(promoted.facts.resultState, 'Promoted');
    assert.equal(replicasOf(stage, 'score-blue'), 0);
    const twice = await promote();
    assert.equal(twice.result, 'There is nothing to promote.');
    assert.equal(twice.facts.resultState, 'Unchanged');
  });

  it('is rejected completely after an interrupted rejection, and not reported as rejected when that is forbidden', async () => {
    const rules = [{ verbs: ['get', 'list'], apiGroups: ['*'], resources: ['*'] }];
    const users = [
      { name: 'admin', groups: ['system:masters'], token: 'admin' },
      { name: 'reader', groups: [], token: 'reader', rules },
    ];
    const own = await openDeployStage({ users, timeScale: 0 });
    await own.deploy('r.io/score:1', blueGreen);
    await own.deploy('r.io/score:2', blueGreen);
    const reject = (client: KubernetesClient) =>
      own.run((using, context, onFacts) => rejectService(using, names, context, onFacts), client);
    const refused = await reject(own.clientOf('reader'));
    assert.match(refused.message ?? '', /cannot patch resource "services"/);
    assert.deepEqual([refused.facts.resultState, refused.facts.rolledBack], ['Failed', 'false']);
    await assert.rejects(reject(killedBefore(own.client, 'change', 2)), Killed);
    const { result, facts } = await reject(own.client);
    assert.equal(result, 'blue serves; the other slot was scaled to 0.');
    assert.deepEqual([facts.resultState, facts.rolledBack], ['Rejected', 'true']);
    await own.close();
  });

  it('gives a canary its share, and promotes or deletes it', async () => {
    await stage.deploy('r.io/score:1');
    const refused = await stage.deploy('r.io/score:2', { strategy: 'canary', canaryPercent: 10 });
    assert.equal(
      refused.message,
      'A share of 10 % is not possible beside 2 replicas: 1 of 3 pods are the canary, which receives 33 % of new connections. Request 33 %, or run 6 replicas.',
    );
    const canary = await stage.deploy('r.io/score:2', { strategy: 'canary' });
    assert.equal(canary.facts.resultState, 'Canary');
    const { images } = await underLoad(stage, () => stage.clock.sleep(5000));
    assert.deepEqual(images, new Set(['r.io/score:1', 'r.io/score:2']));
    assert.match((await stage.deploy('r.io/score:3')).message ?? '', /Promote or reject it first/);

    const promoted = await stage.run((client, context, onFacts) =>
      promoteService(client, names, requestOf('r.io/score:2'), context, onFacts),
    );
    assert.equal(promoted.result, 'score runs the version of the canary now; the canary was deleted.');
    assert.equal(promoted.facts.resultState, 'Promoted');
    assert.equal(servingImage(stage), 'r.io/score:2');
    assert.equal(replicasOf(stage, 'score-canary'), undefined);
    const same = await stage.deploy('r.io/score:2');
    assert.equal(same.message, undefined);

    await stage.deploy('r.io/score:3', { strategy: 'canary' });
    const rejected = await stage.run((client, context, onFacts) => rejectService(client, names, context, onFacts));
    assert.equal(rejected.result, 'The canary was deleted.');
    assert.deepEqual([rejected.facts.resultState, rejected.facts.rolledBack], ['Rejected', 'false']);
    assert.equal(servingImage(stage), 'r.io/score:2');
  });

  it('deletes only the canary when it fails', async () => {
    await stage.deploy('r.io/score:1');
    const { message } = await stage.deploy('r.io/crash:2', { strategy: 'canary' });
    assert.match(message ?? '', /The Deployment score-canary was deleted\. The previous version still serves\.$/);
    assert.equal(servingImage(stage), 'r.io/score:1');
  });
});
