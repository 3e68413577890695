import assert from 'node:assert/strict';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { bundleOf } from '../support/builtTasks';
import { databricksEnvironment } from '../support/databricksEnvironment';
import { startTaskProcess } from '../support/taskProcess';

const model = 'main.demo.churn';

describe('the PromoteModel bundle', () => {
  let databricks: Databricks;
  before(async () => void (databricks = await startDatabricks({ hasLimits: false })));
  after(() => databricks.close());

  it('promotes a version that MLflow registered, and rolls it back', async () => {
    const { catalogModels, volumes } = databricks;
    const { aliases } = catalogModels.create(model, 'someone@example.com');
    aliases['champion'] = catalogModels.addVersion(model, 'a').version;
    catalogModels.addVersion(model, 'b');
    volumes.addRoot('/Models/main/demo/churn/2');
    const description = 'signature:\n  inputs: "[]"\n  outputs: "[]"\n';
    volumes.put('/Models/main/demo/churn/2/MLmodel', Buffer.from(description), true);
    const run = async (inputs: Readonly<Record<string, string>>) => {
      const environment = { ...databricksEnvironment(databricks), INPUT_CATALOGMODEL: model, ...inputs };
      return (await startTaskProcess(await bundleOf('PromoteModel'), environment)).end;
    };

    const promoted = await run({ INPUT_VERSIONSOURCE: 'run', INPUT_MLFLOWRUNID: 'b' });
    assert.deepEqual([promoted.exitCode, promoted.result], [0, 'Succeeded'], promoted.output);
    assert.deepEqual([promoted.outputs['previousVersion'], aliases['champion']], ['1', 2]);

    const back = await run({ INPUT_ACTION: 'rollBack' });
    assert.equal(back.result, 'Succeeded', back.output);
    assert.equal(aliases['champion'], 1);
  });
});
