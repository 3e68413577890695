import assert from 'node:assert/strict';
import type { FakeAgent } from '../support/fakeAgent';
import { AzureMlStage, registered, workspaceId, type Given } from './deployAzureMlStage';

const canary: Given = { ...registered, modelVersion: '2', strategy: 'canary', canaryPercent: '20' };

describe('DeployAzureMl, with a canary', function () {
  this.timeout(60_000);
  let stage: AzureMlStage;
  beforeEach(async () => {
    stage = await AzureMlStage.open();
    stage.addModel('churn', '2');
    await succeeds(registered);
  });
  afterEach(() => stage.close());

  async function run(inputs: Given): Promise<FakeAgent> {
    stage.azure.requests.clear();
    return stage.run(inputs);
  }
  async function succeeds(inputs: Given): Promise<FakeAgent> {
    const agent = await run(inputs);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text('log', 'error')}`);
    return agent;
  }
  async function fails(inputs: Given, cause: RegExp): Promise<void> {
    const agent = await run(inputs);
    assert.equal(agent.end.result, 'Failed', agent.text('log'));
    assert.match(agent.end.message, cause);
    assert.deepEqual(stage.writes(), []);
  }

  it('gives it the requested share, and changes nothing in a second run', async () => {
    const agent = await succeeds(canary);
    assert.deepEqual([agent.outputs['resultState'], agent.outputs['traffic']], ['Canary', '{"blue":80,"green":20}']);
    assert.deepEqual(stage.endpoint?.traffic, { blue: 80, green: 20 });
    const again = await succeeds(canary);
    assert.deepEqual([again.outputs['resultState'], again.outputs['change']], ['Canary', 'unchanged']);
    assert.deepEqual(stage.writes(), []);
    const more = await succeeds({ ...canary, canaryPercent: '50' });
    assert.equal(more.outputs['traffic'], '{"blue":50,"green":50}');
  });

  it('promotes it, and does nothing the second time', async () => {
    await succeeds(canary);
    const agent = await succeeds({ action: 'promote', ...sampleOf(registered) });
    assert.deepEqual([agent.outputs['resultState'], agent.outputs['change']], ['Promoted', 'replaced']);
    assert.deepEqual(stage.writes(), ['PUT onlineEndpoints/score', 'DELETE deployments/blue']);
    assert.deepEqual(stage.endpoint?.traffic, { green: 100 });
    const again = await succeeds({ action: 'promote' });
    assert.deepEqual([again.outputs['resultState'], again.outputs['change']], ['Promoted', 'unchanged']);
    assert.deepEqual(stage.writes(), []);
  });

  it('is not promoted, and gets no further request, when it answers the sample wrongly', async () => {
    await succeeds(canary);
    const wrong = { action: 'promote', ...sampleOf(registered), expectedJson: '$.predictions[0]=-1' };
    const agent = await run(wrong);
    assert.equal(agent.end.result, 'Failed', agent.text('log'));
    assert.deepEqual(stage.writes(), []);
    assert.deepEqual(stage.endpoint?.traffic, { blue: 80, green: 20 });
  });

  it('rejects it, and does nothing the second time', async () => {
    await succeeds(canary);
    const agent = await succeeds({ action: 'reject' });
    assert.deepEqual([agent.outputs['resultState'], agent.outputs['traffic']], ['Rejected', '{"blue":100}']);
    assert.deepEqual(stage.deployments(), { blue: 'Succeeded churn' });
    await succeeds({ action: 'reject' });
    assert.deepEqual(stage.writes(), []);
  });

  it('rejects a deployment that has all the traffic, where the previous one was kept', async () => {
    await succeeds({ ...registered, modelVersion: '2', keepOldDeployment: 'true' });
    assert.deepEqual(stage.endpoint?.traffic, { green: 100 });
    const agent = await succeeds({ action: 'reject' });
    assert.deepEqual([agent.outputs['resultState'], agent.outputs['traffic']], ['Rejected', '{"blue":100}']);
    assert.deepEqual(stage.deployments(), { blue: 'Succeeded churn' });
    await succeeds({ action: 'reject' });
    assert.deepEqual(stage.writes(), []);
  });

  it('sends it copies of requests first, and shows its log', async () => {
    const agent = await succeeds({ ...canary, mirrorPercent: '10' });
    assert.match(
      agent.text('log'),
      /Sending copies of 10 % of the requests to 'green' for 60 s\.[^]*Log of green with copies/,
    );
    assert.deepEqual(stage.writes(), [
      'PUT deployments/green',
      'PUT onlineEndpoints/score',
      'PUT onlineEndpoints/score',
    ]);
    assert.deepEqual(stage.endpoint?.mirrorTraffic, {});
  });

  it('refuses another version while it is undecided, and one that is not a canary', async () => {
    await fails(
      { action: 'promote', deploymentName: 'other' },
      /There is no canary to promote: the endpoint has blue 100 %/,
    );
    await succeeds(canary);
    stage.addModel('churn', '3');
    await fails(
      { ...registered, modelVersion: '3' },
      /The deployment 'green' has 20 % of the requests.*Run the action promote or reject first/,
    );
  });

  it('becomes the only one when it is deployed with the strategy blueGreen', async () => {
    await succeeds(canary);
    await succeeds({ ...registered, modelVersion: '2' });
    assert.deepEqual(stage.writes(), ['PUT onlineEndpoints/score', 'DELETE deployments/blue']);
  });

  it('keeps the old deployment if asked to, and returns to it without a new one', async () => {
    await succeeds({ ...registered, modelVersion: '2', keepOldDeployment: 'true' });
    assert.deepEqual(stage.deployments(), { blue: 'Succeeded churn', green: 'Succeeded churn' });
    const agent = await succeeds({ ...registered, keepOldDeployment: 'true' });
    assert.equal(agent.outputs['deploymentName'], 'blue');
    assert.deepEqual(stage.writes(), ['PATCH deployments/blue', 'PUT onlineEndpoints/score']);
    await succeeds(registered);
    assert.deepEqual(stage.writes(), ['DELETE deployments/green']);
  });

  it('updates in place with the strategy rolling, and restores what was there when that fails', async () => {
    const agent = await succeeds({ ...registered, modelVersion: '2', strategy: 'rolling' });
    assert.deepEqual(stage.writes(), ['PUT deployments/blue']);
    assert.equal(agent.outputs['change'], 'updated');
    const failed = await run({ ...registered, modelName: 'churn-wrong', strategy: 'rolling' });
    assert.equal(failed.end.result, 'Failed');
    assert.match(failed.end.message, /'blue' was restored to what it was\./);
    assert.equal(failed.outputs['resultState'], 'RolledBack');
    assert.equal((await stage.call()).text, '{"predictions": [0.5]}');
    await succeeds({ ...registered, modelVersion: '2', strategy: 'rolling' });
    assert.deepEqual(stage.writes(), []);
  });

  it('changes the number of instances without a new deployment', async () => {
    const agent = await succeeds({ ...registered, replicas: '3' });
    assert.deepEqual(stage.writes(), ['PATCH deployments/blue']);
    assert.equal(agent.outputs['change'], 'updated');
    assert.equal(stage.endpoint?.deployments[0]?.body.capacity, 3);
    await succeeds(registered);
    assert.deepEqual(stage.writes(), []);
  });

  it('deletes a deployment without requests, an endpoint, and nothing that is not there', async () => {
    await succeeds({ ...registered, modelVersion: '2', keepOldDeployment: 'true' });
    await fails(
      { action: 'delete', deploymentName: 'green' },
      /The deployment 'green' has 100 % of the requests\. Nothing was deleted/,
    );
    assert.equal((await succeeds({ action: 'delete', deploymentName: 'blue' })).outputs['change'], 'deleted');
    assert.equal((await succeeds({ action: 'delete', deploymentName: 'blue' })).outputs['change'], 'unchanged');
    const agent = await succeeds({ action: 'delete' });
    assert.deepEqual([agent.outputs['change'], agent.outputs['resultState']], ['deleted', 'Deleted']);
    assert.deepEqual(stage.ml.endpoints, []);
    assert.equal((await succeeds({ action: 'delete' })).outputs['change'], 'unchanged');
  });

  it('changes and deletes nothing that somebody else made', async () => {
    const green = stage.endpoint?.deployment('green');
    assert.equal(green, undefined);
    await stage.putForeign('green', `${workspaceId}/models/churn/versions/1`);
    await fails({ ...registered, modelVersion: '2' }, /a deployment 'green' that was not created by this task/);
    await fails({ action: 'delete' }, /The deployment 'green' was not created by this task.*Nothing was deleted/);
    await succeeds({ ...registered, modelVersion: '2', deploymentName: 'second' });
    assert.deepEqual(stage.deployments(), { green: 'Succeeded churn', second: 'Succeeded churn' });
  });
});

function sampleOf({ samplePayload = '', expectedJson = '' }: Given): Given {
  return { samplePayload, expectedJson };
}
