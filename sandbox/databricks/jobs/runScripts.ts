import { isJsonObject, textOf, type JsonObject } from '../json';
import { kindOf } from './jobSettings';
import type { Ending, JobRun, TaskRun } from './jobRun';

/** How a matching task goes instead of running for real: any duration, any states, any ending. */
export interface RunScript {
  /** Every given property must match; no property matches every task. */
  readonly matching?: {
    readonly runName?: string;
    readonly taskKey?: string;
    /** For example `sql_task`. */
    readonly taskKind?: string;
    readonly notebookPath?: string;
  };
  /** How many task attempts it serves; all by default. */
  readonly times?: number;
  /** Sandbox seconds in `RUNNING`; 0 by default. */
  readonly durationSeconds?: number;
  /** Instead of `RUNNING`: life cycle states to go through, with sandbox seconds. */
  readonly states?: readonly { readonly state: string; readonly seconds: number }[];
  /** How the task ends: SUCCESS by default. */
  readonly result?: Partial<Ending> & {
    readonly notebookResult?: string;
    readonly error?: string;
    readonly errorTrace?: string;
    readonly logs?: string;
    readonly taskValues?: JsonObject;
  };
  /**
   * How the run as a whole ends, instead of what follows from its tasks. `hidden` leaves out one of the two forms in
   * which a run tells its state.
   */
  readonly run?: Partial<Ending> & { readonly hidden?: 'state' | 'status' };
}

export function matchesRun({ matching = {} }: RunScript, run: JobRun, task: TaskRun): boolean {
  const notebook = task.settings.notebook_task;
  const actual = {
    runName: run.name,
    taskKey: task.taskKey,
    taskKind: kindOf(task.settings),
    notebookPath: isJsonObject(notebook) ? textOf(notebook.notebook_path) : undefined,
  };
  return (Object.keys(matching) as (keyof typeof actual)[]).every((name) => matching[name] === actual[name]);
}
