/**
 * Valid values of inputs and of the files that they name, which the generator then changes. Those of an input are by
 * its name, in all tasks.
 */
export const validTexts: Readonly<Record<string, readonly string[]>> = {
  clusterName: ['train', 'a cluster'],
  jobName: ['nightly'],
  cluster: ['train', '0101-120000-abcdefgh'],
  job: ['nightly', '42'],
  clusterId: ['0101-120000-abcdefgh'],
  sparkVersion: ['15.4.x-scala2.12', '16.4.x-cpu-ml-scala2.12', '15.4.x-gpu-ml-scala2.12'],
  nodeTypeId: ['Standard_DS3_v2'],
  notebookPath: ['/Shared/train', '/Repos/a/b/train'],
  schedule: ['0 30 5 * * ?', '0 0 1 1 * ? 2030'],
  timeZone: ['UTC', 'Europe/Vienna'],
  parameters: ['a=b\nc=d', '{"a": "b", "n": 1, "x": null}', '{"python_params": ["a", "b"]}'],
  environment: ['prod', 'A=1\nB=two', '{"A": 1, "B": true}'],
  workspaceFolder: ['/Shared/model', '/Users/a@b.c/x'],
  uploadFolder: ['/Volumes/main/default/wheels', '/Workspace/Shared/wheels'],
  include: ['**', '*.py\n**/*.ipynb'],
  exclude: ['tests/**'],
  files: ['*.whl', 'dist/**/*.whl'],
  manifests: ['own.yml', '*.yml', '**/*.yml', 'case/manifests.yml'],
  configFiles: ['*.txt', 'case/*'],
  images: ['r.io:443/score:2', 'r.io/a@sha256:' + 'a'.repeat(64)],
  sourceFolder: ['.', 'source'],
  outputFolder: ['out', 'case/out'],
  prefix: ['my'],
  overrides: ['training.epochs=3\nmodelName=demo', '{"training": {"epochs": 1e2}, "a": ["1"]}'],
  rules: [
    'rmse < 1',
    'rmse <= baseline * 1.1\naccuracy >= 0.9',
    '# a\nabs(rmse - baseline) < 1e-3',
    'a.b > 1 and c < 2',
  ],
  rulesKey: ['evaluation.rules', 'rules'],
  metricsKey: ['metrics'],
  championKey: ['metrics'],
  mlflowRunId: ['0123456789abcdef0123456789abcdef'],
  experiment: ['/Shared/experiment', '12'],
  catalogModel: ['main.models.demo'],
  registryModel: ['demo'],
  modelVersion: ['1', '1.10'],
  modelName: ['demo_model'],
  workspaceUrl: [
    'https://adb-1234567890123456.7.azuredatabricks.net',
    'workspace',
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/w',
  ],
  teamName: ['Churn', 'Data science'],
  areaPath: ['models\\churn', 'churn'],
  members: ['ada@contoso.com\n[models]\\Contributors', 'c0ffee00-0000-4000-8000-00000000000a'],
  administrators: ['ada@contoso.com'],
  repositoryPermissions: ['read\ncontribute'],
  resourceGroup: ['models'],
  containerGroupName: ['score'],
  location: ['westeurope'],
  image: ['models.azurecr.io/score:1', 'r.io/a@sha256:' + 'b'.repeat(64)],
  port: ['5001'],
  cpu: ['0.5', '1', '500m'],
  memory: ['1Gi'],
  memoryGb: ['1', '0.5'],
  healthPath: ['/healthz'],
  scoringPath: ['/score'],
  scoringPort: ['http', '80'],
  serviceName: ['score'],
  namespace: ['models'],
  clusterResourceId: ['/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c'],
  identityClientId: ['c11e4711-0000-4000-8000-000000000001'],
  registryUsername: ['user'],
  registryServer: ['models.azurecr.io'],
  registryIdentity: ['/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i'],
  subnetId: ['/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/n'],
  dnsNameLabel: ['score-model'],
  endpointName: ['churn'],
  modelAlias: ['champion'],
  samplePayload: ['{"data": [[1, 2]]}'],
  expectedJson: ['$.predictions[0]=0.5', '{"$.a[0].b": [1, "x", null]}'],
  organizationUrl: ['https://dev.azure.com/contoso', 'https://contoso.visualstudio.com'],
  project: ['models', '0000012c-0000-4000-8000-000000000001'],
  repositoryName: ['churn', 'a model'],
  repository: ['churn'],
  templateFolder: ['source', 'dist'],
  variables: ['model=churn', '{"model": "churn"}'],
  importUrl: ['https://example.com/churn.git'],
  defaultBranch: ['main', 'refs/heads/release/1'],
  branch: ['main'],
  pythonVersion: ['3.12', '3.11.4'],
};

