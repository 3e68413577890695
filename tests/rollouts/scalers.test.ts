import assert from 'node:assert/strict';
import type { JsonObject } from '../../sandbox/kubernetes/json';
import { deployService } from '../../shared/kubernetes/deploy/deployService';
import { promoteService } from '../../shared/kubernetes/deploy/promote';
import {
  names,
  openDeployStage,
  replicasOf,
  requestOf,
  stageOfEachTest,
  type DeployStage,
  type Wish,
} from '../shared/kubernetes/deploy/deployFixture';
import { writesOf } from '../shared/kubernetes/deploy/writesOf';

const strategies = ['rolling', 'blueGreen', 'canary'] as const;
const first = 'r.io/score:1';

describe('the replicas of a service that somebody else scales', function () {
  this.timeout(60_000);
  const stage = stageOfEachTest();

  /** As `kubectl autoscale` or KEDA create it. */
  function autoscale({ kubernetes }: DeployStage, name: string, maxReplicas = 10): void {
    const scaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'theirs' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas: 2, maxReplicas },
    };
    kubernetes.objects.create('horizontalpodautoscalers', 'default', scaler, { manager: 'kubectl-autoscale' });
  }
  /** By the scale subresource. */
  function scale({ kubernetes }: DeployStage, name: string, manager: string, replicas: number): void {
    const scaled = (live: JsonObject): JsonObject => ({ ...live, spec: { ...(live.spec as JsonObject), replicas } });
    kubernetes.objects.update('deployments', 'default', name, scaled, { manager, subresource: 'scale' });
  }

  const ways: readonly [
    what: string,
    note: string,
    scaleTo: (stage: DeployStage, name: string, replicas: number) => Promise<void>,
  ][] = [
    [
      'an autoscaler',
      'because HorizontalPodAutoscaler theirs manages their number',
      async (own, name, replicas) => {
        if (!own.kubernetes.store.get('horizontalpodautoscalers', 'default', 'theirs')) autoscale(own, name);
        own.kubernetes.setWantedReplicas('default', 'theirs', replicas);
        await own.clock.sleep(30_000);
      },
    ],
    ...['keda-operator', 'kubectl'].map((manager): (typeof ways)[number] => [
      `the scale subresource (${manager})`,
      `because ${manager} scaled it`,
      async (own, name, replicas) => {
        scale(own, name, manager, replicas);
        await own.clock.sleep(30_000);
      },
    ]),
  ];

  /** Who uses the scale subresource is only a name in what is said: of a second one, one strategy. */
  const different = ways.slice(0, 2);

  for (const strategy of strategies)
    for (const [what, note, scaleTo] of strategy === 'rolling' ? ways : different)
      it(`stay, and the service is unchanged: by ${what} (${strategy})`, async () => {
        const { facts } = await stage.deploy(first, { strategy });
        const name = facts.deploymentName ?? '';
        for (const replicas of strategy === 'rolling' ? [6, 3] : [6]) {
          await scaleTo(stage, name, replicas);
          stage.kubernetes.requests.clear();
          const again = await stage.deploy(first, { strategy });
          assert.equal(again.facts.resultState, 'Unchanged', again.agent.text());
          assert.deepEqual(writesOf(stage.kubernetes), []);
          assert.equal(replicasOf(stage, name), replicas);
          const lines = again.agent.text('log').split('\n');
          assert.deepEqual(
            lines.filter((line) => line.includes('replicas stay')),
            [`Deployment ${name}: ${replicas} replicas stay, ${note}`],
          );
        }
      });

  for (const [what, , scaleTo] of different)
    it(`stay when a new version is deployed, also when it fails: by ${what}`, async () => {
      await stage.deploy(first);
      await scaleTo(stage, 'score', 6);
      for (const image of ['r.io/score:2', 'r.io/crash:3']) {
        await stage.deploy(image);
        assert.equal(replicasOf(stage, 'score'), 6, image);
      }
    });

  for (const [what, , scaleTo] of different)
    it(`stay when a canary is deployed and promoted: by ${what}`, async () => {
      await stage.deploy(first);
      await scaleTo(stage, 'score', 6);
      const canary = await stage.deploy('r.io/score:2', { strategy: 'canary' });
      assert.match(canary.agent.text('log'), /3 of 9 pods are the canary/);
      const request = requestOf('r.io/score:2');
      await stage.run((client, context, onFacts) => promoteService(client, names, request, context, onFacts));
      assert.equal(replicasOf(stage, 'score'), 6);
    });

  it('are as many in the other slot, until another number is described', async () => {
    const deploy = (image: string, replicas: number) =>
      stage.deploy(image, { strategy: 'blueGreen', service: { replicas } });
    await deploy(first, 2);
    autoscale(stage, 'score-blue');
    stage.kubernetes.setWantedReplicas('default', 'theirs', 6);
    await stage.clock.sleep(30_000);
    const { agent } = await deploy('r.io/score:2', 2);
    assert.match(
      agent.text('log'),
      /^Deployment score-green: started with 6 replicas, as many as HorizontalPodAutoscaler theirs gives score-blue\. HorizontalPodAutoscaler theirs does not scale score-green$/m,
    );
    assert.equal(replicasOf(stage, 'score-green'), 6);
    stage.kubernetes.setWantedReplicas('default', 'theirs', 2);
    await stage.clock.sleep(30_000);
    stage.kubernetes.requests.clear();
    assert.equal((await deploy('r.io/score:2', 2)).facts.resultState, 'Unchanged');
    assert.deepEqual([replicasOf(stage, 'score-green'), writesOf(stage.kubernetes)], [6, []]);
    assert.equal((await deploy('r.io/score:2', 3)).facts.resultState, 'Deployed');
    assert.equal(replicasOf(stage, 'score-green'), 3);
    assert.equal((await deploy('r.io/score:2', 2)).facts.resultState, 'Deployed');
    assert.equal(replicasOf(stage, 'score-green'), 2);
  });

  it('stay while an autoscaler changes them, and the service is unchanged', async () => {
    await stage.deploy(first);
    autoscale(stage, 'score');
    stage.kubernetes.setWantedReplicas('default', 'theirs', 6);
    const { facts, agent } = await stage.deploy(first);
    assert.equal(facts.resultState, 'Unchanged', agent.text());
    assert.equal(replicasOf(stage, 'score'), 6);
  });

  it('stay as they are when an autoscaler did not change them yet', async () => {
    await stage.deploy(first, { service: { replicas: 4 } });
    autoscale(stage, 'score');
    const { facts } = await stage.deploy(first, { service: { replicas: 2 } });
    assert.equal(facts.resultState, 'Unchanged');
    assert.equal(replicasOf(stage, 'score'), 4);
  });

  it('are those that are asked for when the autoscaler is gone', async () => {
    await stage.deploy(first);
    autoscale(stage, 'score');
    stage.kubernetes.setWantedReplicas('default', 'theirs', 6);
    await stage.clock.sleep(30_000);
    stage.kubernetes.objects.delete('horizontalpodautoscalers', 'default', 'theirs');
    assert.equal((await stage.deploy(first)).facts.resultState, 'Deployed');
    assert.equal(replicasOf(stage, 'score'), 2);
    assert.equal((await stage.deploy(first)).facts.resultState, 'Unchanged');
  });

  it('are those that are asked for when ownership is forced, unless an autoscaler manages them', async () => {
    const forced: Wish = { isForced: true };
    await stage.deploy(first);
    scale(stage, 'score', 'kubectl', 6);
    await stage.deploy(first, forced);
    assert.equal(replicasOf(stage, 'score'), 2);
    autoscale(stage, 'score');
    stage.kubernetes.setWantedReplicas('default', 'theirs', 6);
    await stage.clock.sleep(30_000);
    assert.equal((await stage.deploy(first, forced)).facts.resultState, 'Unchanged');
    assert.equal(replicasOf(stage, 'score'), 6);
  });

  it('are those that are asked for when another Deployment has an autoscaler, or this one was scaled to 0', async () => {
    await stage.deploy(first);
    autoscale(stage, 'other');
    scale(stage, 'score', 'kubectl', 0);
    const { facts, agent } = await stage.deploy(first);
    assert.deepEqual([facts.resultState, replicasOf(stage, 'score')], ['Deployed', 2], agent.text());
  });

  it('stay at 0 while an autoscaler has nothing to do, and are started to prove a new version', async () => {
    await stage.deploy(first);
    autoscale(stage, 'score');
    scale(stage, 'score', 'keda-operator', 0);
    await stage.clock.sleep(30_000);
    assert.equal((await stage.deploy(first)).facts.resultState, 'Unchanged');
    assert.equal(replicasOf(stage, 'score'), 0);
    const { message, agent } = await stage.deploy('r.io/score:2');
    assert.equal(message, undefined, agent.text());
    assert.equal(replicasOf(stage, 'score'), 2);
  });

  it('stay when the identity is not allowed to list autoscalers', async () => {
    const all = { verbs: ['*'], apiGroups: ['*'] };
    const resources = ['deployments', 'replicasets', 'pods', 'services', 'endpointslices', 'poddisruptionbudgets'];
    const users = [
      { name: 'admin', groups: ['system:masters'], token: 'admin' },
      { name: 'deployer', groups: [], token: 'deployer', rules: [{ ...all, resources }] },
    ];
    const own = await openDeployStage({ users, timeScale: 0 });
    const deployer = own.clientOf('deployer');
    const deploy = () =>
      own.run((client, context, onFacts) => deployService(client, requestOf(first), context, onFacts), deployer);
    assert.equal((await deploy()).message, undefined);
    autoscale(own, 'score');
    own.kubernetes.setWantedReplicas('default', 'theirs', 6);
    await own.clock.sleep(30_000);
    const { facts, agent } = await deploy();
    assert.equal(facts.resultState, 'Unchanged', agent.text());
    assert.equal(replicasOf(own, 'score'), 6);
    assert.match(
      agent.text('log'),
      /^Autoscalers of other tools are recognized only by the replicas that they set\. /m,
    );
    await own.close();
  });
});
