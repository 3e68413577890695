import type { Databricks } from '../sandbox/databricks/databricks';
import type { LoggedRequest } from '../sandbox/http/requestLog';
import { bundleOf } from '../tests/support/builtTasks';
import { databricksEnvironment } from '../tests/support/databricksEnvironment';
import { startTaskProcess } from '../tests/support/taskProcess';

/** The time and the requests of one run of a task. */
export interface Cost {
  /** From the start to the end of its process. */
  readonly seconds: number;
  readonly requests: readonly LoggedRequest[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the built bundle of a task as a process. @throws Error unless it succeeds. */
export async function runBuiltTask(
  databricks: Databricks,
  name: string,
  inputs: Readonly<Record<string, string>>,
): Promise<Cost> {
  const bundle = await bundleOf(name);
  databricks.requests.clear();
  const started = performance.now();
  const task = await startTaskProcess(bundle, {
    ...databricksEnvironment(databricks),
    ...Object.fromEntries(Object.entries(inputs).map(([input, value]) => [`INPUT_${input.toUpperCase()}`, value])),
  });
  const end = await task.end;
  const seconds = (performance.now() - started) / 1000;
  if (end.result !== 'Succeeded') throw new Error(`${name} ended with ${end.result}:\n${end.output}`);
  return { seconds, requests: databricks.requests.list(), outputs: end.outputs };
}
