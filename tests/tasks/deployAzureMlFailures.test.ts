import assert from 'node:assert/strict';
import type { FakeAgent } from '../support/fakeAgent';
import { AzureMlStage, registered, type Given } from './deployAzureMlStage';

/** By the model: the first line of the error, what follows it, and the evidence below. */
const failures: readonly (readonly [model: string, cause: RegExp, evidence: RegExp])[] = [
  [
    'churn-crash',
    /^The Python package 'sklearn' is missing from the environment.*ResourceNotReady/,
    /UserContainerStart: InProgress[^]*ModuleNotFoundError/,
  ],
  [
    'churn-oom',
    /^The container needs more memory than it has.*OOMKilled.*The last line of its log: Killed/,
    /Loading the model/,
  ],
  [
    'churn-unready',
    /^The program in the container does not answer: its Readiness probe failed.*last line of its log/,
    /Waiting for the model store/,
  ],
  [
    'churn-not-found',
    /^The image cannot be pulled\. Check its name.*BadArgument/,
    /UserContainerImagePull: InProgress/,
  ],
  [
    'churn-unauthorized',
    /^The identity of the endpoint may not pull the image.*AcrPull.*The identity of the endpoint has the object ID [0-9a-f-]{36}\.$/,
    /UserContainerImagePull: InProgress/,
  ],
  [
    'churn-model-download',
    /^The model cannot be downloaded/,
    /ModelDownload: InProgress[^]*Log of the download of the model/,
  ],
  [
    'churn-build-failure',
    /^The image of the environment could not be built.*ImageBuildFailure/,
    /No matching distribution found for scikit-lern/,
  ],
  [
    'churn-no-quota',
    /^The quota is exhausted: the deployment needs 72 CPU cores.*OutOfQuota/,
    /Azure has no log|SystemSetup/,
  ],
  [
    'churn-no-capacity',
    /^Azure gives no reason\. Known causes are.*AcrPull.*GPU.*InternalServerError/,
    /Azure has no log|SystemSetup/,
  ],
];

