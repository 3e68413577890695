import assert from 'node:assert/strict';
import { clientId } from '../armClient';
import { location, MlClient, propertiesOf } from './mlClient';

const host = `http://score.${location}.inference.ml.azure.com`;
const scoringUri = `${host}/score`;
const answering = (name: string) => ({ 'azureml-model-deployment': name });

describe('Azure Machine Learning sandbox: scoring', () => {
  const client = new MlClient();
  const { arm } = client;
  beforeEach(async () => {
    await client.start();
    await client.serve();
  });
  after(() => arm.close());

  async function addGreen(behaviour: object = {}, properties: object = {}): Promise<void> {
    client.ml.settings.behaviours.set('green-model', behaviour);
    await client.putDeployment('green', { model: client.addModel('green-model'), ...properties });
    arm.pass(600);
  }
  async function putTraffic(traffic: object, mirrorTraffic: object = {}): Promise<void> {
    assert.equal((await client.putEndpoint('score', { traffic, mirrorTraffic })).status, 201);
    arm.pass(20);
  }

  it('shares requests by traffic and names who answered', async () => {
    await addGreen();
    await putTraffic({ blue: 90, green: 10 });
    const counts: Record<string, number> = {};
    for (let request = 0; request < 100; request += 1) {
      const { status, headers } = await client.score();
      assert.equal(status, 200);
      const name = String(headers['azureml-model-deployment']);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    assert.deepEqual(counts, { blue: 90, green: 10 });
  });

  it('reaches a deployment without traffic by the header alone, and an unknown one not at all', async () => {
    await addGreen();
    assert.equal((await client.score(answering('green'))).headers['azureml-model-deployment'], 'green');
    assert.equal((await client.score()).headers['azureml-model-deployment'], 'blue');
    assert.equal((await client.score(answering('pink'))).status, 404);
  });

  it('has nobody to answer without traffic, or before an endpoint is there', async () => {
    await putTraffic({});
    assert.equal((await client.score()).status, 404);
    assert.throws(() => arm.azure.urlOf(`other.${location}.inference.ml.azure.com`, 80), /listens/);
    await client.putEndpoint('other');
    assert.equal((await client.host('POST', `http://other.${location}.inference.ml.azure.com/score`)).status, 404);
  });

  it('copies the share of mirrored traffic, but no request with the header', async () => {
    await addGreen();
    await putTraffic({ blue: 100 }, { green: 20 });
    for (let request = 0; request < 10; request += 1) await client.score();
    for (let request = 0; request < 10; request += 1) await client.score(answering('blue'));
    const [blue, green] = client.ml.endpoints[0]?.deployments ?? [];
    assert.deepEqual(blue?.counts, { answered: 20, mirrored: 0 });
    assert.deepEqual(green?.counts, { answered: 0, mirrored: 2 });
  });

  it('takes keys, until they are replaced', async () => {
    const authorization = `Bearer ${await client.key()}`;
    assert.equal((await client.host('POST', scoringUri, { authorization })).status, 200);
    await client.call('POST', '/onlineEndpoints/score/regenerateKeys', { keyType: 'Primary' });
    assert.equal((await client.host('POST', scoringUri, { authorization })).status, 401);
    assert.equal((await client.host('POST', scoringUri)).status, 401);
    const { status, headers } = await client.score();
    assert.equal(status, 200);
    assert.match(String(headers['x-request-id']), /^[\da-f-]{36}$/);
    assert.equal(headers['x-ms-run-function-failed'], 'false');
  });

  it('takes tokens of the service for a day', async () => {
    await client.putEndpoint('score', { authMode: 'AMLToken', traffic: { blue: 100 } });
    arm.pass(20);
    const { json } = await client.call('POST', '/onlineEndpoints/score/token', {});
    const authorization = `Bearer ${String(json['accessToken'])}`;
    assert.equal((await client.host('POST', scoringUri, { authorization })).status, 200);
    arm.pass(86_400);
    assert.equal((await client.host('POST', scoringUri, { authorization })).status, 401);
  });

  it('takes tokens of Entra for it alone, of callers who may score', async () => {
    await client.putEndpoint('score', { authMode: 'AADToken', traffic: { blue: 100 } });
    arm.pass(20);
    const status = async (scope: string) =>
      (await client.host('POST', scoringUri, { authorization: `Bearer ${await arm.token(scope)}` })).status;
    assert.equal(await status('https://ml.azure.com/.default'), 200);
    assert.equal(await status('https://management.azure.com//.default'), 401);
    arm.azure.allowedActions.set(clientId, ['Microsoft.MachineLearningServices/workspaces/read']);
    assert.equal(await status('https://ml.azure.com/.default'), 403);
  });

  it('is closed to the public network if the endpoint is', async () => {
    await client.putEndpoint('score', { publicNetworkAccess: 'Disabled', traffic: { blue: 100 } });
    arm.pass(20);
    assert.equal((await client.score()).status, 403);
  });

  it('passes on what the model answers, an error as 424', async () => {
    await addGreen({
      answer: ({ body, path }: { body: Buffer; path: string }, { environment }: { environment: object }) => ({
        status: body.length > 20 ? 400 : 200,
        headers: { 'content-type': 'text/plain' },
        body: Buffer.from(`${path} ${body.toString()} ${JSON.stringify(environment)}`),
      }),
    });
    const good = await client.score(answering('green'), '{"a": 1}');
    assert.deepEqual([good.status, good.text], [200, '/score {"a": 1} {}']);
    const bad = await client.score(answering('green'), '{"input_data": [1, 2, 3]}');
    assert.deepEqual([bad.status, bad.headers['ms-azureml-model-error-statuscode']], [424, '400']);
    assert.match(bad.text, /input_data/);
  });

  it('gives up on models that are too slow, and answers 424 while they warm up', async () => {
    await addGreen({ answerSeconds: 6 });
    assert.equal((await client.score(answering('green'))).status, 408);
    await client.putDeployment('green', {
      requestSettings: { requestTimeout: 'PT10S' },
      model: client.addModel('green-model'),
    });
    client.ml.settings.durations.warmUp = 60;
    arm.pass(300);
    assert.equal((await client.score(answering('green'))).status, 424);
    arm.pass(60);
    assert.equal((await client.score(answering('green'))).status, 200);
  });

  it('refuses more requests at once than the instances can take', async () => {
    const waiting: (() => void)[] = [];
    const answer = { status: 200, headers: {}, body: Buffer.from('') };
    await addGreen({ answer: () => new Promise((resolve) => waiting.push(() => resolve(answer))) });
    const sent = Array.from({ length: 3 }, async () => {
      const { status } = await client.score(answering('green'));
      // The one that is refused comes first, for the others wait.
      for (const release of waiting) release();
      return status;
    });
    assert.deepEqual((await Promise.all(sent)).sort(), [200, 200, 429]);
  });

  it('has faults and a log of its requests', async () => {
    client.ml.scoring.faults.add({ path: '/score', effect: 'status', status: 503 });
    assert.equal((await client.score()).status, 503);
    assert.equal((await client.score()).status, 200);
    assert.deepEqual(
      client.ml.scoring.requests.list().map(({ status }) => status),
      [503, 200],
    );
  });

  it('goes on with the old deployment while a new one is made and deleted', async () => {
    await client.putDeployment('green', { model: client.addModel('score-crash') });
    for (const seconds of [1, 300, 300]) {
      assert.equal((await client.score()).status, 200);
      arm.pass(seconds);
    }
    await client.call('DELETE', '/onlineEndpoints/score/deployments/green');
    arm.pass(120);
    assert.equal((await client.score()).status, 200);
    assert.deepEqual(propertiesOf(await client.call('GET', '/onlineEndpoints/score'))['traffic'], { blue: 100 });
  });
});
