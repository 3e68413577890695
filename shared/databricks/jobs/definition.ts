import { digestTag } from '../../comparison/unreturned';
import { isList, isMap, stringifyJson, type Json, type JsonMap } from '../../json';
import type { JobSettings } from '../api/jobs';
import type { Grant } from '../api/permissions';
import { grantsOf, grantsProblem } from './grants';
import { expectedDigest } from './differences';
import { mostTags, ownerTag, ownerTags } from './ownership';

/** The most common settings of a job, to be given without a specification or in addition to one. */
export interface JobShorthand {
  readonly jobName?: string | undefined;
  /** The id of an existing cluster, for the tasks that run on a cluster and name no other compute. */
  readonly clusterId?: string | undefined;
  /** The notebook of the job's only task. */
  readonly notebookPath?: string | undefined;
  /** A Quartz cron expression. */
  readonly schedule?: string | undefined;
  /** Of the schedule: a name such as `Europe/Berlin`. */
  readonly timeZone?: string | undefined;
  /** Job parameters with their default values. */
  readonly parameters?: JsonMap | undefined;
  readonly maxConcurrentRuns?: number | undefined;
  /** The API's `access_control_list`. */
  readonly permissions?: Json | undefined;
}

/** A job as it should be. */
export interface JobDefinition {
  readonly name: string;
  /** All settings, as in the body of `jobs/create`. */
  readonly settings: JobSettings;
  /** The permissions; undefined when they are not to be changed. */
  readonly grants: readonly Grant[] | undefined;
}

export interface DefinitionProblem {
  readonly of: keyof JobShorthand | 'spec';
  readonly problem: string;
}

/**
 * The job that a specification and the shorthand describe together. The shorthand replaces what the specification says
 * about the same setting; parameters are merged by name. The specification must be valid, without `definitionProblems`.
 */
export function jobDefinition(spec: JsonMap, shorthand: JobShorthand, repository: string | undefined): JobDefinition {
  const { access_control_list, ...rest } = spec;
  const { clusterId, notebookPath, schedule, timeZone, parameters, maxConcurrentRuns } = shorthand;
  const accessControlList = shorthand.permissions ?? access_control_list;
  const tasks = withNotebook(tasksOf(spec), notebookPath);
  const name = nameOf(spec, shorthand);
  return {
    name,
    settings: {
      ...rest,
      name,
      tags: { ...ownerTags(repository), ...tagsOf(spec) },
      tasks: clusterId === undefined ? tasks : tasks.map((task) => withCluster(task, clusterId)),
      ...(parameters && { parameters: withParameters(spec['parameters'], parameters) }),
      ...(maxConcurrentRuns !== undefined && { max_concurrent_runs: maxConcurrentRuns }),
      ...(schedule !== undefined && { schedule: withSchedule(mapOf(spec['schedule']), schedule, timeZone) }),
    },
    grants: accessControlList === undefined ? undefined : grantsOf(accessControlList),
  };
}

