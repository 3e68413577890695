import assert from 'node:assert/strict';
import { deploymentBody, kubernetesId, location, MlClient, propertiesOf, registryId, workspaceId } from './mlClient';

const endpoint = '/onlineEndpoints/score';
const blue = `${endpoint}/deployments/blue`;
const environmentId = `${workspaceId}/environments/e/versions/1`;

describe('Azure Machine Learning sandbox: deployments', () => {
  const client = new MlClient();
  const { arm } = client;
  beforeEach(async () => {
    await client.start();
    await client.putEndpoint();
    client.addModel('iris');
    arm.pass(90);
  });
  after(() => arm.close());

  const refusal = (properties: object = {}, rest: object = {}): Promise<string> =>
    client.refusal('PUT', blue, deploymentBody({ ...properties }, { ...rest }));
  const log = async (body: object = {}): Promise<string> =>
    String(
      (await client.call('POST', `${blue}/getLogs`, { containerType: 'InferenceServer', ...body })).json['content'],
    );
  const state = async (): Promise<unknown> => propertiesOf(await client.call('GET', blue))['provisioningState'];

  /** Creates a deployment and gives how its operation ends after so many seconds. */
  async function outcome(seconds: number, properties: object = {}): Promise<Record<string, unknown>> {
    const { headers } = await client.putDeployment('blue', { ...properties });
    const operation = headers.get('azure-asyncoperation') ?? '';
    arm.pass(seconds - 1);
    assert.equal((await arm.send('GET', operation)).json['status'], 'Updating');
    arm.pass(1);
    return (await arm.send('GET', operation)).json;
  }

  it('are created in the shapes in which Azure answers, with the defaults filled in at the end', async () => {
    const reply = await client.putDeployment('blue', {}, { tags: { digest: 'd1' } });
    assert.equal(reply.status, 201);
    assert.match(reply.headers.get('azure-asyncoperation') ?? '', /mfeOperationsStatus\/od:/);
    assert.equal(reply.headers.get('location'), `${arm.azure.url}${client.urlOf(blue)}`);
    assert.equal(reply.headers.get('x-ms-ratelimit-remaining-subscription-resource-requests'), '24');
    const early = propertiesOf(reply);
    assert.deepEqual([early['provisioningState'], early['livenessProbe']], ['Creating', null]);
    assert.equal((early['requestSettings'] as Record<string, unknown>)['requestTimeout'], 'PT0S');
    arm.pass(600);
    const { json, ...rest } = await client.call('GET', blue);
    const late = propertiesOf({ json, ...rest });
    assert.equal(late['provisioningState'], 'Succeeded');
    assert.deepEqual(late['livenessProbe'], {
      failureThreshold: 30,
      successThreshold: 1,
      timeout: 'PT2S',
      period: 'PT10S',
      initialDelay: 'PT10S',
    });
    assert.equal((late['requestSettings'] as Record<string, unknown>)['requestTimeout'], 'PT5S');
    assert.deepEqual(
      [json['tags'], json['sku']],
      [{ digest: 'd1' }, { name: 'Default', tier: 'Standard', capacity: 1 }],
    );
  });

  for (const [suffix, seconds, code, message, stage] of [
    ['not-found', 480, 'BadArgument', /unable to download user container image/, 'UserContainerImagePull'],
    ['unauthorized', 600, 'BadArgument', /does not have pull permission/, 'UserContainerImagePull'],
    ['model-download', 480, 'BadArgument', /unable to download user model/, 'ModelDownload'],
    ['crash', 540, 'ResourceNotReady', /User container has crashed.*statuscode: 502/, 'UserContainerStart'],
    ['oom', 540, 'ResourceNotReady', /OOMKilled/, 'UserContainerStart'],
    ['unready', 550, 'ResourceNotReady', /Readiness probe failed/, 'UserContainerStart'],
    ['build-failure', 420, 'ImageBuildFailure', /build log under the storage account/, 'SystemSetup'],
    ['no-quota', 60, 'OutOfQuota', /amount of CPU quota requested/, 'SystemSetup'],
    ['no-capacity', 6600, 'InternalServerError', /Internal error/, 'SystemSetup'],
  ] as const)
    it(`fail with ${code} when the name of the model ends with ${suffix}, and are in an unrecoverable state`, async () => {
      const { status, error } = await outcome(seconds, { model: client.addModel(`score-${suffix}`) });
      const failure = error as { code: string; message: string };
      assert.deepEqual([status, failure.code, await state()], ['Failed', code, 'Failed']);
      assert.match(failure.message, message);
      assert.match(await log(), new RegExp(`${stage}: InProgress`));
      assert.match(
        await refusal(),
        /^400 .*\[blue\] failed during initial provisioning and is in an unrecoverable state/,
      );
      assert.equal((await client.call('DELETE', blue)).status, 202);
      arm.pass(120);
      assert.equal((await client.putDeployment()).status, 201);
    });

  it('fail after all probes that they were given', async () => {
    const readinessProbe = { initialDelay: 'PT10M', period: 'PT30S', failureThreshold: 30 };
    const { status } = await outcome(240 + 1500, { model: client.addModel('unready'), readinessProbe });
    assert.equal(status, 'Failed');
  });

  it('fail with a null code if asked to, and with what the test says', async () => {
    client.ml.settings.hasNullCodes = true;
    client.ml.settings.behaviours.set('iris', {
      failsAt: 'container',
      seconds: 5,
      code: 'X',
      message: 'Y',
      log: ['Z'],
    });
    const error = (await outcome(5))['error'] as { code: null; message: string };
    assert.deepEqual([error.code, error.message], [null, 'X: Y']);
    assert.match(await log(), /Container logs:\nZ\n$/);
  });

  it('leave the log of a build in the storage of the workspace', async () => {
    const { error } = await outcome(420, { model: client.addModel('build-failure') });
    const [, account = '', container = '', path = ''] =
      /account '(.+)' in the container '(.+)' at the path '(.+)'/.exec((error as { message: string }).message) ?? [];
    assert.match(
      String(client.ml.blobs.store.find(account, container)?.blobs.get(path)?.content),
      /No matching distribution/,
    );
    const stores = (await client.call('GET', '/datastores')).json as {
      value: { properties: Record<string, unknown> }[];
    };
    assert.ok(stores.value.some(({ properties }) => properties['containerName'] === container));
  });

  it('have no logs until they are created, and for a while after it if asked to', async () => {
    client.ml.settings.durations.logsDelay = 60;
    await client.putDeployment('blue', { model: client.addModel('score-crash') });
    assert.equal(await log(), "Deployment is in deleting or creating state so logs can't be retrieved.");
    arm.pass(540);
    assert.equal(await log(), 'There are no logs for this deployment at the moment. Please try again later.');
    arm.pass(60);
    assert.match(
      await log(),
      /^Instance status:\nSystemSetup: Succeeded\n[^]*Container events:\nKind: Pod, Name: Pulling/,
    );
    assert.match(await log({ tail: 1 }), /Container logs:\nModuleNotFoundError: No module named 'sklearn'\n$/);
    assert.match(await log({ containerType: 'StorageInitializer' }), /Downloaded the model score-crash/);
    assert.match(
      await client.refusal('POST', `${blue}/getLogs`, { containerType: 'inference-server' }),
      /^400 .*RequestInvalid.*inference-server/,
    );
  });

  it('refuse more cores than there are, with a fifth for upgrades', async () => {
    client.ml.settings.quotas.set('standardFSv2Family', 6);
    const text = await refusal({ instanceType: 'Standard_F4s_v2' });
    assert.match(text, /^400 .*"message":"The request is invalid\.".*InferencingClientCreateDeploymentFailed/);
    assert.match(
      text,
      /VmSize.*Not enough quota available for Standard_F4s_v2 in SubscriptionId 5b0e7d30-.*Current usage\/limit: 0\/6\. Additional needed: 8/,
    );
    const { headers, json } = await arm.send(
      'GET',
      `/subscriptions/5b0e7d30-2c7f-4a6e-9b53-0d6f5c3a1e77/providers/Microsoft.MachineLearningServices/locations/${location}/usages?api-version=2024-10-01`,
    );
    assert.ok(headers.has('x-ms-request-id'));
    const usages = json['value'] as { name: { value: string }; currentValue: number; limit: number }[];
    const family = usages.find(({ name }) => name.value === 'standardFSv2Family');
    assert.deepEqual([family?.currentValue, family?.limit], [0, 6]);
  });

  it('free their cores only when they are gone', async () => {
    client.ml.settings.quotas.set('standardDSv2Family', 8);
    await client.putDeployment();
    arm.pass(600);
    const green = () => client.refusal('PUT', `${endpoint}/deployments/green`, deploymentBody());
    assert.match(await green(), /Current usage\/limit: 8\/8\. Additional needed: 8/);
    await client.call('DELETE', blue);
    arm.pass(119);
    assert.match(await green(), /Not enough quota/);
    arm.pass(1);
    assert.equal(await green(), '201 undefined');
  });

  it('refuse what is not there, and bodies that make no sense', async () => {
    assert.match(
      await refusal({ model: `${workspaceId}/models/none/versions/1` }),
      /^404 .*ModelNotFound.*Model container with name: none not found/,
    );
    assert.match(await refusal({ environmentId }), /^404 .*EnvironmentNotFound/);
    assert.match(
      await refusal({ codeConfiguration: { codeId: `${workspaceId}/codes/c/versions/1`, scoringScript: 's.py' } }),
      /^404 .*CodeNotFound/,
    );
    assert.match(await refusal({ endpointComputeType: 'Other' }), /^400 .*EndpointComputeType/);
    assert.match(await refusal({ endpointComputeType: 'Kubernetes' }), /does not fit the endpoint/);
    assert.match(await refusal({ instanceType: 'Standard_X1' }), /VM size Standard_X1 is not supported/);
    assert.match(await refusal({ requestSettings: { requestTimeout: 'PT181S' } }), /at most 180 seconds/);
    assert.match(await refusal({ scaleSettings: { scaleType: 'TargetUtilization' } }), /not supported for managed/);
    assert.match(await refusal({}, { sku: { capacity: 51 } }), /Capacity: it must be between 1 and 50/);
    const plain = client.addModel('plain', { 'model.pkl': 'x' }, 'custom_model');
    assert.match(await refusal({ model: plain }), /EnvironmentId: the field is required unless/);
    assert.match(
      await client.refusal('PUT', `${endpoint}/deployments/b`, deploymentBody()),
      /deployment name 'b' is invalid/,
    );
    client.ml.settings.limits.deploymentsOfEndpoint = 0;
    assert.match(await refusal(), /limit of deployments/);
  });

  it('fail to download a model without files', async () => {
    client.ml.addAsset('models', workspaceId, ['empty', '1'], {
      modelType: 'mlflow_model',
      modelUri: 'azureml://nowhere',
    });
    const { error } = await outcome(480, { model: `${workspaceId}/models/empty/versions/1` });
    assert.match((error as { message: string }).message, /unable to download user model/);
    assert.match(await log({ containerType: 'StorageInitializer' }), /BlobNotFound/);
  });

  it('take the models of registries', async () => {
    client.ml.addAsset('models', registryId, ['iris', '3'], { modelType: 'mlflow_model', modelUri: modelUri(client) });
    const { status } = await client.putDeployment('blue', {
      model: 'azureml://registries/shared/models/iris/versions/3',
    });
    assert.equal(status, 201);
    const missing = deploymentBody({ model: 'azureml://registries/shared/models/iris/versions/4' });
    assert.match(await client.refusal('PUT', `${endpoint}/deployments/green`, missing), /^404 .*ModelNotFound/);
  });

  it('wait for an image that has to be built, once', async () => {
    const conda = 'dependencies: [python=3.11, {pip: [azureml-inference-server-http]}]';
    await client.call('PUT', '/environments/e/versions/1', { properties: { image: 'base', condaFile: conda } });
    assert.equal((await outcome(900, { environmentId }))['status'], 'Succeeded');
    await client.putDeployment('green', { environmentId });
    arm.pass(600);
    const green = propertiesOf(await client.call('GET', `${endpoint}/deployments/green`));
    assert.equal(green['provisioningState'], 'Succeeded');
  });

  it('pull from a private registry only some minutes after their identity got the role', async () => {
    const { settings } = client.ml;
    settings.privateRegistries.add('own.azurecr.io');
    await client.call('PUT', '/environments/e/versions/1', {
      properties: {
        image: 'own.azurecr.io/score:1',
        inferenceConfig: { scoringRoute: { path: '/predict', port: 80 } },
      },
    });
    const identity = (await client.call('GET', endpoint)).json['identity'] as { principalId: string };
    settings.pullRoles.set(`${identity.principalId}@own.azurecr.io`, arm.now());
    arm.pass(299);
    const { error } = await outcome(600, { environmentId });
    assert.match((error as { message: string }).message, /does not have pull permission/);
    await client.call('DELETE', blue);
    arm.pass(120);
    assert.equal((await outcome(600, { environmentId }))['status'], 'Succeeded');
    const { scoringUri } = propertiesOf(await client.call('GET', endpoint));
    assert.equal(scoringUri, `http://score.${location}.inference.ml.azure.com/predict`);
  });

  it('serve what they served when an update fails, and can be updated again', async () => {
    await client.serve();
    const { headers } = await client.putDeployment('blue', { model: client.addModel('score-crash') });
    assert.equal(await state(), 'Updating');
    assert.match(await refusal(), /^409 .*because it is in Updating/);
    arm.pass(540);
    assert.equal((await arm.send('GET', headers.get('azure-asyncoperation') ?? '')).json['status'], 'Failed');
    assert.equal((await client.score()).status, 200);
    assert.equal((await client.putDeployment()).status, 201);
    arm.pass(300);
    assert.equal(await state(), 'Succeeded');
  });

  it('change their tags and capacity by PATCH, but never their instance type', async () => {
    await client.putDeployment();
    arm.pass(600);
    const { status, headers } = await client.call('PATCH', blue, {
      tags: { a: 'b' },
      sku: { name: 'Default', capacity: 2 },
    });
    assert.deepEqual([status, headers.get('retry-after'), await state()], [202, '10', 'Scaling']);
    assert.match(headers.get('location') ?? '', /mfeOperationResults/);
    arm.pass(120);
    const { json } = await client.call('GET', blue);
    assert.deepEqual([json['tags'], (json['sku'] as { capacity: number }).capacity], [{ a: 'b' }, 2]);
    assert.match(await refusal({ instanceType: 'Standard_DS4_v2' }), /instance type of a deployment cannot be changed/);
    const skus = (await client.call('GET', `${blue}/skus`)).json['value'] as { capacity: object }[];
    assert.deepEqual(skus[0]?.capacity, { minimum: 1, maximum: 50, default: 2, scaleType: 'Manual' });
  });

  it('are deleted after what still runs, and not with live traffic', async () => {
    await client.putDeployment();
    const { status, json } = await client.call('DELETE', blue);
    assert.deepEqual([status, json, await state()], [202, null, 'Creating']);
    arm.pass(600);
    assert.equal(await state(), 'Deleting');
    arm.pass(120);
    assert.equal((await client.call('GET', blue)).status, 404);
    assert.equal((await client.call('DELETE', blue)).status, 204);
    await client.serve('green');
    assert.match(await client.refusal('DELETE', `${endpoint}/deployments/green`), /^400 .*\[green\] has live traffic/);
  });

  it('have a limit of requests of their own', async () => {
    client.ml.settings.throttledDeployments = 1;
    const { status, headers } = await client.putDeployment();
    assert.equal(status, 429);
    assert.equal(headers.get('x-ms-ratelimit-remaining-subscription-resource-requests'), '0');
    assert.equal((await client.putDeployment()).status, 201);
  });

  it('of a Kubernetes endpoint come one after the other', async () => {
    await client.putEndpoint('k8s', { compute: kubernetesId });
    arm.pass(90);
    const put = (name: string) =>
      client.call('PUT', `/onlineEndpoints/k8s/deployments/${name}`, {
        location,
        properties: {
          endpointComputeType: 'Kubernetes',
          model: `${workspaceId}/models/iris/versions/1`,
          scaleSettings: { scaleType: 'TargetUtilization', minInstances: 1, maxInstances: 2 },
        },
      });
    const { json, status, headers } = await put('blue');
    assert.equal(status, 201);
    assert.equal(propertiesOf({ status, headers, json })['instanceType'], 'defaultinstancetype');
    assert.equal((await put('green')).status, 409);
    arm.pass(600);
    assert.equal((await put('green')).status, 201);
  });
});

function modelUri({ ml }: MlClient): unknown {
  return ml.assets.find('models', `${workspaceId}/models/iris/versions/1`)?.properties['modelUri'];
}