/** Contents of files other than YAML and JSON. */
export const validFiles: Readonly<Record<string, readonly string[]>> = {
  requirementsFile: [
    'numpy==1.26.0\n',
    '--index-url https://user:pw-in-a-url@pypi.example.com/simple\npandas>=2,<3 ; python_version < "3.12"\nscikit-learn[all]~=1.4 \\\n  --hash=sha256:' +
      'a'.repeat(64) +
      '\n-r other.txt\ngit+https://example.com/a.git@main#egg=a\n',
  ],
};

const cluster = {
  cluster_name: 'train',
  spark_version: '15.4.x-scala2.12',
  node_type_id: 'Standard_DS3_v2',
  autoscale: { min_workers: 1, max_workers: 4 },
  spark_conf: { 'spark.speculation': 'true' },
  custom_tags: { team: 'ml' },
  azure_attributes: { first_on_demand: 1, availability: 'SPOT_WITH_FALLBACK_AZURE', spot_bid_max_price: -1 },
  spark_env_vars: { A: '1', DB_PASSWORD: 'x' },
  init_scripts: [{ workspace: { destination: '/Shared/init.sh' } }],
};
const job = {
  name: 'nightly',
  tasks: [
    {
      task_key: 'a',
      notebook_task: { notebook_path: '/Shared/a', base_parameters: { x: '1' } },
      job_cluster_key: 'small',
      depends_on: [{ task_key: 'b' }],
      libraries: [{ pypi: { package: 'numpy' } }],
    },
    { task_key: 'b', spark_python_task: { python_file: '/Shared/b.py', parameters: ['a'] }, environment_key: 'e' },
  ],
  job_clusters: [{ job_cluster_key: 'small', new_cluster: cluster }],
  environments: [{ environment_key: 'e', spec: { client: '2', dependencies: ['numpy'] } }],
  schedule: { quartz_cron_expression: '0 30 5 * * ?', timezone_id: 'UTC', pause_status: 'UNPAUSED' },
  tags: { team: 'ml' },
  parameters: [{ name: 'x', default: '1' }],
  email_notifications: { on_failure: ['a@b.c'] },
};
const group = {
  location: 'westeurope',
  properties: {
    osType: 'Linux',
    containers: [
      {
        name: 'score',
        properties: {
          image: 'models.azurecr.io/score:1',
          ports: [{ port: 5001 }],
          resources: { requests: { cpu: 1, memoryInGB: 1.5 } },
          environmentVariables: [
            { name: 'A', value: '1' },
            { name: 'B', secureValue: 'x' },
          ],
          livenessProbe: { httpGet: { path: '/healthz', port: 5001 } },
        },
      },
    ],
    ipAddress: { type: 'Public', ports: [{ port: 5001, protocol: 'TCP' }], dnsNameLabel: 'score' },
    imageRegistryCredentials: [{ server: 'models.azurecr.io', username: 'u', password: 'p' }],
    volumes: [
      { name: 'v', emptyDir: {} },
      { name: 's', secret: { a: 'YQ==' } },
    ],
  },
  tags: { team: 'ml' },
};
const variables = {
  variables: {
    modelName: 'demo_model',
    modelVersion: '1',
    folder: '/Shared/{{modelName}}/{{training.epochs}}',
    training: { epochs: 100, rates: [0.1, 0.5], isFast: true },
    note: null,
  },
  environments: { prod: { training: { epochs: 300 } }, test: null },
  locked: ['modelName'],
};
const listed = {
  variables: [
    { name: 'modelName', value: 'demo' },
    { name: 'modelVersion', value: '1' },
  ],
};
const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: { variables: { anyOf: [{ $ref: '#/definitions/variables' }, { type: 'null' }] } },
  definitions: {
    variables: {
      type: 'object',
      properties: {
        modelName: { type: 'string', pattern: '^[a-z_]+$', maxLength: 10, mandatory: true },
        training: { type: 'object', properties: { epochs: { type: 'integer', minimum: 1 } }, required: ['epochs'] },
        folder: { enum: ['a', 'b'], format: 'path' },
      },
      additionalProperties: true,
    },
  },
};
const pod = {
  metadata: { labels: { app: 'score' } },
  spec: {
    containers: [
      {
        name: 'a',
        image: 'r.io:443/score',
        ports: [{ name: 'http', containerPort: 5001 }],
        env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
        resources: { limits: { cpu: '500m', memory: '1Gi' } },
        readinessProbe: { httpGet: { path: '/', port: 'http' } },
      },
    ],
    volumes: [{ name: 'c', configMap: { name: 'settings' } }],
  },
};
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'score', namespace: 'models', annotations: { a: 'b' } },
  spec: { replicas: 2, selector: { matchLabels: { app: 'score' } }, template: pod },
};
const front = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'score' },
  spec: { selector: { app: 'score' }, ports: [{ port: 80, targetPort: 'http' }] },
};
const scaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'score' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'score' },
    minReplicas: 1,
    maxReplicas: 3,
  },
};
const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  stringData: { k: 'x' },
  data: { j: 'YQ==' },
};
const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: '1' } };
const service = {
  serviceName: 'score',
  image: 'r.io/score:1',
  port: 5001,
  cpu: 0.5,
  memory: '1Gi',
  replicas: 2,
  environment: { A: '1', B: 2 },
  command: ['python', 'x.py'],
  args: ['--port', 5001],
  tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }],
  nodeSelector: { pool: 'gpu' },
  gpus: 1,
  startupSeconds: 60,
};
const metrics = {
  metrics: { rmse: 0.5, accuracy: 0.95, a: { b: 1, c: '2' } },
  evaluation: { rules: ['rmse < 1'] },
  rules: ['rmse < 1'],
};
const mlflow = [
  { key: 'rmse', value: 0.5, step: 0, timestamp: 1 },
  { key: 'rmse', value: 0.4, step: 1, timestamp: 2 },
];
const conda = {
  name: 'x',
  channels: ['conda-forge'],
  dependencies: ['python=3.11', 'numpy=1.26', { pip: ['pandas==2.0', '-r other.txt'] }],
};
const libraries = [
  { pypi: { package: 'numpy==1.26.0', repo: 'https://pypi.example.com' } },
  { maven: { coordinates: 'a:b:1', exclusions: ['c:d'] } },
  { whl: '/Volumes/main/default/a-1.0-py3-none-any.whl' },
  { cran: { package: 'x' } },
  { requirements: '/Workspace/Shared/requirements.txt' },
];
const permissions = [
  { group_name: 'users', permission_level: 'CAN_VIEW' },
  { user_name: 'a@b.c', permission_level: 'CAN_MANAGE' },
];

