import assert from 'node:assert/strict';
import { group } from '../armClient';
import { location, MlClient, propertiesOf, registryId, workspaceId } from './mlClient';

const conda = 'name: e\ndependencies:\n  - python=3.11\n  - pip:\n      - azureml-inference-server-http\n';
const modelUri = 'azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/workspaceblobstore/paths/up/model';

describe('Azure Machine Learning sandbox: assets and workspaces', () => {
  const client = new MlClient();
  const { arm } = client;
  beforeEach(() => client.start());
  after(() => arm.close());

  const putModel = (version: string, properties: object = {}) =>
    client.call('PUT', `/models/iris/versions/${version}`, {
      properties: { modelUri, modelType: 'mlflow_model', ...properties },
    });

  it('models keep what they are; their tags and description may change', async () => {
    assert.equal((await putModel('1', { tags: { content: 'a' } })).status, 201);
    arm.pass(5);
    const { status, ...again } = await putModel('1', { tags: { content: 'b' }, description: 'd' });
    assert.equal(status, 200);
    const { tags, description } = propertiesOf({ status, ...again });
    assert.deepEqual([tags, description], [{ content: 'b' }, 'd']);
    assert.match(
      await client.refusal('PUT', '/models/iris/versions/1', {
        properties: { modelUri: `${modelUri}2`, modelType: 'mlflow_model' },
      }),
      /^400 .*"UserError".*Asset paths cannot be updated\./,
    );
    assert.match(
      await client.refusal('PUT', '/models/x/versions/1', { properties: {} }),
      /^400 .*modelUri is required/,
    );
    assert.match(
      await client.refusal('PUT', '/models/x/versions/1', { properties: { modelUri, modelType: 'x' } }),
      /model type 'x'/,
    );
  });

  it('versions are listed from the newest on, by tag, and in pages of the size that is asked for', async () => {
    for (const version of ['1', '2', '3']) {
      await putModel(version, { tags: version === '2' ? { content: 'x' } : {} });
      arm.pass(1);
    }
    const names = async (query: string) => {
      const { value } = (await client.call('GET', `/models/iris/versions${query}`)).json as {
        value: { name: string }[];
      };
      return value.map(({ name }) => name);
    };
    assert.deepEqual(await names('?$orderBy=createdtime%20desc&$top=1'), ['3']);
    assert.deepEqual(await names(''), ['3', '2', '1']);
    assert.deepEqual(await names('?$orderBy=createdtime%20asc&$skip=1'), ['2', '3']);
    assert.deepEqual([await names('?tags=content=x'), await names('?tags=content=y')], [['2'], []]);
    const { latestVersion, nextVersion } = propertiesOf(await client.call('GET', '/models/iris'));
    assert.deepEqual([latestVersion, nextVersion], ['3', '4']);
    const { value } = (await client.call('GET', '/models')).json as { value: { name: string }[] };
    assert.deepEqual(
      value.map(({ name }) => name),
      ['iris'],
    );
    for (const path of ['/models/none', '/models/none/versions'])
      assert.match(
        await client.refusal('GET', path),
        /^404 .*"UserError".*The specified resource was not found\..*Model container with name: none not found\./,
      );
    assert.match(await client.refusal('GET', '/models/iris/versions/9'), /^404 .*ModelNotFound.*version: 9 not found/);
  });

  it('versions are deleted', async () => {
    await putModel('1');
    assert.equal((await client.call('DELETE', '/models/iris/versions/1')).status, 200);
    assert.equal((await client.call('DELETE', '/models/iris/versions/1')).status, 204);
    assert.equal((await client.call('GET', '/models/iris/versions/1')).status, 404);
  });

  it('models may be told to lie elsewhere, and are found all the same', async () => {
    const id = client.addModel('iris');
    client.ml.settings.replicatesModels = true;
    const { modelUri: told } = propertiesOf(await client.call('GET', '/models/iris/versions/1'));
    assert.match(String(told), /\/resourceGroups\/.*\/paths\/ServiceReplicated\/[\da-f]+\/LocalUpload\/up\/iris$/);
    await client.putEndpoint();
    arm.pass(90);
    await client.putDeployment('blue', { model: id });
    arm.pass(600);
    assert.equal(
      propertiesOf(await client.call('GET', '/onlineEndpoints/score/deployments/blue'))['provisioningState'],
      'Succeeded',
    );
  });

  it('environments give their YAML back as JSON, and never change', async () => {
    const put = (properties: object) => client.call('PUT', '/environments/e/versions/1', { properties });
    const { status, ...first } = await put({ image: 'base', condaFile: conda });
    assert.equal(status, 201);
    assert.deepEqual(JSON.parse(String(propertiesOf({ status, ...first })['condaFile'])), {
      name: 'e',
      dependencies: ['python=3.11', { pip: ['azureml-inference-server-http'] }],
    });
    arm.pass(5);
    const again = await put({ image: 'base', condaFile: conda });
    assert.equal(again.status, 201);
    const created = (json: unknown) => (json as { systemData: { createdAt: string } }).systemData.createdAt;
    assert.equal(created(again.json), created(first.json));
    const refusal = await client.refusal('PUT', '/environments/e/versions/1', { properties: { image: 'other' } });
    assert.match(refusal, /^400 .*Environment e with version 1 is already registered and cannot be changed\./);
    assert.match(
      await client.refusal('PUT', '/environments/f/versions/1', { properties: { condaFile: conda } }),
      /'Image' must not be empty/,
    );
    assert.match(
      await client.refusal('PUT', '/environments/f/versions/1', { properties: { image: 'a', condaFile: 'a: [' } }),
      /not valid YAML/,
    );
  });

  it('code is found by its hash, and its files get a place of their own', async () => {
    const upload = await client.call('POST', '/codes/c/versions/1/startPendingUpload', {
      pendingUploadType: 'TemporaryBlobReference',
    });
    const { blobReferenceForConsumption: place } = upload.json as {
      blobReferenceForConsumption: { blobUri: string; credential: { credentialType: string; sasUri: string } };
    };
    assert.equal(place.credential.credentialType, 'SAS');
    const url = place.credential.sasUri.replace('?', '/score.py?');
    assert.equal((await client.host('PUT', url, { 'x-ms-blob-type': 'BlockBlob' }, 'x')).status, 201);
    const properties = {
      codeUri: place.blobUri,
      isAnonymous: true,
      properties: { hash_sha256: 'h1', hash_version: '202208' },
    };
    const put = () => client.call('PUT', '/codes/c/versions/1', { properties });
    assert.deepEqual([(await put()).status, (await put()).status], [201, 200]);
    const found = async (hash: string) =>
      ((await client.call('GET', `/codes/c/versions?hash=${hash}&hashVersion=202208`)).json as { value: unknown[] })
        .value.length;
    assert.deepEqual([await found('h1'), await found('h2')], [1, 0]);
    const unknown = await client.call('GET', '/codes/none/versions?hash=h1&hashVersion=202208');
    assert.deepEqual(unknown.json, { value: [] });
    const other = { properties: { codeUri: `${place.blobUri}/other` } };
    assert.match(await client.refusal('PUT', '/codes/c/versions/1', other), /^400 .*Asset paths cannot be updated/);
    assert.match(
      await client.refusal('POST', '/codes/c/versions/1/startPendingUpload', {}),
      /^400 .*PendingUploadType/,
    );
    assert.equal((await client.call('POST', '/models/m/versions/1/startPendingUpload', {})).status, 404);
  });

  it('registries are read', async () => {
    client.ml.addAsset('models', registryId, ['iris', '3'], { modelType: 'mlflow_model', modelUri });
    const get = (path: string, id = registryId) => arm.send('GET', `${id}${path}?api-version=2024-10-01`);
    assert.equal((await get('')).json['name'], 'shared');
    assert.equal((await get('/models/iris/versions/3')).json['name'], '3');
    assert.equal(((await get('/models/iris/versions')).json as { value: unknown[] }).value.length, 1);
    assert.equal(propertiesOf(await get('/models/iris'))['latestVersion'], '3');
    for (const path of ['/models/iris/versions/4', '/models/none', '/environments/none/versions'])
      assert.equal((await get(path)).status, 404);
    assert.equal((await get('', `${registryId}2`)).status, 404);
  });

  it('datastores tell where their blobs are', async () => {
    const { accountName, containerName, credentials, protocol, endpoint, isDefault } = propertiesOf(
      await client.call('GET', '/datastores/WorkspaceBlobStore'),
    );
    const { account, container } = client.datastore();
    assert.deepEqual(
      [accountName, containerName, credentials, protocol, endpoint, isDefault],
      [account, container, { credentialsType: 'AccountKey' }, 'http', 'core.windows.net', true],
    );
    assert.match(await client.refusal('GET', '/datastores/none'), /^404 .*Could not find datastore: none/);
  });

  it('workspaces tell what a deployment depends on', async () => {
    await client.start({
      workspaces: [
        {
          id: workspaceId,
          location,
          v1LegacyMode: true,
          hasRegistry: false,
          systemDatastoresAuthMode: 'UserDelegationSAS',
        },
      ],
    });
    const { json, ...rest } = await client.call('GET', '');
    const properties = propertiesOf({ json, ...rest });
    assert.equal(json['location'], location);
    assert.deepEqual(
      [
        properties['v1LegacyMode'],
        properties['containerRegistry'],
        properties['systemDatastoresAuthMode'],
        properties['provisioningState'],
      ],
      [true, null, 'UserDelegationSAS', 'Succeeded'],
    );
    const list = async (scope: string) =>
      (
        (
          await arm.send(
            'GET',
            `${scope}/providers/Microsoft.MachineLearningServices/workspaces?api-version=2024-10-01`,
          )
        ).json as { value: { name: string }[] }
      ).value;
    for (const scope of [group, group.split('/').slice(0, 3).join('/')])
      assert.deepEqual(
        (await list(scope)).map(({ name }) => name),
        ['ml'],
      );
    assert.match(await client.refusal('GET', '/computes/none'), /^404 .*ResourceNotFound/);
    const secret = await client.call('POST', '/datastores/workspaceblobstore/listSecrets', {});
    assert.equal(secret.json['secretsType'], 'Sas');
  });

  it('computes are read', async () => {
    const { computeType, provisioningState } = propertiesOf(await client.call('GET', '/computes/cluster'));
    assert.deepEqual([computeType, provisioningState], ['Kubernetes', 'Succeeded']);
    const { value } = (await client.call('GET', '/computes')).json as { value: { name: string }[] };
    assert.deepEqual(
      value.map(({ name }) => name),
      ['cluster', 'legacy'],
    );
  });

  it('api-versions are those of the provider, in every path the case is of no matter', async () => {
    const get = (version: string) => arm.send('GET', `${workspaceId.toLowerCase()}?api-version=${version}`);
    for (const version of ['2022-10-01', '2024-10-01', '2025-12-01']) assert.equal((await get(version)).status, 200);
    assert.equal((await get('2021-01-01')).status, 404);
  });
});
