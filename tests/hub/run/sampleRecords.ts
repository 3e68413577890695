/** Documents as steps attach them to a run of a model. */

export const evaluation = {
  format: 1,
  kind: 'evaluation',
  result: 'failed',
  model: { name: 'main.default.churn', version: '12', mlflowRunId: '5f2c9e0c1b', source: 'the MLflow run 5f2c9e0c1b' },
  champion: { name: 'main.default.churn', version: '11', source: 'version 11 with the alias champion' },
  metrics: [
    { name: 'accuracy', value: 0.931, champion: 0.922, isInRule: true },
    { name: 'rmse', value: 13.4, champion: 12.1, isInRule: true },
    { name: 'val.auc', value: 0.871, champion: 0.868, isInRule: true },
    { name: 'bias', value: -0.02, champion: -0.05, isInRule: true },
    { name: 'f1', champion: 0.8, isInRule: true },
    { name: 'training_seconds', value: 1834, champion: 1790, isInRule: false },
  ],
  rules: [
    {
      ...{ rule: 'accuracy >= 0.9', outcome: 'passed', comparison: '>=', metrics: ['accuracy'] },
      ...{ actual: 0.931, required: 0.9, note: '' },
    },
    {
      ...{ rule: 'rmse <= baseline * 1.05', outcome: 'failed', comparison: '<=', metrics: ['rmse'] },
      ...{ actual: 13.4, required: 12.705, note: '' },
    },
    {
      ...{ rule: 'val.auc > baseline', outcome: 'passed', comparison: '>', metrics: ['val.auc'] },
      ...{ actual: 0.871, required: 0.868, note: '' },
    },
    {
      ...{ rule: 'bias >= -0.04', outcome: 'passed', comparison: '>=', metrics: ['bias'] },
      ...{ actual: -0.02, required: -0.04, note: '' },
    },
    {
      ...{ rule: 'f1 >= 0.75', outcome: 'failed', comparison: '>=', metrics: ['f1'] },
      ...{ required: 0.75, note: "the metric 'f1' is missing" },
    },
  ],
  notes: ['The alias champion stays on version 11.'],
};

const saved = { hash: '9c1f', savedBy: 'Ada Lovelace', savedOn: '2026-11-29T09:00:00.000Z' };

export const variables = {
  format: 1,
  kind: 'variables',
  environment: 'prod',
  variables: [
    { name: 'modelName', value: 'churn', source: 'model_variables.yml:1', overridden: [] },
    { name: 'training.epochs', value: '40', source: 'hub r7:13', overridden: ['model_variables.yml:9', 'base.yml:3'] },
    { name: 'training.note', value: '', source: 'hub r7:14', overridden: [] },
    { name: 'serving.replicas', value: '3', source: 'hub base r3:5', overridden: ['base.yml:7'] },
    { name: 'serving.gpu', value: null, source: 'overrides', overridden: ['hub r7:20'] },
  ],
  registry: {
    model: { id: 'churn', revision: 7, isPinned: true, ...saved },
    base: { id: 'base', revision: 3, isPinned: false, ...saved },
  },
};

export const deployment = {
  format: 1,
  kind: 'deployment',
  target: 'kubernetes',
  service: 'churn',
  action: 'deploy',
  result: 'Deployed',
  isSuccessful: true,
  resourceGroup: 'rg-models-prod',
  cluster: 'aks-prod',
  namespace: 'models',
  model: { name: 'churn', version: '12' },
  image: 'contoso.azurecr.io/churn:12',
  digest: 'sha256:3b4e1f8a6c0de1b7d1f5a4c2e98b7a6d5c4f3e2d1a0b9c8d7e6f5a4b3c2d1e0f',
  previousImage: 'contoso.azurecr.io/churn:11',
  scoringUri: 'https://churn.models.example.com/score',
  strategy: 'canary',
  canaryPercent: 10,
  minReplicas: 2,
  maxReplicas: 10,
};

export const jobRun = {
  format: 1,
  kind: 'run',
  runId: '872364512',
  jobId: '4411',
  name: 'churn-train',
  url: 'https://adb-1.azuredatabricks.net/jobs/4411/runs/872364512',
  state: 'SUCCESS',
  outcome: 'succeeded',
  startedOn: '2026-11-30T10:00:00.000Z',
  endedOn: '2026-11-30T10:24:12.000Z',
  tasks: [
    {
      ...{ name: 'prepare', state: 'SUCCESS', outcome: 'succeeded', attempts: 1 },
      ...{ startedOn: '2026-11-30T10:00:00.000Z', endedOn: '2026-11-30T10:03:41.000Z' },
      url: 'https://adb-1.azuredatabricks.net/jobs/4411/runs/1',
    },
    {
      ...{ name: 'train', state: 'SUCCESS', outcome: 'succeeded', attempts: 2 },
      ...{ startedOn: '2026-11-30T10:03:41.000Z', endedOn: '2026-11-30T10:24:12.000Z' },
      url: 'https://adb-1.azuredatabricks.net/jobs/4411/runs/2',
    },
  ],
};

/** A run that trains, deploys to a test environment and then to production. */
export const wholeRun = {
  Train: { Train: { 'Load the variables': variables, 'Run the job': jobRun, 'Evaluate the model': evaluation } },
  Test: {
    Deploy: {
      'Load the variables': variables,
      'Deploy to Container Instances': {
        ...{ ...deployment, target: 'containerInstances', service: 'churn-test', result: 'created', replicas: 1 },
        ...{ cluster: undefined, namespace: undefined, strategy: undefined, canaryPercent: undefined },
        ...{ minReplicas: undefined, maxReplicas: undefined, location: 'westeurope', resourceGroup: 'rg-models-test' },
      },
    },
  },
  Production: { Deploy: { 'Deploy to AKS': deployment } },
};