/** Documents of an input or its file, by the task and the input, or by the input alone. */
const policies = {
  minimumReviewers: { minimumNumberOfReviewers: 2, whenNewChangesArePushed: 'resetApprovalVotes' },
  linkedWorkItems: 'optional',
  commentResolution: 'required',
  mergeTypes: ['squashMerge'],
  buildValidation: [{ buildPipeline: '\\models\\churn-ci', displayName: 'ci', pathFilter: ['/src/*'] }],
  statusChecks: [{ statusName: 'quality', statusGenre: 'models' }],
  automaticallyIncludedReviewers: [{ reviewers: ['Data owners', 'a@b.c'] }],
};

const pipelines = {
  folder: 'models/churn',
  pipelines: [
    {
      name: 'churn-ci',
      yamlFile: 'pipelines/ci_pipeline.yml',
      variables: { LEVEL: 1.5, TOKEN: { isSecret: true, allowOverride: true } },
    },
    { name: 'churn-cd', yamlFile: '/cd.yml', completionTriggers: [{ pipeline: 'churn-ci', branches: ['main'] }] },
  ],
  variableGroups: [{ name: 'churn-dev', variables: { A: 1, PASSWORD: { isSecret: true } } }],
  environments: [{ name: 'churn-prod', exclusiveLock: true }],
};

