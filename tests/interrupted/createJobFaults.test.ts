import { task } from '../../tasks/CreateJob/task';
import { itSurvivesFaults, itSurvivesKills, type Stage } from '../support/faultMatrix';
import { CreateJobWorkspace, variables } from '../tasks/createJobWorkspace';

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

const hidden = {
  spec: `
name: Train
description: not returned
tasks:
  - task_key: train
    notebook_task: {notebook_path: /Shared/train}
    new_cluster: {spark_version: 16.4.x-scala2.12, num_workers: 1, apply_policy_default_values: true}
`,
};

/** A workspace that drops a setting, which nobody knows before a job was written. */
async function openForgetful(): Promise<Stage> {
  const { databricks, ...stage } = await open(undefined);
  const { jobs } = databricks;
  const [create, reset] = [jobs.create.bind(jobs), jobs.reset.bind(jobs)];
  jobs.create = (settings, creator) => create({ ...settings, description: null }, creator);
  jobs.reset = (job, settings) => reset(job, { ...settings, description: null });
  return { ...stage, databricks, inputs: hidden };
}

describe('CreateJob with faults', () => {
  const forgotten = { task, variables, open: openForgetful };
  itSurvivesKills('a job with settings that are not returned', forgotten);
  itSurvivesFaults('a job with settings that are not returned', forgotten);

  for (const [change, beginning] of Object.entries(beginnings)) {
    const scenario = { task, variables, open: () => open(beginning) };
    itSurvivesKills(`a job to be ${change}`, scenario);
    itSurvivesFaults(`a job to be ${change}`, scenario);
  }
});
