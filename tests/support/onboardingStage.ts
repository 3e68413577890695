import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PolicyStore } from '../../sandbox/devops/policy/policyStore';
import { CheckConfigurations } from '../../sandbox/devops/resources/checks/checkConfigurations';
import { Environments } from '../../sandbox/devops/resources/environments/environments';
import { VariableGroups } from '../../sandbox/devops/resources/variableGroups/variableGroups';
import type { DevopsStage } from './devopsStage';
import { PipelineStage } from './pipelineStage';

export const owner = 'ada@contoso.com';

/** The service connections that the template's specification is given here. */
export const templateConnections: readonly string[] = [
  'adb-dev',
  'adb-test',
  'adb-prod',
  'registry',
  'azure-dev',
  'azure-live',
];

/** The variables of the template's specification, as lines of the input. */
export const templateVariables = [
  'model=churn',
  'service=churn',
  `owners=${owner}`,
  'serving=rest',
  'databricksDev=adb-dev',
  'databricksTest=adb-test',
  'databricksProd=adb-prod',
  'registryConnection=registry',
  'registry=fabrikam.azurecr.io',
  'azureTest=azure-dev',
  'azureProd=azure-live',
].join('\n');

const ci = `
trigger: [main]
variables:
  - group: {{model}}-settings
pool: { vmImage: ubuntu-latest }
stages:
  - stage: deploy
    jobs:
      - deployment: serve
        environment: {{model}}-prod
        strategy: { runOnce: { deploy: { steps: [{ checkout: none }, { script: 'true' }] } } }
`;

const specification = `model: '{{model}}'
repository:
  template: { folder: ../template }
team:
  name: '{{model}} owners'
  members: ['{{owners}}']
  repositoryPermissions: [contribute, contributeToPullRequests]
pipelineFolder: models
variableGroups:
  - name: '{{model}}-settings'
    variables:
      LEVEL: 1.10
      TOKEN: { isSecret: true }
environments:
  - name: '{{model}}-prod'
    approvals: { approvers: ['{{model}} owners'] }
pipelines:
  - { name: '{{model}}-ci', yamlFile: pipelines/ci.yml }
branchPolicies:
  minimumReviewers: { minimumNumberOfReviewers: 1 }
  buildValidation:
    - { buildPipeline: 'models/{{model}}-ci' }
  automaticallyIncludedReviewers:
    - { reviewers: ['{{model}} owners'] }
`;

/** The files of a template and a specification, in a folder of the machine. */
export class OnboardingFolder {
  private constructor(readonly path: string) {}

  static async create(): Promise<OnboardingFolder> {
    const folder = new OnboardingFolder(await mkdtemp(join(await realpath(tmpdir()), 'onboarding-')));
    await folder.write('template/pipelines/ci.yml', ci);
    await folder.write('template/{{model}}/train.py', 'name = "{{model}}"\n1\n2\n3\n');
    await folder.write('onboarding/onboarding.yml', specification);
    return folder;
  }

  get file(): string {
    return join(this.path, 'onboarding/onboarding.yml');
  }

  /** The specification, changed. */
  async change(text: string, by: string): Promise<void> {
    const changed = specification.replace(text, by);
    assert.notEqual(changed, specification);
    await this.write('onboarding/onboarding.yml', changed);
  }

  async reset(): Promise<void> {
    await this.write('onboarding/onboarding.yml', specification);
  }

  async write(path: string, content: string): Promise<void> {
    await mkdir(dirname(join(this.path, path)), { recursive: true });
    await writeFile(join(this.path, path), content);
  }

  inputs(mode: 'plan' | 'apply' = 'apply'): Readonly<Record<string, string>> {
    return {
      mode,
      specificationFile: this.file,
      variables: `model=churn\nowners=${owner}, ben@contoso.com`,
      secretVariables: 'churn-settings/TOKEN=s3cr3t-value',
    };
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true });
  }
}

const pipelineStages = new WeakMap<DevopsStage, PipelineStage>();

/** A project with two people and nothing of a model. */
export async function openOnboardingStage(): Promise<DevopsStage> {
  const on = await PipelineStage.open({ 'README.md': 'templates' }, 'templates');
  const { identities } = on.state;
  identities.addUser({ principalName: owner, displayName: 'Ada' });
  identities.addUser({ principalName: 'ben@contoso.com', displayName: 'Ben' });
  pipelineStages.set(on.stage, on);
  on.stage.organization.requests.clear();
  return on.stage;
}

export function addConnection(stage: DevopsStage, name: string, id: string): void {
  pipelineStages.get(stage)?.addConnection(name, id);
}

/** All that a model can have, in values that are the same in another stage. */
export function onboardingState(stage: DevopsStage): unknown {
  const { state } = stage.organization;
  const project = state.projects.find(stage.project) ?? assert.fail();
  const { projectId } = stage;
  const environments = state.of(Environments).ofProject(projectId);
  const pipelines = pipelineStages.get(stage);
  const names = new Map<string, string>([
    ...state.identities.all().map(({ id, displayName }) => [id, displayName] as const),
    ...stage.git.list(projectId).map(({ id, name }) => [id, name] as const),
  ]);
  const named = (value: unknown): string =>
    JSON.stringify(value)
      .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, (id) => names.get(id) ?? id)
      .replaceAll(/"buildDefinitionId":\d+/g, '"buildDefinitionId":0');
  return {
    repositories: stage.repositories(),
    pullRequests: [...stage.git.pullRequests.values()].map(({ title, status }) => [title, status]),
    pipelines: pipelines?.endState(),
    groups: state
      .of(VariableGroups)
      .ofProject(projectId)
      .map(({ reference, variables }) => [reference.name, JSON.stringify([...variables])]),
    environments: environments.map(({ id, name }) => [
      name,
      state
        .of(CheckConfigurations)
        .ofResource(projectId, { type: 'environment', id: String(id) })
        .map(({ type, settings }) => named([type.name, settings])),
    ]),
    teams: state.teams.list(project).map(({ identity }) => [
      identity.displayName,
      state.identities
        .related(identity, 'down')
        .map(({ displayName }) => displayName)
        .sort(),
    ]),
    policies: state
      .of(PolicyStore)
      .list(projectId)
      .map(({ type, isBlocking, settings }) => named([type.id, isBlocking, settings]))
      .sort(),
  };
}
