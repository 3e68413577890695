import assert from 'node:assert/strict';
import { connectionEnvironment, makeConnection } from '../../sandbox/agent/tasks/connections';
import { bundleOf } from '../support/builtTasks';
import { startTaskProcess, type ProcessEnd } from '../support/taskProcess';
import { AzureMlStage, registered, type Given } from '../tasks/deployAzureMlStage';

describe('the DeployAzureMl bundle', () => {
  let stage: AzureMlStage;
  before(async () => (stage = await AzureMlStage.open()));
  after(() => stage.close());

  async function run(inputs: Given): Promise<ProcessEnd> {
    stage.clearRequests();
    const connection = makeConnection({ name: 'azure', ...stage.connection });
    const base = {
      resourceGroup: 'models',
      workspaceName: 'ml',
      endpointName: 'score',
      azureConnection: connection.id,
    };
    const given = { ...base, ...inputs };
    const process = await startTaskProcess(await bundleOf('DeployAzureMl'), {
      ...connectionEnvironment(connection),
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    });
    return process.end;
  }

  it('sends nothing again when the endpoint serves what is asked for, and refuses what would change it for its callers', async () => {
    assert.equal((await stage.run({ modelName: 'churn' })).end.result, 'Succeeded');
    const again = await run({ modelName: 'churn' });
    assert.equal(again.result, 'Succeeded', again.output);
    assert.equal(again.outputs['resultState'], 'Unchanged');
    assert.deepEqual(stage.writes(), []);
    const refused = await run({ modelName: 'churn', authMode: 'aadToken' });
    assert.equal(refused.result, 'Failed', refused.output);
    assert.match(
      refused.output,
      /authenticates its callers with Key, and AADToken is asked for.*Leave 'authMode' empty/s,
    );
    assert.deepEqual(stage.writes(), []);
  });

  it('lists all that is wrong with the inputs before any call', async () => {
    const { output } = await run({
      ...registered,
      modelVersion: 'a b',
      secrets: 'KEY=plain',
      cpu: '1',
      timeoutMinutes: '0',
    });
    for (const name of ['modelVersion', 'secrets', 'cpu', 'timeoutMinutes'])
      assert.ok(output.includes(`Input '${name}'`), output);
    assert.doesNotMatch(output, /plain/);
    assert.deepEqual(stage.azure.requests.list(), []);
  });
});
