import type { HttpClient } from '../../http/httpClient';
import type { Json } from '../../json';
import * as shape from '../../http/shape';

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

const rawRun = shape.object({
  info: shape.object({
    run_id: shape.id,
    run_name: shape.shown,
    experiment_id: shape.optional(shape.id, ''),
    status: shape.optional(shape.text, ''),
  }),
  data: shape.optional(
    shape.object({ metrics: shape.listOf(shape.object({ key: shape.text, value: shape.optional(shape.json, null) })) }),
  ),
});

const oneRun = shape.object({ run: rawRun });
const runList = shape.object({ runs: shape.listOf(rawRun) });
const oneExperiment = shape.object({
  experiment: shape.object({ experiment_id: shape.id, lifecycle_stage: shape.optional(shape.text) }),
});

/**
 * MLflow tracking, API 2.0. Every method throws what `HttpClient.json` throws.
 * Source: https://docs.databricks.com/api/experiments/v1.
 */
export class MlflowApi {
  constructor(private readonly http: HttpClient) {}

  async getRun(runId: string): Promise<TrackedRun> {
    const { run } = await this.http.json(
      {
        method: 'GET',
        path: '/api/2.0/mlflow/runs/get',
        query: { run_id: runId },
        purpose: `read the MLflow run ${runId}`,
      },
      shape.checked(oneRun, ({ run }) => run.info.run_id === runId, 'it is about another run'),
    );
    return trackedRun(run);
  }

  async getExperiment(name: string): Promise<Experiment> {
    const { experiment } = await this.http.json(
      {
        method: 'GET',
        path: '/api/2.0/mlflow/experiments/get-by-name',
        query: { experiment_name: name },
        purpose: `look up the MLflow experiment '${name}'`,
      },
      oneExperiment,
    );
    return { id: experiment.experiment_id, isDeleted: experiment.lifecycle_stage === 'deleted' };
  }

  /** The run of an experiment that started last of those that finished well; undefined when there is none. */
  async newestFinishedRun(experimentId: string): Promise<TrackedRun | undefined> {
    const { runs } = await this.http.json(
      {
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
      },
      runList,
    );
    return runs[0] && trackedRun(runs[0]);
  }
}

function trackedRun({ info, data }: shape.Read<typeof rawRun>): TrackedRun {
  return {
    id: info.run_id,
    name: info.run_name,
    experimentId: info.experiment_id,
    status: info.status,
    metrics: data?.metrics ?? [],
  };
}
