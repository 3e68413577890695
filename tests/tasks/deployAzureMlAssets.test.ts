import assert from 'node:assert/strict';
import { startDatabricks } from '../../sandbox/databricks/databricks';
import type { FakeAgent } from '../support/fakeAgent';
import { AzureMlStage, clientId, registered, sample, workspaceId, type Given } from './deployAzureMlStage';

const mlflow = {
  'model/MLmodel':
    'flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    python_version: 3.10.4\n  sklearn: {}\n',
  'model/conda.yaml': 'dependencies: [python=3.10.4, {pip: [mlflow==2.9.2]}]\n',
  'model/data/model.pkl': 'the model',
};
const folder: Given = { modelName: 'churn', modelPath: 'model', ...sample };

describe('DeployAzureMl, from files', function () {
  this.timeout(60_000);
  let stage: AzureMlStage;
  beforeEach(async () => {
    stage = await AzureMlStage.open();
    await stage.write(mlflow);
  });
  afterEach(() => stage.close());

  async function run(inputs: Given, options: Parameters<AzureMlStage['run']>[1] = {}): Promise<FakeAgent> {
    for (const { requests } of [stage.azure, stage.ml.blobs]) requests.clear();
    return stage.run(inputs, options);
  }
  async function succeeds(inputs: Given, options: Parameters<AzureMlStage['run']>[1] = {}): Promise<FakeAgent> {
    const agent = await run(inputs, options);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text('log', 'error')}`);
    return agent;
  }
  const uploads = (): readonly string[] =>
    stage.ml.blobs.requests
      .list()
      .filter(({ method }) => method === 'PUT')
      .map(({ path }) => path.replace(/^.*?\/model-pipeline\/[0-9a-f]{64}\//, ''))
      .sort();
  const models = () => stage.ml.assets.list(workspaceId, 'models', 'churn');

  it('registers an MLflow model that is deployed without code, once', async () => {
    const agent = await succeeds(folder);
    assert.equal(agent.outputs['modelVersion'], '2');
    assert.deepEqual(uploads(), ['model/MLmodel', 'model/conda.yaml', 'model/data/model.pkl']);
    const made = models().find(({ version }) => version === '2');
    assert.equal(made?.properties['modelType'], 'mlflow_model');
    assert.deepEqual(made.properties['flavors'], {
      python_function: { data: { loader_module: 'mlflow.sklearn', python_version: '3.10.4' } },
      sklearn: { data: {} },
    });
    assert.equal(agent.text('warning'), '');

    assert.equal((await succeeds(folder)).outputs['change'], 'unchanged');
    assert.deepEqual([stage.writes(), uploads()], [[], []]);

    await stage.write({ 'model/data/model.pkl': 'another model' });
    const next = await succeeds(folder);
    assert.deepEqual([next.outputs['modelVersion'], next.outputs['deploymentName']], ['3', 'green']);
  });

  it('does not mind what Azure makes of the address of a model', async () => {
    stage.ml.settings.replicatesModels = true;
    await succeeds(folder);
    assert.equal((await succeeds(folder)).outputs['change'], 'unchanged');
    assert.deepEqual([stage.writes(), uploads()], [[], []]);
  });

  it('uploads code and builds an environment, whose names follow from their content', async () => {
    await stage.write({
      'code/score.py': 'def init(): pass\ndef run(data): return data\n',
      'code/lib/features.py': '',
      'conda.yml': 'dependencies: [python=3.10, {pip: [azureml-inference-server-http, scikit-learn]}]\n',
    });
    const inputs = {
      ...registered,
      codeFolder: 'code',
      scoringScript: 'score.py',
      image: 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest',
      condaFile: 'conda.yml',
      environment: 'LEVEL=info',
    };
    const agent = await succeeds(inputs);
    assert.equal(agent.text('warning'), '');
    const [deployment] = stage.endpoint?.deployments ?? [];
    assert.ok(deployment);
    assert.match(deployment.body.codeId ?? '', /\/codes\/model-pipeline-[0-9a-f]{32}\/versions\/1$/);
    assert.match(deployment.body.environmentId ?? '', /\/environments\/model-pipeline-[0-9a-f]{32}\/versions\/1$/);
    assert.deepEqual(deployment.body.environmentVariables, { LEVEL: 'info' });
    assert.deepEqual(uploads(), ['code/lib/features.py', 'code/score.py']);
    assert.equal((await succeeds(inputs)).outputs['change'], 'unchanged');
    assert.deepEqual([stage.writes(), uploads()], [[], []]);
    await succeeds({ ...inputs, environment: 'LEVEL=debug' });
    assert.equal(stage.endpoint?.deployments[0]?.body.codeId, deployment.body.codeId);
  });

  it('warns of a conda file without the inference server, and refuses a scoring script that is not there', async () => {
    await stage.write({ 'code/score.py': '', 'conda.yml': 'dependencies: [python=3.10, {pip: [scikit-learn]}]\n' });
    const inputs = { ...registered, codeFolder: 'code', image: 'r.io/base:1', condaFile: 'conda.yml' };
    const agent = await run({ ...inputs, scoringScript: 'score.py' });
    assert.match(agent.text('warning'), /does not have azureml-inference-server-http/);
    const missing = await run({ ...inputs, scoringScript: 'serve.py' });
    assert.match(missing.end.message, /The code folder has no file serve\.py/);
    assert.deepEqual(stage.writes(), []);
  });

  it('warns of what keeps MLflow models from being served', async () => {
    await stage.write({ 'model/conda.yaml': 'dependencies: [python=3.7.3, {pip: [mlflow==3.1.0]}]\n' });
    const agent = await succeeds(folder);
    assert.match(agent.text('warning'), /logged with mlflow 3.*\n.*needs Python 3\.7/);
  });

  it('deploys the server of an image, with its own paths', async () => {
    const agent = await succeeds({
      ...sample,
      image: 'r.io/churn:7',
      port: '8080',
      scoringPath: '/predict',
      livenessPath: '/health',
    });
    assert.equal(agent.outputs['change'], 'created');
    const [environment] = stage.ml.assets.list(workspaceId, 'environments');
    assert.deepEqual(environment?.properties['inferenceConfig'], {
      scoringRoute: { path: '/predict', port: 8080 },
      livenessRoute: { path: '/health', port: 8080 },
      readinessRoute: { path: '/health', port: 8080 },
    });
  });

  it('uploads with the identity where the storage has no shared keys, or its signature may not be read', async () => {
    const actions = ['Microsoft.MachineLearningServices/workspaces/*', 'Microsoft.Storage/*'];
    stage.azure.allowedActions.set(
      clientId,
      actions.flatMap((action) =>
        action.endsWith('workspaces/*')
          ? [
              'Microsoft.MachineLearningServices/workspaces/read',
              'Microsoft.MachineLearningServices/workspaces/datastores/read',
              'Microsoft.MachineLearningServices/workspaces/models/*',
              'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/*',
            ]
          : [action],
      ),
    );
    const agent = await succeeds(folder);
    assert.match(
      agent.text('log'),
      /Uploading with the identity of the connection, because it may not read a signature/,
    );
    stage.azure.allowedActions.set(clientId, ['Microsoft.MachineLearningServices/workspaces/*']);
    await stage.write({ 'model/data/model.pkl': 'another model' });
    const [workspace] = stage.ml.workspaces;
    assert.ok(workspace);
    stage.ml.workspaces[0] = { ...workspace, systemDatastoresAuthMode: 'Identity' };
    const refused = await run(folder);
    assert.match(
      refused.end.message,
      /AuthorizationPermissionMismatch.*Assign the identity .* the role 'Storage Blob Data Contributor'/,
    );
  });

  it('says that the storage is behind a firewall', async () => {
    for (const account of stage.accounts()) stage.ml.blobs.firewalled.add(account);
    const agent = await run(folder);
    assert.match(agent.end.message, /accepts requests of some networks only/);
    assert.deepEqual(stage.ml.endpoints, []);
  });

  it('waits for a storage that is busy', async () => {
    stage.ml.blobs.busyRequests = 2;
    await succeeds(folder);
  });

  it('refuses a Git LFS pointer and an empty folder before anything is created', async () => {
    await stage.write({
      'model/data/model.pkl': 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 12\n',
    });
    const agent = await run(folder);
    assert.match(agent.end.message, /data\/model\.pkl is a Git LFS pointer/);
    assert.deepEqual(stage.writes(), []);
  });

  it('says which version or environment the workspace does not have', async () => {
    const version = await run({ ...registered, modelVersion: '9' });
    assert.match(version.end.message, /The workspace has no version 9 of the model 'churn'/);
    const model = await run({ ...sample, modelName: 'other' });
    assert.match(model.end.message, /The workspace has no version of the model 'other'/);
    const environment = await run({ ...registered, environmentReference: 'sklearn@latest' });
    assert.match(environment.end.message, /The workspace has no version of the environment 'sklearn'/);
    assert.deepEqual(stage.writes(), []);
  });

  it('deploys models and environments by their ids, of this workspace or of a registry', async () => {
    const registry = `${workspaceId.replace(/workspaces\/ml$/, 'registries')}/shared`;
    stage.ml.registries.push(registry);
    const [known] = models();
    stage.ml.addAsset('models', registry, ['churn', '5'], known?.properties ?? {});
    const modelId = 'azureml://registries/shared/models/churn/versions/5';
    await succeeds({ ...sample, modelId });
    assert.equal(stage.endpoint?.deployments[0]?.body.model, modelId);
    const own = await succeeds({ ...sample, modelId: `azureml:/${workspaceId}/models/churn/versions/1` });
    assert.equal(own.outputs['modelVersion'], '1');
    await succeeds({ ...sample, modelId: 'azureml:churn@latest' });
    assert.deepEqual(stage.writes(), []);
    const wrong = await run({ ...sample, modelId: `${workspaceId}/models/churn/versions/9` });
    assert.match(wrong.end.message, /The workspace has no version 9 of the model 'churn'/);
    assert.deepEqual(stage.writes(), []);
  });

  it('copies a version of Unity Catalog once, with its origin in tags', async () => {
    const databricks = await startDatabricks({ timeScale: 0, hasLimits: false });
    const { catalogModels, volumes } = databricks;
    catalogModels.create('main.demo.churn', 'someone@example.com').aliases['champion'] = 1;
    catalogModels.addVersion('main.demo.churn', 'run-1');
    const root = '/Models/main/demo/churn/1';
    volumes.addRoot(root);
    for (const [path, content] of Object.entries(mlflow))
      volumes.put(`${root}/${path.replace('model/', '')}`, Buffer.from(content), true);
    const inputs = {
      ...sample,
      modelName: 'churn',
      databricksConnection: 'd',
      databricksModel: 'main.demo.churn',
      databricksAlias: 'champion',
    };
    const connections = { d: { url: databricks.url, token: databricks.token } };
    const agent = await succeeds(inputs, { connections });
    assert.match(agent.text('log'), /Downloading version 1 of main\.demo\.churn: 3 files/);
    const made = models().find(({ version }) => version === '2');
    assert.deepEqual(made?.properties['tags'], {
      'databricks.workspace': new URL(databricks.url).host,
      'databricks.model': 'main.demo.churn',
      'databricks.version': '1',
      'databricks.run': 'run-1',
    });
    assert.deepEqual(uploads(), ['model/MLmodel', 'model/conda.yaml', 'model/data/model.pkl']);
    assert.deepEqual(await stage.temporaryFolders(), []);
    databricks.requests.clear();
    assert.equal((await succeeds(inputs, { connections })).outputs['change'], 'unchanged');
    assert.deepEqual([stage.writes(), uploads()], [[], []]);
    assert.equal(
      databricks.requests.list().some(({ path }) => path.includes('/fs/')),
      false,
    );
    await databricks.close();
  });
});
