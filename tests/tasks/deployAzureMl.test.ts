import assert from 'node:assert/strict';
import type { FakeAgent } from '../support/fakeAgent';
import { AzureMlStage, endpointHost, registered, type Given } from './deployAzureMlStage';

describe('DeployAzureMl', () => {
  let stage: AzureMlStage;
  beforeEach(async () => (stage = await AzureMlStage.open()));
  afterEach(() => stage.close());

  async function run(inputs: Given): Promise<FakeAgent> {
    stage.azure.requests.clear();
    return stage.run(inputs);
  }
  async function succeeds(inputs: Given): Promise<FakeAgent> {
    const agent = await run(inputs);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text('log', 'warning', 'error')}`);
    return agent;
  }

  it('creates an endpoint that serves a registered model, and reports its address', async () => {
    const agent = await succeeds(registered);
    assert.deepEqual(agent.outputs, {
      endpointName: 'score',
      deploymentName: 'blue',
      scoringUri: `https://${endpointHost}/score`,
      modelVersion: '1',
      traffic: '{"blue":100}',
      change: 'created',
      rolledBack: 'false',
      resultState: 'Deployed',
    });
    assert.deepEqual(stage.writes(), [
      'PUT onlineEndpoints/score',
      'PUT deployments/blue',
      'PUT onlineEndpoints/score',
    ]);
    assert.deepEqual(await stage.call(), { status: 200, deployment: 'blue', text: '{"predictions": [0.5]}' });
    assert.match(agent.summaries['Online endpoint'] ?? '', /\| score \| blue \| Deployed \| created \| churn 1 \|/);
  });

  it('changes nothing when the endpoint serves what is asked for', async () => {
    await succeeds(registered);
    stage.clock.sleeps.length = 0;
    const agent = await succeeds(registered);
    assert.deepEqual(stage.writes(), []);
    assert.equal(agent.outputs['change'], 'unchanged');
    assert.equal(agent.outputs['resultState'], 'Unchanged');
    assert.deepEqual(stage.clock.sleeps, []);
    assert.deepEqual(agent.summaries, {});
  });

  it('deploys another model beside the one that serves, and deletes that when the new one serves', async () => {
    await succeeds(registered);
    stage.addModel('churn', '2');
    const agent = await succeeds({ ...registered, modelVersion: 'latest' });
    assert.deepEqual(stage.writes(), ['PUT deployments/green', 'PUT onlineEndpoints/score', 'DELETE deployments/blue']);
    assert.equal(agent.outputs['change'], 'replaced');
    assert.equal(agent.outputs['previousDeployment'], 'blue');
    assert.equal(agent.outputs['modelVersion'], '2');
    assert.deepEqual(stage.deployments(), { green: 'Succeeded churn' });
  });
});
