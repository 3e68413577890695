import type { Task } from '../shared/task/task';

/** A question that is asked before something is deleted or written that cannot be restored by running the command again. */
export interface Confirmation {
  /** The values of inputs with which it is asked. */
  readonly when: Readonly<Record<string, string>>;
  /** What will happen, as a sentence. */
  readonly warns: string;
}

/** One task as a command. */
export interface CommandRow {
  /** The name of the task, and of its folder in tasks/. */
  readonly task: string;
  readonly group: string;
  readonly verb: string;
  /** Complete command lines, without the name of the program. */
  readonly examples: readonly string[];
  /** Asked only when something is changed: not with `--dry-run`. */
  readonly confirmations?: readonly Confirmation[];
  /** Whether a later call can attach to the work that this one started. */
  readonly isResumable?: true;
  readonly load: () => Promise<{ readonly task: unknown }>;
}

/** The heading of each group in the help, in the order of the help. */
export const groups: Readonly<Record<string, { readonly heading: string; readonly summary: string }>> = {
  notebooks: { heading: 'Databricks', summary: 'Import notebooks and files' },
  volumes: { heading: 'Databricks', summary: 'Upload files to volumes' },
  clusters: { heading: 'Databricks', summary: 'Create, start and stop clusters' },
  libraries: { heading: 'Databricks', summary: 'Install libraries on clusters' },
  jobs: { heading: 'Databricks', summary: 'Create and run jobs' },
  models: { heading: 'Models', summary: 'Evaluate and onboard models' },
  variables: { heading: 'Models', summary: 'Load and synchronize the variables of models' },
  serving: { heading: 'Serving', summary: 'Deploy models to Databricks Model Serving' },
  aks: { heading: 'Serving', summary: 'Deploy models to Azure Kubernetes Service' },
  aci: { heading: 'Serving', summary: 'Deploy models to Azure Container Instances' },
  azureml: { heading: 'Serving', summary: 'Deploy models to Azure Machine Learning' },
  repos: { heading: 'Azure DevOps', summary: 'Create repositories' },
  policies: { heading: 'Azure DevOps', summary: 'Apply branch policies' },
  teams: { heading: 'Azure DevOps', summary: 'Create teams' },
  pipelines: { heading: 'Azure DevOps', summary: 'Create pipelines, and run those of a repository' },
};

