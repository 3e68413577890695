import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onlineModels } from '../../sandbox/scoring/onlineModels';
import { readServiceImage, ScoringServices } from '../../sandbox/scoring/scoringServices';
import { deploymentBody, MlClient, workspaceId } from '../sandbox/azure/machineLearning/mlClient';

const demo = fileURLToPath(new URL('../../template/demo_model', import.meta.url));
const flower = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
const inputs = JSON.stringify({
  input_data: { columns: Object.keys(flower), index: [0], data: [Object.values(flower)] },
});

/** A scoring script around the code of the demo model. */
const scoreScript = `
import json
import os
from model_modules.classifier import SoftmaxClassifier

def init():
    global saved, model
    folder = os.environ["AZUREML_MODEL_DIR"]
    with open(os.path.join(folder, "demo", "model.json"), encoding="utf-8") as file:
        saved = json.load(file)
    model = SoftmaxClassifier.from_dict(saved["classifier"])
    print("loaded for", os.environ["STAGE"])

def run(raw_data):
    return [model.predict([float(row[name]) for name in saved["features"]]) for row in json.loads(raw_data)["data"]]
`;
const mlmodel = (loader: string) =>
  `artifact_path: model\nflavors:\n  python_function:\n    code: code\n    data: data\n    loader_module: ${loader}\nmlflow_version: 2.22.0\n`;
const loader = `
class Sum:
    def predict(self, rows):
        return [sum(row.values()) for row in rows]
def _load_pyfunc(path):
    return Sum()
`;

describe('Models behind online endpoints of the sandbox', function () {
  this.timeout(60_000);
  const client = new MlClient();
  const { arm } = client;
  const services = new ScoringServices();
  before(async () => {
    await client.start({ startModel: onlineModels(() => services) });
    await client.putEndpoint();
    arm.pass(90);
  });
  after(async () => {
    await arm.close();
    await services.close();
  });

  /** Puts the files of code into the default datastore and gives their id. */
  async function addCode(name: string, files: ReadonlyMap<string, Uint8Array>): Promise<string> {
    const { account, container } = client.datastore();
    const store = client.ml.blobs.store.addContainer(account, container);
    for (const [path, content] of files) store.put(`code/${name}/${path}`, Buffer.from(content));
    const codeUri = `https://${account}.blob.core.windows.net/${container}/code/${name}`;
    assert.equal((await client.call('PUT', `/codes/${name}/versions/1`, { properties: { codeUri } })).status, 201);
    return `${workspaceId}/codes/${name}/versions/1`;
  }

  async function deploy(name: string, properties: object): Promise<unknown> {
    const path = `/onlineEndpoints/score/deployments/${name}`;
    assert.equal((await client.call('PUT', path, deploymentBody({ ...properties }))).status, 201);
    arm.pass(2000);
    return ((await client.call('GET', path)).json['properties'] as Record<string, unknown>)['provisioningState'];
  }
  const score = (name: string, body: string) => client.score({ 'azureml-model-deployment': name }, body);
  const logOf = async (name: string) =>
    String((await client.call('POST', `/onlineEndpoints/score/deployments/${name}/getLogs`, {})).json['content']);

  async function codeProperties(name: string, script: string): Promise<object> {
    const { files } = await readServiceImage(join(demo, 'model_modules'), '');
    const code = new Map([...files].map(([path, content]) => [`model_modules/${path}`, content]));
    const codeId = await addCode(name, code.set('score.py', Buffer.from(script)));
    await client.call('PUT', '/environments/e/versions/1', { properties: { image: 'mcr.microsoft.com/azureml/base' } });
    const saved = await readFile(join(demo, 'model.json'), 'utf8');
    return {
      model: client.addModel('demo', { 'model.json': saved }, 'custom_model'),
      environmentId: `${workspaceId}/environments/e/versions/1`,
      codeConfiguration: { codeId, scoringScript: 'score.py' },
      environmentVariables: { STAGE: 'test' },
    };
  }

  it("run the demo model's code", async () => {
    assert.equal(await deploy('code', await codeProperties('good', scoreScript)), 'Succeeded');
    const { status, headers, text } = await score('code', JSON.stringify({ data: [flower] }));
    assert.deepEqual([status, JSON.parse(text)], [200, ['setosa']]);
    assert.equal(headers['azureml-model-deployment'], 'code');
    assert.match(await logOf('code'), /Container logs:\nloaded for test\n/);
    const failed = await score('code', '{}');
    assert.deepEqual([failed.status, failed.headers['ms-azureml-model-error-statuscode']], [424, '500']);
    assert.equal(failed.headers['x-ms-run-function-failed'], 'True');
    assert.deepEqual(JSON.parse(failed.text), { message: "'data'" });
  });

  it('fail, with their own trace in the log, when their code cannot be loaded', async () => {
    assert.equal(await deploy('broken', await codeProperties('broken', 'import sklearn\n')), 'Failed');
    assert.match(
      await logOf('broken'),
      /File "\/app\/code\/score\.py", line 1, in <module>\n[^]*No module named 'sklearn'\n$/,
    );
  });

  it('fail when the script is not there', async () => {
    const properties = await codeProperties('other', scoreScript);
    const { codeConfiguration } = properties as { codeConfiguration: object };
    const wrong = { ...properties, codeConfiguration: { ...codeConfiguration, scoringScript: 'main.py' } };
    assert.equal(await deploy('absent', wrong), 'Failed');
    assert.match(await logOf('absent'), /main\.py does not exist/);
  });

  it('run the loader of an MLflow model', async () => {
    const files = { 'model/MLmodel': mlmodel('sum_loader'), 'model/code/sum_loader.py': loader, 'model/data/x': '' };
    assert.equal(await deploy('mlflow', { model: client.addModel('sum', files) }), 'Succeeded');
    const body = '{"input_data": {"columns": ["a", "b"], "index": [0], "data": [[1, 2]]}}';
    assert.deepEqual(JSON.parse((await score('mlflow', body)).text), [3]);
    const wrong = await score('mlflow', '{"data": []}');
    assert.deepEqual([wrong.status, wrong.headers['ms-azureml-model-error-statuscode']], [424, '400']);
  });

  it('score with an MLflow model of the kind of the demo model, without MLflow', async () => {
    const saved = await readFile(join(demo, 'model.json'), 'utf8');
    const files = { MLmodel: mlmodel('mlflow.sklearn'), 'data/model.json': saved };
    assert.equal(await deploy('softmax', { model: client.addModel('softmax', files) }), 'Succeeded');
    const [prediction] = JSON.parse((await score('softmax', inputs)).text) as { species: string }[];
    assert.equal(prediction?.species, 'setosa');
    const missing = await score('softmax', '{"input_data": [{"sepal_length": 1}]}');
    assert.deepEqual([missing.status, missing.headers['ms-azureml-model-error-statuscode']], [424, '400']);
  });

  it('fail for an MLflow model that nothing here can load', async () => {
    assert.equal(
      await deploy('unknown', { model: client.addModel('xgb', { MLmodel: mlmodel('mlflow.xgboost') }) }),
      'Failed',
    );
    assert.match(await logOf('unknown'), /No module named 'mlflow'/);
  });
});
