import { TaskError } from '../../errors';
import type { DocumentPath } from '../../finding';
import { isList, isMap, stringifyJson, type Json } from '../../json';
import type { Job } from '../api/jobs';

/** Parameters of a run as they were written: by plain names, or by the API's fields, such as `notebook_params`. */
export type Parameters = Readonly<Record<string, Json>>;

const maps = ['job_parameters', 'notebook_params', 'python_named_params', 'sql_params'];
const lists = ['python_params', 'jar_params', 'spark_submit_params', 'dbt_commands'];
const kinds = [...maps, ...lists, 'pipeline_params'];

/** The field for the named parameters of each kind of task. */
const kindOfTask: Readonly<Record<string, string>> = {
  notebook_task: 'notebook_params',
  sql_task: 'sql_params',
  python_wheel_task: 'python_named_params',
};

/** What is wrong with parameters, as far as can be known without the workspace; never repeats a value. */
export function parametersProblem(given: Parameters, takenBy: 'job' | 'notebook' | 'definition'): string | undefined {
  const names = Object.keys(given);
  const inApiFields = names.filter((name) => kinds.includes(name));
  if (names.length === 0) return undefined;
  if (takenBy === 'definition') return 'cannot be used with a definition. Write the parameters into its tasks.';
  if (inApiFields.length === 0) {
    const empty = names.find((name) => given[name] === null);
    return empty === undefined ? undefined : `has no value for ${empty}.`;
  }
  if (inApiFields.length < names.length) {
    const plain = names.filter((name) => !kinds.includes(name));
    return `mixes fields of the API (${inApiFields.join(', ')}) with plain names (${plain.join(', ')}). Use one or the other.`;
  }
  if (takenBy === 'notebook' && names.some((name) => name !== 'notebook_params'))
    return `cannot have ${names.join(', ')} for a notebook. Use plain names.`;
  for (const [kind, value] of Object.entries(given)) {
    if (lists.includes(kind) ? !isList(value) : !isMap(value))
      return `must have a ${lists.includes(kind) ? 'list' : 'map of names to values'} in ${kind}.`;
    if (kind !== 'pipeline_params' && Object.values(value as object).some((item) => item === null))
      return `has an empty value in ${kind}.`;
  }
  return undefined;
}

/** Whether the API takes the value at a path as text: a parameter, by its plain name or in a field of the API. */
export function isParameter([first, second, ...deeper]: DocumentPath): boolean {
  if (second === undefined) return true;
  return deeper.length === 0 && [...maps, ...lists].some((field) => field === first);
}

/** Whether the job must be read to know what kind of parameters these are. */
export function arePlainNames(given: Parameters): boolean {
  return Object.keys(given).some((name) => !kinds.includes(name));
}

/** The names only: values may be secret. */
export function parameterNames(given: Parameters): readonly string[] {
  if (arePlainNames(given)) return Object.keys(given);
  return Object.entries(given).flatMap(([kind, value]) => (lists.includes(kind) ? [kind] : Object.keys(value ?? {})));
}

/** For a notebook that is run without a job: the `base_parameters` of its task. */
export function notebookParameters(given: Parameters): Readonly<Record<string, string>> {
  return texts(arePlainNames(given) ? given : ((given.notebook_params ?? {}) as Parameters));
}

/** The fields of `run-now`, with texts as values, of parameters that are given by the API's fields. */
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
 * The fields of `run-now` for parameters that are given by plain names: the job's own parameters if it declares any,
 * else those of its notebook, SQL and Python wheel tasks. Throws a TaskError when the job has neither.
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
  const accepting = job.taskKinds.flatMap((task) => kindOfTask[task] ?? []);
  if (accepting.length === 0)
    throw new TaskError(
      `The job '${job.name}' declares no parameters, and none of its tasks has named parameters. ` +
        `Declare job parameters, or give the parameters by the API's fields: ${kinds.join(', ')}.`,
    );
  return Object.fromEntries(accepting.map((kind) => [kind, values]));
}

function texts(values: Parameters): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)]));
}

/** The API accepts only texts; other values are sent as JSON, which a notebook can parse. */
function textOf(value: Json): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}
