import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox } from '../../sandbox/sandbox';
import { runRecordType, type RunRecord } from '../../shared/records/runRecord';
import { FakeAgent } from '../support/fakeAgent';
import { formsOfSecrets, holdsAny } from '../support/leaks';
import { kubeconfigConnection, runDeployAks } from '../support/runDeployAks';
import { sharedAuthority, sharedSigningKeys } from '../support/sharedKeys';
import { steppedClock } from '../support/steppedClock';
import { DeployAciAzure } from './deployAciAzure';
import { oneStep, RunJobWorkspace } from './runJobWorkspace';

/** A secret variable of the job that somebody uses in a name, where it does not belong. */
const secret = 'hunter2-of-the-job';
const secrets = [secret];

/** The record that a step attached, which holds no form of the secret and marks where it was. */
function recordOf(agent: FakeAgent): RunRecord {
  const records = Object.entries(agent.recorded).filter(([name]) => name.startsWith(`${runRecordType}/`));
  const [[, record] = []] = records;
  assert.equal(records.length, 1, agent.end.message);
  const text = JSON.stringify(record);
  assert.ok(!holdsAny(text, formsOfSecrets(secrets)), text);
  assert.match(text, /\*\*\*/);
  return record as RunRecord;
}

describe('The record of a run has no secret of the job', function () {
  this.timeout(120_000);

  it('in the names of the run and its tasks: RunJob', async () => {
    const workspace = await RunJobWorkspace.open();
    try {
      const tasks = [{ task_key: `fit_${secret}`, notebook_task: { notebook_path: '/Shared/train' } }];
      const job = await workspace.job(`Train ${secret}`, { tasks });
      const { url, token } = workspace.databricks;
      const agentOf = (inputs: Readonly<Record<string, string>>) =>
        new FakeAgent({ connection: 'c', ...inputs }, { c: { url, token } }, oneStep, undefined, secrets);
      // The name is an input, so that the step may repeat it to the workspace.
      const inputs = { job: `Train ${secret}`, parameters: `{"key": "${secret}"}` };
      const record = recordOf(await workspace.run(inputs, { agent: agentOf(inputs) }));
      assert.ok(record.kind === 'run');
      assert.deepEqual([record.name, record.jobId, record.tasks[0]?.name], ['Train ***', job, 'fit_***']);
    } finally {
      await workspace.close();
    }
  });

  it('in images, models and values of settings: DeployAks', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'recorded-secrets-'));
    const sandbox = await startSandbox({
      databricks: { timeScale: 0 },
      kubernetes: { timeScale: 0, authority: await sharedAuthority() },
      signingKeys: await sharedSigningKeys(),
    });
    try {
      const { kubernetes } = sandbox;
      const agent = await runDeployAks(
        {
          ...{ serviceName: 'score', image: `r.io/${secret}:1`, memory: '256Mi' },
          ...{ modelName: secret, modelVersion: '4', secrets: `KEY=${secret}` },
        },
        {
          clock: steppedClock(kubernetes.clock),
          folder,
          connections: { cluster: kubeconfigConnection(kubernetes.url, kubernetes.kubeconfig(undefined, 'models')) },
          secrets,
        },
      );
      const record = recordOf(agent);
      assert.ok(record.kind === 'deployment');
      assert.deepEqual([record.image, record.model], ['r.io/***:1', { name: '***', version: '4' }]);
    } finally {
      await sandbox.close();
      await rm(folder, { recursive: true });
    }
  });

  it('in images, models, addresses and values of settings: DeployAci', async () => {
    const azure = await DeployAciAzure.open();
    try {
      const inputs = {
        ...{ image: `models.azurecr.io/${secret}:1`, modelName: secret, modelVersion: '7', dnsNameLabel: secret },
        ...{ environment: `KEY=${secret}`, scoringPath: `/${secret}` },
      };
      const record = recordOf(await azure.run(inputs, { secrets }));
      assert.ok(record.kind === 'deployment');
      assert.deepEqual(
        [record.image, record.model?.name, record.scoringUri],
        ['models.azurecr.io/***:1', '***', 'http://***.westeurope.azurecontainer.io:5001/***'],
      );
    } finally {
      await azure.close();
    }
  });
});
