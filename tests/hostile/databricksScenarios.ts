import type { Task } from '../../shared/task/task';
import { task as createCluster } from '../../tasks/CreateCluster/task';
import { task as createJob } from '../../tasks/CreateJob/task';
import { task as deployServingEndpoint } from '../../tasks/DeployServingEndpoint/task';
import { task as evaluateModel } from '../../tasks/EvaluateModel/task';
import { task as importNotebooks } from '../../tasks/ImportNotebooks/task';
import { task as installLibraries } from '../../tasks/InstallLibraries/task';
import { task as promoteModel } from '../../tasks/PromoteModel/task';
import { task as runJob } from '../../tasks/RunJob/task';
import { task as startCluster } from '../../tasks/StartCluster/task';
import { task as stopCluster } from '../../tasks/StopCluster/task';
import { task as uploadToVolume } from '../../tasks/UploadToVolume/task';
import { header, ImportClock, ImportSandbox, target } from '../shared/databricks/notebooks/importSandbox';
import { DatabricksStage, type TryOptions } from '../support/databricksStage';
import { sample, ServingWorkspace } from '../support/servingStage';
import { ClusterWorkspace, smallSpec, type states } from '../tasks/clusterWorkspace';
import { CreateJobWorkspace, variables as jobVariables } from '../tasks/createJobWorkspace';
import { InstallLibrariesWorkspace } from '../tasks/installLibrariesWorkspace';
import { oneStep, RunJobWorkspace } from '../tasks/runJobWorkspace';
import type { Scenario, Stage } from './scenario';

type Given = Readonly<Record<string, string>>;

/** A step against a workspace. */
function stage(
  workspace: DatabricksStage,
  task: unknown,
  inputs: Given,
  endState: () => unknown,
  options: TryOptions = {},
): Stage {
  const { databricks } = workspace;
  databricks.requests.clear();
  return {
    standIns: { databricks },
    run: (signal) => workspace.try(task as Task, inputs, { ...options, signal }),
    async endState() {
      await databricks.clock.advance(60_000);
      return endState();
    },
    secrets: [databricks.token],
    close: () => workspace.close(),
  };
}

function ofClusters(task: unknown, state: (typeof states)[number] | undefined, inputs: Given, workers = 2) {
  return async (): Promise<Stage> => {
    const workspace = await ClusterWorkspace.open();
    if (state) await workspace.cluster(state, { num_workers: workers });
    return stage(workspace, task, inputs, () => workspace.endState());
  };
}

async function ofLibraries(): Promise<Stage> {
  const workspace = await InstallLibrariesWorkspace.open();
  await workspace.write({ 'requirements.txt': 'pandas==2.2.3\n' });
  await workspace.has('numpy');
  const inputs = {
    requirementsFile: 'requirements.txt',
    libraries: '- maven: { coordinates: "org.example:demo:1.0" }',
  };
  return stage(workspace, installLibraries, inputs, () => workspace.libraries());
}

const jobSpec = 'name: Train\ntasks:\n  - task_key: train\n    notebook_task: {notebook_path: /Shared/train}\n';
const wantedJob = { spec: jobSpec, permissions: '- {group_name: team, permission_level: CAN_VIEW}' };

function ofJobs(beginning?: Given) {
  return async (): Promise<Stage> => {
    const workspace = await CreateJobWorkspace.open();
    await workspace.job({ name: 'Other' });
    if (beginning) await workspace.run(beginning);
    return stage(workspace, createJob, wantedJob, () => withoutDigest(workspace.state()), { variables: jobVariables });
  };
}

/** Without the tag that a job has when the service seems to return other settings than were sent. */
function withoutDigest(state: readonly unknown[]): unknown {
  return JSON.parse(JSON.stringify(state).replace(/,"definition-digest":"[0-9a-f]+"/, ''));
}

