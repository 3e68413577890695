import assert from 'node:assert/strict';
import { task } from '../../tasks/CreatePipelines/task';
import type { DevopsTry } from '../support/devopsStage';
import type { FakeAgent } from '../support/fakeAgent';
import { PipelineStage } from '../support/pipelineStage';

export type Given = Readonly<Record<string, string>>;

const connectionId = '0a1b2c3d-0000-4000-8000-000000000001';
const ci = `
trigger: [main]
variables:
  - group: churn-dev
pool: { vmImage: ubuntu-latest }
stages:
  - template: steps.yml
`;
export const files = {
  'pipelines/ci.yml': ci,
  'pipelines/steps.yml': `
stages:
  - stage: deploy
    jobs:
      - deployment: serve
        environment: churn-test
        strategy:
          runOnce:
            deploy:
              steps:
                - checkout: none
                - task: AzureCLI@2
                  inputs: { azureSubscription: azure-dev, scriptType: bash, inlineScript: 'true' }
`,
  'pipelines/small.yml': 'variables: [{ group: churn-dev }]\nsteps: [{ script: "true" }]\n',
  'pipelines/plain.yml': 'pool: { vmImage: ubuntu-latest }\nsteps:\n  - script: "true"\n',
};
export const pipelines = `
folder: models/churn
pipelines:
  - name: churn-ci
    yamlFile: pipelines/ci.yml
    variables:
      LEVEL: 1.10
      TOKEN: { isSecret: true, allowOverride: true }
`;
/** Inputs with a pipeline that uses a group, an environment and a connection, and that has a secret. */
export const given = { repository: 'churn', pipelines, secretVariables: 'churn-ci/TOKEN=s3cr3t-value' };

/** Inputs with a pipeline that uses nothing, of which no run is queued. */
export function plain(more: object = {}): Given {
  return {
    repository: 'churn',
    pipelines: JSON.stringify({ pipelines: [{ name: 'plain', yamlFile: 'pipelines/plain.yml', ...more }] }),
    firstRun: 'none',
  };
}

/** A project with a repository, and with all that the pipelines of its files use. */
export class CreatePipelinesStage {
  private constructor(readonly on: PipelineStage) {}

  static async open(): Promise<CreatePipelinesStage> {
    const on = await PipelineStage.open(files);
    await on.addGroup('churn-dev');
    await on.addEnvironment('churn-test');
    on.addConnection('azure-dev', connectionId);
    return new CreatePipelinesStage(on);
  }

  /** One try of the step. */
  run(inputs: Given, options?: DevopsTry): Promise<FakeAgent> {
    return this.on.stage.run(task, inputs, options);
  }

  async succeeds(inputs: Given): Promise<FakeAgent> {
    const agent = await this.run(inputs);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    return agent;
  }

  /** With this message. */
  async fails(inputs: Given, options?: DevopsTry): Promise<string> {
    const agent = await this.run(inputs, options);
    assert.equal(agent.end.result, 'Failed', agent.end.message);
    return agent.end.message;
  }

  /** Makes a pipeline as somebody else would, and gives its id. */
  async define(name: string, more: object = {}, repository = 'churn'): Promise<number> {
    const { id = '' } = this.on.stage.git.find(this.on.stage.projectId, repository) ?? {};
    const created = await this.on.send('POST', 'build/definitions', {
      name,
      type: 'build',
      queue: { name: 'Azure Pipelines' },
      process: { type: 2, yamlFilename: 'pipelines/plain.yml' },
      repository: { id, type: 'tfsgit', defaultBranch: 'main' },
      triggers: [{ settingsSourceType: 2, triggerType: 2 }],
      ...more,
    });
    return (created as { id: number }).id;
  }

  /** What was sent that writes, such as `POST definitions`. */
  writes(): readonly string[] {
    return this.on.stage.writtenKinds();
  }

  close(): Promise<void> {
    return this.on.close();
  }
}
