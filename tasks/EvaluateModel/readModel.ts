import type { Workspace } from '../../shared/databricks/connect';
import { findChampion, versionsOfRun } from '../../shared/databricks/mlflow/champion';
import { metricsOfExperiment, metricsOfRun } from '../../shared/databricks/mlflow/trackedMetrics';
import { InputError, TaskError } from '../../shared/errors';
import type { MeasuredModel } from '../../shared/evaluation/evaluateModel';
import { metricsIn } from '../../shared/evaluation/metrics';
import type { Given } from './inputs';
import { metricsAt } from './metricsAt';

/** The model to evaluate, with the metrics from where the inputs say they are. */
export async function readModel(inputs: Given, workspace: Workspace | undefined): Promise<MeasuredModel> {
  const { metrics, metricsFile, metricsKey, mlflowRunId, experiment, modelVersion: version } = inputs;
  if (metrics) return { version, metrics: metricsIn(metrics), source: 'given by the pipeline' };
  if (metricsFile) return { version, metrics: metricsIn(metricsAt(metricsFile, metricsKey) ?? {}), source: 'a file' };
  if (workspace && mlflowRunId !== undefined) return { version, ...(await metricsOfRun(workspace, mlflowRunId)) };
  if (workspace && experiment !== undefined) return { version, ...(await metricsOfExperiment(workspace, experiment)) };
  throw new InputError([{ input: 'metricsSource', problem: 'names no metrics.' }]);
}

/** The champion with its metrics; undefined when there is none yet, or none is asked for. */
export async function readChampion(
  inputs: Given,
  workspace: Workspace | undefined,
): Promise<MeasuredModel | undefined> {
  const { catalogModel, championAlias, registryModel, championStage, championFile, championKey } = inputs;
  if (championFile) return { metrics: metricsIn(metricsAt(championFile, championKey) ?? {}), source: 'a file' };
  if (workspace && catalogModel !== undefined)
    return findChampion(workspace, { model: catalogModel, alias: championAlias });
  if (workspace && registryModel !== undefined)
    return findChampion(workspace, { model: registryModel, stage: championStage });
  return undefined;
}

/** The version of the registered model that was evaluated: the one that is given, or the only one that its run created. */
export async function versionOf(model: MeasuredModel, name: string, workspace: Workspace): Promise<string> {
  const { version, runId = '' } = model;
  if (version !== undefined) return version;
  const [only, ...others] = await versionsOfRun(workspace, name, runId);
  if (only !== undefined && others.length === 0) return only;
  throw new TaskError(
    only === undefined
      ? `The MLflow run ${runId} created no version of ${name}. Register the model first, or set the input 'modelVersion'.`
      : `The MLflow run ${runId} created several versions of ${name}: ${[only, ...others].join(', ')}. Set the input 'modelVersion' to one of them.`,
  );
}
