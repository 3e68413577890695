import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run as explainVariables } from '../../../cli/local/variables/explainVariables';
import { run as getVariables } from '../../../cli/local/variables/getVariables';
import { projectRoot } from '../../../tools/commandLine';
import { DevopsStage } from '../../support/devopsStage';
import { hubOf, installHub } from '../../support/hub';
import { openSyncStage, pushFile, syncedPath, syncedText } from '../../support/syncStage';
import { jsonEnd, runCli } from '../cliProcess';
import { localRun } from './localRun';

describe('mloccli variables sync', () => {
  it('ends with exit code 2 where --mode check finds differences, unless it is not to fail then', async () => {
    const stage = await openSyncStage();
    try {
      await pushFile(stage, syncedText);
      const { state, personalAccessToken } = stage.organization;
      const place = ['--organization', state.url('').replace(/\/$/, ''), '--project', stage.project];
      const sync = (...options: readonly string[]) =>
        runCli(
          [
            'variables',
            'sync',
            '-o',
            'json',
            ...place,
            ...options,
            '--variables-file',
            syncedPath,
            '--repository',
            'churn',
          ],
          { environment: { AZURE_DEVOPS_EXT_PAT: personalAccessToken } },
        );
      const missing = await sync('--mode', 'check');
      assert.equal(missing.exitCode, 2, missing.stderr);
      const { result, problems, outputs } = jsonEnd(missing);
      assert.deepEqual([result, problems, outputs['drift']], ['Failed', [], 'true']);
      assert.equal((await sync('--mode', 'check', '--no-fail-on-drift')).exitCode, 0);
      assert.equal((await sync('--mode', 'repositoryToHub')).exitCode, 0);
      assert.equal((await sync('--mode', 'check')).exitCode, 0);
    } finally {
      await stage.close();
    }
  });
});

describe('mloccli variables, with the values of the hub', () => {
  let folder: string;
  let stage: DevopsStage;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hub-variables-'));
    await cp(path.join(projectRoot, 'template'), folder, { recursive: true });
    stage = await DevopsStage.open();
    installHub(stage);
    const hub = hubOf(stage);
    for (const epochs of [7, 8]) {
      const text = `variables:\n  training:\n    epochs: ${epochs}\nenvironments:\n  qa:\n    stage: qa\n`;
      await hub.save({ id: 'demo_model', text, comment: '', base: await hub.model('demo_model') });
    }
    await hub.saveBase({ text: 'variables:\n  owner: team\n', comment: '', base: await hub.base() });
  });
  after(async () => {
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  });
  const place = () => ({ organization: stage.organization.state.url('').replace(/\/$/, ''), project: stage.project });
  const environment = (token = stage.organization.personalAccessToken) => ({
    AZURE_DEVOPS_EXT_PAT: token,
    AZURE_CONFIG_DIR: folder,
  });
  const wanted = { environment: 'dev', registry: 'required' };

  it('are explained with the revision and the line, above those of the files', async () => {
    const options = { ...place(), ...wanted };
    const { text, details, said } = await localRun(
      explainVariables,
      folder,
      ['training', 'owner'],
      options,
      environment(),
    );
    const file = 'demo_model/model_variables.yml:15';
    assert.match(text ?? '', new RegExp(`^training\\.epochs = 8 {2}\\(hub r2:3, instead of ${file}\\)$`, 'm'));
    assert.match(text ?? '', /^owner = team {2}\(hub base r1:2\)$/m);
    assert.match(JSON.stringify(details), /"name":"training\.epochs","value":"8","source":"hub r2:3"/);
    assert.deepEqual(said, ['Azure DevOps: personal access token of AZURE_DEVOPS_EXT_PAT']);
  });

  it('are those of a revision that is named, and of the environments that the hub has', async () => {
    const pinned = { ...place(), ...wanted, registryRevision: '1', registryBaseRevision: '0' };
    const { text } = await localRun(getVariables, folder, ['training.epochs'], pinned, environment());
    assert.equal(text, '7\n');
    await assert.rejects(
      localRun(getVariables, folder, ['owner'], pinned, environment()),
      /There is no variable owner\./,
    );
    const everywhere = localRun(getVariables, folder, [], { ...place(), registry: 'required' }, environment());
    await assert.rejects(everywhere, /--environment: dev, test, prod, qa\.$/);
  });

  it('are left out without --registry: nothing is asked, and there need be no sign-in', async () => {
    stage.organization.requests.clear();
    const { text } = await localRun(getVariables, folder, ['training.epochs'], { environment: 'dev' });
    assert.equal(text, '300\n');
    assert.equal(stage.organization.requests.list().length, 0);
  });

  it('are refused by the names of the options', async () => {
    const refused = (options: Readonly<Record<string, string>>) =>
      localRun(getVariables, folder, [], { environment: 'dev', ...options }, environment());
    await assert.rejects(
      refused({ registry: 'required' }),
      /^UsageError: --organization is required, because the current folder/,
    );
    await assert.rejects(
      refused({ ...place(), registryRevision: 'x', registryModel: 'churn' }),
      /--registry-revision must be[^]*--registry-model applies only with --registry optional or required\./,
    );
    await assert.rejects(
      refused({ ...place(), registry: 'required', registryModel: 'other' }),
      /The hub has no model 'other'\. .*set --registry-model to its id, or set/,
    );
  });

  it('are commands of the program: exit code 4 where the token is refused', async () => {
    const { organization, project } = place();
    const args = ['variables', 'explain', 'training.epochs', '--environment', 'dev', '--registry', 'required'];
    const options = { environment: environment('pat-of-nobody'), workingFolder: folder };
    const end = await runCli([...args, '--organization', organization, '--project', project], options);
    assert.equal(end.exitCode, 4, end.stderr);
    assert.doesNotMatch(end.stderr, /pat-of-nobody/);
  });
});