function ofRuns(inputs: Given, result: object = { notebookResult: 'done' }) {
  return async (): Promise<Stage> => {
    const workspace = await RunJobWorkspace.open();
    const { databricks } = workspace;
    await workspace.job('Train');
    const cluster = { spark_version: '15.4.x-scala2.12', node_type_id: 'Standard_DS3_v2', num_workers: 1 };
    databricks.clusters.create({ cluster_name: 'shared', ...cluster }, 'someone@example.com', 'API');
    await databricks.clock.advance(60_000);
    databricks.scriptRun({ durationSeconds: 2, result });
    const endState = (): unknown =>
      databricks.runs.list().map(({ name, ending, tasks }) => ({
        name,
        ending: ending?.resultState,
        attempts: tasks.map(({ taskKey, ending: ended }) => [taskKey, ended?.resultState]),
      }));
    return stage(workspace, runJob, { timeoutMinutes: '1', ...inputs }, endState, { variables: oneStep });
  };
}

class ModelWorkspace extends DatabricksStage {
  static async open(newest: string): Promise<ModelWorkspace> {
    const workspace = new ModelWorkspace(await DatabricksStage.start());
    const { tracking, catalogModels } = workspace.databricks;
    const experiment = tracking.createExperiment('/Shared/demo');
    catalogModels.create(model, 'someone@example.com').aliases['champion'] = 1;
    for (const [index, value] of ['0.9', newest].entries()) {
      const run = tracking.createRun(experiment.id, 'someone', { startTime: index });
      tracking.logMetric(run, { key: 'accuracy', value, timestamp: 1, step: 0 });
      tracking.updateRun(run, { status: 'FINISHED' });
      catalogModels.addVersion(model, run.id);
    }
    return workspace;
  }
}

const model = 'main.ml.demo';
const evaluation = {
  metricsSource: 'mlflow',
  experiment: '/Shared/demo',
  championSource: 'unityCatalog',
  catalogModel: model,
  rules: 'accuracy > baseline\naccuracy >= 0.5',
  setAlias: 'true',
};

function ofModels(newest: string) {
  return async (): Promise<Stage> => {
    const workspace = await ModelWorkspace.open(newest);
    const aliases = (): unknown => ({ ...workspace.databricks.catalogModels.get(model).aliases });
    return stage(workspace, evaluateModel, evaluation, aliases);
  };
}

function ofPromotion(inputs: Given) {
  return async (): Promise<Stage> => {
    const workspace = await ModelWorkspace.open('0.95');
    const { catalogModels, volumes } = workspace.databricks;
    const { aliases, versions } = catalogModels.get(model);
    for (const { version } of versions) {
      const folder = `/Models/${model.replaceAll('.', '/')}/${version}`;
      volumes.addRoot(folder);
      volumes.put(`${folder}/MLmodel`, Buffer.from('signature: {inputs: "[]", outputs: "[]"}'), true);
    }
    const state = (): unknown => ({ aliases: { ...aliases }, tags: versions.map(({ tags }) => ({ ...tags })) });
    return stage(workspace, promoteModel, { catalogModel: model, ...inputs }, state);
  };
}

function ofServing(earlier: readonly Given[], inputs: Given, prepare?: (workspace: ServingWorkspace) => void) {
  return async (): Promise<Stage> => {
    const workspace = await ServingWorkspace.open();
    for (const each of earlier) await workspace.run(each);
    prepare?.(workspace);
    return stage(workspace, deployServingEndpoint, workspace.inputs({ timeoutMinutes: '5', ...inputs }), () =>
      workspace.served(),
    );
  };
}

const version = (modelVersion: string, more: Given = {}): Given => ({ modelVersion, ...sample, ...more });
const wrong = (workspace: ServingWorkspace): void =>
  workspace.databricks.scriptServing({ matching: { entityVersion: '2' }, failure: 'wrongAnswers' });

async function ofNotebooks(): Promise<Stage> {
  const sandbox = await ImportSandbox.open();
  await sandbox.write({ 'train.py': `${header}print(1)`, 'data/old.json': '{}' });
  await sandbox.run({ mode: 'mirror' });
  await sandbox.remove('data');
  await sandbox.write({ 'train.py': `${header}print(2)`, 'new.yml': 'a: 1' });
  const inputs = { sourceFolder: sandbox.folder, workspaceFolder: target, mode: 'mirror', concurrency: '1' };
  const clock = new ImportClock(sandbox.databricks);
  return stage(sandbox, importNotebooks, inputs, () => sandbox.contents(), { clock });
}

