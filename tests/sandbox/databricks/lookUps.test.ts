import assert from 'node:assert/strict';
import type { Databricks } from '../../../sandbox/databricks/databricks';
import { objectsOf, textOf, type JsonObject } from '../../../sandbox/databricks/json';
import { startTestWorkspace, type WorkspaceClient } from './workspaceClient';

describe('Databricks sandbox: lists that clients look names up in', () => {
  let databricks: Databricks;
  let client: WorkspaceClient;
  before(async () => {
    ({ databricks, client } = await startTestWorkspace({
      users: [
        { userName: 'ann@example.com', displayName: 'Ann', token: 'dapi-ann' },
        { userName: 'bob@example.com', token: 'dapi-bob', isAdmin: false },
      ],
      servicePrincipals: [{ applicationId: '3c1f7a52-9d0e-4b86-a2c4-5e8f60b7d913', displayName: 'pipelines' }],
    }));
  });
  after(() => databricks.close());

  const scim = async (path: string, query: Record<string, string> = {}) =>
    (await client.get(`/api/2.0/preview/scim/v2/${path}`, query)).json;

  it('has the users, service principals and groups', async () => {
    assert.deepEqual(
      objectsOf((await scim('Users')).Resources).map(({ userName }) => userName),
      ['ann@example.com', 'bob@example.com'],
    );
    assert.deepEqual(
      objectsOf((await scim('ServicePrincipals')).Resources).map(({ displayName }) => displayName),
      ['pipelines'],
    );
    const groups = objectsOf((await scim('Groups')).Resources);
    assert.deepEqual(
      groups.map(({ displayName, members }) => [displayName, objectsOf(members).length]),
      [
        ['users', 3],
        ['admins', 2],
      ],
    );
  });

  it('filters them, page by page, and has each by its ID', async () => {
    const found = await scim('Users', { filter: 'userName eq "BOB@example.com"' });
    const [bob] = objectsOf(found.Resources);
    assert.deepEqual([found.totalResults, bob?.userName], [1, 'bob@example.com']);
    assert.equal((await scim(`Users/${textOf(bob?.id)}`)).userName, 'bob@example.com');
    assert.equal((await scim('Users/0')).error_code, 'RESOURCE_DOES_NOT_EXIST');
    const second = await scim('Users', { startIndex: '2', count: '1' });
    assert.deepEqual(
      [second.totalResults, second.itemsPerPage, objectsOf(second.Resources)[0]?.userName],
      [2, 1, 'bob@example.com'],
    );
    assert.equal((await scim('Groups', { filter: 'displayName eq admins' })).totalResults, 1);
    assert.deepEqual((await scim('Groups', { filter: 'displayName eq "nobody"' })).Resources, undefined);
    assert.equal((await scim('Users', { filter: 'age gt 5' })).error_code, 'INVALID_PARAMETER_VALUE');
  });

  it('has the zones, and no secret scopes', async () => {
    assert.deepEqual((await client.get('/api/2.1/clusters/list-zones')).json, {
      zones: ['1', '2', '3'],
      default_zone: '1',
    });
    assert.deepEqual((await client.get('/api/2.0/secrets/scopes/list')).json, {});
  });

  it('has the models of a schema, page by page', async () => {
    for (const name of ['main.ml.b', 'main.ml.a', 'main.other.c'])
      databricks.catalogModels.create(name, 'ann@example.com');
    const models = async (query: Record<string, string>) =>
      (await client.get('/api/2.1/unity-catalog/models', query)).json;
    const names = (json: JsonObject) => objectsOf(json.registered_models).map((model) => model.full_name);
    assert.deepEqual(names(await models({})), ['main.ml.a', 'main.ml.b', 'main.other.c']);
    const schema = { catalog_name: 'main', schema_name: 'ml' };
    const first = await models({ ...schema, max_results: '1' });
    assert.deepEqual(names(first), ['main.ml.a']);
    assert.deepEqual(names(await models({ ...schema, page_token: textOf(first.next_page_token) ?? '' })), [
      'main.ml.b',
    ]);
    assert.equal((await models({ catalog_name: 'main' })).error_code, 'INVALID_PARAMETER_VALUE');
  });

  it('has all values of a metric', async () => {
    const experiment = databricks.tracking.createExperiment('/Shared/history');
    const run = databricks.tracking.createRun(experiment.id, 'ann@example.com', {});
    for (const [step, value] of [0.5, 0.7, 'NaN'].entries())
      await client.post('/api/2.0/mlflow/runs/log-metric', { run_id: run.id, key: 'auc', value, step, timestamp: 1 });
    const history = async (query: Record<string, string>) =>
      (await client.get('/api/2.0/mlflow/metrics/get-history', { run_id: run.id, ...query })).json;
    const all = objectsOf((await history({ metric_key: 'auc' })).metrics);
    assert.deepEqual(
      all.map(({ value, step }) => [value, step]),
      [
        [0.5, 0],
        [0.7, 1],
        ['NaN', 2],
      ],
    );
    const first = await history({ metric_key: 'auc', max_results: '2' });
    assert.equal(objectsOf(first.metrics).length, 2);
    assert.ok(textOf(first.next_page_token));
    assert.deepEqual(await history({ metric_key: 'none' }), {});
  });
});
