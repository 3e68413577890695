import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PipelineError } from '../../sandbox/agent/pipelineError';
import type { PipelineReport } from '../../sandbox/agent/report';
import type { PipelineOptions } from '../../sandbox/agent/runPipeline';
import type { ConnectionOptions } from '../../sandbox/agent/tasks/connections';
import type { Json } from '../../sandbox/agent/yaml/nodeOfJson';
import { isProposed, proposedFiles } from './proposedModel';
import { pyodideRunner } from '../../sandbox/databricks/notebooks/pyodideRunner';
import type { ImageBehaviour } from '../../sandbox/kubernetes/pods/images';
import { providePython } from '../../sandbox/python/providePython';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { federatedConnection, secretConnection, type SandboxConnection } from '../../sandbox/sandboxConnections';
import { onlineModels } from '../../sandbox/scoring/onlineModels';
import { buildScoringImage } from '../../sandbox/scoring/scoringImage';
import { ScoringServices } from '../../sandbox/scoring/scoringServices';
import { organizationFile, installExtension } from '../hub/ownExtension';
import type { PipelineListener } from '../view/pipelineView';
import {
  namedConnections,
  namedInGroups,
  namedSteps,
  namedValues,
  type NamedConnection,
  type NamedStep,
} from './namedTargets';
import { declaredParameters, fileOf } from './pipelineFile';
import { runRepository, type RepositoryOptions, type RunRequest } from './runRepository';

export interface LocalOptions extends RepositoryOptions {
  readonly listener: PipelineListener;
  /** The folder of the built tasks, or what builds them. */
  readonly tasks: string | (() => Promise<string>);
  /** What will be run: the sandbox gets what these name. */
  readonly runs: readonly RunRequest[];
}

export const pipelineNames = ['ci', 'train', 'evaluate', 'deploy'] as const;
export type PipelineName = (typeof pipelineNames)[number];

/** The pipelines of a model repository, with the built tasks and a sandbox to run them against. */
export interface LocalPipelines {
  readonly sandbox: Sandbox;
  /** Runs the files that are in the repository now. */
  run(request: RunRequest, signal: AbortSignal, targetStages?: readonly string[]): Promise<PipelineReport>;
  /** Whether a version of the model is proposed for deployment, which the pipeline that deploys needs. */
  readonly isModelProposed: () => boolean;
  close(): Promise<void>;
}

/** The service connections to the workspace, by the names that the template has. */
export const workspaceConnections = ['databricks-dev', 'databricks-test', 'databricks-prod'].map((name) => ({
  name,
  type: 'databricksworkspace' as const,
}));

/** Clusters and containers start, and rollouts run, this many times as fast as in the cloud. */
export const timeScale = 5;

/** A pipeline of the template, for a model that scores in batches. */
export function batchRun(pipeline: PipelineName): RunRequest {
  return { file: fileOf(pipeline), title: pipeline, folderName: pipeline, parameters: {} };
}

/** The pipelines whose runs propose a version of the model for deployment. */
export const proposingRuns = (['train', 'evaluate'] as const).map(batchRun);

/** The pipeline that deploys, for a model that is a REST service. */
export const restRun: RunRequest = {
  file: fileOf('deploy'),
  title: 'deploy as REST service',
  folderName: 'deploy_rest',
  parameters: { serving: 'rest' },
};

/** The pipeline that deploys, for a model that Databricks serves. */
export const databricksRun: RunRequest = {
  file: fileOf('deploy'),
  title: 'deploy as serving endpoint',
  folderName: 'deploy_databricks',
  parameters: { serving: 'databricks' },
};

/** The pipeline that deploys, for a model that Azure Machine Learning serves. */
export const azureMlRun: RunRequest = {
  file: fileOf('deploy'),
  title: 'deploy as Azure ML endpoint',
  folderName: 'deploy_azureml',
  parameters: { serving: 'azureml' },
};

/** Of Azure Machine Learning, in seconds of the cloud: deployments take ten minutes there, for which nobody waits here. */
const onlineDurations = { endpoint: 5, deployment: 20, update: 20, traffic: 5, deploymentDeletion: 5 };

/**
 * The sandbox with the service connections, resource groups, clusters and namespaces that the pipelines name, and with the
 * images that they deploy: these run the files of the model. The workspace keeps its state in the output folder from run to
 * run; the cluster starts empty, and keeps its objects until it is closed.
 */
