import assert from 'node:assert/strict';
import { connectionEnvironment, makeConnection } from '../../sandbox/agent/tasks/connections';
import { bundleOf } from '../support/builtTasks';
import { PipelineStage } from '../support/pipelineStage';
import { startTaskProcess, type ProcessEnd } from '../support/taskProcess';

const secret = 'not-to-be-shown';
const document = `
pipelines: [{ name: ci, yamlFile: ci.yml, variables: { TOKEN: { isSecret: true } } }]
variableGroups: [{ name: churn-dev, variables: { A: 1 } }]
`;

describe('the CreatePipelines bundle', () => {
  let on: PipelineStage;
  before(async () => {
    on = await PipelineStage.open({ 'ci.yml': 'variables: [{ group: churn-dev }]\nsteps: [{ script: ls }]\n' });
  });
  after(() => on.close());

  async function run(inputs: Readonly<Record<string, string>>): Promise<ProcessEnd> {
    const { state, personalAccessToken: apitoken } = on.stage.organization;
    const connection = makeConnection({
      name: 'organization',
      type: 'externaltfs',
      url: state.url(''),
      scheme: 'Token',
      parameters: { apitoken },
    });
    const given = { connectionType: 'token', devopsConnection: connection.id, project: on.stage.project, ...inputs };
    on.stage.organization.requests.clear();
    const process = await startTaskProcess(await bundleOf('CreatePipelines'), {
      ...connectionEnvironment(connection),
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    });
    return process.end;
  }

  it('creates a pipeline with a variable group and a secret, and sends nothing that writes the second time', async () => {
    for (const change of ['updated', 'unchanged']) {
      const { outputs, output } = await run({
        repository: 'churn',
        pipelines: document,
        secretVariables: `ci/TOKEN=${secret}`,
      });
      assert.deepEqual(outputs, { pipelineIds: '{"ci":1}', change }, output);
      const shown = output.split('\n').filter((line) => !line.startsWith('##vso[task.setsecret]'));
      assert.ok(!shown.join('\n').includes(secret), output);
    }
    assert.deepEqual(on.stage.writes(), []);
    assert.deepEqual(on.permitted('ci'), ['group churn-dev']);
  });
});
