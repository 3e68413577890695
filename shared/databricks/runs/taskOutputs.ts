import type { Context } from '../../agent/context';
import { CallError } from '../../http/errors';
import { withSignal } from '../../http/withSignal';
import { stringifyJson } from '../../json';
import { RunsApi, type Run, type TaskOutput } from '../api/runs';
import type { Workspace } from '../connect';
import { endedTasks, lastAttempts, runVerdict } from './verdict';

/** The outputs of a run's tasks, by the ids of their runs. */
export type TaskOutputs = ReadonlyMap<string, TaskOutput>;

/** Each can hold 5 MB. */
const mostAtOnce = 8;

/** Reads what the run's notebooks returned and why its tasks failed. An output that cannot be read is left out, with a warning. */
export async function readTaskOutputs({ http }: Workspace, run: Run, { agent, signal }: Context): Promise<TaskOutputs> {
  const runs = new RunsApi(withSignal(http, signal));
  const outputs = new Map<string, TaskOutput>();
  const readable = endedTasks(run.tasks).filter((task) => task.isNotebook || runVerdict(task).outcome === 'failed');
  for (let next = 0; next < readable.length; next += mostAtOnce)
    await Promise.all(readable.slice(next, next + mostAtOnce).map(read));
  return outputs;

  async function read({ id, taskKey }: { readonly id: string; readonly taskKey: string }): Promise<void> {
    try {
      const output = await runs.getTaskOutput(id);
      outputs.set(id, output);
      if (output.isTruncated) agent.warning(`Databricks cut off the output of task ${taskKey} at 5 MB.`);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      agent.warning(`The output of task ${taskKey} could not be read. ${error.message}`);
    }
  }
}

/** What the only notebook of the run returned, as it is; for several notebooks, a JSON object by task key. Empty without output. */
export function notebookOutput(run: Run, outputs: TaskOutputs): string {
  const notebooks = lastAttempts(run.tasks).filter((task) => task.isNotebook);
  const returned = notebooks.flatMap(({ id, taskKey }) => {
    const result = outputs.get(id)?.notebookResult;
    return result === undefined ? [] : [[taskKey, result] as const];
  });
  if (notebooks.length > 1) return stringifyJson(Object.fromEntries(returned));
  return returned[0]?.[1] ?? '';
}