/** Every task as a command: the only list of them. */
export const commands: readonly CommandRow[] = [
  {
    task: 'ImportNotebooks',
    group: 'notebooks',
    verb: 'import',
    examples: [
      'notebooks import --source-folder demo_model --workspace-folder /Shared/demo_model',
      'notebooks import --source-folder demo_model --workspace-folder /Shared/demo_model --mode mirror --dry-run',
    ],
    confirmations: [
      {
        when: { mode: 'mirror' },
        warns: 'Objects that were imported earlier and are not in the source folder any more are deleted.',
      },
    ],
    load: () => import('../tasks/ImportNotebooks/task'),
  },
  {
    task: 'UploadToVolume',
    group: 'volumes',
    verb: 'upload',
    examples: [
      'volumes upload --source-folder data --volume-folder /Volumes/main/demo/data',
      'volumes upload --source-folder data --volume-folder /Volumes/main/demo/data --mode mirror --dry-run',
    ],
    confirmations: [
      {
        when: { mode: 'mirror' },
        warns: 'Files that were uploaded earlier and are not in the source folder any more are deleted.',
      },
    ],
    load: () => import('../tasks/UploadToVolume/task'),
  },
  {
    task: 'CreateCluster',
    group: 'clusters',
    verb: 'create',
    examples: ['clusters create --spec-file cluster.yml --start'],
    load: () => import('../tasks/CreateCluster/task'),
  },
  {
    task: 'StartCluster',
    group: 'clusters',
    verb: 'start',
    examples: ['clusters start --cluster training'],
    load: () => import('../tasks/StartCluster/task'),
  },
  {
    task: 'StopCluster',
    group: 'clusters',
    verb: 'stop',
    examples: ['clusters stop --cluster training', 'clusters stop --cluster training --deletion permanent'],
    confirmations: [{ when: { deletion: 'permanent' }, warns: 'The cluster is deleted permanently.' }],
    load: () => import('../tasks/StopCluster/task'),
  },
  {
    task: 'InstallLibraries',
    group: 'libraries',
    verb: 'install',
    examples: ['libraries install --cluster training --requirements-file demo_model/model_modules/requirements.txt'],
    confirmations: [
      { when: { removeOthers: 'true' }, warns: 'Libraries of the cluster that are not listed are uninstalled.' },
    ],
    load: () => import('../tasks/InstallLibraries/task'),
  },
  {
    task: 'CreateJob',
    group: 'jobs',
    verb: 'create',
    examples: ['jobs create --spec-file job.yml', 'jobs create --spec-file job.yml --dry-run'],
    load: () => import('../tasks/CreateJob/task'),
  },
  {
    task: 'RunJob',
    group: 'jobs',
    verb: 'run',
    examples: [
      'jobs run --job training --parameters lr=0.1 --parameters epochs=5',
      'jobs run --run-source notebook --notebook-path /Shared/demo_model/training',
    ],
    isResumable: true,
    load: () => import('../tasks/RunJob/task'),
  },
  {
    task: 'EvaluateModel',
    group: 'models',
    verb: 'evaluate',
    examples: [
      "models evaluate --metrics 'accuracy: 0.93' --rules 'accuracy >= 0.9'",
      'models evaluate --metrics-source file --metrics-file metrics.json --rules @rules.txt',
    ],
    load: () => import('../tasks/EvaluateModel/task'),
  },
  {
    task: 'OnboardModel',
    group: 'models',
    verb: 'onboard',
    examples: [
      'models onboard --mode plan --specification-file onboarding/churn.yml',
      'models onboard --mode apply --specification-file onboarding/churn.yml',
    ],
    confirmations: [
      { when: { mode: 'apply' }, warns: 'The project is changed to match the specification; plan shows the changes.' },
    ],
    load: () => import('../tasks/OnboardModel/task'),
  },
  {
    task: 'PromoteModel',
    group: 'models',
    verb: 'promote',
    examples: [
      'models promote --catalog-model main.demo.churn --model-version 3',
      'models promote --catalog-model main.demo.churn --action rollBack',
    ],
    load: () => import('../tasks/PromoteModel/task'),
  },
  {
    task: 'LoadModelVariables',
    group: 'variables',
    verb: 'load',
    examples: ['variables load --model-file demo_model/model_variables.yml --environment dev'],
    load: () => import('../tasks/LoadModelVariables/task'),
  },
  {
    task: 'SyncModelVariables',
    group: 'variables',
    verb: 'sync',
    examples: ['variables sync --variables-file demo_model/model_variables.yml --repository models --mode check'],
    load: () => import('../tasks/SyncModelVariables/task'),
  },
  {
    task: 'DeployServingEndpoint',
    group: 'serving',
    verb: 'deploy',
    examples: [
      'serving deploy --endpoint-name churn --catalog-model main.demo.churn --model-version 3 --strategy canary',
      'serving deploy --endpoint-name churn --action promote',
    ],
    confirmations: [{ when: { action: 'delete' }, warns: 'The serving endpoint is deleted.' }],
    load: () => import('../tasks/DeployServingEndpoint/task'),
  },
  {
    task: 'DeployAks',
    group: 'aks',
    verb: 'deploy',
    examples: [
      'aks deploy --resource-group models --cluster-name models --service-name churn --image contoso.azurecr.io/churn:7',
      'aks deploy --service-name churn --action promote',
    ],
    confirmations: [{ when: { action: 'delete' }, warns: 'The service is deleted.' }],
    load: () => import('../tasks/DeployAks/task'),
  },
  {
    task: 'DeployAci',
    group: 'aci',
    verb: 'deploy',
    examples: [
      'aci deploy --resource-group models --container-group-name churn-test --image contoso.azurecr.io/churn:7 --port 8080',
    ],
    confirmations: [{ when: { action: 'delete' }, warns: 'The container group is deleted.' }],
    load: () => import('../tasks/DeployAci/task'),
  },
  {
    task: 'DeployAzureMl',
    group: 'azureml',
    verb: 'deploy',
    examples: [
      'azureml deploy --resource-group models --workspace-name ml --endpoint-name churn --model-name churn --sample-payload-file sample.json',
      'azureml deploy --resource-group models --workspace-name ml --endpoint-name churn --action promote',
    ],
    confirmations: [{ when: { action: 'delete' }, warns: 'The endpoint is deleted, or the deployment that is named.' }],
    load: () => import('../tasks/DeployAzureMl/task'),
  },
  {
    task: 'CreateRepository',
    group: 'repos',
    verb: 'create',
    examples: ['repos create --repository-name churn --template-folder template'],
    load: () => import('../tasks/CreateRepository/task'),
  },
  {
    task: 'ApplyBranchPolicies',
    group: 'policies',
    verb: 'apply',
    examples: ['policies apply --repository churn --policies-file policies.yml --dry-run'],
    confirmations: [
      { when: { removeOthers: 'true' }, warns: 'Policies of the branch that are not in the document are deleted.' },
    ],
    load: () => import('../tasks/ApplyBranchPolicies/task'),
  },
  {
    task: 'CreateTeam',
    group: 'teams',
    verb: 'create',
    examples: ['teams create --team-name churn --members ada@example.com --members grace@example.com'],
    confirmations: [
      { when: { removeOtherMembers: 'true' }, warns: 'Members of the team that are not listed are removed.' },
    ],
    load: () => import('../tasks/CreateTeam/task'),
  },
  {
    task: 'CreatePipelines',
    group: 'pipelines',
    verb: 'create',
    examples: ['pipelines create --repository churn --pipelines-file pipelines.yml --first-run none'],
    load: () => import('../tasks/CreatePipelines/task'),
  },
];

/** A loaded task, as one that any inputs can be read for: `readInputs` checks them. */
export type LoadedTask = Task;

/** Throws an Error where a file in tasks/ does not export a task: a contract test loads all of them. */
export async function loadTask({ task: name, load }: Pick<CommandRow, 'task' | 'load'>): Promise<LoadedTask> {
  const { task } = await load();
  if (!isTask(task)) throw new Error(`tasks/${name}/task.ts does not export a task.`);
  return task;
}

function isTask(value: unknown): value is LoadedTask {
  return typeof value === 'object' && value !== null && 'inputs' in value && 'run' in value;
}
