import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PipelineReport } from '../sandbox/agent/report';
import { runPipeline, type PipelineOptions } from '../sandbox/agent/runPipeline';
import type { ConnectionOptions } from '../sandbox/agent/tasks/connections';
import { pyodideRunner } from '../sandbox/databricks/notebooks/pyodideRunner';
import type { ImageBehaviour } from '../sandbox/kubernetes/pods/images';
import { providePython } from '../sandbox/python/providePython';
import { startSandbox, type Sandbox, type SandboxDescription } from '../sandbox/sandbox';
import { buildScoringImage } from '../sandbox/scoring/scoringImage';
import { ScoringServices } from '../sandbox/scoring/scoringServices';
import { buildExtension } from './build';
import { projectRoot } from './commandLine';

export interface RepositoryOptions {
  /** The model repository. */
  readonly repository: string;
  /** The model in it: the name of its folder. */
  readonly model: string;
  /** Gets the extension, logs, summaries and artifacts, and what the sandbox workspace holds when it ends. */
  readonly outputFolder: string;
  readonly onLine: (text: string) => void;
}

export const pipelineNames = ['ci', 'train', 'evaluate', 'deploy'] as const;
export type PipelineName = (typeof pipelineNames)[number];

/** The pipelines of a model repository, with the built tasks and a sandbox to run them against. */
export interface LocalPipelines {
  readonly sandbox: Sandbox;
  /** What is in the repository now is what is run. */
  run(pipeline: PipelineName, signal: AbortSignal, targetStages?: readonly string[]): Promise<PipelineReport>;
  close(): Promise<void>;
}

type RunOptions = Pick<PipelineOptions, 'connections' | 'parameters' | 'predefined' | 'environment'>;

const registry = 'registry.sandbox';
/** Clusters and containers start this many times as fast as they do in the cloud, and rollouts pass so. */
const timeScale = 5;

/** All pipelines, for a model that scores in batches. Their workspace is that of the folder, as the last run left it. */
export async function openWorkspace(options: RepositoryOptions): Promise<LocalPipelines> {
  const notebooks = pyodideRunner(); // loads Python while the tasks are built
  const [tasks, python] = await Promise.all([
    buildTasks(options),
    providePython(path.resolve(options.outputFolder, 'pyodide')),
  ]);
  const names = ['databricks-dev', 'databricks-test', 'databricks-prod'];
  const sandbox = await startSandbox({
    databricks: { notebooks, timeScale, stateFile: workspaceFile(options.outputFolder) },
    connections: names.map((name) => ({ name })),
  });
  const { url, clientId = '' } = sandbox.describe().databricks;
  options.onLine(`Started the sandbox workspace: ${url}`);
  // Token federation: there is no secret.
  const connections = names.map((name) => ({
    name,
    type: 'databricksworkspace',
    url,
    scheme: 'None',
    data: { clientId },
  }));
  const environment = { PATH: [python.pathEntry, process.env['PATH'] ?? ''].join(path.delimiter) };
  return {
    sandbox,
    run: (pipeline, signal, targetStages) => {
      if (pipeline === 'ci') options.onLine('The step Lint will be skipped: its linter would have to be downloaded.');
      return runTemplate(pipeline, options, pipeline, {
        tasks,
        collection: sandbox.devops,
        connections,
        environment,
        parameters: pipeline === 'ci' ? { lint: false } : {},
        signal,
        ...(targetStages && { targetStages }),
      });
    },
    close: () => sandbox.close(),
  };
}

