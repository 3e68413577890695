import { invalidParameter } from '../apiError';
import { checkKind } from '../compute/clusterSpec';
import { isJsonObject, type JsonObject, objectsOf, textOf } from '../json';

const maximumTasks = 1000;

/** The names of the task kinds a task of the Jobs API can have; exactly one of them is set. */
export function kindOf(task: JsonObject): string | undefined {
  return Object.keys(task).find((key) => key.endsWith('_task') && task[key] !== null && task[key] !== undefined);
}

export const keyOf = (task: JsonObject) => textOf(task.task_key) ?? '';
export const dependenciesOf = (task: JsonObject) => objectsOf(task.depends_on).map(keyOf);
export const tasksOf = (settings: JsonObject) => objectsOf(settings.tasks);

/** Checks what Databricks checks before it takes job settings or a one-time run. @throws ApiError 400 */
export function checkSettings(settings: JsonObject): void {
  const name = textOf(settings.name) ?? textOf(settings.run_name) ?? '';
  if (Buffer.byteLength(name) > 4096) throw invalidParameter('The job name must not exceed 4096 bytes');
  if (isJsonObject(settings.git_source) && !settings.git_source.git_provider) {
    throw invalidParameter(
      'git_source.git_provider must be one of: github,gitlab,bitbucketcloud,gitlabenterpriseedition,bitbucketserver,azuredevopsservices,githubenterprise,awscodecommit',
    );
  }
  const tasks = tasksOf(settings);
  if (tasks.length > maximumTasks)
    throw invalidParameter(`A job can have at most ${maximumTasks} tasks, got ${tasks.length}`);
  for (const { new_cluster: spec } of [...objectsOf(settings.job_clusters), ...tasks])
    if (isJsonObject(spec)) checkKind(spec);
  const clusterKeys = new Set(objectsOf(settings.job_clusters).map((cluster) => textOf(cluster.job_cluster_key)));
  const environmentKeys = new Set(objectsOf(settings.environments).map((entry) => textOf(entry.environment_key)));
  const keys = new Set<string>();
  for (const task of tasks) {
    const key = keyOf(task);
    if (!/^[\w-]{1,100}$/.test(key))
      throw invalidParameter(`Invalid task key '${key}': it must match [a-zA-Z0-9_-]{1,100}`);
    if (keys.has(key)) throw invalidParameter(`Duplicate task key '${key}'`);
    keys.add(key);
    checkTask(task, clusterKeys, environmentKeys);
  }
  checkDependencies(tasks, keys);
}

function checkTask(task: JsonObject, clusterKeys: ReadonlySet<unknown>, environmentKeys: ReadonlySet<unknown>): void {
  const key = keyOf(task);
  const kinds = Object.keys(task).filter((name) => name.endsWith('_task') && isJsonObject(task[name]));
  if (kinds.length !== 1)
    throw invalidParameter(`Task '${key}' must have exactly one task type, got ${kinds.join(', ') || 'none'}`);
  for (const [kind, field] of [
    ['notebook_task', 'notebook_path'],
    ['spark_python_task', 'python_file'],
  ] as const) {
    const details = task[kind];
    if (isJsonObject(details) && !details[field]) throw invalidParameter(`Task '${key}': ${kind}.${field} is required`);
  }
  const path = isJsonObject(task.notebook_task) ? textOf(task.notebook_task.notebook_path) : undefined;
  if (
    path !== undefined &&
    !path.startsWith('/') &&
    isJsonObject(task.notebook_task) &&
    task.notebook_task.source !== 'GIT'
  ) {
    throw invalidParameter(`Only absolute paths are currently supported. Paths must begin with '/'. Got: ${path}`);
  }
  const computes = ['new_cluster', 'existing_cluster_id', 'job_cluster_key'].filter((name) => task[name] !== undefined);
  if (computes.length > 1) throw invalidParameter(`Task '${key}' must have only one of ${computes.join(', ')}`);
  if (computes.length === 0 && objectsOf(task.libraries).length > 0) {
    // dbt-databricks issue 943.
    throw invalidParameter(
      'Libraries field is not supported for serverless task, please specify libraries in environment.',
    );
  }
  if (task.job_cluster_key !== undefined && !clusterKeys.has(task.job_cluster_key)) {
    throw invalidParameter(
      `Job cluster '${String(textOf(task.job_cluster_key))}' is not defined in field 'job_clusters'.`,
    );
  }
  if (task.environment_key !== undefined && !environmentKeys.has(task.environment_key)) {
    throw invalidParameter(
      `Environment '${String(textOf(task.environment_key))}' is not defined in field 'environments'.`,
    );
  }
}

function checkDependencies(tasks: readonly JsonObject[], keys: ReadonlySet<string>): void {
  const ends = new Set<string>();
  let waiting = [...tasks];
  for (const task of waiting) {
    const unknown = dependenciesOf(task).find((key) => !keys.has(key));
    if (unknown !== undefined)
      throw invalidParameter(`Task '${keyOf(task)}' depends on task '${unknown}', which is not defined`);
  }
  while (waiting.length > 0) {
    const ready = waiting.filter((task) => dependenciesOf(task).every((key) => ends.has(key)));
    if (ready.length === 0)
      throw invalidParameter(`Cycle in the dependencies of the tasks ${waiting.map(keyOf).join(', ')}`);
    for (const task of ready) ends.add(keyOf(task));
    waiting = waiting.filter((task) => !ends.has(keyOf(task)));
  }
}
