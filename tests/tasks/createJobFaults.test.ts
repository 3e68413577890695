import { task } from '../../tasks/CreateJob/task';
import { itSurvivesFaults, itSurvivesKills, type Stage } from '../support/faultMatrix';
import { CreateJobWorkspace, variables } from './createJobWorkspace';

const spec = `
name: Train
tasks:
  - task_key: train
    notebook_task: {notebook_path: /Shared/train}
`;
const permissions = '- {group_name: team, permission_level: CAN_VIEW}';
const older = { spec: `${spec}timeout_seconds: 60`, permissions: permissions.replace('CAN_VIEW', 'CAN_MANAGE') };
const wanted = { spec, permissions };

/** What there is before the step, by what the step has to do. */
const beginnings: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = {
  created: undefined,
  updated: older,
  unchanged: wanted,
};

async function open(beginning: Readonly<Record<string, string>> | undefined): Promise<Stage> {
  const workspace = await CreateJobWorkspace.open();
  const { databricks, clock } = workspace;
  if (beginning) await workspace.run(beginning);
  return { databricks, clock, inputs: wanted, endState: () => workspace.state(), close: () => workspace.close() };
}

describe('CreateJob with faults', () => {
  for (const [change, beginning] of Object.entries(beginnings)) {
    const scenario = { task, variables, open: () => open(beginning) };
    itSurvivesKills(`a job to be ${change}`, scenario);
    itSurvivesFaults(`a job to be ${change}`, scenario);
  }
});
