import type { Fields } from './fields';
import type {
  DeploymentRecord,
  EvaluatedModel,
  EvaluationRecord,
  JobOutcome,
  JobRunRecord,
  RecordedRevision,
  VariablesRecord,
} from '../../../shared/records/runRecord';

const jobOutcomes: readonly JobOutcome[] = ['active', 'succeeded', 'partial', 'failed'];

export function readEvaluation(fields: Fields): EvaluationRecord {
  return {
    kind: 'evaluation',
    result: fields.word('result', ['passed', 'failed']),
    model: fields.map('model', evaluatedModel),
    champion: fields.optionalMap('champion', evaluatedModel),
    metrics: fields.maps('metrics', (metric) => ({
      name: metric.text('name'),
      value: metric.optionalNumber('value'),
      champion: metric.optionalNumber('champion'),
      isInRule: metric.flag('isInRule'),
    })),
    rules: fields.maps('rules', (rule) => ({
      rule: rule.text('rule'),
      outcome: rule.word('outcome', ['passed', 'failed', 'notCompared']),
      comparison: rule.text('comparison'),
      metrics: rule.optionalTexts('metrics'),
      actual: rule.optionalNumber('actual'),
      required: rule.optionalNumber('required'),
      note: rule.text('note'),
    })),
    notes: fields.texts('notes'),
  };
}

function evaluatedModel(fields: Fields): EvaluatedModel {
  return {
    name: fields.optionalText('name'),
    version: fields.optionalText('version'),
    mlflowRunId: fields.optionalText('mlflowRunId'),
    source: fields.text('source'),
  };
}

export function readVariables(fields: Fields): VariablesRecord {
  return {
    kind: 'variables',
    environment: fields.optionalText('environment'),
    variables: fields.maps('variables', (variable) => ({
      name: variable.text('name'),
      value: variable.value('value') === null ? null : variable.text('value'),
      source: variable.text('source'),
      overridden: variable.texts('overridden'),
    })),
    registry: fields.optionalMap('registry', (registry) => ({
      model: registry.optionalMap('model', revision),
      base: registry.optionalMap('base', revision),
      unavailable: registry.optionalText('unavailable'),
    })),
  };
}

function revision(fields: Fields): RecordedRevision {
  return {
    id: fields.text('id'),
    revision: fields.number('revision'),
    hash: fields.text('hash'),
    savedBy: fields.text('savedBy'),
    savedOn: fields.text('savedOn'),
    isPinned: fields.flag('isPinned'),
  };
}

export function readDeployment(fields: Fields): DeploymentRecord {
  return {
    kind: 'deployment',
    target: fields.word('target', ['kubernetes', 'containerInstances', 'databricksServing', 'azureMl']),
    service: fields.text('service'),
    action: fields.text('action'),
    result: fields.text('result'),
    isSuccessful: fields.flag('isSuccessful'),
    resourceGroup: fields.optionalText('resourceGroup'),
    cluster: fields.optionalText('cluster'),
    namespace: fields.optionalText('namespace'),
    location: fields.optionalText('location'),
    model: fields.optionalMap('model', (model) => ({
      name: model.optionalText('name'),
      version: model.optionalText('version'),
    })),
    image: fields.optionalText('image'),
    digest: fields.optionalText('digest'),
    previousImage: fields.optionalText('previousImage'),
    scoringUri: fields.optionalText('scoringUri'),
    strategy: fields.optionalText('strategy'),
    canaryPercent: fields.optionalNumber('canaryPercent'),
    replicas: fields.optionalNumber('replicas'),
    minReplicas: fields.optionalNumber('minReplicas'),
    maxReplicas: fields.optionalNumber('maxReplicas'),
  };
}

export function readJobRun(fields: Fields): JobRunRecord {
  return {
    kind: 'run',
    runId: fields.text('runId'),
    jobId: fields.text('jobId'),
    name: fields.text('name'),
    url: fields.text('url'),
    state: fields.text('state'),
    outcome: fields.word('outcome', jobOutcomes),
    ...times(fields),
    tasks: fields.maps('tasks', (task) => ({
      name: task.text('name'),
      state: task.text('state'),
      outcome: task.word('outcome', jobOutcomes),
      ...times(task),
      attempts: task.number('attempts'),
      url: task.text('url'),
    })),
  };
}

function times(fields: Fields): Pick<JobRunRecord, 'startedOn' | 'endedOn'> {
  return { startedOn: fields.optionalText('startedOn'), endedOn: fields.optionalText('endedOn') };
}
