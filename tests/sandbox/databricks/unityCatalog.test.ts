import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Databricks } from '../../../sandbox/databricks/databricks';
import { isJsonObject, type Json, type JsonObject, objectsOf, textOf } from '../../../sandbox/databricks/json';
import { codeOf, entity, updateMilliseconds } from './serving/servingStage';
import { startTestWorkspace, WorkspaceClient } from './workspaceClient';

const base = '/api/2.0/mlflow/unity-catalog';
const name = 'main.ml.demo';
const signed = `flavors: {}\nsignature:\n  inputs: '[{"type": "double"}]'\n  outputs: '[{"type": "string"}]'\n  params: null\n`;
const users = [
  { userName: 'ann@example.com', token: 'ann' },
  { userName: 'bob@example.com', token: 'bob' },
] as const;

const part = (of: JsonObject, key: string): JsonObject => {
  const value: Json = of[key];
  assert.ok(isJsonObject(value), key);
  return value;
};

describe('Databricks sandbox: models of Unity Catalog by MLflow', () => {
  let databricks: Databricks;
  let client: WorkspaceClient;
  beforeEach(async () => {
    ({ databricks, client } = await startTestWorkspace({ users }));
    await client.post(`${base}/registered-models/create`, { name });
  });
  afterEach(() => databricks.close());

  const send = (method: string, path: string, body: JsonObject) =>
    client.send(method, `${base}/${path}`, JSON.stringify(body));
  const create = async (body: JsonObject = {}) =>
    part(
      (await client.post(`${base}/model-versions/create`, { name, source: 'runs:/a/model', ...body })).json,
      'model_version',
    );
  const upload = (version: string, file: string, content: string) =>
    client.send('PUT', `/api/2.0/fs/files/Models/main/ml/demo/${version}/${file}`, content);
  const finalize = (version: string) => client.post(`${base}/model-versions/finalize`, { name, version });
  const status = async (version: string) =>
    part((await client.get(`${base}/model-versions/get`, { name, version })).json, 'model_version').status;

  it('are ready when their files have been uploaded and they are finalized', async () => {
    const { version, ...created } = await create({ run_id: 'a', tags: [{ key: 'stage', value: 'dev' }] });
    assert.deepEqual(
      [version, created.status, created.tags],
      ['1', 'PENDING_REGISTRATION', [{ key: 'stage', value: 'dev' }]],
    );
    const early = await client.post('/api/2.0/serving-endpoints', {
      name: 'iris',
      config: { served_entities: [entity(1)] },
    });
    assert.deepEqual(codeOf(early), [400, 'INVALID_STATE']);
    assert.equal((await upload('1', 'MLmodel', signed)).status, 204);
    assert.equal((await upload('1', 'data/weights.json', '{}')).status, 204);
    assert.equal(part((await finalize('1')).json, 'model_version').status, 'READY');
    assert.equal(await status('1'), 'READY');
    const governed = await client.get(`/api/2.1/unity-catalog/models/${name}/versions/1`);
    assert.deepEqual([governed.json.status, governed.json.source], ['READY', 'runs:/a/model']);
    const listed = await client.get('/api/2.0/fs/directories/Models/main/ml/demo/1');
    assert.deepEqual(
      objectsOf(listed.json.contents).map((entry) => entry.name),
      ['MLmodel', 'data'],
    );
    assert.deepEqual(codeOf(await upload('1', 'MLmodel', 'other')), [400, 'INVALID_STATE'], 'complete');
    assert.deepEqual(codeOf(await finalize('1')), [400, 'INVALID_STATE']);
  });

  const unfinished: Readonly<Record<string, [string | undefined, RegExp]>> = {
    'a description': [undefined, /do not contain MLmodel/],
    'a signature': ['flavors: {}\n', /does not have a signature/],
    'outputs in the signature': [signed.replace(/ {2}outputs.*\n/, '  outputs: null\n'), /has no outputs/],
  };
  for (const [what, [content, message]] of Object.entries(unfinished))
    it(`stay pending without ${what}`, async () => {
      await create();
      if (content !== undefined) await upload('1', 'MLmodel', content);
      const reply = await finalize('1');
      assert.deepEqual(codeOf(reply), [400, 'INVALID_PARAMETER_VALUE']);
      assert.match(reply.text, message);
      assert.equal(await status('1'), 'PENDING_REGISTRATION');
    });

  it('take files by presigned URLs, which need no token and expire', async () => {
    await create();
    const credentials = { name, version: '1', operation: 'MODEL_VERSION_OPERATION_READ_WRITE' };
    const granted = await client.post(`${base}/model-versions/generate-temporary-credentials`, credentials);
    assert.equal(part(granted.json, 'credentials').storage_mode, 'DEFAULT_STORAGE');
    const path = '/Models/main/ml/demo/1/MLmodel';
    const urlFor = async (action: string) =>
      textOf((await client.post(`/api/2.0/fs/create-${action}-url`, { path })).json.url) ?? '';
    const put = await fetch(await urlFor('upload'), { method: 'PUT', body: signed });
    assert.equal(put.status, 200);
    const url = await urlFor('download');
    assert.equal(await (await fetch(url)).text(), signed);
    assert.equal((await fetch(url, { method: 'PUT', body: 'other' })).status, 403, 'it is for downloads');
    await databricks.clock.advance(3_600_000);
    assert.equal((await fetch(url)).status, 403);
  });

  it('are written below a version that exists', async () => {
    assert.deepEqual(codeOf(await upload('7', 'MLmodel', signed)), [404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('have tags, descriptions and aliases', async () => {
    await create();
    await create();
    await send('POST', 'model-versions/set-tag', { name, version: '2', key: 'verdict', value: 'passed' });
    await send('PATCH', 'model-versions/update', { name, version: '2', description: 'better' });
    await send('POST', 'registered-models/alias', { name, alias: 'champion', version: '2' });
    const byAlias = await client.get(`${base}/registered-models/alias`, { name, alias: 'champion' });
    const { version, tags, description, aliases } = part(byAlias.json, 'model_version');
    assert.deepEqual([version, description], ['2', 'better']);
    assert.deepEqual([tags, aliases], [[{ key: 'verdict', value: 'passed' }], [{ alias: 'champion', version: '2' }]]);
    const model = await client.get(`/api/2.1/unity-catalog/models/${name}`, { include_aliases: 'true' });
    assert.deepEqual(model.json.aliases, [{ alias_name: 'champion', version_num: 2 }]);
    await send('DELETE', 'model-versions/delete-tag', { name, version: '2', key: 'verdict' });
    const found = await client.get(`${base}/model-versions/search`, { filter: `name='${name}'` });
    assert.deepEqual(
      objectsOf(found.json.model_versions).map((one) => [one.version, one.tags]),
      [
        ['1', []],
        ['2', []],
      ],
    );
    await send('DELETE', 'model-versions/delete', { name, version: '2' });
    assert.equal((await client.get(`${base}/registered-models/alias`, { name, alias: 'champion' })).status, 404);
    assert.equal((await create()).version, '3', 'numbers are not used again');
  });

  it('have names of three levels that are unique', async () => {
    const again = await client.post(`${base}/registered-models/create`, { name });
    assert.deepEqual(codeOf(again), [400, 'RESOURCE_ALREADY_EXISTS']);
    const flat = await client.post(`${base}/registered-models/create`, { name: 'demo' });
    assert.deepEqual(codeOf(flat), [400, 'INVALID_PARAMETER_VALUE']);
  });

  it('are served to those who may execute them, with the rights of the creator of the endpoint', async () => {
    databricks.catalogModels.addVersion(name, 'a');
    databricks.catalogModels.addVersion(name, 'b');
    const bob = new WorkspaceClient(databricks, 'bob');
    const config = (version: number) => ({ served_entities: [entity(version)] });
    await bob.post('/api/2.0/serving-endpoints', { name: 'iris', config: config(1) });
    await databricks.clock.advance(updateMilliseconds);
    const grants = `/api/2.1/unity-catalog/permissions/function/${name}`;
    const change = { changes: [{ principal: 'account users', remove: ['EXECUTE'] }] };
    assert.equal((await client.send('PATCH', grants, JSON.stringify(change))).status, 200);
    const refused = await bob.send('PUT', '/api/2.0/serving-endpoints/iris/config', JSON.stringify(config(2)));
    assert.deepEqual(
      [...codeOf(refused), refused.json.message],
      [403, 'PERMISSION_DENIED', `User does not have EXECUTE on Routine or Model '${name}'.`],
    );
    // The owner of the model may, and yet the endpoint reads it as its creator.
    await client.send('PUT', '/api/2.0/serving-endpoints/iris/config', JSON.stringify(config(2)));
    await databricks.clock.advance(updateMilliseconds);
    const { json } = await client.get('/api/2.0/serving-endpoints/iris');
    assert.equal(part(json, 'state').config_update, 'UPDATE_FAILED');
    const [failed = {}] = objectsOf(part(json, 'pending_config').served_entities);
    assert.match(JSON.stringify(failed.state), /The endpoint creator bob@example\.com does not have EXECUTE/);
    await client.send(
      'PATCH',
      grants,
      JSON.stringify({ changes: [{ principal: 'bob@example.com', add: ['EXECUTE'] }] }),
    );
    assert.equal(
      (await bob.send('PUT', '/api/2.0/serving-endpoints/iris/config', JSON.stringify(config(2)))).status,
      200,
    );
  });

  it('are kept in the state file with their files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'catalog-'));
    const stateFile = join(folder, 'state.json');
    const first = await startTestWorkspace({ stateFile });
    await first.client.post(`${base}/registered-models/create`, { name });
    await first.client.post(`${base}/model-versions/create`, { name, source: 'runs:/a/model' });
    await first.databricks.close();
    const second = await startTestWorkspace({ stateFile });
    const path = '/api/2.0/fs/files/Models/main/ml/demo/1/MLmodel';
    assert.equal((await second.client.send('PUT', path, signed)).status, 204);
    const done = await second.client.post(`${base}/model-versions/finalize`, { name, version: '1' });
    assert.equal(part(done.json, 'model_version').status, 'READY');
    await second.databricks.close();
    await rm(folder, { recursive: true });
  });
});
