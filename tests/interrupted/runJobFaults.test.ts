import assert from 'node:assert/strict';
import type { RunScript } from '../../sandbox/databricks/jobs/runScripts';
import { task } from '../../tasks/RunJob/task';
import type { FakeAgent } from '../support/fakeAgent';
import { itSurvivesFaults, itSurvivesKills, type Stage } from '../support/faultMatrix';
import { oneStep, RunJobWorkspace } from '../tasks/runJobWorkspace';

const cluster = { cluster_name: 'shared', spark_version: '15.4.x-scala2.12', node_type_id: 'Standard_DS3_v2' };
const notebookPath = '/Shared/train';

const success: NonNullable<RunScript['result']> = { notebookResult: 'done' };
const failure = { resultState: 'FAILED', code: 'RUN_EXECUTION_ERROR', type: 'CLIENT_ERROR', message: 'no' };

/** What is run, by the inputs that say so. */
const sources: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a job by its name': { job: 'Train', parameters: 'rounds=3' },
  'a notebook on a cluster': { runSource: 'notebook', notebookPath, compute: 'existing', cluster: 'shared' },
};

async function open(inputs: Readonly<Record<string, string>>, firstResult = success): Promise<Stage> {
  const workspace = await RunJobWorkspace.open();
  const { databricks, clock } = workspace;
  await workspace.job('Train');
  databricks.clusters.create({ ...cluster, num_workers: 1 }, 'someone@example.com', 'API');
  await databricks.clock.advance(60_000);
  databricks.scriptRun({ durationSeconds: 2, result: success });
  databricks.scriptRun({ durationSeconds: 2, times: 1, result: firstResult });
  return {
    databricks,
    clock,
    inputs: { timeoutMinutes: '1', ...inputs },
    endState: async () => {
      await databricks.clock.advance(60_000);
      return databricks.runs.list().map(({ name, ending, tasks }) => ({
        name,
        ending: ending?.resultState,
        attempts: tasks.map(({ taskKey, ending: ended }) => [taskKey, ended?.resultState]),
      }));
    },
    close: () => workspace.close(),
  };
}

/** A step that fails names the run once it knows of it, and its page once it has seen it; one that succeeds has its result. */
function check({ end, outputs }: FakeAgent, { databricks }: Stage, where: string): void {
  assert.ok(databricks.runs.list().length <= 1, where);
  if (end.result === 'Failed') {
    const runId = databricks.runs.list()[0]?.runId ?? '';
    const isAccepted = databricks.requests
      .list()
      .some(({ path, status, fault }) => /run-now|submit/.test(path) && status === 200 && !fault);
    if (isAccepted) assert.ok(end.message.includes(runId), where);
    if (outputs['runUrl'] !== undefined) assert.ok(end.message.includes(outputs['runUrl']), where);
    return;
  }
  assert.equal(outputs['resultState'], 'SUCCESS', where);
}

describe('RunJob with faults', () => {
  for (const [what, inputs] of Object.entries(sources)) {
    const scenario = { task, open: () => open(inputs), variables: oneStep, dispensable: /\/get-output$/, check };
    itSurvivesKills(what, scenario);
    itSurvivesFaults(what, scenario);
  }

  // A retry after a failed run starts another run, as intended.
  itSurvivesFaults('a run to be repaired', {
    task,
    open: () => open({ job: 'Train', repairAttempts: '1' }, failure),
    variables: oneStep,
    passingOnly: true,
    check,
  });
});
