import assert from 'node:assert/strict';
import { RunJobWorkspace } from './runJobWorkspace';

describe('RunJob succeeds or fails with the run', () => {
  let workspace: RunJobWorkspace;
  beforeEach(async () => {
    workspace = await RunJobWorkspace.open();
  });
  afterEach(() => workspace.close());

  const failure = {
    lifeCycleState: 'TERMINATED',
    resultState: 'FAILED',
    code: 'RUN_EXECUTION_ERROR',
    type: 'CLIENT_ERROR',
    message: 'Workload failed, see run output for details',
    error: 'ValueError: no such column',
    errorTrace: '\u001b[0;31mValueError\u001b[0m: no such column\n  File "/Shared/train", line 3',
  };

  for (const failedRunState of ['INTERNAL_ERROR', 'TERMINATED'] as const)
    it(`fails with the error and the trace of the task when the run ends as ${failedRunState} with FAILED`, async () => {
      await workspace.close();
      workspace = await RunJobWorkspace.open({ failedRunState });
      const tasks = [
        { task_key: 'prepare', notebook_task: { notebook_path: '/p' } },
        { task_key: 'train', notebook_task: { notebook_path: '/t' }, depends_on: [{ task_key: 'prepare' }] },
        { task_key: 'score', notebook_task: { notebook_path: '/s' }, depends_on: [{ task_key: 'train' }] },
      ];
      await workspace.job('Train', { tasks });
      workspace.databricks.scriptRun({ matching: { taskKey: 'prepare' }, result: { notebookResult: '3 rows' } });
      workspace.databricks.scriptRun({ matching: { taskKey: 'train' }, result: failure });

      const agent = await workspace.run({ job: 'Train' });

      assert.equal(agent.end.result, 'Failed');
      assert.match(agent.end.message, /^Run \d+ ended as FAILED \(.*train.*\): http.*\?o=\d+$/);
      assert.equal(agent.outputs['resultState'], 'FAILED');
      assert.equal(agent.outputs['notebookOutput'], '{"prepare":"3 rows"}');
      assert.ok(agent.outputs['runUrl']);
      assert.equal(agent.text('error'), 'Task train ended as FAILED: ValueError: no such column');
      assert.match(
        agent.text('log'),
        /\[Output of task train\] ValueError: no such column\n {2}File "\/Shared\/train", line 3/,
      );
      assert.match(agent.text('log'), /^Task score: UPSTREAM_FAILED/m);
      assert.match(agent.summaries['Databricks run'] ?? '', /ended as \*\*FAILED\*\*/);
    });

  it('logs each attempt, and the errors of only the last one', async () => {
    const tasks = [{ task_key: 'train', notebook_task: { notebook_path: '/t' }, max_retries: 1 }];
    await workspace.job('Train', { tasks });
    workspace.databricks.scriptRun({ result: { ...failure, error: 'second' } });
    workspace.databricks.scriptRun({ times: 1, result: { ...failure, error: 'first' } });
    const agent = await workspace.run({ job: 'Train' });
    assert.equal(agent.text('error'), 'Task train ended as FAILED: second');
    assert.match(agent.text('log'), /^Task train: FAILED[^]*^Task train, attempt 2: FAILED/m);
    assert.match(agent.summaries['Databricks run'] ?? '', /\| FAILED \| .* \| 2 \|$/);
  });

  it('reports the errors of at most nine tasks, since the result is the tenth error, and the names of the others', async () => {
    const tasks = Array.from({ length: 12 }, (_, index) => ({
      task_key: `t${index}`,
      notebook_task: { notebook_path: '/t' },
    }));
    await workspace.job('Train', { tasks });
    workspace.databricks.scriptRun({ result: failure });
    const agent = await workspace.run({ job: 'Train' });
    assert.equal(agent.said.filter(({ kind }) => kind === 'error').length, 9);
    assert.match(agent.text('log'), /^More failed tasks: t9, t10, t11$/m);
  });

  it('accepts a partial success only when acceptPartialSuccess is set, and then with issues', async () => {
    await workspace.job('Train');
    const run = { resultState: 'SUCCESS_WITH_FAILURES', code: 'SUCCESS_WITH_FAILURES' };
    workspace.databricks.scriptRun({ run: { lifeCycleState: 'TERMINATED', ...run } });
    const refused = await workspace.run({ job: 'Train' });
    assert.equal(refused.end.result, 'Failed');
    assert.equal(refused.outputs['resultState'], 'SUCCESS_WITH_FAILURES');
    const accepted = await workspace.run({ job: 'Train', acceptPartialSuccess: 'true' });
    assert.equal(accepted.end.result, 'SucceededWithIssues');
    assert.match(accepted.end.message, /ended as SUCCESS_WITH_FAILURES/);
  });

  it('fails on unknown states', async () => {
    await workspace.job('Train');
    workspace.databricks.scriptRun({ run: { lifeCycleState: 'TERMINATED', resultState: 'GLORIOUS', code: 'GLORY' } });
    const agent = await workspace.run({ job: 'Train' });
    assert.equal(agent.end.result, 'Failed');
    assert.equal(agent.outputs['resultState'], 'GLORIOUS');
  });

  for (const hidden of ['state', 'status'] as const)
    it(`does not depend on '${hidden}' in the response`, async () => {
      await workspace.job('Train');
      workspace.databricks.scriptRun({ durationSeconds: 30, run: { hidden } });
      const agent = await workspace.run({ job: 'Train' });
      assert.equal(agent.end.result, 'Succeeded', agent.text());
      assert.equal(agent.outputs['resultState'], 'SUCCESS');
    });

  it('fails when the run is skipped because of the maximum concurrent runs, and starts no other', async () => {
    const jobId = await workspace.job('Train');
    workspace.databricks.scriptRun({ durationSeconds: 3600 });
    await workspace.call('run-now', { job_id: BigInt(jobId) });
    const agent = await workspace.run({ job: jobId });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.outputs['resultState'] ?? '', /MAXIMUM_CONCURRENT_RUNS_REACHED|SKIPPED/);
    assert.equal(workspace.databricks.runs.list().length, 2);
  });

  it('reads all tasks of a run that has more than 100', async () => {
    const tasks = Array.from({ length: 230 }, (_, index) => ({
      task_key: `t${index}`,
      notebook_task: { notebook_path: '/t' },
    }));
    await workspace.job('Train', { tasks });
    workspace.databricks.scriptRun({ result: { notebookResult: 'x' } });
    workspace.databricks.scriptRun({ matching: { taskKey: 't229' }, result: failure });
    const agent = await workspace.run({ job: 'Train' });
    assert.match(agent.text('error'), /^Task t229 ended as FAILED/);
    assert.equal(Object.keys(JSON.parse(agent.outputs['notebookOutput'] ?? '') as object).length, 229);
  });

  it('breaks the logging commands in the output of a notebook, which a later step may print', async () => {
    await workspace.job('Train');
    workspace.databricks.scriptRun({
      result: { notebookResult: '{"note": "##vso[task.setvariable variable=PATH]/evil"}' },
    });
    const agent = await workspace.run({ job: 'Train' });
    assert.equal(agent.end.result, 'Succeeded');
    assert.equal(agent.outputs['notebookOutput'], '{"note": "##_vso[task.setvariable variable=PATH]/evil"}');
    assert.match(agent.attachments['notebook-output.txt'] ?? '', /##vso/);
  });

  it('leaves the variable empty when the output is too long for it, and uploads the whole output with the log', async () => {
    const notebookResult = 'x'.repeat(6 * 1024 * 1024);
    await workspace.job('Train');
    workspace.databricks.scriptRun({ result: { notebookResult } });
    const agent = await workspace.run({ job: 'Train' });
    assert.equal(agent.end.result, 'Succeeded');
    assert.equal(agent.outputs['notebookOutput'], '');
    assert.equal(agent.attachments['notebook-output.txt']?.length, 5 * 1024 * 1024);
    assert.match(agent.text('warning'), /cut off the output of task train at 5 MB[^]*too many for a variable/);
  });

  it('succeeds with a warning when the output of a successful run cannot be read', async () => {
    await workspace.job('Train');
    workspace.databricks.scriptRun({ result: { notebookResult: 'x' } });
    const errorCode = 'PERMISSION_DENIED';
    workspace.databricks.faults.add({ path: '*/get-output', effect: 'status', status: 403, errorCode });
    const agent = await workspace.run({ job: 'Train' });
    assert.equal(agent.end.result, 'Succeeded');
    assert.match(agent.text('warning'), /The output of task train could not be read\./);
  });
});
