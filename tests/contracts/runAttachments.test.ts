import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox } from '../../sandbox/sandbox';
import { attachRecord } from '../../shared/agent/runRecord';
import { runRecordType } from '../../shared/records/runRecord';
import type { Inputs, Task } from '../../shared/task/task';
import { runTask } from '../../shared/task/runTask';
import { task as evaluateModel } from '../../tasks/EvaluateModel/task';
import { task as loadModelVariables } from '../../tasks/LoadModelVariables/task';
import { projectRoot } from '../../tools/commandLine';
import { DevopsStage } from '../support/devopsStage';
import { FakeAgent } from '../support/fakeAgent';
import { FakeClock } from '../support/fakeClock';
import { hubOf, installHub } from '../support/hub';
import { kubeconfigConnection, runDeployAks } from '../support/runDeployAks';
import { sharedAuthority, sharedSigningKeys } from '../support/sharedKeys';
import { steppedClock } from '../support/steppedClock';
import { DeployAciAzure } from '../tasks/deployAciAzure';
import { RunJobWorkspace } from '../tasks/runJobWorkspace';

const samples = path.join(projectRoot, 'tests', 'contracts', 'runAttachments');

/** The documents that `docs/run-attachments.md` describes, as the tasks write them; the page of a run decodes the same files. */
describe('The attachments of a run', function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'attachments-'))));
  afterEach(() => rm(folder, { recursive: true }));

  async function run<I extends Inputs, Output extends string>(
    task: Task<I, Output>,
    inputs: Readonly<Record<string, string>>,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<FakeAgent> {
    const facts = { 'System.DefaultWorkingDirectory': folder, 'Agent.TempDirectory': folder, ...variables };
    const agent = new FakeAgent(inputs, {}, facts);
    await runTask(task, { agent, clock: new FakeClock(), signal: new AbortController().signal });
    return agent;
  }

  /** Compares what a task attached with the sample. What differs in each run is replaced. */
  async function isSample(agent: FakeAgent, kind: string): Promise<void> {
    const [[name, document] = ['', undefined], ...more] = Object.entries(agent.recorded);
    assert.deepEqual(more, [], agent.end.message);
    assert.match(name, new RegExp(`^${runRecordType}/${kind}-[\\da-f]{16}\\.json$`), agent.end.message);
    const text = JSON.stringify(document, null, 2)
      .replaceAll(/127\.0\.0\.1:\d+/g, 'localhost')
      .replaceAll(/(?<=[:"])[\da-f]{64}(?=")/g, '0'.repeat(64))
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2025-01-01T00:00:00.000Z')
      .replaceAll(/(?<="(runId|jobId)": ")\d+|(?<=\/(runs?|jobs?)\/)\d+|(?<=o=)\d+/g, '1');
    const file = path.join(samples, `${kind}.json`);
    if (process.env.MODEL_PIPELINES_WRITE_SAMPLES === '1') await writeFile(file, `${text}\n`);
    assert.deepEqual(JSON.parse(text), JSON.parse(await readFile(file, 'utf8')));
  }

  it('of EvaluateModel have the metrics, the rules and the champion', async () => {
    const championFile = path.join(folder, 'champion.json');
    await writeFile(championFile, '{"accuracy": 0.9}');
    const inputs = {
      metricsSource: 'text',
      metrics: '{"accuracy": 0.93, "loss": 0.2}',
      championSource: 'file',
      championFile,
      rules: 'accuracy >= baseline.accuracy\nloss <= 0.1',
    };
    await isSample(await run(evaluateModel, inputs), 'evaluation');
  });

  it('of LoadModelVariables have the values with their sources, and the revisions of the hub', async () => {
    const stage = await DevopsStage.open();
    try {
      installHub(stage);
      const text = 'variables:\n  epochs: 10\n';
      await hubOf(stage).save({ id: 'churn', text, comment: '', base: undefined });
      const modelFile = path.join(folder, 'model.yml');
      await writeFile(modelFile, "variables:\n  modelName: churn\n  modelVersion: '1'\n  epochs: 1\n");
      const { organization, project, projectId } = stage;
      const variables = {
        'System.CollectionUri': organization.url,
        'System.TeamProject': project,
        'System.TeamProjectId': projectId,
        'System.AccessToken': organization.accessToken,
      };
      await isSample(await run(loadModelVariables, { modelFile, registry: 'required' }, variables), 'variables');
    } finally {
      await stage.close();
    }
  });

  it('of RunJob have the states and the times of the tasks', async () => {
    const workspace = await RunJobWorkspace.open();
    try {
      await isSample(await workspace.run({ runSource: 'job', job: await workspace.job('train') }), 'run');
    } finally {
      await workspace.close();
    }
  });

  it('of DeployAci and DeployAks have the service and where it is', async () => {
    const azure = await DeployAciAzure.open();
    try {
      await isSample(await azure.run({ modelName: 'churn', modelVersion: '7' }), 'deployment');
    } finally {
      await azure.close();
    }
    const keys = { authority: await sharedAuthority(), signingKeys: await sharedSigningKeys() };
    const sandbox = await startSandbox({
      databricks: { timeScale: 0 },
      kubernetes: { timeScale: 0, authority: keys.authority },
      signingKeys: keys.signingKeys,
    });
    try {
      const { kubernetes } = sandbox;
      const cluster = kubeconfigConnection(kubernetes.url, kubernetes.kubeconfig(undefined, 'models'));
      const clock = steppedClock(kubernetes.clock);
      const inputs = {
        serviceName: 'score',
        image: 'r.io/score:1',
        memory: '256Mi',
        modelName: 'churn',
        replicas: '2',
      };
      const { recorded, end } = await runDeployAks(inputs, { clock, folder, connections: { cluster } });
      const [document] = Object.values(recorded) as readonly Record<string, unknown>[];
      const { format, kind, target, service, result, isSuccessful, image, replicas, model } = document ?? {};
      assert.deepEqual(
        { format, kind, target, service, result, isSuccessful, image, replicas, model },
        {
          ...{ format: 1, kind: 'deployment', target: 'kubernetes', service: 'score', result: 'Deployed' },
          ...{ isSuccessful: true, image: 'r.io/score:1', replicas: 2, model: { name: 'churn' } },
        },
        end.message,
      );
    } finally {
      await sandbox.close();
    }
  });

  it('are cut to what a page can show, and say so', async () => {
    const agent = new FakeAgent();
    const variables = Array.from({ length: 304 }, (_, index) => ({
      name: `v${index}`,
      value: index === 0 ? 'x'.repeat(2000) : null,
      source: 'model.yml:1',
      overridden: [],
    }));
    await attachRecord(agent, { kind: 'variables', variables });
    const [document] = Object.values(agent.recorded) as readonly { variables: { value: string }[]; cut: object }[];
    assert.equal(document?.variables.length, 300);
    assert.deepEqual(document.cut, { variables: 4 });
    assert.equal(document.variables[0]?.value.length, 1001);
  });
});
