import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BuildEngine } from '../../sandbox/devops/build/running/buildEngine';
import { OrganizationClient } from '../../tools/onboarding/organizationClient';
import { bundleTask } from '../../tools/bundleTask';
import { projectRoot } from '../../tools/commandLine';
import { ownExtension } from '../../tools/hub/ownExtension';
import { useHub } from './support/browser';
import { registryPage } from './support/testPages';

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

const file = `variables:
  modelName: churn
  modelVersion: '1'
  replicas: 1
  epochs: 300
locked: [modelName]
`;

describe('What is saved in the hub', function () {
  this.timeout(240_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'hub-task-'));
  const tasks = path.join(folder, 'tasks');
  const { openHub, organization } = useHub({ hubFolder: registryPage, tasks });

  before(async () => {
    await mkdir(path.join(tasks, task), { recursive: true });
    await writeFile(path.join(folder, 'package.json'), '{"type":"commonjs"}');
    await copyFile(path.join(projectRoot, 'tasks', task, 'task.json'), path.join(tasks, task, 'task.json'));
    const { publisherName: publisher, extensionName: id } = await ownExtension();
    await bundleTask(projectRoot, task, path.join(tasks, task, 'index.js'), { publisher, id });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is what the built task loads, with its revision and line; a pinned revision gives the value before', async () => {
    const { frame } = await openHub({ user: 'grace@example.com' });
    await frame.evaluate(async (copied) => {
      const save = async (replicas: number) => {
        const base = await window.registry.model('churn');
        const text = copied.replace('replicas: 1', `replicas: ${replicas}`).replace(/ {2}epochs.*\n/, '');
        await window.registry.save({ id: 'churn', text, comment: `Set replicas to ${replicas}`, base });
      };
      await save(2);
      await save(5);
    }, file);
    const client = new OrganizationClient(organization().url, 'local', organization().personalAccessToken);
    const definition = await createPipeline(client);
    const newest = await run(client, definition);
    assert.match(newest.log, /replicas=5 epochs=300/);
    assert.match(newest.summary, /replicas.*hub r2:4/);
    assert.match(newest.summary, /epochs.*model\\_variables\.yml:5/);
    assert.ok(newest.tags.includes('model-churn-r2'), newest.tags.join());
    const pinned = await run(client, definition, { revision: '1' });
    assert.match(pinned.log, /replicas=2 epochs=300/);
    assert.match(pinned.summary, /replicas.*hub r1:4/);
  });

  async function createPipeline(client: OrganizationClient): Promise<number> {
    const { id: repository } = await client.send<{ id: string }>('GET', '_apis/git/repositories/local');
    const add = (name: string, content: string) => ({
      changeType: 'add',
      item: { path: `/${name}` },
      newContent: { content, contentType: 'rawtext' },
    });
    await client.send('POST', `_apis/git/repositories/${repository}/pushes`, {
      refUpdates: [{ name: 'refs/heads/main', oldObjectId: '0'.repeat(40) }],
      commits: [
        { comment: 'Add files', changes: [add('azure-pipelines.yml', pipeline), add('model_variables.yml', file)] },
      ],
    });
    const { id } = await client.send<{ id: number }>('POST', '_apis/build/definitions', {
      name: 'train',
      type: 'build',
      queue: { name: 'Azure Pipelines' },
      process: { type: 2, yamlFilename: 'azure-pipelines.yml' },
      repository: { id: repository, type: 'TfsGit', defaultBranch: 'refs/heads/main' },
    });
    return id;
  }

  async function run(client: OrganizationClient, definition: number, templateParameters: object = {}) {
    const queued = { definition: { id: definition }, templateParameters };
    const { id } = await client.send<{ id: number }>('POST', '_apis/build/builds', queued);
    await organization().state.of(BuildEngine).settle();
    const build = `_apis/build/builds/${id}`;
    const { value: lines } = await client.send<{ value: string[] }>('GET', `${build}/logs/1`);
    const { result, tags } = await client.send<{ result: string; tags: string[] }>('GET', build);
    assert.equal(result, 'succeeded', lines.join('\n'));
    const list = `${build}/attachments/Distributedtask.Core.Summary`;
    const { value } = await client.send<{ value: { _links: { self: { href: string } } }[] }>('GET', list);
    const response = await fetch(value[0]?._links.self.href ?? '', {
      headers: { authorization: `Bearer ${organization().personalAccessToken}` },
    });
    return { log: lines.join('\n'), tags, summary: await response.text() };
  }
});
