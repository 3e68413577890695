import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDatabricks } from '../../sandbox/databricks/databricks';
import { demoModel } from '../../sandbox/databricks/serving/scoring/demoModel';
import { onlineModels } from '../../sandbox/scoring/onlineModels';
import { readServiceImage, ScoringServices } from '../../sandbox/scoring/scoringServices';
import type { FakeAgent } from '../support/fakeAgent';
import { AzureMlStage, type Given } from '../tasks/deployAzureMlStage';

const demo = fileURLToPath(new URL('../../template/demo_model', import.meta.url));
/** What the training saves in the file of this name of its MLflow model. */
const model = JSON.stringify(demoModel);
const flower = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
const mlflowSample: Given = {
  samplePayload: JSON.stringify({ input_data: { columns: Object.keys(flower), data: [Object.values(flower)] } }),
  expectedJson: '$[0].species=setosa',
};
const mlmodel =
  'artifact_path: model\nflavors:\n  python_function:\n    code: code\n    data: data\n    loader_module: mlflow.sklearn\nmlflow_version: 2.22.0\n';
const script = `
import json
import os
from model_modules.classifier import SoftmaxClassifier

def init():
    global saved, model
    with open(os.path.join(os.environ["AZUREML_MODEL_DIR"], "plain", "model.json"), encoding="utf-8") as file:
        saved = json.load(file)
    model = SoftmaxClassifier.from_dict(saved["classifier"])

def run(raw_data):
    return [model.predict([float(row[name]) for name in saved["features"]]) for row in json.loads(raw_data)["data"]]
`;

describe('DeployAzureMl, with the demo model that runs', function () {
  this.timeout(120_000);
  const services = new ScoringServices();
  let stage: AzureMlStage;
  beforeEach(async () => {
    stage = await AzureMlStage.open();
    stage.ml.settings.startModel = onlineModels(() => services);
  });
  afterEach(() => stage.close());
  after(() => services.close());

  async function succeeds(inputs: Given, options: Parameters<AzureMlStage['run']>[1] = {}): Promise<FakeAgent> {
    const agent = await stage.run(inputs, options);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text('log', 'error')}`);
    assert.match(agent.text('log'), /The sample was answered as expected/);
    return agent;
  }

  it('copies an MLflow model from Unity Catalog to an endpoint that answers the sample', async () => {
    const databricks = await startDatabricks({ timeScale: 0, hasLimits: false });
    const { catalogModels, volumes } = databricks;
    catalogModels.create('main.demo.iris', 'someone@example.com').aliases['champion'] = 1;
    catalogModels.addVersion('main.demo.iris', 'run-1');
    const root = '/Models/main/demo/iris/1';
    volumes.addRoot(root);
    volumes.put(`${root}/MLmodel`, Buffer.from(mlmodel), true);
    volumes.put(`${root}/data/model.json`, Buffer.from(model), true);
    const connections = { d: { url: databricks.url, token: databricks.token } };
    const version = { databricksConnection: 'd', databricksModel: 'main.demo.iris', databricksAlias: 'champion' };
    const agent = await succeeds({ ...mlflowSample, ...version }, { connections });
    assert.equal(agent.outputs['modelVersion'], '1');
    assert.match(agent.text('log'), /Registered the model 'main-demo-iris', version 1/);
    await databricks.close();
  });

  it('deploys an MLflow model of a folder, and the code of a model with another', async () => {
    const { files } = await readServiceImage(join(demo, 'model_modules'), '');
    const modules = Object.fromEntries(
      [...files].map(([path, content]) => [`code/model_modules/${path}`, String(content)]),
    );
    await stage.write({
      'mlflow/MLmodel': mlmodel,
      'mlflow/data/model.json': model,
      'plain/model.json': model,
      ...modules,
    });
    await stage.write({ 'code/score.py': script });
    await succeeds({ ...mlflowSample, modelName: 'iris', modelPath: 'mlflow' });
    const sample = { samplePayload: JSON.stringify({ data: [flower] }), expectedJson: '$[0]=setosa' };
    const code = { codeFolder: 'code', scoringScript: 'score.py', image: 'mcr.microsoft.com/azureml/base:1' };
    await succeeds({ ...sample, ...code, modelName: 'plain', modelPath: 'plain' });

    await stage.write({ 'code/score.py': `import sklearn\n${script}` });
    const broken = await stage.run({ ...sample, ...code, modelName: 'plain', modelPath: 'plain' });
    assert.equal(broken.end.result, 'Failed');
    assert.match(broken.text('error'), /^The Python package 'sklearn' is missing from the environment/);
    assert.match(broken.text('log'), /score\.py", line 1, in <module>/);
    assert.match(broken.end.message, /'green' serves as before\. 'blue' was deleted\.$/);
  });
});
