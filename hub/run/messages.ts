import type { StepPlace } from './read/timeline';
import type { JobOutcome, RuleOutcome } from '../../shared/records/runRecord';

const count = (number: number, one: string, more: string): string => `${number} ${number === 1 ? one : more}`;

/** The texts of the tab of a run. */
export const runMessages = {
  title: 'Model',
  description: 'What the steps of this run recorded about the model',
  refresh: 'Refresh',
  refreshing: 'Refreshing',
  refreshed: 'The page is up to date.',
  running: 'The run is in progress. The page is updated when its steps end.',
  leftOut: (number: number) =>
    `The run has more records than the page shows: ${count(number, 'record', 'records')} of the steps that ended first ${number === 1 ? 'is' : 'are'} left out.`,

  emptyTitle: 'No step of this run recorded anything about a model',
  emptyRunningTitle: 'No step of this run has recorded anything about a model yet',
  emptyText: 'These tasks record what they did when they end:',
  recordingTasks: [
    { task: 'EvaluateModel', what: 'the metrics of a model, its rules and the champion' },
    { task: 'LoadModelVariables', what: 'the variables of a model and where they come from' },
    { task: 'RunJob', what: 'the run of Databricks and its tasks' },
    { task: 'DeployServingEndpoint', what: 'the model version that was deployed to Model Serving' },
    { task: 'DeployAks', what: 'the service that was deployed to Kubernetes' },
    { task: 'DeployAci', what: 'the service that was deployed to Container Instances' },
    { task: 'DeployAzureMl', what: 'the model that was deployed to an endpoint of Azure Machine Learning' },
  ],
  emptyHelp: 'Older versions of these tasks record nothing.',

  sections: {
    evaluations: 'Evaluation',
    deployments: 'Deployments',
    jobRuns: 'Databricks runs',
    variables: 'Variables',
  },
  place: ({ stage, job, step }: StepPlace) => [stage, job, step].filter((name) => name !== undefined).join(' › '),
  unknownPlace: 'A step of this run',
  attempt: (number: number) => `attempt ${number}`,
  alsoAt: 'Also loaded by',
  earlier: (number: number) => count(number, 'earlier attempt', 'earlier attempts'),
  cut: (number: number, what: string) => `The step recorded ${number} more ${what}, which are not shown.`,
  showMore: (number: number) => `Show ${number} more`,
  opensInNewTab: 'opens in a new tab',
  none: '–',

  newer: (place: string) =>
    `${place}: this was recorded by a newer version of the extension. Reload the page; if the message stays, ask an administrator to update the extension.`,
  damaged: (place: string) => `${place}: what was recorded is damaged and cannot be shown.`,
  unreadable: (place: string) => `${place}: what was recorded could not be read.`,
  refused:
    'You do not have permission to view the records of this run. Ask a project administrator for the permission View builds.',
  refreshFailed: 'The page could not be updated and shows what it read before.',

  evaluation: {
    verdicts: { passed: 'Passed', failed: 'Failed' },
    model: 'Model',
    champion: 'Champion',
    noChampion: 'There is no champion yet.',
    metricsFrom: (source: string) => `metrics: ${source}`,
    version: (version: string) => `version ${version}`,
    mlflowRun: (id: string) => `MLflow run ${id}`,
    rules: 'Rules',
    metrics: 'Metrics',
    chart: 'Metrics that rules name',
    columns: {
      rule: 'Rule',
      verdict: 'Verdict',
      actual: 'Value',
      required: 'Required',
      reason: 'Reason',
      metric: 'Metric',
      value: 'Model',
      champion: 'Champion',
      change: 'Change',
      limits: 'Required',
    },
    outcomes: { passed: 'Passed', failed: 'Failed', notCompared: 'Not compared' } satisfies Record<RuleOutcome, string>,
    legend: { value: 'Model', champion: 'Champion', limit: 'Required' },
    missing: 'No value',
    noRules: 'The step has no rules.',
    noMetrics: 'The step has no metrics.',
    sentence: (name: string, parts: readonly string[]) => `${name}: ${parts.join(', ')}.`,
    inWords: {
      value: (text: string) => `model ${text}`,
      champion: (text: string) => `champion ${text}`,
      limit: (comparison: string, text: string) => `${comparisons.get(comparison) ?? comparison} ${text} required`,
      outcome: (outcome: RuleOutcome) => ({ passed: 'passed', failed: 'failed', notCompared: 'not compared' })[outcome],
    },
  },

  variables: {
    environment: (name: string) => `Environment ${name}`,
    noEnvironment: 'No environment',
    revision: (id: string, revision: number) => `${id}, revision ${revision}`,
    base: (revision: number) => `Base variables, revision ${revision}`,
    savedBy: (name: string) => `saved by ${name}`,
    pinned: 'pinned',
    filesOnly: 'The values come from the files of the repository alone.',
    unavailable: (reason: string) => `The Models hub was not read, and the files alone were used: ${reason}`,
    fromHub: 'From the Models hub',
    filter: 'Filter by name, value or source',
    columns: { name: 'Name', value: 'Value', source: 'Source', overridden: 'Replaced values of' },
    unset: 'not set',
    empty: 'empty',
    noMatch: 'No variable has this text in its name, its value or its sources.',
    noVariables: 'The step loaded no variables.',
    what: 'variables',
  },

  deployment: {
    targets: {
      kubernetes: 'Kubernetes',
      containerInstances: 'Azure Container Instances',
      databricksServing: 'Databricks Model Serving',
      azureMl: 'Azure Machine Learning',
    },
    facts: {
      action: 'Action',
      target: 'Target',
      cluster: 'Cluster',
      namespace: 'Namespace',
      resourceGroup: 'Resource group',
      location: 'Location',
      model: 'Model',
      image: 'Image',
      digest: 'Digest',
      previousImage: 'Previous image',
      strategy: 'Strategy',
      replicas: 'Replicas',
      scoringUri: 'Scoring URI',
    },
    canary: (strategy: string, percent: number) => `${strategy}, ${percent}% of the requests`,
    replicaRange: (least: number | undefined, most: number | undefined) =>
      `${least ?? 1} to ${most === undefined ? 'any number of' : most} (autoscaler)`,
  },

  jobRun: {
    outcomes: {
      active: 'In progress',
      succeeded: 'Succeeded',
      partial: 'Partially succeeded',
      failed: 'Failed',
    } satisfies Record<JobOutcome, string>,
    facts: { run: 'Run', job: 'Job', started: 'Started', duration: 'Duration', state: 'State' },
    columns: { task: 'Task', state: 'State', duration: 'Duration', attempts: 'Attempts' },
    tasks: 'Tasks',
    noTasks: 'The run has no tasks.',
    unnamed: (runId: string) => `Run ${runId}`,
  },
};

const comparisons: ReadonlyMap<string, string> = new Map([
  ['>=', 'at least'],
  ['>', 'more than'],
  ['<=', 'at most'],
  ['<', 'less than'],
  ['==', 'exactly'],
  ['!=', 'anything but'],
]);
