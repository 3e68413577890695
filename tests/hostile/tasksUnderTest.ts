import type { Task } from '../../shared/task/task';
import { task as applyBranchPolicies } from '../../tasks/ApplyBranchPolicies/task';
import { task as createCluster } from '../../tasks/CreateCluster/task';
import { task as createJob } from '../../tasks/CreateJob/task';
import { task as createPipelines } from '../../tasks/CreatePipelines/task';
import { task as createRepository } from '../../tasks/CreateRepository/task';
import { task as createTeam } from '../../tasks/CreateTeam/task';
import { task as deployAci } from '../../tasks/DeployAci/task';
import { task as deployAzureMl } from '../../tasks/DeployAzureMl/task';
import { task as deployAks } from '../../tasks/DeployAks/task';
import { task as deployServingEndpoint } from '../../tasks/DeployServingEndpoint/task';
import { task as evaluateModel } from '../../tasks/EvaluateModel/task';
import { task as importNotebooks } from '../../tasks/ImportNotebooks/task';
import { task as installLibraries } from '../../tasks/InstallLibraries/task';
import { task as loadModelVariables } from '../../tasks/LoadModelVariables/task';
import { task as onboardModel } from '../../tasks/OnboardModel/task';
import { task as promoteModel } from '../../tasks/PromoteModel/task';
import { task as runJob } from '../../tasks/RunJob/task';
import { task as startCluster } from '../../tasks/StartCluster/task';
import { task as stopCluster } from '../../tasks/StopCluster/task';
import { task as uploadToVolume } from '../../tasks/UploadToVolume/task';
import type { Base } from './inputCase';

interface TaskUnderTest {
  readonly task: Task;
  /** Its part of all cases: the more it reads, the more. */
  readonly weight: number;
  readonly bases: readonly Base[];
}

const databricks = { connection: 'databricks' };
const azure = { azureConnection: 'azure' };
const devops = { connectionType: 'token', devopsConnection: 'devops', project: 'models' };
const pipeline = 'pipelines: [{ name: ci, yamlFile: ci.yml, variables: { TOKEN: { isSecret: true } } }]';
const throughAzure = {
  connectionType: 'azure',
  ...azure,
  workspaceUrl: 'https://adb-1234567890123456.7.azuredatabricks.net',
};
const serving = { ...databricks, endpointName: 'churn', catalogModel: 'main.demo.churn' };
const direct = { connectionType: 'kubernetes', kubernetesConnection: 'kubernetes' };
const settings = ['serviceName', 'image', 'port', 'cpu', 'memory', 'environment'];
const own = { ...direct, source: 'manifests' };
const group = { ...azure, resourceGroup: 'models', containerGroupName: 'score' };
const endpoint = { ...azure, resourceGroup: 'models', workspaceName: 'ml', endpointName: 'score' };

