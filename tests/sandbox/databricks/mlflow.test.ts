import assert from 'node:assert/strict';
import type { Databricks } from '../../../sandbox/databricks/databricks';
import { isJsonObject, type JsonObject, objectsOf, textOf } from '../../../sandbox/databricks/json';
import { startTestWorkspace, type WorkspaceClient } from './workspaceClient';

const mlflow = '/api/2.0/mlflow';

describe('Databricks sandbox: MLflow', () => {
  let databricks: Databricks;
  let client: WorkspaceClient;
  let experiment: string;
  beforeEach(async () => {
    ({ databricks, client } = await startTestWorkspace());
    const made = await client.post(`${mlflow}/experiments/create`, { name: '/Shared/demo' });
    experiment = textOf(made.json.experiment_id) ?? '';
  });
  afterEach(() => databricks.close());

  async function run(startTime: number): Promise<string> {
    const { json } = await client.post(`${mlflow}/runs/create`, { experiment_id: experiment, start_time: startTime });
    return textOf(part(part(json, 'run'), 'info').run_id) ?? '';
  }
  const part = (of: JsonObject, name: string): JsonObject => {
    const value = of[name];
    assert.ok(isJsonObject(value), name);
    return value;
  };
  const code = async (reply: Promise<{ readonly status: number; readonly json: JsonObject }>) => {
    const { status, json } = await reply;
    return [status, json.error_code];
  };

  it('finds an experiment by its name, and refuses a name that exists', async () => {
    const found = await client.get(`${mlflow}/experiments/get-by-name`, { experiment_name: '/Shared/demo' });
    assert.equal(part(found.json, 'experiment').experiment_id, experiment);
    const again = client.post(`${mlflow}/experiments/create`, { name: '/Shared/demo' });
    assert.deepEqual(await code(again), [400, 'RESOURCE_ALREADY_EXISTS']);
    const relative = client.post(`${mlflow}/experiments/create`, { name: 'demo' });
    assert.deepEqual(await code(relative), [400, 'INVALID_PARAMETER_VALUE']);
    const missing = client.get(`${mlflow}/experiments/get-by-name`, { experiment_name: '/no' });
    assert.deepEqual(await code(missing), [404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('keeps the last value of each metric, including NaN and infinity', async () => {
    const id = await run(1);
    await client.post(`${mlflow}/runs/log-metric`, { run_id: id, key: 'loss', value: 2, step: 2 });
    await client.post(`${mlflow}/runs/log-metric`, { run_id: id, key: 'loss', value: 1, step: 1 });
    const metrics = [{ key: 'auc', value: 'NaN', timestamp: 1, step: 0 }];
    await client.post(`${mlflow}/runs/log-batch`, { run_id: id, metrics, params: [{ key: 'depth', value: '3' }] });
    const found = await client.get(`${mlflow}/runs/get`, { run_id: id });
    const logged = objectsOf(part(part(found.json, 'run'), 'data').metrics).map(({ key, value }) => [key, value]);
    assert.deepEqual(logged, [
      ['loss', 2],
      ['auc', 'NaN'],
    ]);
    const changed = client.post(`${mlflow}/runs/log-parameter`, { run_id: id, key: 'depth', value: '4' });
    assert.deepEqual(await code(changed), [400, 'INVALID_PARAMETER_VALUE']);
    assert.deepEqual(await code(client.get(`${mlflow}/runs/get`, { run_id: 'no' })), [404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('searches runs by conditions, sorted, in pages', async () => {
    const [first, second, third] = [await run(10), await run(30), await run(20)];
    for (const run_id of [first, third]) await client.post(`${mlflow}/runs/update`, { run_id, status: 'FINISHED' });
    const search = async (body: JsonObject) => {
      const { json } = await client.post(`${mlflow}/runs/search`, { experiment_ids: [experiment], ...body });
      return { ids: objectsOf(json.runs).map((found) => part(found, 'info').run_id), next: json.next_page_token };
    };
    const finished = "attributes.status = 'FINISHED'";
    assert.deepEqual((await search({ filter: finished, order_by: ['attributes.start_time DESC'] })).ids, [
      third,
      first,
    ]);
    assert.deepEqual((await search({ order_by: ['attributes.start_time ASC'] })).ids, [first, third, second]);
    const page = await search({ max_results: 2 });
    assert.deepEqual(page.ids, [second, third]);
    assert.deepEqual((await search({ max_results: 2, page_token: page.next })).ids, [first]);
    const odd = client.post(`${mlflow}/runs/search`, { experiment_ids: [experiment], filter: 'status is good' });
    assert.deepEqual(await code(odd), [400, 'INVALID_PARAMETER_VALUE']);
  });

  it('sets aliases of model versions in Unity Catalog', async () => {
    const models = '/api/2.1/unity-catalog/models';
    await client.post(models, { catalog_name: 'main', schema_name: 'ml', name: 'demo' });
    for (const runId of ['a', 'b']) databricks.catalogModels.addVersion('main.ml.demo', runId);
    const alias = `${models}/main.ml.demo/aliases/champion`;
    assert.deepEqual(await code(client.get(alias)), [404, 'RESOURCE_DOES_NOT_EXIST']);
    await client.send('PUT', alias, '{"version_num": 2}');
    const { json } = await client.get(alias);
    assert.deepEqual([json.version, json.run_id], [2, 'b']);
    const versions = await client.get(`${models}/main.ml.demo/versions`, { max_results: '1' });
    assert.ok(objectsOf(versions.json.model_versions).length === 1 && versions.json.next_page_token);
    assert.deepEqual(await code(client.send('PUT', alias, '{"version_num": 3}')), [404, 'RESOURCE_DOES_NOT_EXIST']);
    await client.send('DELETE', alias);
    assert.deepEqual(await code(client.get(alias)), [404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('has stages instead of aliases in the workspace registry', async () => {
    await client.post(`${mlflow}/registered-models/create`, { name: 'demo' });
    for (const run_id of ['a', 'b'])
      await client.post(`${mlflow}/model-versions/create`, { name: 'demo', source: 'dbfs:/m', run_id });
    const move = { name: 'demo', version: '1', stage: 'Production', archive_existing_versions: true };
    await client.post(`${mlflow}/databricks/model-versions/transition-stage`, move);
    const latest = await client.post(`${mlflow}/registered-models/get-latest-versions`, {
      name: 'demo',
      stages: ['Production'],
    });
    assert.deepEqual(
      objectsOf(latest.json.model_versions).map(({ version, run_id }) => [version, run_id]),
      [['1', 'a']],
    );
    const alias = client.get(`${mlflow}/registered-models/alias`, { name: 'demo', alias: 'champion' });
    assert.deepEqual(await code(alias), [404, 'ENDPOINT_NOT_FOUND']);
  });
});
