import assert from 'node:assert/strict';
import { type JsonObject, objectsOf } from '../../../../sandbox/databricks/json';
import { codeOf, entity, flowers, routesOf, said, ServingStage, updateMilliseconds } from './servingStage';

describe('Databricks sandbox: requests to serving endpoints', () => {
  let stage: ServingStage;
  beforeEach(async () => {
    stage = await ServingStage.start();
    await stage.serving();
  });
  afterEach(() => stage.close());

  const columns = Object.keys(flowers[0] ?? {});
  const inputs: Readonly<Record<string, JsonObject>> = {
    dataframe_records: { dataframe_records: flowers },
    dataframe_split: { dataframe_split: { columns, data: flowers.map((flower) => Object.values(flower)) } },
    instances: { instances: flowers },
    'instances without names': { instances: flowers.map((flower) => Object.values(flower)) },
    inputs: {
      inputs: Object.fromEntries(
        columns.map((name) => [name, flowers.map((flower) => flower[name as keyof typeof flower])]),
      ),
    },
  };
  for (const [format, body] of Object.entries(inputs))
    it(`are scored in the format ${format}`, async () => {
      const reply = await stage.ask(undefined, body);
      assert.deepEqual(reply.json, {
        predictions: [
          { species: 'setosa', confidence: 0.9929 },
          { species: 'virginica', confidence: 0.9971 },
        ],
      });
      assert.equal(reply.headers.get('served-model-name'), 'demo-1');
    });

  const invalid: Readonly<Record<string, [string, RegExp]>> = {
    'is not JSON': ['{', /Ensure that input is a valid JSON formatted string/],
    'is a list': ['[]', /exactly one of the input fields .*Received a list/],
    'has none of the formats': ['{"data": []}', /exactly one of the input fields/],
    'has two formats': [
      '{"inputs": [], "instances": []}',
      /Received dictionary with input fields: \[instances, inputs\]/,
    ],
    'has rows that are not rows': ['{"dataframe_records": [1]}', /with the 'dataframe_records' orient/],
    'has columns of different lengths': ['{"inputs": {"a": [1], "b": [1, 2]}}', /with the 'inputs' orient/],
    'has a row that is too short': ['{"dataframe_split": {"columns": ["a", "b"], "data": [[1]]}}', /orient/],
    'misses a feature': ['{"dataframe_records": [{"sepal_length": 1}]}', /missing inputs \['sepal_width', /],
    'has a feature that is not a number': [
      '{"instances": [[1, 2, 3, "a"]]}',
      /Incompatible input types for column petal_width/,
    ],
    'has too few values': ['{"instances": [[1]]}', /Shape of input 1 does not match/],
  };
  for (const [what, [body, message]] of Object.entries(invalid))
    it(`are refused when the input ${what}`, async () => {
      const reply = await stage.client.send('POST', '/serving-endpoints/iris/invocations', body);
      assert.deepEqual(codeOf(reply), [400, 'BAD_REQUEST']);
      assert.match(said(reply.json.message), message);
    });

  it('are split by the routes, and reach each entity by its own address', async () => {
    const served = [entity(1), entity(2, { name: 'candidate' })];
    const split = (share: number) => routesOf(['demo-1', 100 - share], ['candidate', share]);
    await stage.update({ served_entities: served, traffic_config: split(0) });
    await stage.databricks.clock.advance(updateMilliseconds);
    const served100 = async () => {
      const names = await Promise.all(
        Array.from({ length: 100 }, async () => (await stage.ask()).headers.get('served-model-name')),
      );
      return names.filter((name) => name === 'candidate').length;
    };
    assert.equal(await served100(), 0);
    const own = await stage.ask('/serving-endpoints/iris/served-models/candidate/invocations');
    assert.deepEqual([own.status, own.headers.get('served-model-name')], [200, 'candidate']);
    await stage.update({ served_entities: served, traffic_config: split(30) });
    await stage.databricks.clock.advance(updateMilliseconds);
    assert.equal(await served100(), 30);
    const none = await stage.ask('/serving-endpoints/iris/served-models/other/invocations');
    assert.deepEqual(codeOf(none), [404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('are answered wrongly by a version that is scripted so', async () => {
    stage.databricks.scriptServing({ matching: { entityVersion: '2' }, failure: 'wrongAnswers' });
    await stage.update({ served_entities: [entity(2)] });
    await stage.databricks.clock.advance(updateMilliseconds);
    assert.equal(await stage.state(), 'READY NOT_UPDATING 2 -');
    const predictions = objectsOf((await stage.ask()).json.predictions);
    assert.deepEqual(
      predictions.map(({ species, confidence }) => [species, Number(confidence) < 0]),
      [
        ['not setosa', true],
        ['not virginica', true],
      ],
    );
  });

  it('wait for a container that is scaled to zero', async () => {
    await stage.update({ served_entities: [entity(1, { scale_to_zero_enabled: true })] });
    await stage.databricks.clock.advance(updateMilliseconds);
    await stage.databricks.clock.advance(1_801_000);
    assert.equal(await stage.state(), 'READY NOT_UPDATING 2 -');
    assert.deepEqual(await stage.deployments('config'), [['demo-1', 'DEPLOYMENT_READY', 'Scaled to zero']]);
    let isAnswered = false;
    const asked = stage.ask().finally(() => (isAnswered = true));
    // From when the request has arrived, the container is no longer scaled to zero.
    while ((await stage.deployments('config'))[0]?.[2] !== '') assert.equal(isAnswered, false);
    assert.equal(isAnswered, false);
    await stage.databricks.clock.advance(1000);
    assert.equal((await asked).status, 200);
  });

  it('are refused for an endpoint that does not exist', async () => {
    assert.deepEqual(codeOf(await stage.ask('/serving-endpoints/none/invocations')), [404, 'RESOURCE_DOES_NOT_EXIST']);
    assert.deepEqual(codeOf(await stage.ask('/serving-endpoints/iris/score')), [404, 'ENDPOINT_NOT_FOUND']);
  });
});