async function ofVolume(): Promise<Stage> {
  const sandbox = await ImportSandbox.open();
  const { databricks } = sandbox;
  const volumeFolder = '/Volumes/main/default/files/model';
  const clock = new ImportClock(databricks);
  const inputs = { sourceFolder: sandbox.folder, volumeFolder, mode: 'mirror', concurrency: '1' };
  await sandbox.write({ 'train.py': '1', 'data/old.json': '{}' });
  await sandbox.try(uploadToVolume, inputs, { clock });
  await databricks.clock.advance(1000);
  await sandbox.remove('data');
  await sandbox.write({ 'train.py': '2', 'new.yml': 'a: 1' });
  const contents = (): unknown =>
    ['train.py', 'new.yml', 'data/old.json'].map((path) =>
      databricks.volumes.file(`${volumeFolder}/${path}`)?.bytes.toString(),
    );
  return stage(sandbox, uploadToVolume, inputs, contents, { clock });
}

const notebook = { runSource: 'notebook', notebookPath: '/Shared/train', compute: 'existing', cluster: 'shared' };
const failed = { resultState: 'FAILED', code: 'RUN_EXECUTION_ERROR', type: 'CLIENT_ERROR', message: 'no' };
const create = { spec: JSON.stringify(smallSpec), start: 'true', timeoutMinutes: '5' };
const cluster = { cluster: 'train', timeoutMinutes: '5' };

export const databricksScenarios: readonly Scenario[] = [
  { task: 'StartCluster', what: 'a cluster that is down', open: ofClusters(startCluster, 'TERMINATED', cluster) },
  { task: 'StopCluster', what: 'a cluster that runs', open: ofClusters(stopCluster, 'RUNNING', cluster) },
  {
    task: 'StopCluster',
    what: 'a cluster to delete',
    open: ofClusters(stopCluster, 'RUNNING', { ...cluster, deletion: 'permanent' }),
  },
  { task: 'CreateCluster', what: 'a new cluster', open: ofClusters(createCluster, undefined, create) },
  { task: 'CreateCluster', what: 'a cluster to resize', open: ofClusters(createCluster, 'RUNNING', create, 1) },
  { task: 'InstallLibraries', what: 'two libraries', open: ofLibraries },
  { task: 'CreateJob', what: 'a new job', open: ofJobs() },
  { task: 'CreateJob', what: 'a job to update', open: ofJobs({ spec: `${jobSpec}timeout_seconds: 60` }) },
  { task: 'RunJob', what: 'a job', open: ofRuns({ job: 'Train', parameters: 'rounds=3' }) },
  { task: 'RunJob', what: 'a notebook', open: ofRuns(notebook) },
  { task: 'RunJob', what: 'a job that fails', isRed: true, open: ofRuns({ job: 'Train' }, failed) },
  { task: 'EvaluateModel', what: 'a better model', open: ofModels('0.95') },
  { task: 'EvaluateModel', what: 'a worse model', isRed: true, open: ofModels('0.85') },
  { task: 'PromoteModel', what: 'the newest version', open: ofPromotion({ modelVersion: '2' }) },
  { task: 'DeployServingEndpoint', what: 'a new endpoint', open: ofServing([], version('1')) },
  { task: 'DeployServingEndpoint', what: 'a new version', open: ofServing([version('1')], version('2')) },
  {
    task: 'DeployServingEndpoint',
    what: 'a promotion',
    open: ofServing([version('1'), version('2', { strategy: 'canary' })], { action: 'promote', ...sample }),
  },
  {
    task: 'DeployServingEndpoint',
    what: 'a rejection',
    open: ofServing([version('1'), version('2', { strategy: 'blueGreen' })], { action: 'reject' }),
  },
  { task: 'DeployServingEndpoint', what: 'a deletion', open: ofServing([version('1')], { action: 'delete' }) },
  {
    task: 'DeployServingEndpoint',
    what: 'a version that answers wrongly',
    isRed: true,
    open: ofServing([version('1')], version('2'), wrong),
  },
  { task: 'ImportNotebooks', what: 'a mirror', open: ofNotebooks },
  { task: 'UploadToVolume', what: 'a mirror', open: ofVolume },
];