export const tasksUnderTest = {
  ApplyBranchPolicies: {
    task: applyBranchPolicies,
    weight: 10,
    bases: [
      { fixed: { ...devops, repository: 'churn' }, made: ['policies'] },
      { fixed: devops, made: ['repository', 'branch', 'policiesFile'] },
    ],
  },
  CreateCluster: {
    task: createCluster,
    weight: 10,
    bases: [
      { fixed: databricks, made: ['spec'] },
      { fixed: { ...databricks, dryRun: 'true' }, made: ['specFile'] },
      { fixed: { ...throughAzure, workers: '1' }, made: ['clusterName', 'sparkVersion', 'nodeTypeId'] },
    ],
  },
  CreateJob: {
    task: createJob,
    weight: 14,
    bases: [
      { fixed: databricks, made: ['spec'] },
      { fixed: databricks, made: ['specFile', 'permissions'] },
      { fixed: databricks, made: ['jobName', 'notebookPath', 'parameters', 'schedule', 'permissions'] },
    ],
  },
  CreatePipelines: {
    task: createPipelines,
    weight: 10,
    bases: [
      { fixed: { ...devops, repository: 'churn' }, made: ['pipelines'] },
      { fixed: { ...devops, pipelines: pipeline }, made: ['repository', 'secretVariables', 'updateSecrets'] },
      { fixed: devops, made: ['repository', 'pipelinesFile', 'firstRun', 'grantPermissions'] },
    ],
  },
  CreateRepository: {
    task: createRepository,
    weight: 8,
    bases: [
      { fixed: { ...devops, templateFolder: 'source' }, made: ['repositoryName', 'variables', 'defaultBranch'] },
      { fixed: { ...devops, repositoryName: 'churn' }, made: ['templateFolder'] },
      { fixed: { ...devops, repositoryName: 'churn' }, made: ['importUrl'] },
    ],
  },
  CreateTeam: {
    task: createTeam,
    weight: 8,
    bases: [
      { fixed: devops, made: ['teamName', 'areaPath', 'members', 'administrators'] },
      { fixed: { ...devops, teamName: 'churn', repository: 'churn' }, made: ['repositoryPermissions'] },
    ],
  },
  DeployAci: {
    task: deployAci,
    weight: 14,
    bases: [
      { fixed: group, made: ['spec'] },
      { fixed: { ...group, expectedJson: '$.a=1' }, made: ['specFile', 'samplePayload'] },
      {
        fixed: { ...group, port: '5001' },
        made: ['image', 'location', 'environment', 'expectedJson', 'samplePayloadFile'],
      },
      { fixed: { ...group, port: '5001' }, made: ['image', 'location', 'secrets'] },
      { fixed: { ...group, action: 'delete' }, made: ['containerGroupName'] },
    ],
  },
  DeployAzureMl: {
    task: deployAzureMl,
    weight: 10,
    bases: [
      { fixed: endpoint, made: ['modelName', 'modelVersion', 'deploymentName', 'environment', 'secrets'] },
      { fixed: { ...endpoint, modelName: 'churn' }, made: ['spec', 'samplePayload', 'expectedJson'] },
      { fixed: { ...endpoint, image: 'r.io/churn:1', port: '5001' }, made: ['specFile', 'condaFile', 'scoringPath'] },
      { fixed: { ...endpoint, action: 'delete' }, made: ['deploymentName'] },
    ],
  },
  DeployAks: {
    task: deployAks,
    weight: 26,
    bases: [
      { fixed: { ...own, action: 'render' }, made: ['manifests'] },
      { fixed: { ...own, images: 'r.io:443/score:2' }, made: ['manifests'] },
      { fixed: { ...own, action: 'delete' }, made: ['manifests'] },
      { fixed: { ...direct, action: 'render' }, made: ['specFile'] },
      { fixed: { ...direct, action: 'render' }, made: settings },
      { fixed: { ...direct, action: 'render', image: 'r.io/score:1', port: '5001' }, made: ['serviceName', 'secrets'] },
      { fixed: { ...direct, configFiles: 'case/*' }, made: ['specFile'] },
      { fixed: { ...azure, action: 'delete' }, made: ['serviceName', 'clusterResourceId'] },
    ],
  },
  DeployServingEndpoint: {
    task: deployServingEndpoint,
    weight: 10,
    bases: [
      { fixed: { ...serving, modelVersion: '3' }, made: ['spec', 'environment'] },
      { fixed: { ...serving, modelVersion: '3', expectedJson: '$.a=1' }, made: ['specFile', 'samplePayload'] },
      {
        fixed: { ...databricks, versionSource: 'alias' },
        made: ['endpointName', 'catalogModel', 'modelAlias', 'expectedJson', 'samplePayloadFile'],
      },
      { fixed: { ...databricks, action: 'delete' }, made: ['endpointName'] },
    ],
  },
  EvaluateModel: {
    task: evaluateModel,
    weight: 18,
    bases: [
      { fixed: { rules: 'rmse < 1' }, made: ['metrics'] },
      { fixed: { metrics: '{rmse: 0.5, accuracy: 0.95, a: {b: 1}}' }, made: ['rules'] },
      {
        fixed: { metricsSource: 'file', rulesSource: 'file', metricsKey: 'metrics' },
        made: ['metricsFile', 'rulesFile'],
      },
      { fixed: { metrics: 'rmse: 0.5', rules: 'rmse < baseline', championSource: 'file' }, made: ['championFile'] },
      { fixed: { ...databricks, metricsSource: 'mlflow', rules: 'rmse < 1' }, made: ['mlflowRunId'] },
      {
        fixed: { ...databricks, metrics: 'rmse: 0.5', championSource: 'unityCatalog', rules: 'rmse < baseline' },
        made: ['catalogModel'],
      },
    ],
  },
  ImportNotebooks: {
    task: importNotebooks,
    weight: 8,
    bases: [
      { fixed: { ...databricks, sourceFolder: 'source' }, made: ['workspaceFolder'] },
      {
        fixed: { ...databricks, mode: 'mirror', workspaceFolder: '/Shared/x' },
        made: ['sourceFolder', 'include', 'exclude'],
      },
    ],
  },
  PromoteModel: {
    task: promoteModel,
    weight: 2,
    bases: [
      { fixed: { ...databricks, modelVersion: '3' }, made: ['catalogModel', 'alias'] },
      {
        fixed: { ...databricks, catalogModel: 'main.demo.churn', versionSource: 'run' },
        made: ['mlflowRunId', 'verdict'],
      },
    ],
  },
  UploadToVolume: {
    task: uploadToVolume,
    weight: 2,
    bases: [
      { fixed: { ...databricks, sourceFolder: 'source' }, made: ['volumeFolder'] },
      {
        fixed: { ...databricks, mode: 'mirror', volumeFolder: '/Volumes/main/default/files/x' },
        made: ['sourceFolder', 'include', 'exclude'],
      },
    ],
  },
  InstallLibraries: {
    task: installLibraries,
    weight: 18,
    bases: [
      { fixed: { ...databricks, cluster: 'train' }, made: ['requirementsFile'] },
      { fixed: { ...databricks, cluster: 'train' }, made: ['environmentFile'] },
      { fixed: { ...databricks, cluster: 'train' }, made: ['libraries'] },
      { fixed: { ...databricks, cluster: 'train' }, made: ['files', 'uploadFolder'] },
    ],
  },
  LoadModelVariables: {
    task: loadModelVariables,
    weight: 26,
    bases: [
      { fixed: {}, made: ['modelFile'] },
      { fixed: { environment: 'prod' }, made: ['modelFile', 'baseFile'] },
      { fixed: {}, made: ['modelFile', 'schemaFile'] },
      { fixed: {}, made: ['modelFile', 'overrides', 'outputFolder'] },
    ],
  },
  OnboardModel: {
    task: onboardModel,
    weight: 10,
    bases: [
      {
        fixed: { ...devops, mode: 'plan', variables: 'model=churn\nowners=a@b.c' },
        made: ['specification', 'secretVariables'],
      },
      { fixed: devops, made: ['specificationFile', 'variables', 'mode'] },
    ],
  },
  RunJob: {
    task: runJob,
    weight: 14,
    bases: [
      { fixed: databricks, made: ['job', 'parameters'] },
      { fixed: { ...databricks, runSource: 'definition' }, made: ['definition'] },
      { fixed: { ...databricks, runSource: 'definition' }, made: ['definitionFile', 'parameters'] },
      { fixed: { ...databricks, runSource: 'notebook', compute: 'new' }, made: ['notebookPath', 'newCluster'] },
    ],
  },
  StartCluster: {
    task: startCluster,
    weight: 3,
    bases: [
      { fixed: databricks, made: ['cluster'] },
      { fixed: throughAzure, made: ['cluster'] },
    ],
  },
  StopCluster: {
    task: stopCluster,
    weight: 3,
    bases: [
      { fixed: databricks, made: ['cluster'] },
      { fixed: throughAzure, made: ['workspaceUrl', 'cluster'] },
    ],
  },
} as unknown as Readonly<Record<string, TaskUnderTest>>;
