import assert from 'node:assert/strict';
import { startAzure } from '../../sandbox/azure/azure';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { textOf } from '../../sandbox/databricks/json';
import { startEntra } from '../../sandbox/entra/entra';
import { projectRoot } from '../../tools/commandLine';
import { endpointContribution, readExtensionManifest, readTasks, type DataSourceBinding } from '../../tools/manifests';
import { WorkspaceClient } from '../sandbox/databricks/workspaceClient';
import { choicesOf, isVerified, type Choice, type Connection } from './endpointProxy';

const { contributions } = await readExtensionManifest(projectRoot);
const type = contributions.find((contribution) => contribution.type === endpointContribution);
const { dataSources = [], authenticationSchemes = [] } = type?.properties ?? {};
const bindings = (await readTasks(projectRoot)).flatMap(({ manifest }) => manifest.dataSourceBindings ?? []);

/** A name that breaks JSON, URLs and HTML where it is not escaped. */
const awkward = 'the "best" \\ of <b>\t& ünï 100% {{x}}';
const [small, creator] = [
  { spark_version: '15.4.x-scala2.12', node_type_id: 'Standard_DS3_v2', num_workers: 1 },
  'someone@example.com',
];

function scheme(name: 'token' | 'basic' | 'none') {
  const found = authenticationSchemes.find((one) => one.type === `ms.vss-endpoint.endpoint-auth-scheme-${name}`);
  assert.ok(found, name);
  return found;
}

function dataSource(name: string) {
  const found = dataSources.find((source) => source.name === name);
  assert.ok(found, name);
  return found;
}

describe('the data sources of a Databricks connection', () => {
  let databricks: Databricks;
  let client: WorkspaceClient;
  let connection: Connection;
  before(async () => {
    databricks = await startDatabricks({ timeScale: 0, hasLimits: false });
    client = new WorkspaceClient(databricks);
    // Azure DevOps keeps the URL with a slash at its end.
    connection = {
      url: `${databricks.url}/`,
      scheme: scheme('token'),
      data: { clientId: '' },
      authorization: { apitoken: databricks.token },
    };
  });
  beforeEach(() => databricks.requests.clear());
  after(() => databricks.close());

  /** What the picker of every task that uses the data source offers. */
  const listed = async (name: string): Promise<readonly Choice[]> => {
    const [template, ...others] = new Set(
      bindings.filter((binding) => binding.dataSourceName === name).map((binding) => binding.resultTemplate),
    );
    assert.ok(template !== undefined && others.length === 0, `${others.length + 1} templates for ${name}`);
    return choicesOf(connection, dataSource(name), template);
  };

  it('list all clusters that users created, with paging', async () => {
    const names = Array.from({ length: 101 }, (_, index) => (index === 7 ? awkward : `cluster ${index}`));
    for (const name of names) databricks.clusters.create({ ...small, cluster_name: name }, creator, 'API');
    databricks.clusters.create({ ...small, cluster_name: 'job-1-run-1' }, creator, 'JOB');
    const expected = databricks.clusters
      .list()
      .filter(({ source }) => source === 'API')
      .map(({ id, spec }) => ({ Value: id, DisplayValue: `${textOf(spec['cluster_name']) ?? ''} (${id})` }));
    assert.deepEqual(sorted(await listed('Clusters')), sorted(expected));
    assert.equal(databricks.requests.list().length, 2);
  });

  it('list jobs with exact IDs, from at most five pages', async () => {
    for (let index = 0; index < 450; index++) databricks.jobs.create({ name: `job ${index}` }, creator);
    databricks.jobs.create({ name: awkward }, creator);
    const expected = () =>
      databricks.jobs
        .list()
        .map(({ id, settings }) => ({ Value: id, DisplayValue: `${textOf(settings['name']) ?? ''} (${id})` }));
    assert.deepEqual(sorted(await listed('Jobs')), sorted(expected()));

    for (let index = 0; index < 100; index++) databricks.jobs.create({ name: `more ${index}` }, creator);
    databricks.requests.clear();
    const all = new Map(expected().map(({ Value, DisplayValue }) => [Value, DisplayValue]));
    const first = await listed('Jobs');
    assert.equal(first.length, 500);
    for (const { Value, DisplayValue } of first) assert.equal(DisplayValue, all.get(Value));
    assert.equal(databricks.requests.list().length, 5);
  });

  it('list node types with memory and cores, and Databricks Runtime versions by name', async () => {
    const nodeTypes = await listed('NodeTypes');
    assert.deepEqual(
      nodeTypes.find(({ Value }) => Value === 'Standard_DS3_v2'),
      { Value: 'Standard_DS3_v2', DisplayValue: 'Standard_DS3_v2 (4 cores, 14336 MB of memory)' },
    );
    const { json } = await client.get('/api/2.1/clusters/spark-versions');
    const versions = json['versions'] as readonly { readonly key: string; readonly name: string }[];
    assert.deepEqual(
      await listed('SparkVersions'),
      versions.map(({ key, name }) => ({ Value: key, DisplayValue: name })),
    );
  });

  it('list cluster policies, and folders in /Shared without files', async () => {
    const { id } = databricks.policies.create({ name: awkward, definition: '{}' }, creator);
    assert.deepEqual(await listed('ClusterPolicies'), [{ Value: id, DisplayValue: `${awkward} (${id})` }]);

    assert.deepEqual(await listed('WorkspaceFolders'), []);
    for (const folder of ['models', 'the "best" \\ of'])
      await client.post('/api/2.0/workspace/mkdirs', { path: `/Shared/${folder}` });
    await client.importFile('/Shared/notes.txt', 'x');
    assert.deepEqual(
      sorted(await listed('WorkspaceFolders')),
      sorted(['/Shared/models', '/Shared/the "best" \\ of'].map((path) => ({ Value: path, DisplayValue: path }))),
    );
  });

  describe('Verify', () => {
    const verify = (change: Partial<Connection>) =>
      isVerified({ ...connection, authorization: {}, ...change }, dataSource('TestConnection'));

    it('accepts only a valid personal access token', async () => {
      assert.equal(await verify({ authorization: { apitoken: databricks.token } }), true);
      assert.equal(await verify({ authorization: { apitoken: 'dapi-wrong' } }), false);
      assert.equal(await verify({ authorization: { apitoken: '' } }), false);
    });

    it('never accepts an OAuth secret, because it cannot check it', async () => {
      const [principal] = databricks.servicePrincipals;
      assert.ok(principal);
      for (const password of [principal.secret, 'wrong'])
        assert.equal(
          await verify({
            scheme: scheme('basic'),
            data: { clientId: principal.applicationId },
            authorization: { username: '', password },
          }),
          false,
        );
    });

    it('never accepts token federation, because there is nothing to check', async () => {
      assert.equal(await verify({ scheme: scheme('none') }), false);
    });

    it('is explained in the form', () => {
      const { helpMarkDown = '' } = type?.properties ?? {};
      assert.match(helpMarkDown, /With token federation and with an OAuth secret it always fails/);
    });
  });
});

