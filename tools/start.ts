import { randomInt } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodeOf, renderReport } from '../sandbox/agent/renderReport';
import type { PipelineReport } from '../sandbox/agent/report';
import { runPipeline, type PipelineOptions } from '../sandbox/agent/runPipeline';
import type { ConnectionOptions } from '../sandbox/agent/tasks/connections';
import { pyodideRunner } from '../sandbox/databricks/notebooks/pyodideRunner';
import type { ImageBehaviour } from '../sandbox/kubernetes/pods/images';
import { startSandbox, type Sandbox, type SandboxDescription } from '../sandbox/sandbox';
import { buildScoringImage } from '../sandbox/scoring/scoringImage';
import { ScoringServices } from '../sandbox/scoring/scoringServices';
import { buildExtension } from './build';
import { projectRoot, runFromCommandLine, ToolError } from './commandLine';

export interface TemplateOptions {
  /** The model repository. */
  readonly template: string;
  /** Gets the extension, logs, summaries and artifacts, and what the sandbox workspace holds when it ends. */
  readonly outputFolder: string;
  readonly onLine: (text: string) => void;
}

/** A pipeline of a model repository, with the built tasks and a sandbox to run it against. */
export interface LocalPipeline {
  readonly sandbox: Sandbox;
  /** What is in the repository now is what is run. */
  run(signal: AbortSignal, targetStages?: readonly string[]): Promise<PipelineReport>;
  close(): Promise<void>;
}

type RunOptions = Pick<PipelineOptions, 'connections' | 'parameters' | 'predefined'>;

const modelName = 'demo_model';
const registry = 'registry.sandbox';
/** Containers start and rollouts pass this many times as fast as in a cluster. */
const timeScale = 5;

/** The train pipeline. Its workspace is that of the folder, as the last run left it. */
export async function openTraining(options: TemplateOptions): Promise<LocalPipeline> {
  const notebooks = pyodideRunner(); // loads Python while the tasks are built
  const tasks = await buildTasks(options);
  const sandbox = await startSandbox({ databricks: { notebooks, stateFile: workspaceFile(options.outputFolder) } });
  const { url, clientId = '' } = sandbox.describe().databricks;
  options.onLine(`Started the sandbox workspace: ${url}`);
  // Token federation: there is no secret.
  const connection = { name: 'databricks-dev', type: 'databricksworkspace', url, scheme: 'None', data: { clientId } };
  return {
    sandbox,
    run: (signal, targetStages) =>
      runTemplate(
        'train',
        options,
        { tasks, collection: sandbox.devops, connections: [connection], signal },
        targetStages,
      ),
    close: () => sandbox.close(),
  };
}

/** The deploy pipeline. Its cluster is empty at first, and keeps what a run put into it until it is closed. */
export async function openDeployment(options: TemplateOptions): Promise<LocalPipeline> {
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
    async run(signal, targetStages) {
      const buildId = String(randomInt(1, 2 ** 31 - 1));
      const image = `${registry}/${modelName}:${buildId}`;
      // What Docker@2 would do: without Docker the containers run the files as they are now.
      const { inCluster, inContainerGroup } = await buildScoringImage(path.join(options.template, modelName), services);
      clusterImages[image] = inCluster;
      sandbox.azure.containerInstances.images.set(image, inContainerGroup);
      const run = { tasks, collection: sandbox.devops, signal, ...runOptions(buildId) };
      return runTemplate('deploy', options, run, targetStages);
    },
    async close() {
      await sandbox.close();
      await services.close();
    },
  };
}

/** The address that the model serves at after a run, and what it answers to its sample just now; undefined when it has none. */
export async function askService(
  { template }: Pick<TemplateOptions, 'template'>,
  report: PipelineReport,
): Promise<{ readonly scoringUri: string; readonly answer: string } | undefined> {
  const deployments = report.stages
    .flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps))
    .filter(({ task }) => task?.startsWith('DeployAks'));
  const scoringUri = deployments.map(({ outputs }) => outputs['scoringUri']).findLast((uri) => uri !== undefined);
  if (scoringUri === undefined) return undefined;
  const body = await readFile(path.join(template, modelName, 'sample_payload.json'), 'utf8');
  const response = await fetch(scoringUri, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return { scoringUri, answer: await response.text() };
}

async function buildTasks({ outputFolder, onLine }: TemplateOptions): Promise<string> {
  onLine('Building the tasks');
  const { folder } = await buildExtension({ root: projectRoot, outputFolder });
  return path.join(folder, 'tasks');
}

function runTemplate(
  pipeline: string,
  { template, outputFolder, onLine }: TemplateOptions,
  run: Pick<PipelineOptions, 'tasks' | 'collection' | 'signal'> & RunOptions,
  targetStages: readonly string[] | undefined,
): Promise<PipelineReport> {
  return runPipeline({
    ...run,
    file: `pipelines/${pipeline}_pipeline.yml`,
    workingFolder: template,
    outputFolder: path.join(outputFolder, 'run'),
    ...(targetStages && { targetStages }),
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

function workspaceFile(outputFolder: string): string {
  return path.join(outputFolder, 'workspace.json');
}

await runFromCommandLine(import.meta.url, async () => {
  const { values } = parseArgs({
    options: { fresh: { type: 'boolean', default: false }, pipeline: { type: 'string', default: 'train' } },
  });
  const open = { train: openTraining, deploy: openDeployment }[values.pipeline];
  if (!open) throw new ToolError(`--pipeline takes train or deploy, not '${values.pipeline}'.`);
  const outputFolder = path.join(projectRoot, 'dist');
  if (values.fresh) await rm(workspaceFile(outputFolder), { force: true });
  const cancellation = new AbortController();
  process.once('SIGINT', () => cancellation.abort());
  const options = {
    template: path.join(projectRoot, 'template'),
    outputFolder,
    onLine: (text: string) => console.log(text),
  };
  const pipeline = await open(options);
  try {
    const report = await pipeline.run(cancellation.signal);
    console.log(`\n${renderReport(report)}`);
    const service = await askService(options, report);
    if (service) console.log(`\n${service.scoringUri} answers the sample with ${service.answer}`);
    process.exitCode = exitCodeOf(report);
  } finally {
    await pipeline.close();
  }
});
