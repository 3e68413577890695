import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { renderReport } from '../sandbox/agent/renderReport';
import type { PipelineReport } from '../sandbox/agent/report';
import { runPipeline, type PipelineOptions } from '../sandbox/agent/runPipeline';
import { pyodideRunner } from '../sandbox/databricks/notebooks/pyodideRunner';
import type { ImageBehaviour } from '../sandbox/kubernetes/pods/images';
import { providePython } from '../sandbox/python/providePython';
import { startSandbox, type Sandbox } from '../sandbox/sandbox';
import { federatedConnection } from '../sandbox/sandboxConnections';
import { buildScoringImage } from '../sandbox/scoring/scoringImage';
import { ScoringServices } from '../sandbox/scoring/scoringServices';
import { organizationFile, installExtension } from './hub/ownExtension';
import { keepRun } from './hub/keptRuns';
import { buildExtension } from './build';
import { projectRoot } from './commandLine';
import type { PipelineListener } from './pipelineView/pipelineView';

export interface RepositoryOptions {
  /** The model repository. */
  readonly repository: string;
  /** The model in it: the name of its folder. */
  readonly model: string;
  /** Gets the built extension, logs, reports, summaries and artifacts, and the state of the sandbox workspace. */
  readonly outputFolder: string;
  readonly listener: PipelineListener;
  /** The folder of the built tasks; without it they are built. */
  readonly tasks?: string;
  /** The variable groups that the pipelines use. */
  readonly variableGroupsFile?: string;
  /** Folders that stand in for repositories, or for artifacts of other pipelines, by alias or name. */
  readonly resources?: Readonly<Record<string, string>>;
}

export const pipelineNames = ['ci', 'train', 'evaluate', 'deploy'] as const;
export type PipelineName = (typeof pipelineNames)[number];

/** The pipelines of a model repository, with the built tasks and a sandbox to run them against. */
export interface LocalPipelines {
  readonly sandbox: Sandbox;
  /** The folder of the built tasks. */
  readonly tasks: string;
  /** Runs the files that are in the repository now. */
  run(pipeline: PipelineName, signal: AbortSignal, targetStages?: readonly string[]): Promise<PipelineReport>;
  close(): Promise<void>;
}

type RunOptions = Pick<PipelineOptions, 'connections' | 'parameters' | 'predefined' | 'environment'>;

/** The service connections to the workspace, by the names that the template has. */
export const workspaceConnections = ['databricks-dev', 'databricks-test', 'databricks-prod'].map((name) => ({
  name,
  type: 'databricksworkspace' as const,
}));

const registry = 'registry.sandbox';
/** Clusters and containers start, and rollouts run, this many times as fast as in the cloud. */
export const timeScale = 5;

/** All pipelines, for a model that scores in batches. The workspace keeps its state in the output folder from run to run. */
export async function openWorkspace(options: RepositoryOptions): Promise<LocalPipelines> {
  const { listener } = options;
  const notebooks = pyodideRunner(); // loads Python while the tasks are built
  const [tasks, python] = await listener.prepare('Build the tasks, prepare Python', () =>
    Promise.all([options.tasks ?? buildTasks(options), providePython(path.resolve(options.outputFolder, 'pyodide'))]),
  );
  const start = () =>
    startSandbox({
      databricks: { notebooks, timeScale, stateFile: workspaceFile(options.outputFolder) },
      connections: workspaceConnections,
      extensionDataFile: organizationFile(options.outputFolder),
    });
  const sandbox = await listener.prepare(
    'Start the sandbox workspace',
    start,
    (started) => started.describe().databricks.url,
  );
  await installExtension(sandbox.devops);
  const described = sandbox.describe();
  const connections = workspaceConnections.map((connection) => federatedConnection(connection, described));
  const environment = { PATH: [python.pathEntry, process.env['PATH'] ?? ''].join(path.delimiter) };
  return {
    sandbox,
    tasks,
    run: (pipeline, signal, targetStages) => {
      listener.pipeline(pipeline, fileOf(pipeline));
      if (pipeline === 'ci') listener.note('The Lint step is skipped: it would download its linter.');
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

/** The deploy pipeline, for a REST service. Its cluster starts empty and keeps its objects until it is closed. */
export async function openCluster(options: RepositoryOptions): Promise<LocalPipelines> {
  const { listener } = options;
  const services = new ScoringServices(); // load Python while the tasks are built
  const tasks = options.tasks ?? (await listener.prepare('Build the tasks', () => buildTasks(options)));
  const clusterImages: Record<string, ImageBehaviour> = {};
  const connections = ['azure-test', 'azure-prod'].map((name) => ({ name }));
  const start = () =>
    startSandbox({
      azure: { timeScale },
      kubernetes: { images: clusterImages, timeScale },
      connections,
      extensionDataFile: organizationFile(options.outputFolder),
    });
  const sandbox = await listener.prepare(
    'Start the sandbox cluster',
    start,
    (started) => started.describe().kubernetes.server,
  );
  await installExtension(sandbox.devops);
  const described = sandbox.describe();
  const { azure, kubernetes } = described;
  const runOptions = (buildId: string): RunOptions => ({
    connections: connections.map((connection) => federatedConnection(connection, described)),
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
    tasks,
    async run(pipeline, signal, targetStages) {
      listener.pipeline(`${pipeline} as REST service`, fileOf(pipeline));
      const buildId = String(randomInt(1, 2 ** 31 - 1));
      const image = `${registry}/${options.model}:${buildId}`;
      // Stands in for Docker@2: the containers run the model's files as they are now.
      const folder = path.join(options.repository, options.model);
      const { inCluster, inContainerGroup } = await listener.prepare('Prepare the container', () =>
        buildScoringImage(folder, services),
      );
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

/** The scoring URL after a run and the model's answer to its sample payload; undefined when the run deployed no service. */
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

/** The folder that has a folder for each pipeline, with its logs and its report. */
export function runFolder(outputFolder: string): string {
  return path.join(outputFolder, 'run');
}

/** Builds the extension. @returns the folder of the tasks */
export async function buildTasks({ outputFolder }: Pick<RepositoryOptions, 'outputFolder'>): Promise<string> {
  const { folder } = await buildExtension({ root: projectRoot, outputFolder });
  return path.join(folder, 'tasks');
}

/** The file of a pipeline, from the root of the repository. */
function fileOf(pipeline: PipelineName): string {
  return `pipelines/${pipeline}_pipeline.yml`;
}

async function runTemplate(
  pipeline: PipelineName,
  { repository, model, outputFolder, listener, variableGroupsFile, resources = {} }: RepositoryOptions,
  folderName: string,
  run: Pick<PipelineOptions, 'tasks' | 'collection' | 'signal' | 'targetStages'> & RunOptions,
): Promise<PipelineReport> {
  const folder = path.join(runFolder(outputFolder), folderName);
  const startTime = Date.now();
  const report = await runPipeline({
    ...run,
    parameters: { model, ...run.parameters },
    ...(variableGroupsFile === undefined ? {} : { variableGroupsFile }),
    repositories: resources,
    pipelineRuns: Object.fromEntries(Object.entries(resources).map(([name, artifacts]) => [name, { artifacts }])),
    file: fileOf(pipeline),
    workingFolder: repository,
    outputFolder: folder,
    onEvent: (event) => listener.event(event),
    onLine: ({ text }) => listener.line(text),
  });
  await writeFile(path.join(folder, 'report.txt'), `${renderReport(report)}\n`);
  await keepRun(folder, { name: folderName, startTime, report });
  return report;
}
