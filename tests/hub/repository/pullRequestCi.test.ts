import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openPullRequest } from '../../../hub/repository/git/openPullRequest';
import { BuildEngine } from '../../../sandbox/devops/build/running/buildEngine';
import { providePython } from '../../../sandbox/python/providePython';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox';
import { systemClock } from '../../../shared/clock';
import { runTask } from '../../../shared/task/runTask';
import { task as syncModelVariables } from '../../../tasks/SyncModelVariables/task';
import { projectRoot } from '../../../tools/commandLine';
import { installExtension } from '../../../local/hub/ownExtension';
import { workspaceConnections } from '../../../local/pipelines/openPipelines';
import { OrganizationClient } from '../../../local/organization/organizationClient';
import { pushFolder } from '../../../local/organization/pushFolder';
import { builtTasks } from '../../support/builtTasks';
import { FakeAgent } from '../../support/fakeAgent';
import { registryOf, saveText } from '../modelStage';
import { changedLines, commitFiles, hostOf, storedRepository } from './fixture';

const template = path.join(projectRoot, 'template');
const file = 'demo_model/model_variables.yml';
const buildPolicy = '0609b952-1397-4640-95ec-e00a01b2c241';

interface Run {
  readonly id: number;
  readonly result: string;
  readonly sourceBranch: string;
  readonly reason: string;
}

/** The template in the repository of an organization, whose branch main demands that its pipeline ci has passed. */
describe('A pull request with the values of the hub, in a repository of the template', function () {
  this.timeout(300_000);
  let folder: string;
  let sandbox: Sandbox;
  let client: OrganizationClient;
  let definition: number;
  /** The variables of the template, with the line ends of Windows. */
  let stored: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'pull-request-ci-'));
    const [tasks, python] = await Promise.all([builtTasks(), providePython(folder)]);
    const environment = { PATH: [python.pathEntry, process.env['PATH'] ?? ''].join(path.delimiter) };
    sandbox = await startSandbox({
      connections: workspaceConnections,
      tasks,
      // The linter would be downloaded.
      agent: { environment, parameters: { lint: false } },
    });
    const { devops: organization } = sandbox;
    await installExtension(organization);
    client = new OrganizationClient(organization.url, organization.project, organization.personalAccessToken);
    const repository = storedRepository(organization);
    await pushFolder(client, repository.id, template);
    stored = (await readFile(path.join(template, file), 'utf8')).replaceAll('\n', '\r\n');
    await commitFiles(organization, { [`/${file}`]: stored });
    definition = await createPipeline(repository.id);
  });
  after(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true });
  });

  async function createPipeline(repositoryId: string): Promise<number> {
    const { id } = await client.send<{ id: number }>('POST', '_apis/build/definitions', {
      name: 'ci',
      type: 'build',
      queue: { name: 'Azure Pipelines' },
      process: { type: 2, yamlFilename: 'pipelines/ci_pipeline.yml' },
      repository: { id: repositoryId, type: 'TfsGit', defaultBranch: 'refs/heads/main' },
      triggers: [],
    });
    const endpoints = await client.send<{ value: { id: string }[] }>('GET', '_apis/serviceendpoint/endpoints');
    for (const endpoint of endpoints.value) {
      const permissions = `_apis/pipelines/pipelinePermissions/endpoint/${endpoint.id}`;
      await client.send('PATCH', permissions, { pipelines: [{ id, authorized: true }] }, '7.1-preview.1');
    }
    const scope = [{ repositoryId, refName: 'refs/heads/main', matchKind: 'Exact' }];
    await client.send('POST', '_apis/policy/configurations', {
      isEnabled: true,
      isBlocking: true,
      type: { id: buildPolicy },
      settings: { buildDefinitionId: id, queueOnSourceUpdateOnly: true, validDuration: 0, scope },
    });
    return id;
  }

  /** Waits for the run that the policy queues, and expects that it passes. @returns its logs */
  async function passes(pullRequest: number): Promise<string> {
    await sandbox.devops.state.of(BuildEngine).settle();
    const builds = `_apis/build/builds?definitions=${definition}&branchName=refs/pull/${pullRequest}/merge`;
    const { value: runs } = await client.send<{ value: readonly Run[] }>('GET', builds);
    const [run] = runs;
    assert.ok(run && runs.length === 1, JSON.stringify(runs));
    const { value: logs } = await client.send<{ value: readonly { id: number }[] }>(
      'GET',
      `_apis/build/builds/${run.id}/logs`,
    );
    const texts: string[] = [];
    for (const { id } of logs) {
      const lines = await client.send<{ value: string[] }>('GET', `_apis/build/builds/${run.id}/logs/${id}`);
      texts.push(...lines.value);
    }
    const text = texts.join('\n');
    assert.deepEqual([run.reason, run.result], ['pullRequest', 'succeeded'], text);
    return text;
  }

  /** What a person saves in the hub, which writes line ends of its own. */
  const textWith = (epochs: number): string =>
    stored.replaceAll('\r\n', '\n').replace('epochs: 300', `epochs: ${epochs}`);

  const expectLines = async (branch: string, epochs: number): Promise<void> =>
    assert.deepEqual(await changedLines(sandbox.devops, branch), [
      '-    epochs: 300\r\n',
      `+    epochs: ${epochs}\r\n`,
    ]);

  it('that the hub opens changes one line, and passes the pipeline ci', async () => {
    const { devops: organization } = sandbox;
    const registry = registryOf(organization);
    // Not the id that the file has: the pipeline would take the values that are saved.
    await saveText(registry, 'demo', textWith(300));
    const model = (await registry.model('demo')) ?? assert.fail();
    const linked = {
      ...model,
      repository: { id: storedRepository(organization).id, path: `/${file}`, branch: 'main' },
    };
    const { pullRequest } = await openPullRequest(hostOf(organization), linked, textWith(350), 'More epochs');
    await expectLines(pullRequest.branch, 350);
    assert.match(
      await passes(pullRequest.number),
      /^.*training\.epochs = 350 {2}\(demo_model\/model_variables\.yml:\d+\)/m,
    );
  });

  it('that SyncModelVariables opens changes one line, and passes the pipeline ci', async () => {
    const { devops: organization } = sandbox;
    const registry = registryOf(organization);
    await saveText(registry, 'demo_model', textWith(300));
    await saveText(registry, 'demo_model', textWith(360));
    const inputs = {
      ...{ connectionType: 'token', devopsConnection: 'c', project: organization.project, repository: 'local' },
      ...{ mode: 'hubToRepository', variablesFile: file, registryModel: 'demo_model' },
    };
    const connections = { c: { url: organization.url, token: organization.personalAccessToken } };
    const agent = new FakeAgent(inputs, connections);
    await runTask(syncModelVariables, { agent, clock: systemClock, signal: new AbortController().signal });
    assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    await expectLines('model-variables/demo_model-r2', 360);
    const log = await passes(Number(agent.outputs['pullRequestId']));
    assert.match(log, /^.*training\.epochs = 360 {2}\(hub r2:\d+\)/m);
  });
});
