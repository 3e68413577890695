import assert from 'node:assert/strict';
import type { Clock } from '../../shared/clock';
import type { Inputs, Task } from '../../shared/task/task';
import { task as createCluster } from '../../tasks/CreateCluster/task';
import { task as startCluster } from '../../tasks/StartCluster/task';
import { task as stopCluster } from '../../tasks/StopCluster/task';
import type { FakeAgent } from '../support/fakeAgent';
import { ClusterWorkspace, smallSpec } from '../tasks/clusterWorkspace';
import { DeployAciAzure } from '../tasks/deployAciAzure';
import { AzureMlStage, registered } from '../tasks/deployAzureMlStage';
import { InstallLibrariesWorkspace } from '../tasks/installLibrariesWorkspace';
import { RunJobWorkspace } from '../tasks/runJobWorkspace';

const timeoutMinutes = '5';

/** Runs a step with a clock that is made of the usual one. */
type Step = (clockOf: (usual: Clock) => Clock) => Promise<FakeAgent>;

/** A step that waits for a cluster, which is in a state before. */
function clusterStep<I extends Inputs, Output extends string>(
  task: Task<I, Output>,
  state: 'RUNNING' | 'TERMINATED',
  inputs: Readonly<Record<string, string>>,
): Step {
  return async (clockOf) => {
    const workspace = await ClusterWorkspace.open();
    await workspace.cluster(state);
    const clock = clockOf(workspace.clock);
    return workspace.run(task, { timeoutMinutes, ...inputs }, { clock }).finally(() => workspace.close());
  };
}

const steps: Readonly<Record<string, Step>> = {
  StartCluster: clusterStep(startCluster, 'TERMINATED', { cluster: 'train' }),
  StopCluster: clusterStep(stopCluster, 'RUNNING', { cluster: 'train' }),
  CreateCluster: clusterStep(createCluster, 'TERMINATED', { spec: JSON.stringify(smallSpec), start: 'true' }),
  RunJob: async (clockOf) => {
    const workspace = await RunJobWorkspace.open();
    workspace.databricks.scriptRun({ durationSeconds: 100, result: {} });
    const definition = '{ tasks: [{ task_key: a, notebook_task: { notebook_path: /Shared/a } }] }';
    const clock = clockOf(workspace.clock);
    return workspace
      .run({ runSource: 'definition', definition, timeoutMinutes }, { clock })
      .finally(() => workspace.close());
  },
  InstallLibraries: async (clockOf) => {
    const workspace = await InstallLibrariesWorkspace.open();
    workspace.databricks.scriptLibrary({ seconds: 100 });
    const clock = clockOf(workspace.clock);
    return workspace
      .run({ libraries: '- pypi: { package: numpy }', timeoutMinutes }, { clock })
      .finally(() => workspace.close());
  },
  DeployAci: async (clockOf) => {
    const azure = await DeployAciAzure.open();
    return azure.run({ timeoutMinutes }, { clock: clockOf(azure.clock) }).finally(() => azure.close());
  },
  DeployAzureMl: async (clockOf) => {
    const stage = await AzureMlStage.open();
    return stage
      .run({ ...registered, timeoutMinutes: '30' }, { clock: clockOf(stage.clock) })
      .finally(() => stage.close());
  },
};

describe('the date of the agent machine', () => {
  for (const [name, step] of Object.entries(steps))
    it(`does not matter to ${name}, whether it is set forward or back while the step waits`, async () => {
      const durations: number[] = [];
      for (const hours of [0, 3, -1]) {
        let sleeps = 0;
        let times = { begin: 0, now: () => 0 };
        const agent = await step((usual) => {
          times = { begin: usual.now(), now: () => usual.now() };
          return {
            now: () => usual.now(),
            date: () => usual.date() + (sleeps > 0 ? hours * 3_600_000 : 0),
            sleep: (milliseconds, signal) => {
              sleeps++;
              return usual.sleep(milliseconds, signal);
            },
          };
        });
        durations.push(times.now() - times.begin);
        assert.equal(agent.end.result, 'Succeeded', agent.text());
        assert.ok(sleeps > 0);
      }
      const [usual = 0, ...others] = durations;
      for (const duration of others) assert.ok(Math.abs(duration - usual) <= 2000, durations.join(', '));
    });
});
