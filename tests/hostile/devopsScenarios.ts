import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namespaceIds } from '../../sandbox/devops/identities/namespaces';
import { PolicyStore } from '../../sandbox/devops/policy/policyStore';
import { task as applyBranchPolicies } from '../../tasks/ApplyBranchPolicies/task';
import { task as createPipelines } from '../../tasks/CreatePipelines/task';
import { task as createRepository } from '../../tasks/CreateRepository/task';
import { task as createTeam } from '../../tasks/CreateTeam/task';
import { task as onboardModel } from '../../tasks/OnboardModel/task';
import { DevopsStage } from '../support/devopsStage';
import { PipelineStage } from '../support/pipelineStage';
import { hubScenarios } from './hubScenarios';
import type { Scenario, Stage } from './scenario';

type Given = Readonly<Record<string, string>>;

function stageOf(
  stage: DevopsStage,
  run: Stage['run'],
  endState: () => unknown,
  close: () => Promise<void> = () => stage.close(),
): Stage {
  stage.organization.requests.clear();
  return {
    standIns: { devops: stage.organization },
    run,
    endState: () => Promise.resolve(endState()),
    secrets: [stage.organization.personalAccessToken],
    close,
  };
}

/** A repository from a template of one file. */
async function ofRepositories(): Promise<Stage> {
  const stage = await DevopsStage.open();
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'template-'));
  await writeFile(join(folder, 'train.py'), 'name = "{{model}}"\n');
  const inputs = { repositoryName: 'churn', templateFolder: folder, variables: 'model=churn', defaultBranch: 'trunk' };
  return stageOf(
    stage,
    (signal) => stage.run(createRepository, inputs, { signal }),
    () => stage.repositories(),
    async () => {
      await stage.close();
      await rm(folder, { recursive: true });
    },
  );
}

/** A repository from a template, and a policy of its branch. */
async function ofOnboarding(): Promise<Stage> {
  const stage = await DevopsStage.open();
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'onboarding-'));
  await mkdir(join(folder, 'template'));
  await writeFile(join(folder, 'template', 'train.py'), 'name = "{{model}}"\n');
  const specification = `model: churn
repository: { template: { folder: '${folder}/template' } }
branchPolicies: { commentResolution: required }
`;
  return stageOf(
    stage,
    (signal) => stage.run(onboardModel, { mode: 'apply', specification }, { signal }),
    () => [stage.repositories(), stage.organization.state.of(PolicyStore).list(stage.projectId).length],
    async () => {
      await stage.close();
      await rm(folder, { recursive: true });
    },
  );
}

/** The policies of a branch, on which there are others before. */
function ofPolicies(policies: string, inputs: Given = {}, before?: string) {
  return async (): Promise<Stage> => {
    const stage = await DevopsStage.open();
    stage.addRepository('churn');
    const run = (given: Given, signal: AbortSignal) =>
      stage.run(applyBranchPolicies, { repository: 'churn', ...given }, { signal });
    if (before !== undefined) await run({ policies: before }, new AbortController().signal);
    const endState = (): unknown =>
      stage.organization.state
        .of(PolicyStore)
        .list(stage.projectId)
        .map(({ type, isEnabled, isBlocking, settings: { scope: _, ...settings } }) =>
          JSON.stringify([type.id, isEnabled, isBlocking, settings]),
        )
        .sort();
    return stageOf(stage, (signal) => run({ policies, ...inputs }, signal), endState);
  };
}

const entraGroup = 'c0ffee00-0000-4000-8000-00000000000a';
const team: Given = {
  teamName: 'Churn',
  description: 'Predicts churn',
  areaPath: 'churn',
  members: `ada@contoso.com\n${entraGroup}`,
  administrators: 'ada@contoso.com',
  repository: 'churn',
  repositoryPermissions: 'contribute',
};

/** A team with all that it can have, of which some is there before. */
function ofTeams(inputs: Given, before?: Given) {
  return async (): Promise<Stage> => {
    const stage = await DevopsStage.open();
    stage.addRepository('churn');
    const { identities, directory, projects, teams, security } = stage.organization.state;
    for (const principalName of ['ada@contoso.com', 'ben@contoso.com']) identities.addUser({ principalName });
    directory.add({ objectId: entraGroup, kind: 'group', name: 'Data scientists' });
    if (before) await stage.run(createTeam, before);
    const endState = (): unknown => {
      const project = projects.find(stage.project);
      const all = project ? teams.list(project) : [];
      return all.map(({ identity, id }) => [
        identity.displayName,
        identity.description,
        identities.related(identity, 'down').map(({ displayName }) => displayName),
        [...(security.find(namespaceIds.identity, `${stage.projectId}\\${id}`)?.entries.values() ?? [])],
      ]);
    };
    return stageOf(stage, (signal) => stage.run(createTeam, inputs, { signal }), endState);
  };
}

/** A pipeline with a variable group, of which another form is there before. */
function ofPipelines(document: string, before?: string) {
  return async (): Promise<Stage> => {
    const on = await PipelineStage.open({ 'ci.yml': 'variables: [{ group: churn-dev }]\nsteps: [{ script: ls }]\n' });
    await on.addGroup('churn-dev');
    const run = (pipelines: string, signal: AbortSignal) =>
      on.stage.run(createPipelines, { repository: 'churn', pipelines, firstRun: 'wait' }, { signal });
    if (before !== undefined) await run(before, new AbortController().signal);
    return stageOf(
      on.stage,
      (signal) => run(document, signal),
      () => on.endState(),
    );
  };
}

const pipelines = 'pipelines: [{ name: churn-ci, yamlFile: ci.yml, variables: { LEVEL: 1 } }]\n';
const policies = 'commentResolution: required\nmergeTypes: [squashMerge]\n';
const others = 'minimumReviewers: { minimumNumberOfReviewers: 2 }\nmergeTypes: [basicMerge]\n';

export const devopsScenarios: readonly Scenario[] = [
  { task: 'CreateRepository', what: 'a template', open: ofRepositories },
  { task: 'CreatePipelines', what: 'a new pipeline', open: ofPipelines(pipelines) },
  {
    task: 'CreatePipelines',
    what: 'a pipeline to update',
    open: ofPipelines(pipelines.replace('1 }', '2 }'), pipelines),
  },
  { task: 'OnboardModel', what: 'a repository with a policy', open: ofOnboarding },
  { task: 'ApplyBranchPolicies', what: 'new policies', open: ofPolicies(policies) },
  {
    task: 'ApplyBranchPolicies',
    what: 'policies to update and to delete',
    open: ofPolicies(policies, { removeOthers: 'true' }, others),
  },
  { task: 'CreateTeam', what: 'a new team', open: ofTeams(team) },
  {
    task: 'CreateTeam',
    what: 'a team with other members',
    open: ofTeams({ ...team, removeOtherMembers: 'true' }, { teamName: 'Churn', members: 'ben@contoso.com' }),
  },
  ...hubScenarios,
];
