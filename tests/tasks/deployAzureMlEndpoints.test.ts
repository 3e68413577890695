import assert from 'node:assert/strict';
import type { Clock } from '../../shared/clock';
import { CancelledError } from '../../shared/errors';
import type { FakeAgent } from '../support/fakeAgent';
import { AzureMlStage, clientId, registered, workspaceId, type Given } from './deployAzureMlStage';

const provider = 'Microsoft.MachineLearningServices';

describe('DeployAzureMl, to endpoints of several kinds', function () {
  this.timeout(60_000);
  let stage: AzureMlStage;
  beforeEach(async () => (stage = await AzureMlStage.open()));
  afterEach(() => stage.close());

  async function run(inputs: Given, options: Parameters<AzureMlStage['run']>[1] = {}): Promise<FakeAgent> {
    stage.azure.requests.clear();
    return stage.run(inputs, options);
  }
  async function succeeds(inputs: Given): Promise<FakeAgent> {
    const agent = await run(inputs);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text('log', 'error')}`);
    return agent;
  }
  async function fails(inputs: Given, cause: RegExp): Promise<FakeAgent> {
    const agent = await run(inputs);
    assert.equal(agent.end.result, 'Failed', agent.text('log'));
    assert.match(agent.end.message, cause);
    return agent;
  }

  for (const authMode of ['amlToken', 'aadToken'])
    it(`tests an endpoint that authenticates its callers with ${authMode}`, async () => {
      const agent = await succeeds({ ...registered, authMode });
      assert.match(agent.text('log'), /The sample was answered as expected/);
      assert.equal(stage.endpoint?.body.authMode.toLowerCase(), authMode.toLowerCase());
      await succeeds(registered);
      assert.deepEqual(stage.writes(), []);
    });

  it('deploys to a cluster that is attached to the workspace', async () => {
    const inputs = {
      ...registered,
      computeName: 'cluster',
      cpu: '0.5',
      memory: '1Gi',
      minReplicas: '1',
      maxReplicas: '3',
    };
    const agent = await succeeds(inputs);
    assert.equal(agent.outputs['resultState'], 'Deployed');
    assert.equal(stage.endpoint?.body.compute, `${workspaceId}/computes/cluster`);
    await succeeds(inputs);
    assert.deepEqual(stage.writes(), []);
    await fails(registered, /runs on the compute .*Correct 'computeName'/);
    await fails({ ...registered, computeName: 'old' }, /is of the type AKS, but must be Kubernetes/);
    await fails({ ...registered, computeName: 'none' }, /The workspace has no compute 'none'/);
    assert.deepEqual(stage.writes(), []);
  });

  it('gives a new endpoint the identity that is asked for, and refuses to change that of another', async () => {
    const identityId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/m';
    await succeeds({ ...registered, identityId });
    assert.deepEqual(stage.endpoint?.body.userAssignedIdentities, [identityId]);
    await succeeds({ ...registered, replicas: '2' });
    assert.deepEqual(stage.endpoint.body.userAssignedIdentities, [identityId]);
    await fails(
      { ...registered, identityId: `${identityId}2` },
      /the identity of an endpoint is fixed.*Correct 'identityId'/,
    );
  });

  it('keeps all settings of an endpoint when it changes the traffic or the network access', async () => {
    await stage.arm('PUT', '/onlineEndpoints/score', {
      location: 'westeurope',
      tags: { owner: 'ml-platform' },
      identity: { type: 'SystemAssigned' },
      properties: { authMode: 'Key', description: 'The churn of customers', properties: { team: 'a' } },
    });
    stage.clock.advance(200_000);
    await succeeds(registered);
    const { tags, properties } = (await (await stage.arm('GET', '/onlineEndpoints/score')).json()) as {
      readonly tags: object;
      readonly properties: Readonly<Record<string, unknown>>;
    };
    assert.deepEqual(tags, { owner: 'ml-platform' });
    assert.equal(properties['description'], 'The churn of customers');
    assert.equal((properties['properties'] as Readonly<Record<string, unknown>>)['team'], 'a');
    await succeeds({ ...registered, publicNetworkAccess: 'enabled' });
    assert.deepEqual(stage.writes(), []);
    const agent = await run({ modelName: 'churn', modelVersion: '1', publicNetworkAccess: 'disabled' });
    assert.equal(agent.outputs['change'], 'updated', agent.end.message);
    assert.deepEqual(stage.endpoint?.traffic, { blue: 100 });
    await fails({ action: 'delete' }, /The endpoint 'score' was not created by this task.*Nothing was deleted/);
  });

  it('follows the resources themselves when the identity has a role on the workspace alone', async () => {
    stage.azure.allowedActions.set(clientId, [`${provider}/workspaces/*`, `${provider}/workspaces/read`]);
    await succeeds(registered);
    stage.addModel('churn-crash');
    const agent = await fails(
      { ...registered, modelName: 'churn-crash' },
      /Azure did not say why, because the identity cannot read the operation/,
    );
    assert.match(agent.text('error'), /^The Python package 'sklearn' is missing/);
    await succeeds({ action: 'delete' });
  });

  it('names the role that is missing', async () => {
    stage.azure.allowedActions.set(clientId, [`${provider}/workspaces/read`]);
    await fails(
      registered,
      /It lacks the action .*models\/versions\/read\. Assign it the role 'AzureML Data Scientist' on the workspace/,
    );
  });

  it('says who may not score, and leaves the deployment for the next run', async () => {
    const roles = [
      'workspaces/read',
      'workspaces/models/*',
      'workspaces/onlineEndpoints/read',
      'workspaces/onlineEndpoints/write',
    ];
    const more = ['workspaces/onlineEndpoints/deployments/*', 'locations/*'];
    stage.azure.allowedActions.set(
      clientId,
      [...roles, ...more].map((each) => `${provider}/${each}`),
    );
    const aad = { ...registered, authMode: 'aadToken' };
    await fails(
      aad,
      /The endpoint does not accept the sample: .* answered 403: .*score\/action.*the role 'AzureML Data Scientist'/,
    );
    assert.deepEqual(stage.deployments(), { blue: 'Succeeded churn' });
    stage.azure.allowedActions.delete(clientId);
    await succeeds(aad);
    assert.deepEqual(stage.writes(), ['PUT onlineEndpoints/score']);
  });

  it('does not restore a deployment that was not changed', async () => {
    await succeeds(registered);
    const rolling = { ...registered, strategy: 'rolling', instanceType: 'Standard_DS4_v2' };
    await fails(rolling, /The instance type of a deployment cannot be changed.*'blue' was not changed\.$/);
    assert.deepEqual(stage.writes(), ['PUT deployments/blue']);
  });

  it('waits while Azure is still busy with the endpoint, and repeats what was throttled', async () => {
    stage.ml.settings.durations.busyAfter = 45;
    stage.ml.settings.throttledDeployments = 1;
    const agent = await succeeds(registered);
    assert.match(agent.text('log'), /Azure is busy with the endpoint: waiting\./);
  });

  it('sends the sample again while a new deployment does not answer yet', async () => {
    stage.ml.settings.durations.warmUp = 40;
    stage.ml.scoring.faults.add({ effect: 'status', status: 503, times: 3 });
    await succeeds(registered);
  });

  it('is taken up by the next run after a timeout, and after a cancellation', async () => {
    await fails(
      { ...registered, timeoutMinutes: '5' },
      /Timed out .* a deletion would only wait behind it\. Run the step again to take it up\.$/,
    );
    assert.deepEqual(stage.deployments(), { blue: 'Creating churn' });
    const cancel = new AbortController();
    const clock: Clock = {
      now: () => stage.clock.now(),
      date: () => stage.clock.now(),
      sleep: async (milliseconds, signal) => {
        cancel.abort(new CancelledError());
        await stage.clock.sleep(milliseconds, signal);
      },
    };
    const cancelled = await run(registered, { clock, signal: cancel.signal });
    assert.equal(cancelled.end.result, 'Canceled');
    assert.match(cancelled.end.message, /Run the step again to take it up/);
    const agent = await succeeds(registered);
    assert.match(agent.text('log'), /Waiting for Azure, which works on the deployment 'blue'/);
    assert.deepEqual(stage.writes(), ['PUT onlineEndpoints/score']);
  });

  it('stops when somebody else changes the traffic meanwhile, and shows both', async () => {
    await succeeds(registered);
    await stage.putForeign('other', `${workspaceId}/models/churn/versions/1`);
    stage.addModel('churn', '2');
    stage.ml.settings.behaviours.set('churn-traffic', {
      answer: async () => {
        await stage
          .arm('PUT', '/onlineEndpoints/score', {
            location: 'westeurope',
            identity: { type: 'SystemAssigned' },
            properties: { authMode: 'Key', traffic: { blue: 50, other: 50 } },
          })
          .catch(() => undefined);
        stage.clock.advance(60_000);
        return { status: 200, headers: {}, body: Buffer.from('{"predictions": [0.5]}') };
      },
    });
    stage.addModel('churn-traffic');
    await fails(
      { ...registered, modelName: 'churn-traffic' },
      /was changed by somebody else meanwhile: it had blue 100 %, and has blue 50 %, other 50 %\. This step did not change it/,
    );
    assert.deepEqual(stage.endpoint?.traffic, { blue: 50, other: 50 });
  });

  it('refuses a workspace of the old kind before it changes anything', async () => {
    const [workspace] = stage.ml.workspaces;
    assert.ok(workspace);
    stage.ml.workspaces[0] = { ...workspace, v1LegacyMode: true };
    await fails(registered, /The workspace is in the legacy mode of version 1/);
    assert.deepEqual(stage.writes(), []);
  });

  it('sends a specification in the format of the REST API, with texts as they are written', async () => {
    const spec = `
tags: {build: 20261128.10}
properties:
  environmentVariables: {ZIP: 01234}
  requestSettings: {requestTimeout: PT90S}
  livenessProbe: {initialDelay: PT30S, failureThreshold: 10}
`;
    const inputs = { ...registered, spec, maxConcurrentRequests: '4', startupSeconds: '120', appInsights: 'true' };
    await succeeds(inputs);
    const body = stage.azure.requests
      .list()
      .find(({ method, path }) => method === 'PUT' && path.endsWith('/blue'))?.body;
    const { tags, properties } = JSON.parse(String(body)) as {
      readonly tags: Readonly<Record<string, string>>;
      readonly properties: Readonly<Record<string, unknown>>;
    };
    assert.equal(tags['build'], '20261128.10');
    assert.deepEqual(properties['environmentVariables'], { ZIP: '01234' });
    assert.deepEqual(properties['requestSettings'], { requestTimeout: 'PT90S', maxConcurrentRequestsPerInstance: 4 });
    assert.deepEqual(properties['startupProbe'], {
      initialDelay: 'PT10S',
      period: 'PT10S',
      timeout: 'PT2S',
      successThreshold: 1,
      failureThreshold: 12,
    });
    assert.equal(properties['appInsightsEnabled'], true);
    assert.equal((await succeeds(inputs)).outputs['change'], 'unchanged');
    assert.deepEqual(stage.writes(), []);
    await succeeds({ ...inputs, spec: spec.replace('20261128.10', '20261129.1') });
    assert.deepEqual(stage.writes(), [], 'a tag alone is no new deployment');
  });
});
