import { TaskError } from '../../errors';
import type { Json } from '../../json';
import { MlflowApi, type TrackedRun } from '../api/mlflow';
import type { Workspace } from '../connect';

/** The metrics of an MLflow run. */
export interface TrackedMetrics {
  readonly runId: string;
  /** The run, in words. */
  readonly source: string;
  readonly metrics: ReadonlyMap<string, Json>;
}

/** The metrics of a run by its id. Throws a TaskError, also for a run that is not FINISHED. */
export async function metricsOfRun({ http }: Pick<Workspace, 'http'>, id: string): Promise<TrackedMetrics> {
  const run = await new MlflowApi(http).getRun(id);
  if (run.status !== 'FINISHED')
    throw new TaskError(`The MLflow run ${id} is ${run.status}: only a FINISHED run can be evaluated.`);
  return trackedMetrics(run);
}

/** The metrics of a run that created a registered version, whatever the status of the run. */
export async function metricsOfMaker({ http }: Pick<Workspace, 'http'>, id: string): Promise<TrackedMetrics> {
  return trackedMetrics(await new MlflowApi(http).getRun(id));
}

/** The metrics of the newest FINISHED run of an experiment. Throws a TaskError when there is none. */
export async function metricsOfExperiment({ http }: Pick<Workspace, 'http'>, name: string): Promise<TrackedMetrics> {
  const api = new MlflowApi(http);
  const experiment = await api.getExperiment(name);
  if (experiment.isDeleted) throw new TaskError(`The MLflow experiment '${name}' was deleted.`);
  const run = await api.newestFinishedRun(experiment.id);
  if (!run) throw new TaskError(`The MLflow experiment '${name}' has no finished run.`);
  return trackedMetrics(run);
}

function trackedMetrics({ id, name, metrics }: TrackedRun): TrackedMetrics {
  return {
    runId: id,
    source: `MLflow run ${id}${name === '' ? '' : ` (${name})`}`,
    metrics: new Map(metrics.map(({ key, value }) => [key, asNumber(value)])),
  };
}

/** `parseJson` reads an integer beyond 2^53 as text, to keep its digits. */
function asNumber(value: Json): Json {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
}
