import assert from 'node:assert/strict';
import { clientId } from '../armClient';
import { kubernetesId, location, MlClient, propertiesOf, workspaceId } from './mlClient';

const endpoint = '/onlineEndpoints/score';
const blue = `${endpoint}/deployments/blue`;

describe('Azure Machine Learning sandbox: online endpoints', () => {
  const client = new MlClient();
  const { arm } = client;
  beforeEach(() => client.start());
  after(() => arm.close());

  it('are created in the shapes in which Azure answers', async () => {
    const { status, headers, json } = await client.putEndpoint('score', {}, { tags: { owner: 'ml' } });
    assert.equal(status, 201);
    const operation = headers.get('azure-asyncoperation') ?? '';
    assert.match(
      operation,
      /\/locations\/westeurope\/mfeOperationsStatus\/oe:[^/?]+\?api-version=2024-10-01&t=.+&c=.+&s=.+&h=/,
    );
    assert.equal(headers.get('location'), `${arm.azure.url}${client.urlOf(endpoint)}`);
    assert.equal(headers.get('x-ms-async-operation-timeout'), 'PT30M');
    assert.equal(headers.get('retry-after'), null);
    assert.equal(json['kind'], 'Managed');
    const created = propertiesOf({ status, headers, json });
    assert.deepEqual([created['provisioningState'], created['scoringUri'], created['traffic']], ['Creating', null, {}]);
    const running = (await arm.send('GET', operation)).json;
    assert.deepEqual([running['status'], running['percentComplete'], running['endTime']], ['Updating', 0, undefined]);
    arm.pass(90);
    const ended = (await arm.send('GET', operation)).json;
    assert.deepEqual([ended['status'], ended['percentComplete']], ['Succeeded', 100]);
    const read = await client.call('GET', endpoint);
    assert.equal(propertiesOf(read)['scoringUri'], `http://score.${location}.inference.ml.azure.com/score`);
    assert.deepEqual([propertiesOf(read)['provisioningState'], read.json['tags']], ['Succeeded', { owner: 'ml' }]);
    const own = propertiesOf(read)['properties'] as Record<string, string>;
    assert.equal(own['AzureAsyncOperationUri'], operation);
  });

  it('show the old traffic until an update has ended', async () => {
    await client.serve();
    await client.putDeployment('green');
    arm.pass(600);
    const { status, ...reply } = await client.putEndpoint('score', { traffic: { blue: 90, green: 10 } });
    assert.equal(status, 201);
    assert.deepEqual(propertiesOf({ status, ...reply })['traffic'], { blue: 100 });
    arm.pass(20);
    assert.deepEqual(propertiesOf(await client.call('GET', endpoint))['traffic'], { blue: 90, green: 10 });
  });

  for (const [title, properties, expected] of [
    [
      'a sum that is not 100',
      { traffic: { blue: 90 } },
      /sum of the traffic percentages must be 0 or 100, but it is 90/,
    ],
    ['an unknown deployment', { traffic: { pink: 100 } }, /\[pink\] does not exist/],
    ['a deployment that is not ready', { traffic: { green: 100 } }, /\[green\] is not in Succeeded/],
    ['too much mirroring', { traffic: { blue: 100 }, mirrorTraffic: { teal: 60 } }, /at most 50 percent/],
    ['two mirrors', { traffic: { blue: 100 }, mirrorTraffic: { teal: 10, navy: 10 } }, /one deployment only/],
    ['a mirror with live traffic', { traffic: { blue: 100 }, mirrorTraffic: { blue: 10 } }, /has live traffic/],
  ] as const)
    it(`refuse traffic with ${title}`, async () => {
      await client.serve();
      for (const name of ['teal', 'navy']) await client.putDeployment(name);
      arm.pass(600);
      await client.putDeployment('green');
      const body = { location, properties: { authMode: 'Key', ...properties } };
      const refusal = await client.refusal('PUT', endpoint, body);
      assert.match(refusal, /^400 .*"BadRequest".*InferencingClientCallFailed.*InferencingClient HttpRequest error/);
      assert.match(refusal, expected);
      assert.deepEqual(propertiesOf(await client.call('GET', endpoint))['traffic'], { blue: 100 });
    });

  it('are busy while they are changed, and for a while after it if asked to', async () => {
    client.ml.settings.durations.busyAfter = 30;
    await client.putEndpoint();
    client.addModel('iris');
    const put = () => client.refusal('PUT', blue, { location, properties: { endpointComputeType: 'Managed' } });
    assert.match(await put(), /^409 .*Cannot create a deployment in endpoint score because it is in Creating/);
    arm.pass(90);
    assert.match(await put(), /^409 .*because it is in Updating provisioning state/);
    arm.pass(30);
    assert.equal((await client.putDeployment()).status, 201);
  });

  it('that failed are of no use until they are deleted', async () => {
    client.ml.settings.unregisteredProviders.add('Microsoft.PolicyInsights');
    const { headers } = await client.putEndpoint();
    arm.pass(90);
    const { json } = await arm.send('GET', headers.get('azure-asyncoperation') ?? '');
    const error = json['error'] as Record<string, unknown>;
    assert.deepEqual([json['status'], error['code']], ['Failed', 'SubscriptionNotRegistered']);
    assert.match(String(error['message']), /Resource provider \[Microsoft\.PolicyInsights\] isn't registered/);
    assert.deepEqual(error['details'], []);
    client.ml.settings.unregisteredProviders.clear();
    const body = { location, properties: { authMode: 'Key' } };
    assert.match(await client.refusal('PUT', endpoint, body), /has not been created successfully\. Please recreate/);
    assert.match(
      await client.refusal('PUT', blue, { location, properties: { endpointComputeType: 'Managed' } }),
      /This endpoint has not been created successfully or is in deleting/,
    );
    assert.equal((await client.call('DELETE', endpoint)).status, 202);
    arm.pass(60);
    assert.equal((await client.call('GET', endpoint)).status, 404);
    assert.equal((await client.putEndpoint()).status, 201);
  });

  it('are deleted with their deployments, after what still runs', async () => {
    await client.serve();
    await client.putDeployment('green');
    const { status, headers, json } = await client.call('DELETE', endpoint);
    assert.deepEqual([status, json], [202, null]);
    const operation = headers.get('azure-asyncoperation') ?? '';
    assert.match(headers.get('location') ?? '', /\/mfeOperationResults\/oe:/);
    arm.pass(599);
    assert.equal((await arm.send('GET', operation)).json['status'], 'Updating');
    assert.equal((await arm.send('GET', headers.get('location') ?? '')).status, 202);
    arm.pass(61);
    assert.equal((await arm.send('GET', operation)).json['status'], 'Succeeded');
    assert.equal((await arm.send('GET', headers.get('location') ?? '')).status, 204);
    assert.equal((await client.call('GET', endpoint)).status, 404);
    assert.equal((await client.call('DELETE', endpoint)).status, 204);
  });

  it('refuse names that are taken, limits that are reached and bodies that make no sense', async () => {
    client.ml.settings.takenNames.add('westeurope/taken');
    client.ml.settings.limits.endpoints = 0;
    const put = (name: string, properties: object = {}, place = location) =>
      client.refusal('PUT', `/onlineEndpoints/${name}`, {
        location: place,
        properties: { authMode: 'Key', ...properties },
      });
    assert.match(await put('taken'), /There is already an endpoint with this name/);
    assert.match(await put('score'), /Endpoint Quota reached for subscription .* usage\/limit: 0\/0/);
    assert.match(await put('1score'), /^400 .*name '1score' is invalid/);
    assert.match(await put('score', { authMode: 'Basic' }), /AuthMode: 'Basic' is not one of/);
    assert.match(await put('score', {}, 'northeurope'), /not the location of the workspace/);
    client.ml.settings.limits.endpoints = 1;
    assert.match(await put('score', { compute: `${workspaceId}/computes/none` }), /does not exist in the workspace/);
    assert.match(await put('score', { compute: `${workspaceId}/computes/legacy` }), /of type AKS is not supported/);
    assert.match(await put('score', { compute: kubernetesId, authMode: 'AADToken' }), /AADToken is not supported/);
  });

  it('change their tags and identity by PATCH, and nothing else', async () => {
    await client.serve();
    const identity = { type: 'None' };
    const { status } = await client.call('PATCH', endpoint, {
      tags: { a: 'b' },
      identity,
      properties: { traffic: {} },
    });
    const { json, ...rest } = await client.call('GET', endpoint);
    assert.deepEqual([status, json['tags'], json['identity']], [200, { a: 'b' }, identity]);
    assert.deepEqual(propertiesOf({ json, ...rest })['traffic'], { blue: 100 });
  });

  it('are listed', async () => {
    await client.putEndpoint('one');
    await client.putEndpoint('two', { compute: kubernetesId });
    const names = async (query: string) => {
      const { value } = (await client.call('GET', `/onlineEndpoints${query}`)).json as { value: { name: string }[] };
      return value.map(({ name }) => name);
    };
    assert.deepEqual(await names(''), ['one', 'two']);
    assert.deepEqual([await names('?name=one'), await names('?computeType=K8S')], [['one'], ['two']]);
  });

  it('have keys or tokens, as their auth mode says', async () => {
    await client.putEndpoint();
    await client.putEndpoint('tokens', { authMode: 'AMLToken' });
    arm.pass(90);
    const keys = await client.call('POST', `${endpoint}/listKeys`, {});
    assert.equal(keys.status, 200);
    assert.equal((await client.call('POST', `${endpoint}/regenerateKeys`, { keyType: 'Primary' })).status, 200);
    const after = await client.call('POST', `${endpoint}/listKeys`, {});
    assert.notEqual(after.json['primaryKey'], keys.json['primaryKey']);
    assert.equal(after.json['secondaryKey'], keys.json['secondaryKey']);
    const { json } = await client.call('POST', '/onlineEndpoints/tokens/token', {});
    assert.equal(json['expiryTimeUtc'], Math.floor(arm.now() / 1000) + 86_400);
    for (const path of [`${endpoint}/token`, '/onlineEndpoints/tokens/listKeys'])
      assert.match(await client.refusal('POST', path, {}), /^400 .*not available with the auth mode/);
    assert.match(await client.refusal('POST', `${endpoint}/regenerateKeys`, { keyType: 'x' }), /^400 .*KeyType/);
  });

  it('are closed to workspaces in the legacy mode', async () => {
    await client.start({ workspaces: [{ id: workspaceId, location, v1LegacyMode: true }] });
    const body = { location, properties: { authMode: 'Key' } };
    assert.match(await client.refusal('PUT', endpoint, body), /^403 .*v1 legacy mode/);
  });

  it('let callers with a role on the workspace alone do everything but follow operations', async () => {
    await client.start({}, { allowedActions: { [clientId]: ['Microsoft.MachineLearningServices/workspaces/*'] } });
    const { status, headers } = await client.putEndpoint();
    assert.equal(status, 201);
    const refusal = await arm.refusal('GET', headers.get('azure-asyncoperation') ?? '');
    assert.deepEqual(refusal.slice(0, 2), [403, 'AuthorizationFailed']);
    assert.match(String(refusal[2]), /Microsoft\.MachineLearningServices\/locations\/mfeOperationsStatus\/read/);
    assert.equal((await client.call('GET', endpoint)).status, 200);
  });
});
