import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from '../../sandbox/http/faults';
import { RunJobWorkspace } from './runJobWorkspace';

describe('RunJob', () => {
  let workspace: RunJobWorkspace;
  beforeEach(async () => {
    workspace = await RunJobWorkspace.open();
  });
  afterEach(() => workspace.close());

  it('runs a job by its name, logs its page at once and sets the output of its notebook', async () => {
    const jobId = await workspace.job('Train');
    await workspace.job('train'); // the service's filter ignores case
    workspace.databricks.scriptRun({ durationSeconds: 20, result: { notebookResult: '{"accuracy":0.9}' } });

    const agent = await workspace.run({ job: 'Train' });

    const { jobId: saidJob, runId = '', runUrl, ...rest } = agent.outputs;
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(saidJob, jobId);
    assert.match(runId, /^\d+$/);
    assert.equal(
      runUrl,
      `${workspace.databricks.url}/jobs/${jobId}/runs/${runId}?o=${workspace.databricks.workspaceId}`,
    );
    assert.deepEqual(rest, { resultState: 'SUCCESS', notebookOutput: '{"accuracy":0.9}' });
    assert.equal(agent.end.message, `Run ${runId} succeeded: ${runUrl}`);
    const log = agent.text('log').split('\n');
    assert.deepEqual(log.slice(0, 2), [`Started the run: ${runId}`, runUrl]);
    assert.deepEqual(
      log.filter((line) => line.startsWith('Task')).map((line) => line.replace(/ after .*/, ' after …')),
      ['Task train: PENDING', 'Task train: RUNNING', 'Task train: SUCCESS after …'],
    );
    assert.match(agent.summaries['Databricks run'] ?? '', /\| \[train\]\(http.*\) \| SUCCESS \| 2\d s \| 1 \|/);
  });

  it('can be resumed as soon as a run was started, or may have been', async () => {
    const { faults } = workspace.databricks;
    await workspace.job('Train');
    const refused = { effect: 'status', status: 403, errorCode: 'PERMISSION_DENIED' } as const;
    const cases: readonly [path: string, fault: Fault, isResumable: boolean][] = [
      ['/jobs/list', refused, false],
      ['/jobs/run-now', refused, false],
      ['/jobs/run-now', { ...refused, message: 'Invalid access token.' }, false],
      ['/jobs/run-now', { effect: 'reset', when: 'after' }, true],
      ['/jobs/runs/get', refused, true],
    ];
    for (const [path, fault, isResumable] of cases) {
      faults.add({ ...fault, path: `*${path}`, times: 1000 });
      const agent = await workspace.run({ job: 'Train' });
      assert.equal(agent.end.result, 'Failed', agent.text());
      assert.equal(agent.isResumable, isResumable, `${path}: ${agent.end.message}`);
      faults.clear();
    }
  });

  it('runs a job by its exact ID, also beyond 2^53', async () => {
    const ids = [await workspace.job('a'), await workspace.job('b')];
    workspace.databricks.scriptRun({});
    const big = ids.find((id) => !Number.isSafeInteger(Number(id))) ?? '';
    assert.notEqual(big, '');
    const agent = await workspace.run({ job: big });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(agent.outputs['jobId'], big);
    assert.equal(workspace.body('run-now')['job_id'], big);
  });

  it('runs a notebook on serverless compute, with its parameters as strings', async () => {
    workspace.databricks.scriptRun({ matching: { notebookPath: '/Shared/demo/train model' } });
    const agent = await workspace.run({
      runSource: 'notebook',
      notebookPath: '/Shared/demo/train model',
      parameters: '{"rounds": 3, "version": 1.10, "deep": {"a": true}}',
    });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    const { idempotency_token, ...body } = workspace.body('submit');
    assert.match(String(idempotency_token), /^[0-9a-f]{64}$/);
    const base_parameters = { rounds: '3', version: '1.10', deep: '{"a":true}' };
    assert.deepEqual(body, {
      run_name: 'train model',
      tasks: [
        { task_key: 'train_model', notebook_task: { notebook_path: '/Shared/demo/train model', base_parameters } },
      ],
    });
    assert.match(agent.summaries['Databricks run'] ?? '', /Parameters: rounds, version, deep\./);
  });

  it('runs a notebook on an existing cluster by its name, and on a new one', async () => {
    const create = async (cluster_name: string): Promise<string> => {
      const { url, token } = workspace.databricks;
      const body = JSON.stringify({
        cluster_name,
        spark_version: '15.4.x-scala2.12',
        node_type_id: 'Standard_DS3_v2',
        num_workers: 1,
      });
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${url}/api/2.1/clusters/create`, { method: 'POST', headers, body });
      return ((await answer.json()) as { cluster_id: string }).cluster_id;
    };
    workspace.databricks.scriptRun({});
    const id = await create('shared');
    await create('twin');
    await create('twin');
    const notebook = { runSource: 'notebook', notebookPath: '/Shared/n' };
    const task = (): unknown => (workspace.body('submit')['tasks'] as unknown[])[0];
    const notebook_task = { notebook_path: '/Shared/n', base_parameters: {} };

    const byName = await workspace.run({ ...notebook, compute: 'existing', cluster: 'shared' });
    assert.equal(byName.end.result, 'Succeeded', byName.text());
    assert.deepEqual(task(), { task_key: 'n', notebook_task, existing_cluster_id: id });

    await workspace.run({ ...notebook, compute: 'existing', cluster: id });
    assert.deepEqual(task(), { task_key: 'n', notebook_task, existing_cluster_id: id });

    const newCluster = 'spark_version: 15.4.x-scala2.12\nnode_type_id: Standard_DS3_v2\nnum_workers: 1';
    const onNew = await workspace.run({ ...notebook, compute: 'new', newCluster });
    assert.equal(onNew.end.result, 'Succeeded', onNew.text());
    assert.deepEqual(task(), {
      task_key: 'n',
      notebook_task,
      new_cluster: { spark_version: '15.4.x-scala2.12', node_type_id: 'Standard_DS3_v2', num_workers: 1 },
    });

    const twin = await workspace.run({ ...notebook, compute: 'existing', cluster: 'twin' });
    assert.match(
      twin.end.message,
      /^2 clusters are named 'twin': .*Give the id of one, or rename or delete the others\.$/,
    );
    const unknown = await workspace.run({ ...notebook, compute: 'existing', cluster: 'nobody' });
    assert.match(unknown.end.message, /^There is no cluster named 'nobody'/);
  });

  it('runs a definition unchanged, from the input or from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'runJob-'));
    const definition = {
      run_name: 'both',
      timeout_seconds: 600,
      tasks: ['a', 'b'].map((task_key) => ({ task_key, notebook_task: { notebook_path: `/Shared/${task_key}` } })),
    };
    workspace.databricks.scriptRun({ matching: { taskKey: 'a' }, result: { notebookResult: 'one' } });
    workspace.databricks.scriptRun({ matching: { taskKey: 'b' }, result: { notebookResult: 'two' } });
    try {
      const definitionFile = join(folder, 'run.json');
      await writeFile(definitionFile, JSON.stringify(definition));
      for (const input of [{ definition: JSON.stringify(definition) }, { definitionFile }]) {
        const agent = await workspace.run({ runSource: 'definition', ...input });
        assert.equal(agent.end.result, 'Succeeded', agent.text());
        assert.equal(agent.outputs['notebookOutput'], '{"a":"one","b":"two"}');
        const { idempotency_token, ...body } = workspace.body('submit');
        assert.match(String(idempotency_token), /^[0-9a-f]{64}$/);
        assert.deepEqual(body, definition);
      }
      assert.equal(workspace.databricks.runs.list().length, 1, 'the same content is the same run');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('passes parameters by the fields of the API, or by plain names where the job accepts them', async () => {
    workspace.databricks.scriptRun({});
    const declaring = await workspace.job('declaring', { parameters: [{ name: 'a', default: '' }] });
    await workspace.job('notebook');

    await workspace.run({ job: declaring, parameters: 'a=1' });
    assert.deepEqual(workspace.body('run-now')['job_parameters'], { a: '1' });
    await workspace.run({ job: 'notebook', parameters: 'a=x=y\nb=' });
    assert.deepEqual(workspace.body('run-now')['notebook_params'], { a: 'x=y', b: '' });
    await workspace.run({ job: 'notebook', parameters: '{"python_params": ["--n", 1]}' });
    assert.deepEqual(workspace.body('run-now')['python_params'], ['--n', '1']);

    const unknown = await workspace.run({ job: 'declaring', parameters: 'x=1' });
    assert.equal(unknown.end.message, "The job 'declaring' does not declare the parameters x. It declares a.");
  });

  it('finds a job on a later page of the list, and refuses a name that no job or several jobs have', async () => {
    const wanted = await workspace.job('Train');
    for (let count = 0; count < 205; count++) await workspace.job(count % 100 === 50 ? 'twin' : 'TRAIN');
    workspace.databricks.scriptRun({});

    const agent = await workspace.run({ job: 'Train' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(agent.outputs['jobId'], wanted);
    assert.equal(workspace.count('jobs/list'), 3);

    const twin = await workspace.run({ job: 'twin' });
    assert.match(
      twin.end.message,
      /^2 jobs are named 'twin': \d+ \(created by someone@example\.com\), \d+ \(created by someone@example\.com\)\. Give the id of one, or rename or delete the others\.$/,
    );
    const unknown = await workspace.run({ job: 'nobody' });
    assert.match(unknown.end.message, /^There is no job named 'nobody'/);
    const noId = await workspace.run({ job: '12345' });
    assert.match(noId.end.message, /job 12345.*Job 12345 does not exist/);
  });

  it('reports everything that is wrong with the inputs at once, before any call', async () => {
    const wrong: [Record<string, string>, RegExp][] = [
      [{}, /'job' is required/],
      [{ job: 'x', timeoutMinutes: '-1' }, /'timeoutMinutes' must be a whole number from 1 to 10080/],
      [{ job: 'x', repairAttempts: '11' }, /'repairAttempts' must be a whole number from 0 to 10/],
      [{ job: 'x', parameters: 'novalue' }, /'parameters' line 1 is not of the form name=value/],
      [{ job: 'x', parameters: '{"a": ' }, /'parameters' is not valid YAML or JSON/],
      [{ job: 'x', parameters: '{"a": 1, "python_params": []}' }, /'parameters' mixes fields of the API/],
      [{ job: 'x', notebookPath: '/x' }, /'notebookPath' applies only when 'runSource' is 'notebook'/],
      [{ runSource: 'notebook' }, /'notebookPath' is required/],
      [{ runSource: 'notebook', notebookPath: 'train' }, /'notebookPath' must be an absolute workspace path/],
      [{ runSource: 'notebook', notebookPath: '/x', compute: 'existing' }, /'cluster' is required/],
      [{ runSource: 'notebook', notebookPath: '/x', compute: 'new', newCluster: '[]' }, /'newCluster' must be a map/],
      [{ runSource: 'definition' }, /^Input 'definition' is required, unless 'definitionFile' is given\.$/],
      [
        { runSource: 'definition', definition: 'a: 1', definitionFile: 'package.json' },
        /'definition' cannot be combined with 'definitionFile'/,
      ],
      [
        { runSource: 'definition', definition: 'idempotency_token: x' },
        /'definition' must not contain an idempotency_token/,
      ],
      [
        { runSource: 'definition', definition: 'a: 1', parameters: 'a=1' },
        /'parameters' cannot be used with a definition/,
      ],
      [{ runSource: 'definition', definitionFile: 'none.json' }, /'definitionFile' names a file that does not exist/],
    ];
    for (const [inputs, message] of wrong) {
      const { end } = await workspace.run(inputs);
      assert.equal(end.result, 'Failed');
      assert.match(end.message, message);
    }
    const { end } = await workspace.run({
      runSource: 'notebook',
      notebookPath: 'x',
      timeoutMinutes: '0',
      parameters: '=',
    });
    assert.match(end.message, /^3 inputs need attention:/);
    assert.equal(workspace.count(''), 0);
  });

  it('succeeds as soon as the run was accepted when waitForCompletion is false', async () => {
    await workspace.job('Train');
    workspace.databricks.scriptRun({ durationSeconds: 3600 });
    const agent = await workspace.run({ job: 'Train', waitForCompletion: 'false' });
    assert.equal(agent.end.result, 'Succeeded');
    assert.match(agent.end.message, /^Run \d+ was accepted and is (PENDING|RUNNING): http/);
    assert.deepEqual(Object.keys(agent.outputs), ['jobId', 'runId', 'runUrl']);
    assert.equal(workspace.count('runs/cancel'), 0);
  });

  it('names the accepted run when it must not be read', async () => {
    await workspace.job('Train');
    workspace.databricks.faults.add({
      path: '/api/2.2/jobs/runs/get',
      effect: 'status',
      status: 403,
      errorCode: 'PERMISSION_DENIED',
      message: 'No view.',
    });
    const { end } = await workspace.run({ job: 'Train' });
    assert.equal(end.result, 'Failed');
    assert.match(end.message, /PERMISSION_DENIED: No view\..*Run \d+ was accepted and continues\.$/);
  });
});
