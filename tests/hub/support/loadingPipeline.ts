import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BuildEngine } from '../../../sandbox/devops/build/running/buildEngine';
import type { Organization } from '../../../sandbox/devops/organization';
import { bundleTask } from '../../../tools/bundleTask';
import { projectRoot } from '../../../tools/commandLine';
import { ownExtension } from '../../../local/hub/ownExtension';
import { OrganizationClient } from '../../../local/organization/organizationClient';

const task = 'LoadModelVariables';

const pipeline = `
parameters:
- name: revision
  type: string
  default: ''
pool:
  vmImage: ubuntu-latest
steps:
- task: LoadModelVariables@1
  name: model
  inputs:
    modelFile: model_variables.yml
    registry: required
    registryRevision: \${{ parameters.revision }}
- bash: echo "replicas=$(model.replicas) epochs=$(model.epochs)"
`;

/** The file of the model in the repository. */
export const modelFile = `variables:
  modelName: churn
  modelVersion: '1'
  replicas: 1
  epochs: 300
locked: [modelName]
`;

/** The folder of the built task, which is built before the tests of a suite. */
export function useBuiltTask(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'hub-task-'));
  const tasks = path.join(folder, 'tasks');
  before(async () => {
    await mkdir(path.join(tasks, task), { recursive: true });
    await writeFile(path.join(folder, 'package.json'), '{"type":"commonjs"}');
    await copyFile(path.join(projectRoot, 'tasks', task, 'task.json'), path.join(tasks, task, 'task.json'));
    const { publisherName: publisher, extensionName: id } = await ownExtension();
    await bundleTask(projectRoot, task, path.join(tasks, task, 'index.js'), { publisher, id });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return tasks;
}

export interface LoadedVariables {
  readonly log: string;
  readonly tags: readonly string[];
  /** Markdown. */
  readonly summary: string;
}

/** A pipeline of the organization that loads the variables of the model with the values of the hub, and writes two of them. */
export class LoadingPipeline {
  private constructor(
    private readonly organization: Organization,
    private readonly client: OrganizationClient,
    private readonly definition: number,
  ) {}

  static async create(organization: Organization): Promise<LoadingPipeline> {
    const client = new OrganizationClient(organization.url, organization.project, organization.personalAccessToken);
    const { id: repository } = await client.send<{ id: string }>('GET', '_apis/git/repositories/local');
    const add = (name: string, content: string) => ({
      changeType: 'add',
      item: { path: `/${name}` },
      newContent: { content, contentType: 'rawtext' },
    });
    const changes = [add('azure-pipelines.yml', pipeline), add('model_variables.yml', modelFile)];
    await client.send('POST', `_apis/git/repositories/${repository}/pushes`, {
      refUpdates: [{ name: 'refs/heads/main', oldObjectId: '0'.repeat(40) }],
      commits: [{ comment: 'Add files', changes }],
    });
    const { id } = await client.send<{ id: number }>('POST', '_apis/build/definitions', {
      name: 'train',
      type: 'build',
      queue: { name: 'Azure Pipelines' },
      process: { type: 2, yamlFilename: 'azure-pipelines.yml' },
      repository: { id: repository, type: 'TfsGit', defaultBranch: 'refs/heads/main' },
    });
    return new LoadingPipeline(organization, client, id);
  }

  /** Runs it, and expects that it succeeds. @param revision the newest one by default */
  async run(revision?: number): Promise<LoadedVariables> {
    const { client, organization } = this;
    const templateParameters = revision === undefined ? {} : { revision: String(revision) };
    const queued = { definition: { id: this.definition }, templateParameters };
    const { id } = await client.send<{ id: number }>('POST', '_apis/build/builds', queued);
    await organization.state.of(BuildEngine).settle();
    const build = `_apis/build/builds/${id}`;
    const { value: lines } = await client.send<{ value: string[] }>('GET', `${build}/logs/1`);
    const { result, tags } = await client.send<{ result: string; tags: string[] }>('GET', build);
    assert.equal(result, 'succeeded', lines.join('\n'));
    const list = `${build}/attachments/Distributedtask.Core.Summary`;
    const { value } = await client.send<{ value: { _links: { self: { href: string } } }[] }>('GET', list);
    const response = await fetch(value[0]?._links.self.href ?? '', {
      headers: { authorization: `Bearer ${organization.personalAccessToken}` },
    });
    return { log: lines.join('\n'), tags, summary: await response.text() };
  }
}
