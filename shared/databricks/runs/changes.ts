import type { Run, Standing, TaskRun } from '../api/runs';
import { formatDuration } from './formatDuration';
import { lastAttempts, runVerdict } from './verdict';

/** Finds what has changed in a run since it was last read. */
export class RunChanges {
  readonly #words = new Map<string, string>();

  /** A line for each change of state since the last call, of the run and of each of its tasks. */
  lines(run: Run): readonly string[] {
    const tasks = run.tasks.flatMap((task) => this.#line(taskTitle(task), task));
    const itself = this.#line('Run', run);
    return runVerdict(run).outcome === 'active' ? [...itself, ...tasks] : [...tasks, ...itself];
  }

  #line(title: string, thing: Run | TaskRun): readonly string[] {
    const { outcome, word } = runVerdict(thing);
    const known = this.#words.get(thing.id);
    this.#words.set(thing.id, word);
    // A new task that waits for others is no change.
    if (word === known || (known === undefined && word === 'BLOCKED')) return [];
    const duration = thing.endTime > thing.startTime ? ` after ${formatDuration(thing.endTime - thing.startTime)}` : '';
    return [`${title}: ${word}${outcome === 'active' ? '' : duration}${remark(thing)}`];
  }
}

/** How many of a run's tasks there are, and how many of them have ended. */
export function taskCounts(run: Run): { readonly all: number; readonly ended: number } {
  const tasks = lastAttempts(run.tasks);
  return { all: tasks.length, ended: tasks.filter((task) => runVerdict(task).outcome !== 'active').length };
}

function taskTitle({ taskKey, attemptNumber }: TaskRun): string {
  return `Task ${taskKey}${attemptNumber > 0 ? `, attempt ${attemptNumber + 1}` : ''}`;
}

/** Why it waits or failed; Databricks' other messages (`In run`) add nothing. */
function remark(standing: Standing): string {
  const { outcome, word, message } = runVerdict(standing);
  const isTelling = message !== undefined && (outcome === 'failed' || word === 'QUEUED');
  return isTelling ? ` (${message})` : '';
}
