import assert from 'node:assert/strict';
import { connectionEnvironment, makeConnection } from '../../sandbox/agent/tasks/connections';
import { bundleOf } from '../support/builtTasks';
import { startTaskProcess, type ProcessEnd } from '../support/taskProcess';
import { DeployAciAzure, foreignGroup, service } from '../tasks/deployAciAzure';

describe('the DeployAci bundle', () => {
  let azure: DeployAciAzure;
  before(async () => (azure = await DeployAciAzure.open()));
  after(() => azure.close());

  async function run(inputs: Readonly<Record<string, string>>): Promise<ProcessEnd> {
    azure.azure.requests.clear();
    const connection = makeConnection({ name: 'azure', ...azure.connection });
    const given = { resourceGroup: 'models', azureConnection: connection.id, ...inputs };
    const process = await startTaskProcess(await bundleOf('DeployAci'), {
      ...connectionEnvironment(connection),
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    });
    return process.end;
  }

  it('changes no group that another tool deployed, until it may take it over, and then sends nothing again', async () => {
    await azure.deployForeign(foreignGroup);
    const refused = await run(service);
    assert.equal(refused.result, 'Failed', refused.output);
    assert.match(refused.output, /lacks the tag 'model-pipeline-settings'.*- identity.*set 'adopt' to true/s);
    assert.deepEqual(azure.writes(), []);
    assert.deepEqual(azure.endState(), [['score', foreignGroup]]);

    assert.equal((await azure.run({ adopt: 'true' })).end.result, 'Succeeded');
    const again = await run({ ...service, adopt: 'true' });
    assert.equal(again.outputs['change'], 'unchanged', again.output);
    assert.deepEqual(azure.writes(), []);
  });
});
