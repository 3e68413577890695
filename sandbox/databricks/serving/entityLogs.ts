import type { ServedEntity } from './endpoint';

/** What the build of a container image logs, in the way of its public excerpts (a Docker build that installs with conda and pip). */
export function buildStart({ entityName, entityVersion }: ServedEntity): readonly string[] {
  return [
    `Building the container image of ${entityName} version ${entityVersion}`,
    '#5 [model 1/4] COPY model /model',
    '#6 [model 2/4] RUN conda env create -f /model/conda.yaml -n mlflow-env',
    '#7 [model 3/4] RUN pip install -r /model/requirements.txt',
  ];
}

export const buildSuccess = 'Container image creation finished successfully';

export const buildFailure: readonly string[] = [
  '#7 2.114 ERROR: Could not find a version that satisfies the requirement scikit-learn==99.0 (from versions: 1.5.2, 1.6.1)',
  '#7 2.114 ERROR: No matching distribution found for scikit-learn==99.0',
  '#7 ERROR: process "/bin/sh -c pip install -r /model/requirements.txt" did not complete successfully: exit code: 1',
  'Failed to create the container image.',
];

/** Unity Catalog's text about a model that is not granted; that it is said of the creator is an assumption. */
export function creatorRefusal(creator: string, { entityName }: ServedEntity): string {
  return `PERMISSION_DENIED: The endpoint creator ${creator} does not have EXECUTE on Routine or Model '${entityName}'.`;
}

export function serviceStart({ entityName, entityVersion }: ServedEntity): readonly string[] {
  return [
    '[INFO] Starting gunicorn 20.1.0',
    '[INFO] Booting worker with pid: 8',
    `Loading ${entityName}/${entityVersion}`,
  ];
}

export const crash = "ModuleNotFoundError: No module named 'model_modules'";

export function loadFailure(error: unknown): readonly string[] {
  return [
    'An error occurred while loading the model.',
    error instanceof Error ? error.message : String(error),
    '[ERROR] Worker (pid:8) exited with code 3',
    '[INFO] Shutting down: Master',
  ];
}
