import { isJsonObject, type Json, textOf } from '../json';
import type { JobRun, TaskRun } from './jobRun';

/**
 * Replaces dynamic value references such as `{{job.parameters.stage}}` or `{{tasks.train.values.model}}`
 * ("What is a dynamic value reference?" of the Databricks documentation). What it does not know stays as it is.
 */
export function resolveReferences(
  text: string,
  run: JobRun,
  task: TaskRun,
  attempts: ReadonlyMap<string, TaskRun>,
): string {
  return text.replace(
    /\{\{\s*([\w.-]+)\s*\}\}/g,
    (whole, reference: string) => valueOf(reference, run, task, attempts) ?? whole,
  );
}

function valueOf(
  reference: string,
  run: JobRun,
  task: TaskRun,
  attempts: ReadonlyMap<string, TaskRun>,
): string | undefined {
  const [scope, name, ...rest] = reference.split('.');
  if (scope === 'tasks') {
    const other = attempts.get(name ?? '');
    if (rest[0] === 'result_state') return other?.ending?.resultState?.toLowerCase();
    return rest[0] === 'values' ? plain(other?.taskValues?.[rest.slice(1).join('.')]) : undefined;
  }
  if (scope === 'job' && name === 'parameters')
    return run.jobParameters.find((parameter) => parameter.name === rest.join('.'))?.value;
  const notebook = task.settings.notebook_task;
  const values: Readonly<Record<string, string | undefined>> = {
    'job.id': run.jobId,
    'job.name': run.name,
    'job.run_id': run.runId,
    'job.start_time.timestamp_ms': String(run.startTime),
    'job.start_time.iso_date': new Date(run.startTime).toISOString().slice(0, 10),
    'task.name': task.taskKey,
    'task.run_id': task.runId,
    'task.execution_count': String(task.attemptNumber + 1),
    'task.notebook_path': isJsonObject(notebook) ? textOf(notebook.notebook_path) : undefined,
  };
  return values[reference];
}

const plain = (value: Json) =>
  typeof value === 'object' ? JSON.stringify(value) : value === undefined ? undefined : String(value);
