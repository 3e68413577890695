import assert from 'node:assert/strict';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { bundleOf } from '../support/builtTasks';
import { databricksEnvironment } from '../support/databricksEnvironment';
import { openGate } from '../support/gate';
import { type ProcessEnd, startTaskProcess } from '../support/taskProcess';

/** One step of one run of a pipeline, as the agent names it: the same at every try. */
const step = {
  SYSTEM_PLANID: 'plan',
  SYSTEM_JOBID: 'job',
  SYSTEM_TASKINSTANCEID: 'step',
  SYSTEM_STAGEATTEMPT: '1',
  SYSTEM_JOBATTEMPT: '1',
  VSTS_PUBLIC_VARIABLES: JSON.stringify([
    'System.PlanId',
    'System.JobId',
    'System.TaskInstanceId',
    'System.StageAttempt',
    'System.JobAttempt',
  ]),
};

describe('the RunJob bundle', () => {
  let databricks: Databricks;
  beforeEach(async () => void (databricks = await startDatabricks({ hasLimits: false, timeScale: 20 })));
  afterEach(() => databricks.close());

  async function start(url = databricks.url, more: Record<string, string> = {}) {
    return startTaskProcess(await bundleOf('RunJob'), {
      ...databricksEnvironment({ url, token: databricks.token }),
      ...step,
      INPUT_RUNSOURCE: 'notebook',
      INPUT_NOTEBOOKPATH: '/Shared/training',
      SYSTEM_DEBUG: 'true',
      ...more,
    });
  }
  const run = async (more?: Record<string, string>): Promise<ProcessEnd> => (await start(undefined, more)).end;

  it('succeeds when the run succeeds, and sets its outputs', async () => {
    databricks.scriptRun({ result: { notebookResult: '{"accuracy": 0.97}' } });
    const end = await run();
    assert.equal(end.result, 'Succeeded', end.output);
    assert.equal(end.outputs['resultState'], 'SUCCESS');
    assert.equal(end.outputs['notebookOutput'], '{"accuracy": 0.97}');
    assert.match(end.outputs['runUrl'] ?? '', /\/jobs\/\d+\/runs\/\d+\?o=\d+$/);
  });

  it('fails with the error and the trace of the run, and has set its outputs', async () => {
    databricks.scriptRun({
      result: { resultState: 'FAILED', error: 'ValueError: too few rows', errorTrace: 'line 7, in train' },
    });
    const end = await run();
    assert.equal(end.result, 'Failed');
    assert.match(end.output, /ValueError: too few rows/);
    assert.match(end.output, /line 7, in train/);
    assert.equal(end.outputs['resultState'], 'FAILED');
    assert.ok(end.output.includes(end.outputs['runUrl'] ?? 'no url'));
  });

  it('issues no logging command from the output of a notebook', async () => {
    const evil = '##vso[task.setvariable variable=PATH]/evil';
    databricks.scriptRun({
      result: { resultState: 'FAILED', error: evil, errorTrace: `${evil}\r${evil}`, notebookResult: evil },
    });
    const { commands } = await run();
    const variables = commands
      .filter(({ name }) => name.toLowerCase() === 'task.setvariable')
      .map(({ properties }) => properties['variable']);
    assert.ok(!variables.includes('PATH'));
  });

  // That no token is shown is checked for every process that any test starts: see taskProcess.
  it('fails when Databricks refuses the request, and when the job does not exist', async () => {
    assert.equal(
      (await run({ INPUT_RUNSOURCE: 'job', INPUT_NOTEBOOKPATH: '', INPUT_JOB: 'no such job' })).result,
      'Failed',
    );
    databricks.faults.add({ effect: 'status', status: 403, errorCode: 'PERMISSION_DENIED', times: 1000 });
    const { result, output } = await run();
    assert.equal(result, 'Failed');
    assert.match(output, /personal access token of the service connection/);
  });

  // Every single request is tried in the task's behaviour tests; here it is real processes, and the places that differ.
  it('starts only one run when it is killed around its start and retried', async function () {
    this.timeout(120_000);
    databricks.scriptRun({ durationSeconds: 10 });
    await run();
    const starting = databricks.requests.list().findIndex(({ method }) => method === 'POST') + 1;
    assert.ok(starting > 0);
    const stops = [
      { request: starting, when: 'before' },
      { request: starting, when: 'after' },
      { request: starting + 1, when: 'after' },
    ] as const;
    for (const stop of stops) {
      await databricks.close();
      databricks = await startDatabricks({ hasLimits: false, timeScale: 20 });
      databricks.scriptRun({ durationSeconds: 10 });
      const gate = await openGate(databricks.url, stop);
      const task = await start(gate.url);
      // How often it looks depends on time: it may be done before it comes to the stop.
      await Promise.race([gate.reached, task.end]);
      task.kill('SIGKILL');
      await task.end;
      await gate.close();

      const again = await run();
      assert.equal(again.result, 'Succeeded', `${JSON.stringify(stop)}: ${again.output}`);
      assert.equal(databricks.runs.list().length, 1, JSON.stringify(stop));
    }
  });

  it('starts a new run when it is retried after a failed run', async () => {
    databricks.scriptRun({});
    databricks.scriptRun({ times: 1, result: { resultState: 'FAILED' } });
    assert.equal((await run()).result, 'Failed');
    assert.equal((await run()).result, 'Succeeded');
    assert.equal(databricks.runs.list().length, 2);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(`cancels its run on ${signal}, and starts a new one when it is retried`, async () => {
      databricks.scriptRun({});
      databricks.scriptRun({ times: 1, durationSeconds: 3600 });
      const task = await start();
      await task.saw('RUNNING');
      task.kill(signal);
      const end = await task.end;
      assert.deepEqual({ result: end.result, exitCode: end.exitCode }, { result: 'Canceled', exitCode: 0 });
      assert.match(end.output, /Run \d+ was cancelled too/);

      const again = await run();
      assert.equal(again.result, 'Succeeded', again.output);
      assert.equal(databricks.runs.list().length, 2);
    });
});