describe('DeployAzureMl, when the new deployment does not serve', function () {
  this.timeout(60_000);
  let stage: AzureMlStage;
  beforeEach(async () => (stage = await AzureMlStage.open()));
  afterEach(() => stage.close());

  async function failsWhileServing(inputs: Given): Promise<FakeAgent> {
    const agent = await stage.run(registered);
    assert.equal(agent.end.result, 'Succeeded', agent.text('log', 'error'));
    const { clock, answers } = stage.watched();
    stage.azure.requests.clear();
    const failed = await stage.run({ ...registered, timeoutMinutes: '180', ...inputs }, { clock });
    assert.equal(failed.end.result, 'Failed', failed.text('log'));
    assert.ok(answers.length > 5, String(answers.length));
    assert.deepEqual(
      answers.filter(({ status, deployment }) => status !== 200 || deployment !== 'blue'),
      [],
    );
    assert.deepEqual(await stage.call(), { status: 200, deployment: 'blue', text: '{"predictions": [0.5]}' });
    return failed;
  }

  for (const [model, cause, evidence] of failures)
    it(`names the cause and the way out, and what served before still serves: ${model}`, async () => {
      stage.addModel(model);
      const agent = await failsWhileServing({ modelName: model });
      assert.match(agent.text('error').split('\n')[0] ?? '', cause);
      assert.match(agent.text('log'), evidence);
      assert.ok(agent.end.message.includes(agent.text('error')), agent.end.message);
      assert.match(agent.end.message, /'blue' serves as before\. 'green' was deleted\./);
      assert.equal(agent.outputs['resultState'], 'RolledBack');
      assert.equal(agent.outputs['rolledBack'], 'true');
      assert.deepEqual(stage.deployments(), { blue: 'Succeeded churn' });
      assert.deepEqual(stage.endpoint?.traffic, { blue: 100 });
    });

  it('gives no requests to a deployment that answers the sample wrongly', async () => {
    const agent = await failsWhileServing({ modelName: 'churn-wrong' });
    assert.match(agent.text('error'), /^The answer to the sample has 0\.1 at \$\.predictions\[0\], not 0\.5/);
    assert.deepEqual(stage.writes(), ['PUT deployments/green', 'DELETE deployments/green']);
    assert.deepEqual(stage.deployments(), { blue: 'Succeeded churn' });
  });

  it('gives no requests to a deployment that fails the sample', async () => {
    const agent = await failsWhileServing({ modelName: 'churn-broken' });
    assert.match(agent.text('error'), /^The answer to the sample has status 424, not 200: \{"message": "boom"\}/);
  });

  it('leaves a deployment that failed for inspection, and the next run removes it after its log was shown', async () => {
    stage.addModel('churn-crash');
    const agent = await failsWhileServing({ modelName: 'churn-crash', onFailure: 'leave' });
    assert.match(agent.end.message, /'blue' serves as before\. 'green' is left for inspection/);
    assert.deepEqual(stage.deployments(), { blue: 'Succeeded churn', green: 'Failed churn-crash' });
    stage.addModel('churn', '2');
    stage.azure.requests.clear();
    const next = await stage.run({ ...registered, modelVersion: '2' });
    assert.equal(next.end.result, 'Succeeded', next.text('log', 'error'));
    assert.match(next.text('log'), /Log of green, which failed in an earlier run[^]*ModuleNotFoundError/);
    assert.deepEqual(stage.writes(), [
      'DELETE deployments/green',
      'PUT deployments/green',
      'PUT onlineEndpoints/score',
      'DELETE deployments/blue',
    ]);
  });

  it('gives the requests back when the model answers wrongly only with traffic', async () => {
    let isLive = false;
    const json = { 'content-type': 'application/json' };
    stage.ml.settings.behaviours.set('churn-late', {
      answer: ({ headers }) => {
        isLive ||= headers['azureml-model-deployment'] === undefined;
        return { status: 200, headers: json, body: Buffer.from(`{"predictions": [${isLive ? 0.1 : 0.5}]}`) };
      },
    });
    stage.addModel('churn-late');
    await stage.run(registered);
    stage.azure.requests.clear();
    const agent = await stage.run({ ...registered, modelName: 'churn-late' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(
      agent.end.message,
      /has 0\.1 at .* The traffic is as it was before\. 'blue' serves as before\. 'green' was deleted\./,
    );
    assert.deepEqual(stage.writes(), [
      'PUT deployments/green',
      'PUT onlineEndpoints/score',
      'PUT onlineEndpoints/score',
      'DELETE deployments/green',
    ]);
    assert.equal(agent.outputs['resultState'], 'RolledBack');
    assert.deepEqual(stage.endpoint?.traffic, { blue: 100 });
  });

  it('takes the requests from a first deployment that answers wrongly only with traffic', async () => {
    let isLive = false;
    stage.ml.settings.behaviours.set('churn-late', {
      answer: ({ headers }) => {
        isLive ||= headers['azureml-model-deployment'] === undefined;
        return { status: 200, headers: {}, body: Buffer.from(`{"predictions": [${isLive ? 0.1 : 0.5}]}`) };
      },
    });
    stage.addModel('churn-late');
    const agent = await stage.run({ ...registered, modelName: 'churn-late' });
    assert.match(agent.end.message, /has 0\.1 at .* The endpoint has no traffic, as before\. 'blue' was deleted\.$/);
    assert.equal(agent.outputs['resultState'], 'Failed');
    assert.deepEqual(stage.deployments(), {});
  });

  it('reports why the first deployment of an endpoint fails, and leaves no corpse', async () => {
    stage.addModel('churn-crash');
    const agent = await stage.run({ ...registered, modelName: 'churn-crash' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.text('error'), /^The Python package 'sklearn' is missing/);
    assert.equal(agent.outputs['resultState'], 'Failed');
    assert.deepEqual(stage.deployments(), {});
    assert.equal((await stage.run(registered)).end.result, 'Succeeded');
  });

  it('waits for logs that come late', async () => {
    stage.ml.settings.durations.logsDelay = 240;
    stage.addModel('churn-crash');
    const agent = await stage.run({ ...registered, modelName: 'churn-crash' });
    assert.match(agent.text('log'), /Waiting for the log of 'blue'[^]*ModuleNotFoundError/);
  });

  it('neutralises logging commands in the log of a container', async () => {
    stage.ml.settings.behaviours.set('churn-evil', {
      failsAt: 'container',
      log: ['##vso[task.setvariable variable=PATH]/tmp', 'layer-sha256:abc 10 %', 'bye'],
    });
    stage.addModel('churn-evil');
    const agent = await stage.run({ ...registered, modelName: 'churn-evil' });
    assert.match(agent.end.message, /last line of its log: bye/);
    assert.doesNotMatch(agent.text('log'), /layer-sha256/);
  });

  it('says what a refused quota needs', async () => {
    stage.ml.settings.quotas.set('standardDSv2Family', 6);
    const agent = await stage.run(registered);
    assert.match(
      agent.text('error'),
      /^The quota is exhausted: the deployment needs 8 more cores of Standard_DS3_v2, and 0 of 6 are in use\./,
    );
    assert.deepEqual(stage.deployments(), {});
  });

  it('says that the name of the endpoint is taken in the region', async () => {
    stage.ml.settings.takenNames.add('westeurope/score');
    const agent = await stage.run(registered);
    assert.match(
      agent.end.message,
      /^The name of the endpoint is taken in this region, by another workspace or another customer/,
    );
  });

  it('says which providers the subscription lacks, and the next run removes the corpse', async () => {
    stage.ml.settings.unregisteredProviders.add('Microsoft.Cdn');
    const agent = await stage.run(registered);
    assert.match(
      agent.end.message,
      /^The subscription is not registered.*Microsoft\.PolicyInsights and Microsoft\.Cdn/,
    );
    stage.ml.settings.unregisteredProviders.clear();
    stage.azure.requests.clear();
    const next = await stage.run(registered);
    assert.equal(next.end.result, 'Succeeded', next.text('log', 'error'));
    assert.deepEqual(stage.writes().slice(0, 2), ['DELETE onlineEndpoints/score', 'PUT onlineEndpoints/score']);
  });

  it('reads a code that is in the message alone', async () => {
    stage.ml.settings.hasNullCodes = true;
    stage.addModel('churn-no-capacity');
    const agent = await stage.run({ ...registered, modelName: 'churn-no-capacity', timeoutMinutes: '180' });
    assert.match(agent.text('error'), /^Azure gives no reason\. Known causes/);
  });
});
