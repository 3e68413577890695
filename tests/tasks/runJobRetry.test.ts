import assert from 'node:assert/strict';
import { oneStep, RunJobWorkspace } from './runJobWorkspace';

const failure = { resultState: 'FAILED', code: 'RUN_EXECUTION_ERROR', type: 'CLIENT_ERROR', message: 'no' };

describe('RunJob starts one run for one step', () => {
  let workspace: RunJobWorkspace;
  beforeEach(async () => {
    workspace = await RunJobWorkspace.open();
  });
  afterEach(() => workspace.close());

  const runs = (): number => workspace.databricks.runs.list().length;

  for (const runSource of ['job', 'notebook', 'definition'])
    for (const effect of ['reset', 'truncated', 'html', 'status'] as const)
      it(`when the answer to the start of a ${runSource} is lost (${effect})`, async () => {
        await workspace.job('Train');
        workspace.databricks.scriptRun({ durationSeconds: 5 });
        const path = runSource === 'job' ? '*/run-now' : '*/submit';
        workspace.databricks.faults.add({ path, when: 'after', effect, ...(effect === 'html' && { status: 502 }) });
        const agent = await workspace.run(
          {
            job: { runSource, job: 'Train' },
            notebook: { runSource, notebookPath: '/Shared/n' },
            definition: { runSource, definition: 'tasks: [{task_key: a, notebook_task: {notebook_path: /a}}]' },
          }[runSource] as Record<string, string>,
        );
        assert.equal(agent.end.result, 'Succeeded', agent.text());
        assert.equal(runs(), 1);
        assert.equal(workspace.count(path.slice(1)), 2);
      });

  it('when the answer is lost and the run fails before it is requested again', async () => {
    await workspace.job('Train');
    workspace.databricks.scriptRun({ durationSeconds: 0.1, result: failure });
    // The time of the pause before the second attempt is enough for the run to end.
    workspace.databricks.faults.add({ path: '*/run-now', when: 'after', effect: 'status', retryAfter: 20 });
    const agent = await workspace.run({ job: 'Train' });
    assert.equal(agent.end.result, 'Failed');
    assert.equal(runs(), 1);
  });

  it('when it was killed and is run again while the run is active', async () => {
    await workspace.job('Train');
    workspace.databricks.scriptRun({ durationSeconds: 600, result: { notebookResult: 'done' } });
    // Killed as soon as the run was accepted: what it did is there, and nobody waits.
    const killed = await workspace.run({ job: 'Train', waitForCompletion: 'false' });
    await workspace.databricks.clock.advance(60_000);
    const agent = await workspace.run({ job: 'Train' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(agent.outputs['runId'], killed.outputs['runId']);
    assert.equal(agent.outputs['notebookOutput'], 'done');
    assert.match(agent.text('log'), /^Attached to the run that an earlier attempt of this step started: \d+$/m);
    assert.equal(runs(), 1);
  });

  it('when it was killed and the run succeeded meanwhile', async () => {
    workspace.databricks.scriptRun({ durationSeconds: 60, result: { notebookResult: 'done' } });
    const notebook = { runSource: 'notebook', notebookPath: '/Shared/n' };
    const killed = await workspace.run({ ...notebook, waitForCompletion: 'false' });
    await workspace.databricks.clock.advance(600_000);
    const agent = await workspace.run(notebook);
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(agent.outputs['runId'], killed.outputs['runId']);
    assert.equal(agent.outputs['notebookOutput'], 'done');
    assert.equal(runs(), 1);
  });

  for (const source of [{ job: 'Train' }, { runSource: 'notebook', notebookPath: '/Shared/n' }])
    it(`and another for each retry after a ${source.runSource ?? 'job'} that failed`, async () => {
      await workspace.job('Train');
      workspace.databricks.scriptRun({ durationSeconds: 5 });
      workspace.databricks.scriptRun({ durationSeconds: 5, times: 3, result: failure });
      const ids = new Set<string | undefined>();
      for (const result of ['Failed', 'Failed', 'Failed', 'Succeeded']) {
        const agent = await workspace.run(source);
        assert.equal(agent.end.result, result, agent.text());
        ids.add(agent.outputs['runId']);
      }
      assert.equal(ids.size, 4);
      assert.equal(runs(), 4);
    });

  it('and one only when a new run fails at once, however often that happened before', async () => {
    await workspace.job('Train');
    workspace.databricks.scriptRun({ result: failure });
    // The run has ended before anybody can look at it.
    const { runs: all } = workspace.databricks;
    for (let tries = 1; tries <= 4; tries++) {
      workspace.databricks.faults.clear();
      workspace.databricks.faults.add({ path: '*/runs/get', effect: 'status', status: 503, retryAfter: 30 });
      const agent = await workspace.run({ job: 'Train' });
      assert.equal(agent.end.result, 'Failed');
      assert.equal(all.list().length, tries);
    }
  });

  it('and attaches to the active one after others failed', async () => {
    await workspace.job('Train');
    workspace.databricks.scriptRun({ durationSeconds: 300 });
    workspace.databricks.scriptRun({ durationSeconds: 5, times: 1, result: failure });
    await workspace.run({ job: 'Train' });
    const killed = await workspace.run({ job: 'Train', waitForCompletion: 'false' });
    const agent = await workspace.run({ job: 'Train' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(agent.outputs['runId'], killed.outputs['runId']);
    assert.equal(runs(), 2);
  });

  for (const [what, variables] of Object.entries({
    'another run of the pipeline': { ...oneStep, 'System.PlanId': 'other' },
    'another step': { ...oneStep, 'System.TaskInstanceId': 'other' },
    'another attempt at the job': { ...oneStep, 'System.JobAttempt': '2' },
    'another attempt at the stage': { ...oneStep, 'System.StageAttempt': '2' },
    'a run outside of an agent': {},
  }))
    it(`and another for ${what}`, async () => {
      workspace.databricks.scriptRun({});
      const notebook = { runSource: 'notebook', notebookPath: '/Shared/n' };
      await workspace.run(notebook, { variables });
      await workspace.run(notebook);
      await workspace.run(notebook);
      assert.equal(runs(), 2);
    });
});
