import assert from 'node:assert/strict';
import { CancelledError } from '../../shared/errors';
import { FakeAgent } from '../support/fakeAgent';
import { oneStep, RunJobWorkspace } from './runJobWorkspace';

const failure = {
  resultState: 'FAILED',
  code: 'RUN_EXECUTION_ERROR',
  type: 'CLIENT_ERROR',
  message: 'no',
  error: 'no',
};

describe('RunJob while it waits', () => {
  let workspace: RunJobWorkspace;
  beforeEach(async () => {
    workspace = await RunJobWorkspace.open();
    await workspace.job('Train');
  });
  afterEach(() => workspace.close());

  const runs = (): readonly { readonly ending?: { readonly resultState?: string } }[] =>
    workspace.databricks.runs.list();

  it('survives every transient fault, and logs it', async () => {
    workspace.databricks.scriptRun({ durationSeconds: 1800 });
    for (const [index, effect] of (['reset', 'truncated', 'html', 'status'] as const).entries()) {
      const fault = { path: '*/runs/get', from: 4 + 5 * index, times: effect === 'status' ? 40 : 3, effect };
      workspace.databricks.faults.add({ ...fault, ...(effect === 'html' && { status: 502 }) });
    }
    const agent = await workspace.run({ job: 'Train' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.match(agent.text('log'), /^Still waiting for run \d+\. /m);
  });

  for (const [status, errorCode] of [
    [401, '401'],
    [403, 'PERMISSION_DENIED'],
    [404, 'RESOURCE_DOES_NOT_EXIST'],
  ] as const)
    it(`fails at once on ${status}, and says that the run continues, and where`, async () => {
      workspace.databricks.scriptRun({ durationSeconds: 1800 });
      const fault = { path: '*/runs/get', from: 4, times: 99, effect: 'status', status, errorCode } as const;
      workspace.databricks.faults.add(fault);
      const agent = await workspace.run({ job: 'Train' });
      assert.equal(agent.end.result, 'Failed');
      assert.match(agent.end.message, new RegExp(`${status}[^]* The run itself continues: http.*/jobs/.*/runs/`));
      assert.equal(runs()[0]?.ending, undefined);
    });

  it('cancels the run at the timeout', async () => {
    workspace.databricks.scriptRun({ durationSeconds: 36_000 });
    const agent = await workspace.run({ job: 'Train', timeoutMinutes: '5' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /^Run \d+ did not end within 5 min, was cancelled and ended as CANCELED: http/);
    assert.equal(agent.outputs['resultState'], 'CANCELED');
    assert.equal(runs()[0]?.ending?.resultState, 'CANCELED');
    assert.ok(agent.summaries['Databricks run']);
  });

  it('reports when a run cannot be cancelled at the timeout', async () => {
    workspace.databricks.scriptRun({ durationSeconds: 36_000 });
    const fault = { effect: 'status', status: 403, errorCode: 'PERMISSION_DENIED' } as const;
    workspace.databricks.faults.add({ path: '*/runs/cancel', ...fault });
    const agent = await workspace.run({ job: 'Train', timeoutMinutes: '5' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(
      agent.end.message,
      /did not end within 5 min and continues, because it could not be cancelled\. .*: http/,
    );
    assert.equal(agent.outputs['resultState'], undefined);
  });

  it('repairs a failed run up to repairAttempts times, and follows the repairs', async () => {
    workspace.databricks.scriptRun({ durationSeconds: 30, result: { notebookResult: 'third time lucky' } });
    workspace.databricks.scriptRun({ durationSeconds: 30, times: 2, result: failure });
    const agent = await workspace.run({ job: 'Train', repairAttempts: '3' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(agent.outputs['resultState'], 'SUCCESS');
    assert.equal(agent.outputs['notebookOutput'], 'third time lucky');
    assert.match(
      agent.text('log'),
      /repair 1 of 3[^]*Task train, attempt 2: FAILED[^]*repair 2 of 3[^]*attempt 3: SUCCESS/,
    );
    assert.equal(workspace.count('runs/repair'), 2);
    assert.equal(runs().length, 1);
  });

  it('fails after the last repair', async () => {
    workspace.databricks.scriptRun({ durationSeconds: 30, result: failure });
    const agent = await workspace.run({ job: 'Train', repairAttempts: '1' });
    assert.equal(agent.end.result, 'Failed');
    assert.equal(agent.text('error'), 'Task train ended as FAILED: no');
    assert.equal(workspace.count('runs/repair'), 1);
  });

  it('includes the repairs of an earlier attempt of the step that was killed', async () => {
    workspace.databricks.scriptRun({ durationSeconds: 30, result: failure });
    const killed = await workspace.run({ job: 'Train', waitForCompletion: 'false' });
    await workspace.databricks.clock.advance(60_000);
    await workspace.call('runs/repair', {
      run_id: BigInt(killed.outputs['runId'] ?? ''),
      rerun_all_failed_tasks: true,
    });
    const agent = await workspace.run({ job: 'Train', repairAttempts: '2' });
    assert.equal(agent.end.result, 'Failed');
    assert.equal(agent.outputs['runId'], killed.outputs['runId']);
    assert.equal(workspace.count('runs/repair'), 2);
  });

  it('does not repair a run that somebody cancelled', async () => {
    const ending = { lifeCycleState: 'TERMINATED', resultState: 'CANCELED', code: 'USER_CANCELED' };
    workspace.databricks.scriptRun({ durationSeconds: 30, run: ending });
    const agent = await workspace.run({ job: 'Train', repairAttempts: '2' });
    assert.equal(agent.outputs['resultState'], 'CANCELED');
    assert.equal(workspace.count('runs/repair'), 0);
  });

  it('repairs only once when the response to the repair is lost', async () => {
    workspace.databricks.scriptRun({ durationSeconds: 30 });
    workspace.databricks.scriptRun({ durationSeconds: 30, times: 1, result: failure });
    workspace.databricks.faults.add({ path: '*/runs/repair', when: 'after', effect: 'reset' });
    const agent = await workspace.run({ job: 'Train', repairAttempts: '2' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(workspace.databricks.runs.list()[0]?.tasks.length, 2);
  });

  it('keeps the result when the run cannot be repaired', async () => {
    workspace.databricks.scriptRun({ durationSeconds: 30, result: failure });
    const fault = { effect: 'status', status: 400, errorCode: 'INVALID_STATE', message: 'no repair' } as const;
    workspace.databricks.faults.add({ path: '*/runs/repair', ...fault });
    const agent = await workspace.run({ job: 'Train', repairAttempts: '2' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /ended as FAILED/);
    assert.match(agent.text('log'), /no repair/);
  });

  describe('and the pipeline run is cancelled', () => {
    /** Cancels as soon as the task has sent so many requests to a path. */
    function cancelAfter(path: string, count: number): { signal: AbortSignal; agent: FakeAgent } {
      const cancellation = new AbortController();
      const { url, token } = workspace.databricks;
      const agent = new FakeAgent({ connection: 'c', job: 'Train' }, { c: { url, token } }, oneStep);
      const debug = agent.debug.bind(agent);
      agent.debug = (text) => {
        debug(text);
        if (workspace.count(path) >= count) cancellation.abort(new CancelledError());
      };
      return { signal: cancellation.signal, agent };
    }

    it('cancels the run, and reports it', async () => {
      workspace.databricks.scriptRun({ durationSeconds: 1800 });
      const agent = await workspace.run({}, cancelAfter('runs/get', 5));
      assert.equal(agent.end.result, 'Canceled');
      assert.match(agent.end.message, /^Cancelled\. Run \d+ was cancelled too\.$/);
      assert.equal(workspace.count('runs/cancel'), 1);
      await workspace.databricks.clock.advance(5000);
      assert.equal(runs()[0]?.ending?.resultState, 'CANCELED');
    });

    it('waits for the answer to the start of the run before it cancels it', async () => {
      workspace.databricks.scriptRun({ durationSeconds: 1800 });
      workspace.databricks.faults.add({ path: '*/run-now', when: 'after', delayMilliseconds: 300 });
      const cancellation = new AbortController();
      const running = workspace.run({ job: 'Train' }, { signal: cancellation.signal });
      while (runs().length === 0) await new Promise((resolve) => setImmediate(resolve));
      cancellation.abort(new CancelledError());
      const agent = await running;
      assert.equal(agent.end.result, 'Canceled');
      assert.match(agent.end.message, /Run \d+ was cancelled too/);
      await workspace.databricks.clock.advance(5000);
      assert.equal(runs()[0]?.ending?.resultState, 'CANCELED');
    });

    it('starts no run when it is cancelled before the start', async () => {
      const agent = await workspace.run({}, cancelAfter('runs/list', 1));
      assert.equal(agent.end.result, 'Canceled');
      assert.equal(runs().length, 0);
      assert.equal(workspace.count('runs/cancel'), 0);
    });

    it('tries only once, and says when the run continues', async () => {
      workspace.databricks.scriptRun({ durationSeconds: 1800 });
      const fault = { effect: 'status', status: 403, errorCode: 'PERMISSION_DENIED', times: 9 } as const;
      workspace.databricks.faults.add({ path: '*/runs/cancel', ...fault });
      const agent = await workspace.run({}, cancelAfter('runs/get', 5));
      assert.equal(agent.end.result, 'Canceled');
      assert.match(agent.end.message, /^Cancelled, but run \d+ continues \(RUNNING\)\. .*PERMISSION_DENIED/);
      assert.equal(workspace.count('runs/cancel'), 1);
    });
  });
});
