import { TaskError } from '../../errors';
import { isList, isMap, stringifyJson, type Json } from '../../json';
import type { Job } from '../api/jobs';

/** Parameters of a run as somebody wrote them: by plain names, or by the API's kinds, such as `notebook_params`. */
export type Parameters = Readonly<Record<string, Json>>;

const maps = ['job_parameters', 'notebook_params', 'python_named_params', 'sql_params'];
const lists = ['python_params', 'jar_params', 'spark_submit_params', 'dbt_commands'];
const kinds = [...maps, ...lists, 'pipeline_params'];

/** Where a task of a job takes named parameters. */
const kindOfTask: Readonly<Record<string, string>> = {
  notebook_task: 'notebook_params',
  sql_task: 'sql_params',
  python_wheel_task: 'python_named_params',
};

/** What is wrong with parameters, as far as it can be known without asking the workspace; never repeats a value. */
export function parametersProblem(given: Parameters, takenBy: 'job' | 'notebook' | 'definition'): string | undefined {
  const names = Object.keys(given);
  const inApiWords = names.filter((name) => kinds.includes(name));
  if (names.length === 0) return undefined;
  if (takenBy === 'definition') return 'does not count for a definition: write the parameters into its tasks.';
  if (inApiWords.length === 0) {
    const empty = names.find((name) => given[name] === null);
    return empty === undefined ? undefined : `has no value for ${empty}.`;
  }
  if (inApiWords.length < names.length) {
    const plain = names.filter((name) => !kinds.includes(name));
    return `mixes the API's words (${inApiWords.join(', ')}) with plain names (${plain.join(', ')}): use one or the other.`;
  }
  if (takenBy === 'notebook' && names.some((name) => name !== 'notebook_params'))
    return `can't be ${names.join(', ')} for a notebook: use plain names.`;
  for (const [kind, value] of Object.entries(given)) {
    if (lists.includes(kind) ? !isList(value) : !isMap(value))
      return `needs a ${lists.includes(kind) ? 'list' : 'map of names to values'} in ${kind}.`;
    if (kind !== 'pipeline_params' && Object.values(value as object).some((item) => item === null))
      return `has an empty value in ${kind}.`;
  }
  return undefined;
}

/** Whether the job must be looked at to know what kind of parameters these are. */
export function arePlainNames(given: Parameters): boolean {
  return Object.keys(given).some((name) => !kinds.includes(name));
}

/** The names alone: values may be secret. */
export function parameterNames(given: Parameters): readonly string[] {
  if (arePlainNames(given)) return Object.keys(given);
  return Object.entries(given).flatMap(([kind, value]) => (lists.includes(kind) ? [kind] : Object.keys(value ?? {})));
}

/** For a notebook that is run by itself: the `base_parameters` of its task. */
export function notebookParameters(given: Parameters): Readonly<Record<string, string>> {
  return texts(arePlainNames(given) ? given : ((given.notebook_params ?? {}) as Parameters));
}

/** In the API's words: the fields of `run-now`, whose values are texts. */
export function apiParameters(given: Parameters): Readonly<Record<string, Json>> {
  const fields: Record<string, Json> = {};
  for (const [kind, value] of Object.entries(given)) {
    if (maps.includes(kind)) fields[kind] = texts(value as Parameters);
    else if (lists.includes(kind)) fields[kind] = (value as readonly Json[]).map(textOf);
    else fields[kind] = value;
  }
  return fields;
}

/**
 * By plain names: the fields of `run-now` where this job takes them, which are its own parameters if it declares any,
 * else those of its notebook, SQL and Python wheel tasks. Throws a TaskError when there is no such place.
 */
export function jobParameters(given: Parameters, job: Job): Readonly<Record<string, Json>> {
  const values = texts(given);
  if (job.parameterNames.length > 0) {
    const unknown = Object.keys(given).filter((name) => !job.parameterNames.includes(name));
    if (unknown.length > 0)
      throw new TaskError(
        `The job '${job.name}' does not declare the parameters ${unknown.join(', ')}. It declares ${job.parameterNames.join(', ')}.`,
      );
    return { job_parameters: values };
  }
  const taking = job.taskKinds.flatMap((task) => kindOfTask[task] ?? []);
  if (taking.length === 0)
    throw new TaskError(
      `The job '${job.name}' declares no parameters and none of its tasks takes named ones. ` +
        `Declare job parameters, or give the parameters in the API's words: ${kinds.join(', ')}.`,
    );
  return Object.fromEntries(taking.map((kind) => [kind, values]));
}

function texts(values: Parameters): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)]));
}

/** The API takes texts alone; what is not plain travels as JSON, which a notebook can read back. */
function textOf(value: Json): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}
