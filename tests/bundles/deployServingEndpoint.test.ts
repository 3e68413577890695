import assert from 'node:assert/strict';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { bundleOf } from '../support/builtTasks';
import { databricksEnvironment } from '../support/databricksEnvironment';
import { sharesIn } from '../support/servingStage';
import { startTaskProcess } from '../support/taskProcess';

const model = 'main.demo.iris';
const flower = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };

describe('the DeployServingEndpoint bundle', () => {
  let databricks: Databricks;
  before(async () => void (databricks = await startDatabricks({ hasLimits: false, timeScale: 20 })));
  after(() => databricks.close());

  it('deploys a version, keeps it when the next one answers wrongly, and promotes a canary', async () => {
    databricks.catalogModels.create(model, 'someone@example.com');
    for (const runId of ['a', 'b', 'c']) databricks.catalogModels.addVersion(model, runId);
    databricks.scriptServing({ matching: { entityVersion: '2' }, failure: 'wrongAnswers' });
    const run = async (inputs: Readonly<Record<string, string>>) => {
      const environment = {
        ...databricksEnvironment(databricks),
        INPUT_ENDPOINTNAME: 'iris',
        INPUT_SAMPLEPAYLOAD: JSON.stringify({ dataframe_records: [flower] }),
        INPUT_EXPECTEDJSON: '$.predictions[0].species=setosa',
        ...inputs,
      };
      return (await startTaskProcess(await bundleOf('DeployServingEndpoint'), environment)).end;
    };
    const deploy = (version: string, more: Readonly<Record<string, string>> = {}) =>
      run({ INPUT_CATALOGMODEL: model, INPUT_MODELVERSION: version, ...more });
    const served = () => sharesIn(databricks.servingEndpoints.get('iris').config);

    const first = await deploy('1');
    assert.deepEqual([first.exitCode, first.result, served()], [0, 'Succeeded', '1:100'], first.output);

    const second = await deploy('2');
    assert.equal(second.result, 'Failed', second.output);
    assert.match(second.output, /The new version does not answer as expected/);
    assert.deepEqual([second.outputs['rolledBack'], served()], ['true', '1:100']);

    const canary = await deploy('3', { INPUT_STRATEGY: 'canary', INPUT_CANARYPERCENT: '25' });
    assert.deepEqual([canary.outputs['resultState'], served()], ['Canary', '1:75 3:25'], canary.output);
    const promoted = await run({ INPUT_ACTION: 'promote' });
    assert.deepEqual([promoted.outputs['resultState'], served()], ['Promoted', '3:100'], promoted.output);
  });
});