/** What is wrong with a valid specification together with the shorthand, as far as can be known without the workspace. */
export function definitionProblems(spec: JsonMap, shorthand: JobShorthand): readonly DefinitionProblem[] {
  const { clusterId, notebookPath, schedule, timeZone, parameters = {} } = shorthand;
  const problems: DefinitionProblem[] = [];
  const check = (isWrong: boolean, of: DefinitionProblem['of'], problem: string): void => {
    if (isWrong) problems.push({ of, problem });
  };

  const tasks = tasksOf(spec);
  const [first = {}] = tasks;
  const merged = withNotebook(tasks, notebookPath);
  check(nameOf(spec, shorthand) === '', 'jobName', 'is required where the specification has no name.');
  check(merged.length === 0, 'spec', 'must have tasks, unless the path of a notebook is given.');
  check(
    notebookPath !== undefined && tasks.length > 1,
    'notebookPath',
    `cannot be used with a specification of ${tasks.length} tasks. Write the notebook into one of them.`,
  );
  check(
    notebookPath !== undefined &&
      tasks.length === 1 &&
      kindOf(first) !== undefined &&
      kindOf(first) !== 'notebook_task',
    'notebookPath',
    `cannot be used with the task of the specification, which is a ${kindOf(first)}.`,
  );
  check(
    clusterId !== undefined && merged.length > 0 && !merged.some(takesCluster),
    'clusterId',
    'applies to none of the tasks: each has its own compute, or does not run on a cluster.',
  );
  check(timeZone !== undefined && schedule === undefined, 'timeZone', 'applies only together with a schedule.');
  const empty = Object.keys(parameters).find((name) => parameters[name] === null);
  check(empty !== undefined, 'parameters', `has no value for ${empty}.`);

  const { access_control_list: inSpec } = spec;
  const tags = tagsOf(spec);
  const most = mostTags - Object.keys(ownerTags('any')).length - (expectedDigest(spec) === undefined ? 0 : 1);
  check(
    Object.keys(tags).length > most,
    'spec',
    `must not have more than ${most} tags: Databricks accepts ${mostTags}, and this task adds its own.`,
  );
  const claimed = tags[ownerTag.name];
  check(
    claimed !== undefined && claimed !== ownerTag.value,
    'spec',
    `must not have the tag ${ownerTag.name}: it marks the jobs that this task created.`,
  );

  const problem = shorthand.permissions === undefined ? undefined : grantsProblem(shorthand.permissions);
  if (problem !== undefined) problems.push({ of: 'permissions', problem });
  const problemInSpec = inSpec === undefined ? undefined : grantsProblem(inSpec);
  if (problemInSpec !== undefined) problems.push({ of: 'spec', problem: `in access_control_list: ${problemInSpec}` });
  return problems;
}

function nameOf(spec: JsonMap, { jobName }: JobShorthand): string {
  return jobName ?? (typeof spec['name'] === 'string' ? spec['name'] : '');
}

function tasksOf(spec: JsonMap): readonly JsonMap[] {
  const { tasks } = spec;
  return isList(tasks) ? tasks.filter(isMap) : [];
}

/** Without the digest, which a specification that was exported from a job has. */
function tagsOf(spec: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(mapOf(spec['tags'])).filter(([name]) => name !== digestTag));
}

function mapOf(value: Json | undefined): JsonMap {
  return isMap(value) ? value : {};
}

/** The field that defines what a task runs, such as `notebook_task`. */
function kindOf(task: JsonMap): string | undefined {
  return Object.keys(task).find((field) => field.endsWith('_task'));
}

function withNotebook(tasks: readonly JsonMap[], path: string | undefined): readonly JsonMap[] {
  if (path === undefined) return tasks;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [task = { task_key: name.replaceAll(/[^\w-]/g, '_').slice(0, 100) }, ...more] = tasks;
  return [{ ...task, notebook_task: { ...mapOf(task['notebook_task']), notebook_path: path } }, ...more];
}

const computeOfItsOwn = ['new_cluster', 'job_cluster_key', 'environment_key'];
const runsOnCluster = ['notebook_task', 'spark_jar_task', 'spark_python_task', 'python_wheel_task', 'dbt_task'];

function takesCluster(task: JsonMap): boolean {
  const { for_each_task: loop } = task;
  if (isMap(loop)) return isMap(loop['task']) && takesCluster(loop['task']);
  return runsOnCluster.includes(kindOf(task) ?? '') && !computeOfItsOwn.some((field) => task[field] !== undefined);
}

function withCluster(task: JsonMap, clusterId: string): JsonMap {
  if (!takesCluster(task)) return task;
  const { for_each_task: loop } = task;
  if (!isMap(loop)) return { ...task, existing_cluster_id: clusterId };
  return { ...task, for_each_task: { ...loop, task: withCluster(mapOf(loop['task']), clusterId) } };
}

function withSchedule(inSpec: JsonMap, cron: string, timeZone: string | undefined): JsonMap {
  return { ...inSpec, quartz_cron_expression: cron, timezone_id: timeZone ?? inSpec['timezone_id'] ?? 'UTC' };
}

function withParameters(inSpec: Json | undefined, given: JsonMap): readonly JsonMap[] {
  const declared = isList(inSpec) ? inSpec.filter(isMap) : [];
  const merged = new Map(declared.map((parameter) => [parameter['name'], parameter]));
  for (const [name, value] of Object.entries(given)) merged.set(name, { name, default: textOf(value ?? '') });
  return [...merged.values()];
}

/** The API accepts only texts; other values are sent as JSON, which a notebook can parse. */
function textOf(value: Json): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}