describe('the picker of workspaces of an Azure connection', () => {
  it('lists the workspaces in the subscription of the connection by resource ID', async () => {
    const [tenantId, clientId, secret] = [
      '0a4f1c2e-6f5d-4a77-9d0b-6f1f3f0f5a01',
      'c11e4711-0000-4000-8000-000000000001',
      's',
    ];
    const subscriptionIds = ['5b0e7d30-2c7f-4a6e-9b53-0d6f5c3a1e77', '5b0e7d30-2c7f-4a6e-9b53-0d6f5c3a1e78'] as const;
    const workspaces = subscriptionIds.map((subscription, index) => ({
      id: `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/dbw-${index}`,
      name: `dbw-${index}`,
      location: 'westeurope',
      workspaceUrl: `adb-${index}.azuredatabricks.net`,
      workspaceId: String(index),
    }));
    const entra = await startEntra({
      tenantIds: [tenantId],
      applications: [{ tenantId, clientId, secrets: [{ value: secret }] }],
    });
    const azure = await startAzure({
      entra: { issuer: entra.accessTokenIssuer(tenantId), jwksUri: entra.jwksUri },
      workspaces,
    });
    try {
      const answer = await fetch(`${entra.url}/${tenantId}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: secret,
          scope: 'https://management.azure.com//.default',
        }),
      });
      const { access_token: token } = (await answer.json()) as { readonly access_token: string };
      const headers = [{ name: 'Authorization', value: `Bearer ${token}` }];
      const connection = {
        url: azure.url,
        scheme: { type: 'the platform signs in', displayName: '', headers },
        data: { subscriptionId: subscriptionIds[0] },
      };
      const { endpointUrl = '', resultSelector = '', resultTemplate } = workspaceBinding();
      assert.deepEqual(await choicesOf(connection, { endpointUrl, resultSelector }, resultTemplate), [
        { Value: workspaces[0]?.id, DisplayValue: 'dbw-0' },
      ]);
    } finally {
      await azure.close();
      await entra.close();
    }
  });
});

function workspaceBinding(): DataSourceBinding {
  const found = bindings.find(({ target }) => target === 'workspaceUrl');
  assert.ok(found);
  return found;
}

function sorted(choices: readonly Choice[]): readonly Choice[] {
  return [...choices].sort((a, b) => (a.Value < b.Value ? -1 : 1));
}
