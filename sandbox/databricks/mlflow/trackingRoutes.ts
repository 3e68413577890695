import { invalidParameter } from '../apiError';
import { type JsonObject, objectsOf, textOf } from '../json';
import { checkLimit, pageOf } from '../pages';
import type { ApiRequest, Router } from '../router';
import { matchingRuns, orderedRuns } from './searchRuns';
import type { Experiment, Metric, TrackedRun, Tracking } from './tracking';

/** MLflow tracking 2.0 (https://docs.databricks.com/api/experiments/v1). */
export function addTrackingRoutes(router: Router, tracking: Tracking, now: () => number): void {
  const base = '/api/2.0/mlflow/';
  const runOf = (request: ApiRequest) => tracking.run(request.text('run_id') || request.required('run_uuid'));

  router.add('POST', `${base}experiments/create`, (request) => ({
    experiment_id: tracking.createExperiment(request.required('name')).id,
  }));
  router.add('GET', `${base}experiments/get`, (request) => ({
    experiment: viewExperiment(tracking.experiment(request.required('experiment_id'))),
  }));
  router.add('GET', `${base}experiments/get-by-name`, (request) => ({
    experiment: viewExperiment(tracking.experimentNamed(request.required('experiment_name'))),
  }));
  router.add('POST', `${base}experiments/delete`, (request) => {
    tracking.deleteExperiment(request.required('experiment_id'));
    return {};
  });

  router.add('POST', `${base}runs/create`, (request) => {
    const [name, startTime] = [request.text('run_name'), request.integer('start_time')];
    const run = tracking.createRun(request.required('experiment_id'), request.user.userName, {
      ...(name !== undefined && { name }),
      ...(startTime !== undefined && { startTime }),
    });
    for (const tag of objectsOf(request.json.tags)) tracking.setTag(run, keyOf(tag), textOf(tag.value) ?? '');
    return { run: viewRun(run) };
  });
  router.add('GET', `${base}runs/get`, (request) => ({ run: viewRun(runOf(request)) }));
  router.add('POST', `${base}runs/update`, (request) => {
    const run = runOf(request);
    const [status, endTime, name] = [request.text('status'), request.integer('end_time'), request.text('run_name')];
    tracking.updateRun(run, {
      ...(status !== undefined && { status }),
      ...(endTime !== undefined && { endTime }),
      ...(name !== undefined && { name }),
    });
    return { run_info: infoOf(run) };
  });
  router.add('POST', `${base}runs/log-metric`, (request) => {
    tracking.logMetric(runOf(request), metricOf(request.json, now()));
    return {};
  });
  router.add('GET', `${base}metrics/get-history`, (request) => {
    const history = runOf(request).history[request.required('metric_key')] ?? [];
    const size = checkLimit(request.integer('max_results'), 25_000, 25_000);
    const page = pageOf(history, size, request.text('page_token') || undefined);
    return {
      ...(page.items.length > 0 && { metrics: page.items.map(viewMetric) }),
      ...(page.nextToken && { next_page_token: page.nextToken }),
    };
  });
  router.add('POST', `${base}runs/log-parameter`, (request) => {
    tracking.logParam(runOf(request), request.required('key'), request.text('value') ?? '');
    return {};
  });
  router.add('POST', `${base}runs/set-tag`, (request) => {
    tracking.setTag(runOf(request), request.required('key'), request.text('value') ?? '');
    return {};
  });
  router.add('POST', `${base}runs/log-batch`, (request) => {
    const run = runOf(request);
    const [metrics, params, tags] = [request.json.metrics, request.json.params, request.json.tags].map(objectsOf);
    // The limits of a batch are of the MLflow documentation.
    if ((metrics?.length ?? 0) > 1000 || (params?.length ?? 0) > 100 || (tags?.length ?? 0) > 100)
      throw invalidParameter('A batch logging request can contain at most 1000 metrics, 100 params and 100 tags.');
    for (const param of params ?? []) tracking.logParam(run, keyOf(param), textOf(param.value) ?? '');
    for (const metric of metrics ?? []) tracking.logMetric(run, metricOf(metric, now()));
    for (const tag of tags ?? []) tracking.setTag(run, keyOf(tag), textOf(tag.value) ?? '');
    return {};
  });
  router.add('POST', `${base}runs/search`, (request) => {
    const { experiment_ids: experiments, order_by: order } = request.json;
    const texts = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
    const found = matchingRuns(tracking.runsOf(texts(experiments)), request.text('filter') ?? '');
    const size = checkLimit(request.integer('max_results'), 1000, 50_000);
    const page = pageOf(orderedRuns(found, texts(order)), size, request.text('page_token') || undefined);
    return {
      ...(page.items.length > 0 && { runs: page.items.map(viewRun) }),
      ...(page.nextToken && { next_page_token: page.nextToken }),
    };
  });
  // Models are logged as artifacts of runs: there are no logged models, for which clients of MLflow 3 look first.
  router.add('POST', `${base}logged-models/search`, () => ({}));
}

function metricOf(given: JsonObject, now: number): Metric {
  const value = textOf(given.value) ?? '';
  if (value === '' || (Number.isNaN(Number(value)) && value !== 'NaN'))
    throw invalidParameter(`Got invalid value ${value} for metric '${keyOf(given)}'`);
  return { key: keyOf(given), value, timestamp: Number(given.timestamp ?? now), step: Number(given.step ?? 0) };
}

function keyOf({ key }: JsonObject): string {
  const name = textOf(key) ?? '';
  // "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/)."
  if (!/^[\w\-. :/]{1,250}$/.test(name)) throw invalidParameter(`Invalid metric, parameter or tag name: '${name}'.`);
  return name;
}

function viewExperiment({ id, name, creationTime, isDeleted }: Experiment): JsonObject {
  return {
    experiment_id: id,
    name,
    artifact_location: `dbfs:/databricks/mlflow-tracking/${id}`,
    lifecycle_stage: isDeleted ? 'deleted' : 'active',
    last_update_time: creationTime,
    creation_time: creationTime,
  };
}

function infoOf({ id, name, experimentId, user, status, startTime, endTime }: TrackedRun): JsonObject {
  return {
    run_id: id,
    run_uuid: id,
    run_name: name,
    experiment_id: experimentId,
    user_id: user,
    status,
    start_time: startTime,
    ...(endTime !== undefined && { end_time: endTime }),
    artifact_uri: `dbfs:/databricks/mlflow-tracking/${experimentId}/${id}/artifacts`,
    lifecycle_stage: 'active',
  };
}

/** The JSON form of protocol buffers has NaN and the infinities as text. */
function viewMetric({ value, ...metric }: Metric): JsonObject {
  return { ...metric, value: Number.isFinite(Number(value)) ? Number(value) : value };
}

function viewRun(run: TrackedRun): JsonObject {
  const pairs = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => ({ key, value }));
  const metrics = Object.values(run.metrics).map(viewMetric);
  return {
    info: infoOf(run),
    data: {
      ...(metrics.length > 0 && { metrics }),
      params: pairs(run.params),
      tags: pairs(run.tags),
    },
  };
}
