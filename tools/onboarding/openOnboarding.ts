import path from 'node:path';
import { exitCodeOf } from '../../sandbox/agent/renderReport';
import { pyodideRunner } from '../../sandbox/databricks/notebooks/pyodideRunner';
import { providePython } from '../../sandbox/python/providePython';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { ToolError } from '../commandLine';
import { installExtension } from '../../local/hub/ownExtension';
import { timeScale, workspaceConnections } from '../../local/pipelines/openPipelines';
import { runFolder, type RepositoryOptions } from '../../local/pipelines/runRepository';
import { buildTasks } from '../buildTasks';
import type { PipelineListener } from '../../local/view/pipelineView';
import type { PipelineOutcome } from '../../local/pipelines/summary';
import { changingRequests } from './changingRequests';
import { OrganizationClient } from '../../local/organization/organizationClient';
import { runPipelines, type EndedRun } from './runPipelines';
import type { RunView } from './runSequence';
import { pushRepository } from '../../local/organization/pushFolder';
import { WatchedRuns } from './watchedRuns';

export interface OnboardingOptions extends Pick<RepositoryOptions, 'repository' | 'outputFolder'> {
  /** The folder of the built tasks; without it they are built. */
  readonly tasks?: string;
  /** The name of the new model. */
  readonly model: string;
  readonly listener: PipelineListener & RunView;
}

/** The embedded organization with the template, and with all that the pipeline for new models needs. */
export interface LocalOnboarding {
  readonly sandbox: Sandbox;
  /**
   * Runs the pipeline for new models twice. The first time creates the model, whose first runs are waited for; the second
   * time finds everything as it is to be. Ends after the first time when a run did not succeed.
   */
  run(signal: AbortSignal): Promise<OnboardingResult>;
  /** What a person needs to look at the result: names and values. */
  addresses(): Promise<readonly (readonly [name: string, value: string])[]>;
  close(): Promise<void>;
}

export interface OnboardingResult {
  readonly outcomes: readonly PipelineOutcome[];
  /** The requests by which the second time changed something although there was nothing to change. */
  readonly needlessRequests: readonly string[];
}

export const onboardingFile = 'pipelines/onboard_pipeline.yml';

const [templateName, pipelineName, connectionName] = ['model-template', 'onboard', 'azure-devops'];

/** Starts the sandbox and pushes the template. */
export async function openOnboarding(options: OnboardingOptions): Promise<LocalOnboarding> {
  const { listener, outputFolder } = options;
  const notebooks = pyodideRunner(); // loads Python while the tasks are built
  const [tasks, python] = await listener.prepare('Build the tasks, prepare Python', () =>
    Promise.all([options.tasks ?? buildTasks(outputFolder), providePython(path.resolve(outputFolder, 'pyodide'))]),
  );
  const runs = new WatchedRuns(runFolder(outputFolder), listener);
  const environment = { PATH: [python.pathEntry, process.env['PATH'] ?? ''].join(path.delimiter) };
  const start = () =>
    startSandbox({
      databricks: { notebooks, timeScale },
      connections: workspaceConnections,
      tasks,
      // As in the pipeline ci of this machine: the linter would be downloaded.
      agent: { environment, parameters: { lint: false }, watch: (run) => runs.watch(run) },
    });
  const sandbox = await listener.prepare('Start the sandbox', start, (started) => started.describe().devops.url);
  await installExtension(sandbox.devops);
  const { url, project, personalAccessToken } = sandbox.describe().devops;
  const client = new OrganizationClient(url, project, personalAccessToken);
  const definition = await listener
    .prepare('Push the template and create its pipeline', () =>
      createPipeline(client, options.repository, personalAccessToken),
    )
    .catch(async (error: unknown) => {
      await sandbox.close();
      throw error;
    });
  const runOnce = async (signal: AbortSignal, suffix = ''): Promise<readonly PipelineOutcome[]> => {
    const owners = sandbox.devops.administrator.principalName;
    const watch = { signal, note: (text: string) => listener.note(text) };
    const ended = await runPipelines(client, definition, { model: options.model, owners }, watch);
    return Promise.all(ended.map((run) => outcomeOf(runs, run, suffix)));
  };
  return {
    sandbox,
    run: async (signal) => {
      const first = await runOnce(signal);
      if (!first.every(({ report }) => report && exitCodeOf(report) === 0))
        return { outcomes: first, needlessRequests: [] };
      const before = sandbox.devops.requests.list().length;
      const second = await runOnce(signal, ' again');
      const needlessRequests = changingRequests(sandbox.devops.requests.list().slice(before));
      listener.note(
        needlessRequests.length === 0
          ? 'The second run changed nothing in the organization.'
          : `error: The second run changed the organization: ${needlessRequests.join(', ')}`,
      );
      return { outcomes: [...first, ...second], needlessRequests };
    },
    addresses: () => addressesOf(client, personalAccessToken),
    close: () => sandbox.close(),
  };
}

/** Creates the repository, the connection to the organization and the pipeline, which may use what it needs. @returns the id of the pipeline */
async function createPipeline(client: OrganizationClient, folder: string, token: string): Promise<number> {
  const repositoryId = await pushRepository(client, templateName, folder);
  await client.send('POST', '_apis/serviceendpoint/endpoints', {
    name: connectionName,
    type: 'externaltfs',
    url: client.url,
    authorization: { scheme: 'Token', parameters: { apitoken: token } },
    isReady: true,
  });
  const { id } = await client.send<{ id: number }>('POST', '_apis/build/definitions', {
    name: pipelineName,
    type: 'build',
    queue: { name: 'Azure Pipelines' },
    process: { type: 2, yamlFilename: onboardingFile },
    repository: { id: repositoryId, type: 'TfsGit', defaultBranch: 'refs/heads/main' },
    triggers: [{ settingsSourceType: 2, triggerType: 2 }],
  });
  const endpoints = await client.send<{ value: { id: string }[] }>('GET', '_apis/serviceendpoint/endpoints');
  for (const endpoint of endpoints.value)
    await client.send(
      'PATCH',
      `_apis/pipelines/pipelinePermissions/endpoint/${endpoint.id}`,
      { pipelines: [{ id, authorized: true }] },
      '7.1-preview.1',
    );
  return id;
}

async function outcomeOf(
  runs: WatchedRuns,
  { id, pipeline, problems }: EndedRun,
  suffix: string,
): Promise<PipelineOutcome> {
  const report = await runs.reportOf(id);
  if (!report) throw new ToolError([`Run ${id} of the pipeline ${pipeline} did not start.`, ...problems].join('\n'));
  return { title: `${pipeline}${suffix}`, report };
}

interface RepositoryAnswer {
  readonly name: string;
  readonly remoteUrl: string;
  /** Absent before the first push. */
  readonly defaultBranch?: string;
}

async function addressesOf(
  client: OrganizationClient,
  token: string,
): Promise<readonly (readonly [name: string, value: string])[]> {
  const { value } = await client.send<{ value: readonly RepositoryAnswer[] }>('GET', '_apis/git/repositories');
  const filled = value.filter(({ defaultBranch }) => defaultBranch !== undefined);
  const cloned = (url: string): string => {
    const address = new URL(url);
    Object.assign(address, { username: 'x', password: token });
    return address.href;
  };
  return [
    ['Azure DevOps', client.url],
    ['Access token', token],
    ...filled.map(({ name, remoteUrl }) => [`Repository ${name}`, `git clone ${cloned(remoteUrl)}`] as const),
  ];
}
