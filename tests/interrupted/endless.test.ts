import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTask } from '../../shared/task/runTask';
import type { Task } from '../../shared/task/task';
import { task as createCluster } from '../../tasks/CreateCluster/task';
import { task as createJob } from '../../tasks/CreateJob/task';
import { task as deployAci } from '../../tasks/DeployAci/task';
import { task as deployAzureMl } from '../../tasks/DeployAzureMl/task';
import { task as deployAks } from '../../tasks/DeployAks/task';
import { task as evaluateModel } from '../../tasks/EvaluateModel/task';
import { task as importNotebooks } from '../../tasks/ImportNotebooks/task';
import { task as installLibraries } from '../../tasks/InstallLibraries/task';
import { task as runJob } from '../../tasks/RunJob/task';
import { task as startCluster } from '../../tasks/StartCluster/task';
import { task as stopCluster } from '../../tasks/StopCluster/task';
import { FakeAgent } from '../support/fakeAgent';
import { FakeClock } from '../support/fakeClock';
import { RecordingServer, reply, type Reply } from '../support/recordingServer';
import { kubeconfigConnection } from '../support/runDeployAks';

/** A task, with inputs under which it reads a list first. */
interface Case {
  readonly task: Task;
  readonly inputs: Readonly<Record<string, string>>;
  /** Its whole time, in minutes. */
  readonly minutes: number;
}

const cluster = { cluster: 'train', timeoutMinutes: '5' };
const spec = '{ cluster_name: train, spark_version: 15.4.x-scala2.12, node_type_id: Standard_DS3_v2, num_workers: 1 }';
const run = '{ tasks: [{ task_key: a, notebook_task: { notebook_path: /Shared/a } }] }';

/** Those whose first request is for a list in pages. */
const listing: Readonly<Record<string, Case>> = {
  StartCluster: { task: startCluster, inputs: cluster, minutes: 5 },
  StopCluster: { task: stopCluster, inputs: cluster, minutes: 5 },
  CreateCluster: { task: createCluster, inputs: { spec, timeoutMinutes: '5' }, minutes: 5 },
  InstallLibraries: {
    task: installLibraries,
    inputs: { ...cluster, libraries: '- pypi: { package: numpy }' },
    minutes: 5,
  },
  CreateJob: { task: createJob, inputs: { jobName: 'nightly', spec: run }, minutes: 60 },
  RunJob: { task: runJob, inputs: { job: 'nightly', timeoutMinutes: '5' }, minutes: 65 },
  DeployAks: {
    task: deployAks,
    inputs: {
      connectionType: 'kubernetes',
      kubernetesConnection: 'cluster',
      serviceName: 'score',
      action: 'delete',
      timeoutMinutes: '5',
    },
    minutes: 5,
  },
};

/** What else makes requests. */
const others: Readonly<Record<string, Case>> = {
  DeployAci: {
    task: deployAci,
    inputs: {
      azureConnection: 'azure',
      resourceGroup: 'models',
      containerGroupName: 'score',
      action: 'delete',
      timeoutMinutes: '5',
    },
    minutes: 5,
  },
  DeployAzureMl: {
    task: deployAzureMl,
    inputs: {
      azureConnection: 'azure',
      resourceGroup: 'models',
      workspaceName: 'ml',
      endpointName: 'score',
      modelName: 'churn',
      timeoutMinutes: '5',
    },
    minutes: 5,
  },
  EvaluateModel: {
    task: evaluateModel,
    inputs: { metricsSource: 'mlflow', mlflowRunId: 'abc', rules: 'accuracy >= 0.9' },
    minutes: 60,
  },
  ImportNotebooks: { task: importNotebooks, inputs: { workspaceFolder: '/Shared/model' }, minutes: 360 },
};