/** The deploy pipeline, for a REST service. Its cluster is empty at first, and keeps what a run put into it until it is closed. */
export async function openCluster(options: RepositoryOptions): Promise<LocalPipelines> {
  const services = new ScoringServices(); // load Python while the tasks are built
  const tasks = await buildTasks(options);
  const clusterImages: Record<string, ImageBehaviour> = {};
  const connections = ['azure-test', 'azure-prod'].map((name) => ({ name }));
  const sandbox = await startSandbox({
    azure: { timeScale },
    kubernetes: { images: clusterImages, timeScale },
    connections,
  });
  const described = sandbox.describe();
  const { azure, kubernetes } = described;
  options.onLine(`Started the sandbox cluster: ${kubernetes.server}`);
  const runOptions = (buildId: string): RunOptions => ({
    connections: connections.map(({ name }) => azureConnection(name, described)),
    parameters: {
      serving: 'rest',
      registry,
      test: { azureConnection: 'azure-test', resourceGroup: azure.resourceGroup, location: 'westeurope' },
      production: {
        azureConnection: 'azure-prod',
        resourceGroup: azure.resourceGroup,
        clusterName: azure.clusterName,
        namespace: kubernetes.namespace,
      },
    },
    predefined: {
      'Build.BuildId': buildId,
      'Agent.ProxyUrl': azure.proxyUrl,
      'Agent.ProxyBypassList': JSON.stringify(['//localhost:', '//127\\.0\\.0\\.1:']),
    },
  });
  return {
    sandbox,
    async run(pipeline, signal, targetStages) {
      const buildId = String(randomInt(1, 2 ** 31 - 1));
      const image = `${registry}/${options.model}:${buildId}`;
      // What Docker@2 would do: without Docker the containers run the files as they are now.
      const folder = path.join(options.repository, options.model);
      const { inCluster, inContainerGroup } = await buildScoringImage(folder, services);
      clusterImages[image] = inCluster;
      sandbox.azure.containerInstances.images.set(image, inContainerGroup);
      return runTemplate(pipeline, options, `${pipeline}_rest`, {
        tasks,
        collection: sandbox.devops,
        signal,
        ...runOptions(buildId),
        ...(targetStages && { targetStages }),
      });
    },
    async close() {
      await sandbox.close();
      await services.close();
    },
  };
}

/** The address that the model serves at after a run, and what it answers to its sample just now; undefined when it has none. */
export async function askService(
  { repository, model }: Pick<RepositoryOptions, 'repository' | 'model'>,
  report: PipelineReport,
): Promise<{ readonly scoringUri: string; readonly answer: string } | undefined> {
  const deployments = report.stages
    .flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps))
    .filter(({ task }) => task?.startsWith('DeployAks'));
  const scoringUri = deployments.map(({ outputs }) => outputs['scoringUri']).findLast((uri) => uri !== undefined);
  if (scoringUri === undefined) return undefined;
  const body = await readFile(path.join(repository, model, 'sample_payload.json'), 'utf8');
  const response = await fetch(scoringUri, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return { scoringUri, answer: await response.text() };
}

/** Where the sandbox workspace is kept from one run to the next. */
export function workspaceFile(outputFolder: string): string {
  return path.join(outputFolder, 'workspace.json');
}

async function buildTasks({ outputFolder, onLine }: RepositoryOptions): Promise<string> {
  onLine('Building the tasks');
  const { folder } = await buildExtension({ root: projectRoot, outputFolder });
  return path.join(folder, 'tasks');
}

function runTemplate(
  pipeline: PipelineName,
  { repository, model, outputFolder, onLine }: RepositoryOptions,
  title: string,
  run: Pick<PipelineOptions, 'tasks' | 'collection' | 'signal' | 'targetStages'> & RunOptions,
): Promise<PipelineReport> {
  return runPipeline({
    ...run,
    parameters: { model, ...run.parameters },
    file: `pipelines/${pipeline}_pipeline.yml`,
    workingFolder: repository,
    outputFolder: path.join(outputFolder, 'run', title),
    onLine: ({ text }) => onLine(text),
  });
}

/** Workload identity federation: there is no secret. */
function azureConnection(name: string, { azure, entra }: SandboxDescription): ConnectionOptions {
  return {
    name,
    type: 'azurerm',
    url: azure.url,
    scheme: 'WorkloadIdentityFederation',
    parameters: { serviceprincipalid: entra.clientId, tenantid: entra.tenantId },
    data: { environment: 'AzureCloud', subscriptionId: azure.subscriptionId, environmentAuthorityUrl: entra.url },
  };
}