export async function openPipelines(options: LocalOptions): Promise<LocalPipelines> {
  const { listener, outputFolder, tasks: given } = options;
  const notebooks = pyodideRunner(); // loads Python while the tasks are built
  const isBuilt = typeof given === 'string';
  const [tasks, python] = await listener.prepare(isBuilt ? 'Prepare Python' : 'Build the tasks, prepare Python', () =>
    Promise.all([isBuilt ? given : given(), providePython(path.resolve(outputFolder, 'pyodide'))]),
  );
  const stepsOf = (run: RunRequest, predefined: Readonly<Record<string, string>> = {}): readonly NamedStep[] =>
    namedOrNothing({
      file: run.file,
      workingFolder: options.repository,
      tasks,
      parameters: parametersOf(run, options),
      predefined,
      repositories: options.resources ?? {},
      ...(options.variableGroupsFile !== undefined && { variableGroupsFile: options.variableGroupsFile }),
    });
  const clusterImages: Record<string, ImageBehaviour> = {};
  const steps = options.runs.flatMap((run) => stepsOf(run));
  const connections = namedConnections(steps);
  const services = new LazyServices();
  const sandbox = await listener.prepare(
    'Start the sandbox',
    () =>
      startSandbox({
        databricks: { notebooks, timeScale, stateFile: workspaceFile(outputFolder) },
        azure: {
          timeScale,
          resourceGroups: namedValues(steps, 'resourceGroup'),
          clusters: namedInGroups(steps, 'clusterName'),
          mlWorkspaces: namedInGroups(steps, 'workspaceName'),
          machineLearning: { startModel: onlineModels(() => services.started) },
        },
        kubernetes: { images: clusterImages, timeScale, namespaces: namedValues(steps, 'namespace') },
        connections: connections.flatMap(federated),
        extensionDataFile: organizationFile(outputFolder),
      }),
    (started) => started.describe().databricks.url,
  );
  await installExtension(sandbox.devops);
  Object.assign(sandbox.azure.machineLearning.settings.durations, onlineDurations);
  const caFile = await writeProxyCa(sandbox, outputFolder);
  return {
    sandbox,
    isModelProposed: () => isProposed(sandbox.databricks, options.model),
    async run(run, signal, targetStages) {
      listener.pipeline(run.title, run.file);
      const predefined = predefinedOf(sandbox, caFile);
      const images = namedValues(stepsOf(run, predefined).filter(isDeployment), 'image');
      const folder = path.join(options.repository, options.model);
      if (images.length > 0 && existsSync(path.join(folder, 'Dockerfile'))) {
        // Stands in for AzureCLI@2, which downloads the model, and for Docker@2: the containers run the files of the
        // repository as they are now, with those of the version that is proposed for deployment.
        const modelFiles = proposedFiles(sandbox.databricks, options.model);
        const { inCluster, inContainerGroup } = await listener.prepare('Prepare the container', () =>
          buildScoringImage(folder, services.started, modelFiles),
        );
        for (const image of images) {
          clusterImages[image] = inCluster;
          sandbox.azure.containerInstances.images.set(image, inContainerGroup);
        }
      }
      const parameters = parametersOf(run, options);
      if (parameters['lint'] === false) listener.note('The Lint step is skipped: it would download its linter.');
      return runRepository(run, options, {
        tasks,
        collection: sandbox.devops,
        connections: connections.map((connection) => connectionTo(sandbox, connection)),
        environment: { PATH: [python.pathEntry, process.env['PATH'] ?? ''].join(path.delimiter) },
        parameters,
        predefined,
        signal,
        ...(targetStages && { targetStages }),
      });
    },
    async close() {
      await sandbox.close();
      await services.close();
    },
  };
}

/** Where the sandbox workspace is kept from one run to the next. */
export function workspaceFile(outputFolder: string): string {
  return path.join(outputFolder, 'workspace.json');
}

/** They load Python, which only containers need. */
class LazyServices {
  #started: ScoringServices | undefined;

  get started(): ScoringServices {
    return (this.#started ??= new ScoringServices());
  }

  async close(): Promise<void> {
    await this.#started?.close();
  }
}

/** What is chosen, and what every run on this machine chooses, of the parameters that the pipeline has. */
export function parametersOf(
  { file, parameters }: Pick<RunRequest, 'file' | 'parameters'>,
  { repository, model }: Pick<RepositoryOptions, 'repository' | 'model'>,
): Readonly<Record<string, Json>> {
  const declared = declaredParameters(repository, file);
  const chosen = { model, lint: false };
  return { ...Object.fromEntries(Object.entries(chosen).filter(([name]) => declared.has(name))), ...parameters };
}

function namedOrNothing(options: Parameters<typeof namedSteps>[0]): readonly NamedStep[] {
  try {
    return namedSteps(options);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return []; // The run of the pipeline says what is wrong with it, and where.
  }
}

/** Those that reach the sandbox by tokens of their job, which it must know when it starts. */
function federated({ name, type }: NamedConnection): readonly SandboxConnection[] {
  const known = (['databricksworkspace', 'azurerm'] as const).find((each) => each === type.toLowerCase());
  return known ? [{ name, type: known }] : [];
}

function connectionTo(sandbox: Sandbox, connection: NamedConnection): ConnectionOptions {
  const described = sandbox.describe();
  const [known] = federated(connection);
  return known ? federatedConnection(known, described) : secretConnection(connection.name, connection.type, described);
}

/** The first action of the tasks that deploy is their default. */
function isDeployment({ inputs }: NamedStep): boolean {
  return (inputs.get('action') ?? 'deploy') === 'deploy';
}

/** The file is for agents: `--sslcacert` of the real one. */
async function writeProxyCa(sandbox: Sandbox, outputFolder: string): Promise<string> {
  const file = path.join(outputFolder, 'proxy-ca.pem');
  await mkdir(outputFolder, { recursive: true });
  await writeFile(file, sandbox.describe().azure.proxyCa);
  return file;
}

/** Container groups and online endpoints have addresses that only the proxy of the sandbox knows. */
function predefinedOf(sandbox: Sandbox, caFile: string): NonNullable<PipelineOptions['predefined']> {
  return {
    'Build.BuildId': String(randomInt(1, 2 ** 31 - 1)),
    'Agent.ProxyUrl': sandbox.describe().azure.proxyUrl,
    'Agent.CAInfo': caFile,
    'Agent.ProxyBypassList': JSON.stringify(['//localhost:', '//127\\.0\\.0\\.1:']),
  };
}
