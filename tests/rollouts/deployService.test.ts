import assert from 'node:assert/strict';
import { deleteService } from '../../shared/kubernetes/deploy/deleteService';
import { autoscalers, deployments, pods, services } from '../../shared/kubernetes/client/resource';
import {
  names,
  openDeployStage,
  replicasOf,
  servingImage,
  servingSlot,
  stageOfEachTest,
  underLoad,
  type Wish,
} from '../shared/kubernetes/deploy/deployFixture';
import { imageFaults } from '../shared/kubernetes/deploy/imageFaults';

const smoke = (status: number) => ({ payload: '{"data": [1]}', expectation: { status, requests: 2 } });
const rolling: Wish = { strategy: 'rolling' };
const blueGreen: Wish = { strategy: 'blueGreen' };

describe('a deployed service', function () {
  this.timeout(120_000);
  const stage = stageOfEachTest();

  for (const wish of [rolling, blueGreen]) {
    it(`is deployed, and is not changed by a second deployment (${wish.strategy ?? ''})`, async () => {
      const first = await stage.deploy('r.io/score:1', { ...wish, smoke: smoke(200) });
      assert.equal(first.message, undefined, first.agent.text());
      assert.equal(first.result, 'deployed');
      assert.equal(first.facts.scoringUri, 'http://score.default.svc.cluster.local/score');
      assert.match(first.facts.digest ?? '', /^sha256:/);
      const before = stage.kubernetes.store.list('deployments').map(({ metadata }) => metadata.resourceVersion);
      stage.kubernetes.requests.clear();
      const again = await stage.deploy('r.io/score:1', { ...wish, smoke: smoke(200) });
      assert.equal(again.result, 'unchanged');
      assert.equal(again.facts.resultState, 'Unchanged');
      const after = stage.kubernetes.store.list('deployments').map(({ metadata }) => metadata.resourceVersion);
      assert.deepEqual(after, before);
      const watches = stage.kubernetes.requests.list().filter(({ query }) => query['watch'] === 'true');
      assert.deepEqual(watches, []);
    });

    it(`changes versions without a failed request (${wish.strategy ?? ''})`, async () => {
      await stage.deploy('r.io/score:1', wish);
      const { images, failures } = await underLoad(stage, async () => {
        const { message, facts } = await stage.deploy('r.io/score:2', { ...wish, smoke: smoke(200) });
        assert.equal(message, undefined);
        assert.equal(facts.previousImage, 'r.io/score:1');
        await stage.clock.sleep(2000);
      });
      assert.deepEqual(failures, []);
      assert.deepEqual(images, new Set(['r.io/score:1', 'r.io/score:2']));
      assert.equal(servingImage(stage), 'r.io/score:2');
    });
  }

  const faults: readonly (readonly [image: string, cause: RegExp, more?: Wish])[] = [
    ...imageFaults,
    ['r.io/unauthorized:2', /^The cluster is not authorized to pull the image r\.io\/unauthorized:2/],
    ['r.io/root:2', /^The image r\.io\/root:2 runs as root/],
    ['r.io/slow:2', /^The container 'score' was killed because it did not answer/, { service: { startupSeconds: 10 } }],
    ['r.io/wrong:2', /^The new version does not answer as expected/, { smoke: smoke(201) }],
  ];
  // One pod: another would only repeat what happens to it. It is given up soon.
  const single = { replicas: 1, progressDeadlineSeconds: 60 };
  // What is found out of an image does not depend on the strategy, but whether another serves meanwhile does, with pods
  // that never start, that end, and that answer.
  const kinds = /not-found|crash|wrong/;
  for (const wish of [rolling, blueGreen].map((strategy) => ({ ...strategy, service: single })))
    for (const [image, cause, { service, ...more } = {}] of wish.strategy === 'rolling'
      ? faults
      : faults.filter(([each]) => kinds.test(each)))
      it(`reports why ${image} does not serve, and keeps the previous version serving (${wish.strategy ?? ''})`, async () => {
        await stage.deploy('r.io/score:1', wish);
        const { images, failures } = await underLoad(stage, async () => {
          const { message, facts, agent } = await stage.deploy(image, {
            ...wish,
            ...more,
            service: { ...single, ...service },
          });
          assert.match(message ?? '', /^The deployment of score failed\. /, agent.text());
          assert.match(agent.said.find(({ kind }) => kind === 'error')?.text ?? '', cause);
          assert.equal(facts.rolledBack, 'true');
          assert.equal(facts.resultState, 'RolledBack');
          const text = agent.text();
          assert.ok(text.indexOf('[Deployment score') > text.indexOf('Deployment score: '), 'evidence follows');
        });
        assert.deepEqual(failures, []);
        // A pod that crashes or answers wrongly may be ready for a moment, and a rolling deployment runs no test before that.
        if (wish.strategy === 'blueGreen') assert.deepEqual(images, new Set(['r.io/score:1']));
        assert.equal(servingImage(stage), 'r.io/score:1');
      });

  it('rolls back to the last good version after two failures in a row, not to the first failed one', async () => {
    await stage.deploy('r.io/score:1');
    await stage.deploy('r.io/wrong:2', { smoke: smoke(201), onFailure: 'leave' });
    assert.equal(servingImage(stage), 'r.io/wrong:2');
    const { message } = await stage.deploy('r.io/crash:3');
    assert.match(message ?? '', /Rolled back to r\.io\/score:1 \(revision \d+\), which serves\.$/);
    assert.equal(servingImage(stage), 'r.io/score:1');
    const next = await stage.deploy('r.io/score:4');
    assert.equal(next.message, undefined);
  });

  for (const wish of [rolling, blueGreen])
    it(`restores the Service and the autoscaler after a failure (${wish.strategy ?? ''})`, async () => {
      const own = await openDeployStage({ timeScale: 0, loadBalancerSeconds: 'never' });
      const said = () => [
        own.kubernetes.store
          .list('services')
          .filter(({ metadata }) => metadata.name === names.service)
          .map(({ spec: { type, ports, selector } }) => ({ type, ports, selector })),
        own.kubernetes.store.list('horizontalpodautoscalers').map(({ spec }) => spec),
      ];
      const autoscaling = { minReplicas: 2, maxReplicas: 5, targetCpuPercent: 70 };
      await own.deploy('r.io/score:1', { ...wish, service: { autoscaling } });
      const before = said();
      const service = {
        exposure: 'loadBalancer',
        port: 6001,
        autoscaling: { ...autoscaling, maxReplicas: 9 },
      } as const;
      const { message } = await own.deploy('r.io/score:2', { ...wish, service });
      assert.match(message ?? '', /no address from the cloud in time/);
      assert.deepEqual(said(), before);
      assert.equal(servingImage(own), 'r.io/score:1');
      assert.equal((await own.deploy('r.io/score:3', { ...wish, service: { autoscaling } })).message, undefined);
      await own.close();
    });

  it('rolls back to a good version that somebody else deployed by hand', async () => {
    await stage.deploy('r.io/score:1');
    const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'r.io/hotfix:1' }] as const;
    await stage.client.jsonPatch(deployments, 'score', patch);
    await stage.clock.sleep(60_000);
    const { message } = await stage.deploy('r.io/crash:2');
    assert.match(message ?? '', /Rolled back to r\.io\/hotfix:1/);
  });

  it('keeps the replicas that an autoscaler set', async () => {
    const service = { autoscaling: { minReplicas: 2, maxReplicas: 8, targetCpuPercent: 70 } };
    for (const strategy of ['rolling', 'blueGreen'] as const) {
      const first = await stage.deploy('r.io/score:1', { service, strategy });
      assert.equal(first.message, undefined);
      const name = first.facts.deploymentName ?? '';
      stage.kubernetes.setWantedReplicas('default', name, 5);
      await stage.clock.sleep(20_000);
      assert.equal(replicasOf(stage, name), 5);
      const second = await stage.deploy('r.io/score:2', { service, strategy });
      assert.equal(second.message, undefined);
      assert.equal(replicasOf(stage, second.facts.deploymentName ?? ''), 5);
      const failed = await stage.deploy('r.io/crash:3', { service, strategy });
      assert.match(failed.message ?? '', /failed/);
      assert.equal(replicasOf(stage, second.facts.deploymentName ?? ''), 5);
    }
  });

  it('hands its replicas to an autoscaler, and takes them back', async () => {
    await stage.deploy('r.io/score:1', { service: { replicas: 4 } });
    const autoscaling = { minReplicas: 2, maxReplicas: 8, targetCpuPercent: 70 };
    await stage.deploy('r.io/score:1', { service: { autoscaling } });
    assert.equal(replicasOf(stage, 'score'), 4);
    stage.kubernetes.setWantedReplicas('default', 'score', 6);
    await stage.clock.sleep(20_000);
    const { message } = await stage.deploy('r.io/score:2', { service: { replicas: 3 } });
    assert.equal(message, undefined);
    assert.equal(await stage.client.get(autoscalers, 'score'), undefined);
    assert.equal(replicasOf(stage, 'score'), 3);
  });

  it('is left alone when somebody else deploys meanwhile', async () => {
    await stage.deploy('r.io/score:1');
    const deploying = stage.deploy('r.io/slow:2');
    while (
      stage.kubernetes.store.get('deployments', 'default', 'score')?.spec.template.spec.containers[0]?.image !==
      'r.io/slow:2'
    )
      await new Promise(setImmediate);
    const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'r.io/score:3' }] as const;
    await stage.client.jsonPatch(deployments, 'score', patch);
    const { message, facts } = await deploying;
    assert.match(message ?? '', /^Superseded: /);
    assert.equal(facts.resultState, 'Superseded');
    assert.equal(servingImage(stage), 'r.io/score:3');
  });

  it('is not changed when the caller lacks a permission', async () => {
    const rules = [{ verbs: ['get', 'list'], apiGroups: ['*'], resources: ['*'] }];
    const reader = { name: 'reader', groups: [], token: 'reader', rules };
    const own = await openDeployStage({ users: [reader], timeScale: 0 });
    const { message } = await own.deploy('r.io/score:1');
    assert.match(message ?? '', /^Nothing was deployed.*\n.*lacks the permission to create deployments of apps/);
    assert.match(message ?? '', /patch services/);
    assert.deepEqual(own.kubernetes.store.list('deployments'), []);
    await own.close();
  });

  it('is scaled to 0, deleted or left when its first version fails', async () => {
    await stage.deploy('r.io/crash:1', { onFailure: 'leave' });
    assert.equal(replicasOf(stage, 'score'), 2);
    await stage.deploy('r.io/crash:1', { onFailure: 'rollback' });
    assert.equal(replicasOf(stage, 'score'), 0);
    await stage.deploy('r.io/crash:1', { onFailure: 'delete' });
    assert.equal(replicasOf(stage, 'score'), undefined);
    const { message } = await stage.deploy('r.io/score:1');
    assert.equal(message, undefined);
  });

  it('can be deployed again after its first version failed', async () => {
    const service = { autoscaling: { minReplicas: 2, maxReplicas: 8, targetCpuPercent: 70 } };
    await stage.deploy('r.io/crash:1', { service });
    assert.equal(replicasOf(stage, 'score'), 0);
    assert.equal((await stage.deploy('r.io/score:1', { service })).message, undefined);
    assert.equal(replicasOf(stage, 'score'), 2);
  });

  it('changes strategies without a failed request', async () => {
    await stage.deploy('r.io/score:1');
    const { failures } = await underLoad(stage, async () => {
      assert.equal((await stage.deploy('r.io/score:2', blueGreen)).message, undefined);
      assert.equal(servingSlot(stage), 'blue');
      assert.equal((await stage.deploy('r.io/score:3', blueGreen)).message, undefined);
      assert.equal(servingSlot(stage), 'green');
      assert.deepEqual(
        [replicasOf(stage, 'score'), replicasOf(stage, 'score-blue')],
        [0, 2],
        'one version back is kept',
      );
      assert.equal((await stage.deploy('r.io/score:4')).message, undefined);
      assert.equal(servingSlot(stage), 'stable');
      await stage.clock.sleep(5000);
    });
    assert.deepEqual(failures, []);
    assert.deepEqual(
      [replicasOf(stage, 'score'), replicasOf(stage, 'score-blue'), replicasOf(stage, 'score-green')],
      [2, 0, 0],
    );
  });

  it('is tested through its public address', async () => {
    const { facts, message, agent } = await stage.deploy('r.io/score:1', {
      service: { exposure: 'loadBalancer' },
      smoke: smoke(200),
    });
    assert.equal(message, undefined, agent.text());
    assert.match(facts.scoringUri ?? '', /^http:\/\/127\..*\/score$/);
    assert.match(agent.text('log'), /http:\/\/127\.\S+\/score: the sample was answered as expected/);
  });

  it('reports why it gets no public address', async () => {
    const own = await openDeployStage({ timeScale: 0, loadBalancerSeconds: 'never' });
    const { message } = await own.deploy('r.io/score:1', { service: { exposure: 'loadBalancer' } });
    assert.match(message ?? '', /The Service score got no address from the cloud in time: .*PublicIPCountLimitReached/);
    await own.close();
  });

  it('keeps only the configuration that its versions use', async () => {
    for (const value of ['1', '2'])
      await stage.deploy('r.io/score:1', { service: { secrets: { KEY: value }, configFiles: { 'a.txt': value } } });
    const { store } = stage.kubernetes;
    assert.equal(store.list('secrets').length, 2, 'the version before can be gone back to');
    await stage.client.mergePatch(deployments, 'score', { spec: { revisionHistoryLimit: 0 } });
    await stage.clock.sleep(5000);
    const request = { secrets: { KEY: '2' }, configFiles: { 'a.txt': '2' } };
    await stage.deploy('r.io/score:1', { service: request });
    assert.ok(store.list('secrets').length <= 2);
    const [pod] = (await stage.client.list(pods)).items;
    assert.ok(pod?.spec?.volumes?.some(({ configMap }) => configMap));
  });

  it('is deleted with everything that was created for it', async () => {
    await stage.deploy('r.io/score:1', { service: { secrets: { KEY: '1' } } });
    await stage.deploy('r.io/score:2', blueGreen);
    await stage.client.create(services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'other' },
      spec: { ports: [{ port: 80 }], selector: { app: 'other' } },
    });
    const { result } = await stage.run(async (client, context) =>
      String(await deleteService(client, 'score', [], context)),
    );
    assert.ok(Number(result) >= 6);
    const { store } = stage.kubernetes;
    for (const kind of ['deployments', 'secrets', 'poddisruptionbudgets'] as const)
      assert.deepEqual(store.list(kind), [], kind);
    assert.deepEqual(
      store.list('services').map(({ metadata }) => metadata.name),
      ['other'],
    );
  });
});
