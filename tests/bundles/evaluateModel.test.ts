import assert from 'node:assert/strict';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { bundleOf } from '../support/builtTasks';
import { databricksEnvironment } from '../support/databricksEnvironment';
import { type ProcessEnd, startTaskProcess } from '../support/taskProcess';

describe('the EvaluateModel bundle', () => {
  let databricks: Databricks;
  before(async () => void (databricks = await startDatabricks({ hasLimits: false, timeScale: 0 })));
  after(() => databricks.close());

  async function run(environment: Readonly<Record<string, string>>): Promise<ProcessEnd> {
    return (await startTaskProcess(await bundleOf('EvaluateModel'), { INPUT_RULES: 'accuracy >= 0.9', ...environment }))
      .end;
  }

  it('passes and fails a model by the output of a notebook, without a connection', async () => {
    const good = await run({ INPUT_METRICS: '{"accuracy": 0.97}' });
    assert.equal(good.result, 'Succeeded', good.output);
    assert.equal(good.outputs['verdict'], 'passed');
    assert.ok(good.commands.some(({ name }) => name === 'task.uploadsummary'));
    const bad = await run({ INPUT_METRICS: '{"accuracy": 0.8}' });
    assert.deepEqual([bad.result, bad.outputs['failedRules']], ['Failed', 'accuracy >= 0.9']);
    assert.match(bad.output, /0\.8 is not >= 0\.9/);
  });

  it('sets the alias of the champion to the model of an MLflow run', async () => {
    const { tracking, catalogModels, url, token } = databricks;
    const made = tracking.createRun(tracking.createExperiment('/Shared/demo').id, 'someone', {});
    tracking.logMetric(made, { key: 'accuracy', value: '0.95', timestamp: 1, step: 0 });
    tracking.updateRun(made, { status: 'FINISHED' });
    const model = catalogModels.create('main.ml.demo', 'someone@example.com');
    catalogModels.addVersion(model.name, made.id);
    const end = await run({
      ...databricksEnvironment({ url, token }),
      INPUT_METRICSSOURCE: 'mlflow',
      INPUT_EXPERIMENT: '/Shared/demo',
      INPUT_CHAMPIONSOURCE: 'unityCatalog',
      INPUT_CATALOGMODEL: model.name,
      INPUT_SETALIAS: 'true',
    });
    assert.equal(end.result, 'Succeeded', end.output);
    assert.equal(end.outputs['modelVersion'], '1');
    assert.deepEqual(model.aliases, { champion: 1 });
  });
});
