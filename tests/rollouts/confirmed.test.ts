import assert from 'node:assert/strict';
import sinon from 'sinon';
import { KubernetesClient } from '../../shared/kubernetes/client/client';
import { deployments } from '../../shared/kubernetes/client/resource';
import { deleteService } from '../../shared/kubernetes/deploy/deleteService';
import { rejectService } from '../../shared/kubernetes/deploy/promote';
import { names, servingImage, stageOfEachTest, type Ended } from '../shared/kubernetes/deploy/deployFixture';

describe('a cluster that acknowledges and does not carry out', () => {
  const stage = stageOfEachTest();
  afterEach(() => sinon.restore());

  const keep = (name: string): Promise<unknown> =>
    stage.client.mergePatch(deployments, name, { metadata: { finalizers: ['example.com/keep'] } });
  const remove = (): Promise<Ended> =>
    stage.run(async (client, context) => String(await deleteService(client, names.service, [], context)));

  /** From now on an apply of this kind changes nothing, and is answered with the object as it was or, if there is none, as it would be. */
  function acknowledgeApplies(kind: string): void {
    const { client } = stage;
    const apply = client.apply.bind(client);
    sinon.stub(KubernetesClient.prototype, 'apply').callsFake(async (resource, object, options = {}) => {
      const planned = await apply(resource, object, {
        ...options,
        isDryRun: resource.kind === kind || options.isDryRun === true,
      });
      const live =
        resource.kind === kind && !options.isDryRun
          ? await client.get(resource, object.metadata?.name ?? '')
          : undefined;
      return live ? { object: live, isNew: false } : planned;
    });
  }

  it('fails the deployment of another image', async () => {
    await stage.deploy('r.io/score:1');
    acknowledgeApplies('Deployment');
    const { message } = await stage.deploy('r.io/score:2');
    assert.match(
      message ?? '',
      /The cluster accepted Deployment score, but does not have it: .*\.image is r\.io\/score:1 instead of r\.io\/score:2\. Possible causes are a mutating policy .*Kyverno/,
    );
    assert.equal(servingImage(stage), 'r.io/score:1');
  });

  it('fails the change of a Service, and the creation of an autoscaler', async () => {
    await stage.deploy('r.io/score:1');
    acknowledgeApplies('Service');
    const { message } = await stage.deploy('r.io/score:1', { service: { exposure: 'loadBalancer' } });
    assert.match(message ?? '', /accepted Service score, but does not have it: \.spec\.type has another value/);
    sinon.restore();
    acknowledgeApplies('HorizontalPodAutoscaler');
    const scaled = await stage.deploy('r.io/score:1', {
      service: { autoscaling: { minReplicas: 2, maxReplicas: 4, targetCpuPercent: 70 } },
    });
    assert.match(scaled.message ?? '', /accepted HorizontalPodAutoscaler score, but it does not exist/);
  });

  it('refuses an image that a policy replaces by another version, before anything is changed', async () => {
    await stage.deploy('r.io/score:1');
    const { client } = stage;
    const apply = client.apply.bind(client);
    sinon.stub(client, 'apply').callsFake((resource, object, options) => {
      const text = JSON.stringify(object).replaceAll('r.io/score:2', 'r.io/score:1');
      return apply(resource, JSON.parse(text) as typeof object, options);
    });
    const { message } = await stage.deploy('r.io/score:2');
    assert.match(
      message ?? '',
      /^The cluster would run r\.io\/score:1 instead of r\.io\/score:2 in container score of Deployment score: a mutating policy/,
    );
  });

  it('fails the deletion of an object that a finalizer keeps, and names it', async () => {
    await stage.deploy('r.io/score:1');
    await keep('score');
    const { message } = await remove();
    assert.match(
      message ?? '',
      /^Deployment score still exists after its deletion: its finalizers keep it: example\.com\/keep\./,
    );
    await stage.client.mergePatch(deployments, 'score', { metadata: { finalizers: null } });
    assert.equal((await remove()).message, undefined);
  });

  it('fails the rejection of a canary that a finalizer keeps', async () => {
    await stage.deploy('r.io/score:1');
    await stage.deploy('r.io/score:2', { strategy: 'canary' });
    await keep('score-canary');
    const { message } = await stage.run((client, context, onFacts) =>
      rejectService(client, { ...names, container: undefined, port: undefined }, context, onFacts),
    );
    assert.match(message ?? '', /^Deployment score-canary still exists after its deletion/);
  });

  it('says that the deletion of a canary that failed is not confirmed', async () => {
    await stage.deploy('r.io/score:1');
    const remove = sinon.stub(KubernetesClient.prototype, 'delete').resolves(true);
    const { message } = await stage.deploy('r.io/crash:2', { strategy: 'canary' });
    assert.ok(remove.called);
    assert.match(
      message ?? '',
      /^The deployment of score failed\. .*exits after its start.* It is not confirmed that the Deployment score-canary was deleted: Deployment score-canary still exists after its deletion: .* delete it in the cluster if its pods still run\./,
    );
    assert.doesNotMatch(message ?? '', /score-canary was deleted\./);
  });

  it('says that scaling down a version that failed is not confirmed', async () => {
    const wish = { strategy: 'blueGreen' } as const;
    await stage.deploy('r.io/score:1', wish);
    sinon
      .stub(KubernetesClient.prototype, 'mergePatch')
      .callsFake(async (resource, name) => (await stage.client.get(resource, name)) ?? assert.fail());
    const { message } = await stage.deploy('r.io/crash:2', wish);
    assert.match(
      message ?? '',
      /^The deployment of score failed\. .* It is not confirmed that the Deployment score-green was scaled to 0: The cluster accepted .* but it still has replicas\. .* The previous version still serves\.$/,
    );
    assert.equal(servingImage(stage), 'r.io/score:1');
  });

  it('says that the rollback of a Service is not confirmed', async () => {
    const smoke = { payload: '{}', expectation: { status: 201, requests: 1 } };
    await stage.deploy('r.io/score:1');
    const apply = stage.client.apply.bind(stage.client);
    let changes = 0;
    sinon.stub(KubernetesClient.prototype, 'apply').callsFake(async (resource, object, options = {}) => {
      const isChange = resource.kind === 'Service' && !options.isDryRun;
      if (!isChange || ++changes === 1) return apply(resource, object, options);
      return { object: (await stage.client.get(resource, object.metadata?.name ?? '')) ?? assert.fail(), isNew: false };
    });
    const { message, facts } = await stage.deploy('r.io/score:1', {
      service: { exposure: 'internalLoadBalancer' },
      smoke,
    });
    assert.match(
      message ?? '',
      /^The deployment of score failed\. .* The rollback is not confirmed: The cluster accepted Service score, but does not have it: .*Check which version serves/,
    );
    assert.equal(facts.rolledBack, 'false');
  });

  it('fails when the Service is not switched', async () => {
    const wish = { strategy: 'blueGreen' } as const;
    await stage.deploy('r.io/score:1', wish);
    const { client } = stage;
    sinon
      .stub(client, 'jsonPatch')
      .callsFake(async (resource, name) => (await client.get(resource, name)) ?? assert.fail());
    const { message } = await stage.deploy('r.io/score:2', wish);
    assert.match(message ?? '', /accepted to switch the Service score to green, but it still selects blue/);
    assert.equal(servingImage(stage), 'r.io/score:1');
  });
});