const onboarding = {
  model: '{{model}}',
  repository: { template: { folder: 'source', exclude: ['docs/**'], replace: { demo_model: '{{model}}' } } },
  team: { name: '{{model}} owners', members: ['{{owners}}'], repositoryPermissions: ['contribute'] },
  pipelineFolder: 'models',
  pipelines: [{ name: '{{model}}-ci', yamlFile: 'pipelines/ci_pipeline.yml', firstRun: 'none' }],
  variableGroups: [{ name: 'churn-dev', variables: { A: 1, PASSWORD: { isSecret: true } } }],
  environments: [{ name: 'churn-prod', approvals: { approvers: ['{{model}} owners'] } }],
  branchPolicies: { buildValidation: [{ buildPipeline: 'models/{{model}}-ci' }], linkedWorkItems: 'optional' },
};

const endpoint = {
  config: {
    served_entities: [{ min_provisioned_concurrency: 4, max_provisioned_concurrency: 8, environment_vars: { A: '1' } }],
    auto_capture_config: { catalog_name: 'main', schema_name: 'demo', enabled: true },
  },
  ai_gateway: {
    rate_limits: [{ calls: 100, key: 'user', renewal_period: 'minute' }],
    usage_tracking_config: { enabled: true },
  },
  tags: [{ key: 'team', value: 'ml' }],
  email_notifications: { on_update_failure: ['a@b.c'] },
  description: 'Churn',
};

const onlineDeployment = {
  tags: { team: 'ml' },
  sku: { capacity: 2 },
  properties: {
    instanceType: 'Standard_F4s_v2',
    environmentVariables: { LEVEL: 'info' },
    requestSettings: { requestTimeout: 'PT30S', maxConcurrentRequestsPerInstance: 4 },
    livenessProbe: { initialDelay: 'PT30S', failureThreshold: 30 },
    dataCollector: { collections: { model_inputs: { dataCollectionMode: 'Enabled', samplingRate: 0.5 } } },
  },
};

export const validDocuments = {
  'DeployServingEndpoint.spec': [endpoint],
  'ApplyBranchPolicies.policies': [policies],
  'CreatePipelines.pipelines': [pipelines],
  'OnboardModel.specification': [onboarding],
  'CreateCluster.spec': [cluster],
  'CreateJob.spec': [job],
  'DeployAci.spec': [group],
  'DeployAzureMl.spec': [onlineDeployment],
  'DeployAzureMl.specFile': [onlineDeployment],
  condaFile: [conda],
  'DeployAks.specFile': [service],
  newCluster: [cluster],
  definition: [job],
  permissions: [permissions],
  libraries: [libraries],
  environmentFile: [conda],
  metrics: [metrics.metrics, mlflow],
  metricsFile: [metrics, metrics.metrics, mlflow],
  championFile: [metrics, metrics.metrics],
  rulesFile: [metrics],
  modelFile: [variables, listed],
  baseFile: [variables, listed],
  schemaFile: [schema],
  manifests: [
    { apiVersion: 'v1', kind: 'List', items: [deployment, front, scaler, secret, settings] },
    deployment,
    front,
    [deployment, front],
  ],
  samplePayloadFile: [{ data: [[1, 2]] }],
};
