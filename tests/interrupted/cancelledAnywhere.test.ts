import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskResult } from '../../shared/agent/agent';
import { CancelledError } from '../../shared/errors';
import { runTask } from '../../shared/task/runTask';
import type { Task } from '../../shared/task/task';
import { task as createCluster } from '../../tasks/CreateCluster/task';
import { task as createJob } from '../../tasks/CreateJob/task';
import { task as deployAks } from '../../tasks/DeployAks/task';
import { task as evaluateModel } from '../../tasks/EvaluateModel/task';
import { task as importNotebooks } from '../../tasks/ImportNotebooks/task';
import { task as installLibraries } from '../../tasks/InstallLibraries/task';
import { task as loadModelVariables } from '../../tasks/LoadModelVariables/task';
import { task as runJob } from '../../tasks/RunJob/task';
import { task as startCluster } from '../../tasks/StartCluster/task';
import { task as stopCluster } from '../../tasks/StopCluster/task';
import { FakeAgent } from '../support/fakeAgent';
import { kubeconfigConnection, ownManifests } from '../support/runDeployAks';
import { ClusterWorkspace, smallSpec } from '../tasks/clusterWorkspace';

/** An agent that cancels as soon as the task has used it so many times: for an input, a line of the log, an answer. */
class CancellingAgent extends FakeAgent {
  readonly #cancellation = new AbortController();
  readonly signal = this.#cancellation.signal;
  /** How often it was used, and how often after the cancellation. */
  used = 0;
  usesLeft = Infinity;
  #isReading = false;

  /** Inputs that are read in one go are one use: nobody hears of a cancellation in between. */
  override input(name: string): string | undefined {
    if (!this.#isReading) {
      this.#isReading = true;
      queueMicrotask(() => (this.#isReading = false));
      this.#use();
    }
    return super.input(name);
  }
  override log(text: string): void {
    this.#use();
    super.log(text);
  }
  override debug(text: string): void {
    this.#use();
    super.debug(text);
  }

  #use(): void {
    this.used++;
    if (this.used > this.usesLeft) this.#cancellation.abort(new CancelledError());
  }
}

interface Case {
  readonly task: Task;
  readonly inputs: Readonly<Record<string, string>>;
  /** How it ends without a cancellation: by default as succeeded. */
  readonly result?: TaskResult;
  /** The state of the cluster `train`. */
  readonly cluster?: 'RUNNING' | 'TERMINATED';
}

const own = ownManifests('own');
const cases: Readonly<Record<string, Case>> = {
  CreateCluster: { task: createCluster, inputs: { spec: JSON.stringify(smallSpec), start: 'true' } },
  StartCluster: { task: startCluster, inputs: { cluster: 'train' }, cluster: 'TERMINATED' },
  StopCluster: { task: stopCluster, inputs: { cluster: 'train' }, cluster: 'RUNNING' },
  CreateJob: {
    task: createJob,
    inputs: { spec: '{name: j, tasks: [{task_key: a, notebook_task: {notebook_path: /a}}]}' },
  },
  RunJob: {
    task: runJob,
    result: 'Failed', // the notebook does not exist
    inputs: { runSource: 'notebook', notebookPath: '/Shared/train', parameters: 'a=b' },
  },
  InstallLibraries: {
    task: installLibraries,
    inputs: { cluster: 'train', requirementsFile: 'requirements.txt' },
    cluster: 'RUNNING',
  },
  ImportNotebooks: { task: importNotebooks, inputs: { sourceFolder: 'source', workspaceFolder: '/Shared/x' } },
  EvaluateModel: { task: evaluateModel, inputs: { metrics: '{rmse: 0.5}', rules: 'rmse < 1' } },
  LoadModelVariables: { task: loadModelVariables, inputs: { modelFile: 'model.yml' } },
  DeployAks: {
    task: deployAks,
    inputs: {
      connectionType: 'kubernetes',
      kubernetesConnection: 'k',
      source: 'manifests',
      manifests: 'own.yml',
      action: 'render',
    },
  },
} as unknown as Readonly<Record<string, Case>>;

describe('a task that is cancelled at any moment', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cancelled-'));
    await writeFile(join(folder, 'model.yml'), 'variables: {modelName: a, modelVersion: "1"}');
    await writeFile(join(folder, 'requirements.txt'), 'numpy==1.26.0\n');
    await writeFile(join(folder, 'own.yml'), own);
    await writeFile(join(folder, 'train.py'), '# Databricks notebook source\nprint(1)');
  });
  after(() => rm(folder, { recursive: true }));

  /** Runs the task until it has used its agent so many times. */
  async function cancelled({ task, inputs, cluster }: Case, usesLeft: number) {
    const workspace = await ClusterWorkspace.open();
    try {
      if (cluster !== undefined) await workspace.cluster(cluster);
      const { databricks, clock } = workspace;
      const located = { ...inputs, ...(inputs['sourceFolder'] && { sourceFolder: folder }) };
      const agent = new CancellingAgent(
        { connection: 'c', ...located },
        { c: { url: databricks.url, token: databricks.token }, k: kubeconfigConnection('https://localhost', '') },
        { 'System.DefaultWorkingDirectory': folder, 'Agent.TempDirectory': folder },
      );
      agent.usesLeft = usesLeft;
      let cancelledAt = Infinity;
      agent.signal.addEventListener('abort', () => (cancelledAt = clock.now()));
      await runTask(task, { agent, clock, signal: agent.signal });
      return { agent, seconds: Math.max(0, clock.now() - cancelledAt) / 1000 };
    } finally {
      await workspace.close();
    }
  }

  for (const [name, each] of Object.entries(cases))
    it(`${name} ends as cancelled, and soon`, async () => {
      const whole = await cancelled(each, Infinity);
      assert.equal(whole.agent.end.result, each.result ?? 'Succeeded', whole.agent.text());
      let ends = 0;
      for (let uses = 0; uses < whole.agent.used; uses++) {
        const { agent, seconds } = await cancelled(each, uses);
        const what = `after ${uses} uses: ${JSON.stringify(agent.end)}\n${agent.text()}`;
        // What was done before the cancellation arrived may have been the last of the work.
        if (agent.end.result === 'Canceled') ends++;
        else assert.equal(agent.end.result, whole.agent.end.result, what);
        assert.ok(seconds <= 30, `${seconds} s ${what}`);
      }
      assert.ok(ends > 0, 'it was never cancelled');
    });
});
