import assert from 'node:assert/strict';
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionEnvironment, makeConnection } from '../../sandbox/agent/tasks/connections';
import { bundleOf } from '../support/builtTasks';
import { DevopsStage } from '../support/devopsStage';
import { startTaskProcess, type ProcessEnd } from '../support/taskProcess';

describe('the CreateRepository, ApplyBranchPolicies and CreateTeam bundles', () => {
  let stage: DevopsStage;
  let folder: string;
  before(async () => {
    stage = await DevopsStage.open();
    folder = await mkdtemp(join(await realpath(tmpdir()), 'template-'));
    await writeFile(join(folder, 'run.sh'), '#!/bin/sh\necho {{model}}\n');
    await chmod(join(folder, 'run.sh'), 0o755);
  });
  after(async () => {
    await rm(folder, { recursive: true });
    await stage.close();
  });

  async function run(task: string, inputs: Readonly<Record<string, string>>): Promise<ProcessEnd> {
    const { state, personalAccessToken: apitoken } = stage.organization;
    const connection = makeConnection({
      name: 'organization',
      type: 'externaltfs',
      url: state.url(''),
      scheme: 'Token',
      parameters: { apitoken },
    });
    const given = { connectionType: 'token', devopsConnection: connection.id, project: stage.project, ...inputs };
    stage.organization.requests.clear();
    const process = await startTaskProcess(await bundleOf(task), {
      ...connectionEnvironment(connection),
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    });
    return process.end;
  }

  it('create a repository with policies, and send nothing that writes the second time', async () => {
    const repository = { repositoryName: 'churn', templateFolder: folder, variables: 'model=churn' };
    const policies = { repository: 'churn', policies: '{commentResolution: required, mergeTypes: [squashMerge]}' };
    for (const changes of [
      ['created', 'updated'],
      ['unchanged', 'unchanged'],
    ]) {
      const created = await run('CreateRepository', repository);
      assert.equal(created.outputs['change'], changes[0], created.output);
      if (changes[0] === 'unchanged') assert.deepEqual(stage.writes(), []);
      const applied = await run('ApplyBranchPolicies', policies);
      assert.equal(applied.outputs['change'], changes[1], applied.output);
      if (changes[1] === 'unchanged') assert.deepEqual(stage.writes(), []);
      for (const { output } of [created, applied]) {
        const shown = output.split('\n').filter((line) => !line.startsWith('##vso[task.setsecret]'));
        assert.ok(!shown.join('\n').includes(stage.organization.personalAccessToken), shown.join('\n'));
      }
    }
  });

  it('create a team, and send nothing that writes the second time', async () => {
    const { administrator } = stage.organization;
    const inputs = { teamName: 'Churn', areaPath: 'churn', members: administrator.principalName };
    for (const change of ['created', 'unchanged']) {
      const { outputs, output } = await run('CreateTeam', inputs);
      assert.equal(outputs['change'], change, output);
      if (change === 'unchanged') assert.deepEqual(stage.writes(), []);
    }
  });
});
