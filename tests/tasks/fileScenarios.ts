import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runTask } from '../../shared/task/runTask';
import type { Task } from '../../shared/task/task';
import { task as createCluster } from '../../tasks/CreateCluster/task';
import { task as createJob } from '../../tasks/CreateJob/task';
import { task as deployAks } from '../../tasks/DeployAks/task';
import { task as evaluateModel } from '../../tasks/EvaluateModel/task';
import { task as installLibraries } from '../../tasks/InstallLibraries/task';
import { task as loadModelVariables } from '../../tasks/LoadModelVariables/task';
import { task as runJob } from '../../tasks/RunJob/task';
import type { Scenario, Stage } from '../hostile/scenario';
import type { DatabricksStage } from '../support/databricksStage';
import { FakeAgent } from '../support/fakeAgent';
import { FakeClock } from '../support/fakeClock';
import { kubeconfigConnection, ownManifests } from '../support/runDeployAks';
import { ClusterWorkspace, smallSpec } from './clusterWorkspace';
import { CreateJobWorkspace } from './createJobWorkspace';
import { DeployAciAzure, sample, service } from './deployAciAzure';
import { archive, InstallLibrariesWorkspace } from './installLibrariesWorkspace';
import { RunJobWorkspace } from './runJobWorkspace';

type Given = Readonly<Record<string, string>>;
type Files = Readonly<Record<string, string | Uint8Array>>;

async function folderWith(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'files-'));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

/** A step that needs no service. */
function alone(task: unknown, inputs: Given, files: Files) {
  return async (): Promise<Stage> => {
    const folder = await folderWith(files);
    return {
      standIns: {},
      folder,
      async run(signal) {
        const folders = { 'System.DefaultWorkingDirectory': folder, 'Agent.TempDirectory': folder };
        const agent = new FakeAgent(inputs, { k: kubeconfigConnection('https://localhost', '') }, folders);
        await runTask(task as Task, { agent, clock: new FakeClock(), signal });
        return agent;
      },
      endState: () => Promise.resolve({}),
      secrets: [],
      close: () => rm(folder, { recursive: true }),
    };
  };
}

/** A step against a workspace. */
function inWorkspace(task: unknown, open: () => Promise<DatabricksStage>, inputs: Given, files: Files) {
  return async (): Promise<Stage> => {
    const [workspace, folder] = [await open(), await folderWith(files)];
    const variables = { 'System.DefaultWorkingDirectory': folder, 'Agent.TempDirectory': folder };
    const { databricks } = workspace;
    const agentOf = (): FakeAgent =>
      new FakeAgent({ connection: 'c', ...inputs }, { c: { url: databricks.url, token: databricks.token } }, variables);
    return {
      standIns: { databricks },
      folder,
      run: (signal) => workspace.try(task as Task, {}, { agent: agentOf(), signal }),
      endState: () => Promise.resolve({}),
      secrets: [databricks.token],
      async close() {
        await workspace.close();
        await rm(folder, { recursive: true });
      },
    };
  };
}

async function ofGroup(): Promise<Stage> {
  const [stage, folder] = [
    await DeployAciAzure.open(),
    await folderWith({ 'group.yml': `location: ${service.location}`, 'sample.json': sample.samplePayload }),
  ];
  const { azure, entra } = stage;
  const inputs = {
    specFile: join(folder, 'group.yml'),
    samplePayloadFile: join(folder, 'sample.json'),
    expectedJson: sample.expectedJson,
  };
  return {
    standIns: { azure, entra },
    folder,
    run: (signal) => stage.run(inputs, { signal }),
    endState: () => Promise.resolve(stage.endState()),
    secrets: [],
    async close() {
      await stage.close();
      await rm(folder, { recursive: true });
    },
  };
}

const jobSpec = 'name: Train\ntasks:\n  - task_key: train\n    notebook_task: {notebook_path: /Shared/train}\n';
const definition = 'tasks: [{task_key: a, notebook_task: {notebook_path: /a}}]';
const wheel = 'demo-1-py3-none-any.whl';

/** A step of each task that reads all the files that it can read. */
export const fileScenarios: readonly Scenario[] = [
  {
    task: 'CreateCluster',
    what: 'a specification',
    open: inWorkspace(
      createCluster,
      () => ClusterWorkspace.open(),
      { specFile: 'c.json' },
      { 'c.json': JSON.stringify(smallSpec) },
    ),
  },
  {
    task: 'CreateJob',
    what: 'a specification',
    open: inWorkspace(createJob, () => CreateJobWorkspace.open(), { specFile: 'j.yml' }, { 'j.yml': jobSpec }),
  },
  {
    task: 'RunJob',
    what: 'a definition',
    isRed: true, // the notebook does not exist
    open: inWorkspace(
      runJob,
      () => RunJobWorkspace.open(),
      { runSource: 'definition', definitionFile: 'r.yml' },
      { 'r.yml': definition },
    ),
  },
  {
    task: 'InstallLibraries',
    what: 'requirements and wheels',
    open: inWorkspace(
      installLibraries,
      () => InstallLibrariesWorkspace.open(),
      { cluster: 'train', requirementsFile: 'r.txt', files: 'dist/*.whl', uploadFolder: '/Shared/libraries' },
      { 'r.txt': '-r more.txt\nscipy==1.13.0\n', 'more.txt': 'numpy==1.26.0\n', [`dist/${wheel}`]: archive('1') },
    ),
  },
  {
    task: 'EvaluateModel',
    what: 'metrics and rules',
    open: alone(
      evaluateModel,
      {
        metricsSource: 'file',
        metricsFile: 'm.json',
        rulesSource: 'file',
        rulesFile: 'rules.yml',
        championSource: 'file',
        championFile: 'champion.json',
      },
      {
        'm.json': '{"rmse": 0.5}',
        'rules.yml': 'evaluation: {rules: [rmse < baseline]}',
        'champion.json': '{"rmse": 0.6}',
      },
    ),
  },
  {
    task: 'LoadModelVariables',
    what: 'a model, a base and a schema',
    open: alone(
      loadModelVariables,
      { modelFile: 'model.yml', baseFile: 'base.yml', schemaFile: 'schema.json' },
      {
        'model.yml': 'variables: {modelName: a, modelVersion: "1"}',
        'base.yml': 'variables: {team: x}',
        'schema.json': '{"definitions": {"variables": {"type": "object"}}}',
      },
    ),
  },
  {
    task: 'DeployAks',
    what: 'manifests',
    open: alone(
      deployAks,
      {
        connectionType: 'kubernetes',
        kubernetesConnection: 'k',
        source: 'manifests',
        manifests: 'deploy/*.yml',
        action: 'render',
      },
      {
        'deploy/own.yml': ownManifests('own'),
        'deploy/map.yml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n',
      },
    ),
  },
  {
    task: 'DeployAks',
    what: 'a specification and configuration',
    open: alone(
      deployAks,
      {
        connectionType: 'kubernetes',
        kubernetesConnection: 'k',
        specFile: 'spec.yml',
        configFiles: 'config/*',
        action: 'render',
      },
      { 'spec.yml': 'serviceName: score\nimage: r.io/score:1\nport: 5001\n', 'config/a.txt': 'a', 'config/b.txt': 'b' },
    ),
  },
  { task: 'DeployAci', what: 'a specification and a sample', open: ofGroup },
];
