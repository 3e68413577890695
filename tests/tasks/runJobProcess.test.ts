import assert from 'node:assert/strict';
import { startDatabricks, type Databricks } from '../../sandbox/databricks/databricks';
import { bundleOf } from '../support/builtTasks';
import { databricksEnvironment } from '../support/databricksEnvironment';
import { type ProcessEnd, startTaskProcess, type TaskProcess } from '../support/taskProcess';

const durationSeconds = 3600;

describe('RunJob in a process of the agent', () => {
  let databricks: Databricks;
  beforeEach(async () => {
    databricks = await startDatabricks();
    databricks.scriptRun({ durationSeconds, result: { notebookResult: 'accuracy=0.9' } });
  });
  afterEach(() => databricks.close());

  async function oneTry(): Promise<TaskProcess> {
    return startTaskProcess(await bundleOf('RunJob'), {
      ...databricksEnvironment(databricks),
      INPUT_RUNSOURCE: 'notebook',
      INPUT_NOTEBOOKPATH: '/Shared/train',
      SYSTEM_DEBUG: 'true',
      SYSTEM_PLANID: 'plan',
      SYSTEM_JOBID: 'job',
      SYSTEM_TASKINSTANCEID: 'step',
    });
  }

  /** Its run ends as soon as it waits for it, however long processes take to start. */
  async function lastTry(): Promise<ProcessEnd> {
    const process = await oneTry();
    await process.saw('task.setprogress');
    await databricks.clock.advance(durationSeconds * 1000);
    return process.end;
  }

  async function runWasAsked(): Promise<void> {
    while (databricks.runs.list().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  for (const [moment, wait] of Object.entries({
    'before it heard that the run was accepted': runWasAsked,
    'while it waits': (process: TaskProcess) => process.saw('task.setprogress'),
  })) {
    it(`attaches to its run after it was killed ${moment}`, async () => {
      databricks.faults.add({ path: '*/runs/submit', when: 'after', delayMilliseconds: 200 });
      const killed = await oneTry();
      await wait(killed);
      killed.kill('SIGKILL');
      assert.equal((await killed.end).result, undefined);

      const end = await lastTry();
      assert.equal(end.result, 'Succeeded', end.output);
      assert.equal(end.exitCode, 0);
      assert.equal(end.outputs['notebookOutput'], 'accuracy=0.9');
      assert.equal(databricks.runs.list().length, 1);
      assert.ok(!end.output.replaceAll(/##vso\[task\.setsecret\].*/g, '').includes(databricks.token));
    });

    it(`cancels its run when it is cancelled ${moment}, and the next attempt starts another`, async () => {
      databricks.faults.add({ path: '*/runs/submit', when: 'after', delayMilliseconds: 200 });
      const cancelled = await oneTry();
      await wait(cancelled);
      cancelled.kill('SIGINT');
      const { result, exitCode, output } = await cancelled.end;
      assert.equal(result, 'Canceled', output);
      assert.equal(exitCode, 0);
      assert.match(output, /Cancelled\. Run \d+ was cancelled too\./);

      const end = await lastTry();
      assert.equal(end.result, 'Succeeded', end.output);
      const endings = databricks.runs.list().map(({ ending }) => ending?.resultState);
      assert.deepEqual(endings, ['SUCCESS', 'CANCELED']);
    });
  }
});