describe('a service that answers at once, for ever', () => {
  let server: RecordingServer;
  let folder: string;
  let clock: FakeClock;
  before(async () => {
    server = await RecordingServer.start();
    folder = await mkdtemp(join(tmpdir(), 'endless-'));
    await writeFile(join(folder, 'train.py'), 'print(1)');
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => (clock = new FakeClock()));

  /** Runs a task against a server that answers every request so; returns how the task failed. */
  async function failureOf({ task, inputs }: Case, answer: (path: string, count: number) => Reply): Promise<string> {
    server.reset(({ url }, response) => reply(response, answer(url, server.requests.length)));
    const kubeconfig = JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
      clusters: [{ name: 'k', cluster: { server: server.url } }],
      users: [{ name: 'u', user: { token: 'a-token' } }],
    });
    const agent = new FakeAgent(
      { connection: 'c', sourceFolder: folder, ...inputs },
      {
        c: { url: server.url, token: 'dapi-1' },
        cluster: kubeconfigConnection(server.url, kubeconfig),
        azure: {
          url: server.url,
          scheme: 'ServicePrincipal',
          parameters: { serviceprincipalid: 'id', tenantid: 'tenant', serviceprincipalkey: 'a-secret' },
          data: { environmentAuthorityUrl: server.url, subscriptionId: 'sub' },
        },
      },
      { 'System.DefaultWorkingDirectory': folder, 'Agent.TempDirectory': folder },
    );
    await runTask(task, { agent, clock, signal: new AbortController().signal });
    assert.equal(agent.end.result, 'Failed', agent.text());
    assert.doesNotMatch(agent.end.message, /internal error/i);
    return agent.end.message;
  }

  /** How many minutes pass while something happens. */
  async function minutesOf(happening: () => Promise<unknown>): Promise<number> {
    const begin = clock.now();
    await happening();
    return (clock.now() - begin) / 60_000;
  }

  for (const [name, each] of Object.entries({ ...listing, ...others })) {
    for (const retryAfter of ['0.0001', '1', '86400'])
      it(`ends ${name} after some minutes when it always asks to wait ${retryAfter} s`, async () => {
        const body = { error_code: 'REQUEST_LIMIT_EXCEEDED', message: 'slow down' };
        const minutes = await minutesOf(async () => {
          const message = await failureOf(each, () => ({ status: 429, headers: { 'Retry-After': retryAfter }, body }));
          assert.match(message, /429/);
        });
        assert.ok(minutes <= 10, `${minutes} min`);
        assert.ok(server.requests.length <= 500, `${server.requests.length} requests`);
      });
  }

  /** A page without items, in the forms of all services. */
  const page = (next: unknown): Reply => ({
    body: { next_page_token: next, kind: 'ServiceList', items: [], metadata: { continue: next } },
  });

  for (const [name, each] of Object.entries(listing)) {
    it(`fails ${name} when a list names the same next page again and again`, async () => {
      assert.match(await failureOf(each, () => page('same')), /^Could not .*: the answer names a page/);
      // DeployAks reads several lists at once.
      assert.ok(server.requests.length <= 50, `${server.requests.length} requests`);
    });

    it(`fails ${name} at its deadline when a list always names another next page`, async () => {
      const minutes = await minutesOf(async () => {
        const message = await failureOf(each, (_path, count) => {
          clock.advance(30_000);
          return page(`page ${count}`);
        });
        assert.match(message, /^Could not .*: the time that the whole work may take is used up/);
      });
      assert.ok(minutes >= each.minutes && minutes < each.minutes + 5, `${minutes} min`);
    });
  }

  it('ends the waits for a cluster at the timeout, without thousands of requests', async () => {
    const it = { cluster_id: 'c1', cluster_name: 'train', state: 'RESTARTING', creator_user_name: 'a@b.c' };
    const answer = (path: string): Reply => ({ body: path.includes('clusters/list') ? { clusters: [it] } : it });
    for (const task of [startCluster, stopCluster]) {
      const minutes = await minutesOf(async () =>
        assert.match(
          await failureOf({ task, inputs: cluster, minutes: 5 }, answer),
          /^Timed out waiting for cluster c1/,
        ),
      );
      assert.ok(minutes >= 5 && minutes < 6, `${minutes} min`);
      assert.ok(server.requests.length < 200, `${server.requests.length} requests`);
    }
  });

  it('ends the wait for an operation of Azure at the timeout, whatever it asks for', async () => {
    const group = { tags: { 'managed-by': 'model-pipeline-tasks' }, properties: { containers: [] } };
    const each = { ...others['DeployAci'], inputs: { ...others['DeployAci']?.inputs, adopt: 'true' } } as Case;
    for (const retryAfter of ['0.0001', '86400']) {
      const answer = (path: string): Reply => {
        if (path.includes('/token')) return { body: { access_token: 'a-token', expires_in: 3600 } };
        if (path.includes('/operations/'))
          return { body: { status: 'Running' }, headers: { 'Retry-After': retryAfter } };
        const deleted = { 'Azure-AsyncOperation': `${server.url}/operations/1`, 'Retry-After': retryAfter };
        if (server.requests.at(-1)?.method === 'DELETE') return { status: 202, headers: deleted };
        return { body: { ...group, name: path.slice(path.lastIndexOf('/') + 1).replace(/\?.*/, '') } };
      };
      const minutes = await minutesOf(async () =>
        assert.match(
          await failureOf(each, answer),
          /^Timed out waiting for Azure to delete .* Azure continues with it/,
        ),
      );
      assert.ok(minutes >= 5 && minutes < 6, `${minutes} min`);
      assert.ok(server.requests.length < 200, `${server.requests.length} requests`);
    }
  });

  it('ends the wait for a run that cannot be cancelled after the timeout', async () => {
    const running = { run_id: 7, job_id: 1, state: { life_cycle_state: 'RUNNING' }, start_time: 1, tasks: [] };
    const answer = (path: string): Reply => ({ body: path.includes('runs/list') ? { runs: [] } : running });
    const inputs = { runSource: 'definition', definition: run, timeoutMinutes: '5' };
    const minutes = await minutesOf(async () =>
      assert.match(await failureOf({ task: runJob, inputs, minutes: 5 }, answer), /did not end within 5 min/),
    );
    assert.ok(minutes >= 5 && minutes < 7, `${minutes} min`);
    assert.ok(server.requests.length < 300, `${server.requests.length} requests`);
  });
});
