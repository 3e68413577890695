import type { HttpClient } from '../../http/httpClient';
import type { Json } from '../../json';

/** A run of MLflow tracking. */
export interface TrackedRun {
  readonly id: string;
  readonly name: string;
  readonly experimentId: string;
  /** RUNNING, SCHEDULED, FINISHED, FAILED or KILLED. */
  readonly status: string;
  /** The last value of each metric; a NaN or an infinity may come as text, or not at all. */
  readonly metrics: readonly { readonly key: string; readonly value: Json }[];
}

export interface Experiment {
  readonly id: string;
  readonly isDeleted: boolean;
}

interface RawRun {
  readonly info?: {
    readonly run_id?: string;
    readonly run_name?: string;
    readonly experiment_id?: string;
    readonly status?: string;
  };
  readonly data?: { readonly metrics?: readonly { readonly key: string; readonly value?: Json }[] };
}

/**
 * MLflow tracking, API 2.0. Every method throws what `HttpClient.json` throws.
 * Source: https://docs.databricks.com/api/experiments/v1.
 */
export class MlflowApi {
  constructor(private readonly http: HttpClient) {}

  async getRun(id: string): Promise<TrackedRun> {
    const { run } = await this.http.json<{ readonly run: RawRun }>({
      method: 'GET',
      path: '/api/2.0/mlflow/runs/get',
      query: { run_id: id },
      purpose: `read the MLflow run ${id}`,
    });
    return trackedRun(run);
  }

  async getExperiment(name: string): Promise<Experiment> {
    const { experiment } = await this.http.json<{
      readonly experiment: { readonly experiment_id: string | number; readonly lifecycle_stage?: string };
    }>({
      method: 'GET',
      path: '/api/2.0/mlflow/experiments/get-by-name',
      query: { experiment_name: name },
      purpose: `look up the MLflow experiment '${name}'`,
    });
    return { id: String(experiment.experiment_id), isDeleted: experiment.lifecycle_stage === 'deleted' };
  }

  /** The run of an experiment that started last of those that finished well; undefined when there is none. */
  async newestFinishedRun(experimentId: string): Promise<TrackedRun | undefined> {
    const { runs = [] } = await this.http.json<{ readonly runs?: readonly RawRun[] }>({
      method: 'POST',
      path: '/api/2.0/mlflow/runs/search',
      json: {
        experiment_ids: [experimentId],
        filter: "attributes.status = 'FINISHED'",
        order_by: ['attributes.start_time DESC'],
        max_results: 1,
      },
      purpose: `search the runs of the MLflow experiment ${experimentId}`,
      repeatable: true,
    });
    return runs[0] && trackedRun(runs[0]);
  }
}

function trackedRun({ info = {}, data = {} }: RawRun): TrackedRun {
  return {
    id: info.run_id ?? '',
    name: info.run_name ?? '',
    experimentId: info.experiment_id ?? '',
    status: info.status ?? '',
    metrics: (data.metrics ?? []).map(({ key, value }) => ({ key, value: value ?? null })),
  };
}
