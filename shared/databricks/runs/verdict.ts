import { stripVTControlCharacters } from 'node:util';
import type { Standing, TaskRun } from '../api/runs';

/** How a run, or one of its tasks, is to be judged. */
export interface Verdict {
  readonly outcome: 'active' | 'succeeded' | 'partial' | 'failed';
  /** The most telling of Databricks' states: `RUNNING`, `SUCCESS`, `FAILED`, `TIMEDOUT`… */
  readonly word: string;
  /** Databricks' message about it. */
  readonly message: string | undefined;
}

const activeStates = ['BLOCKED', 'PENDING', 'QUEUED', 'RUNNING', 'TERMINATING', 'WAITING', 'WAITING_FOR_RETRY'];
const endStates = ['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR'];
const success = 'SUCCESS';
const partialSuccess = 'SUCCESS_WITH_FAILURES';

/**
 * Judges by both `status` and its older form `state`, of which either may be missing.
 * It is active as long as one of them says so, or neither has a state that is known to be final: a state that Databricks
 * adds one day must not fail a run that continues. It succeeded only if its final states are TERMINATED and SUCCESS and
 * nothing else: a contradiction, a missing or an unknown state is a failure.
 *
 * A run whose task failed ends as INTERNAL_ERROR with the result FAILED, so INTERNAL_ERROR alone does not mean a fault
 * of Databricks; nor does TERMINATED mean that the run succeeded.
 */
export function runVerdict({ status, state }: Standing): Verdict {
  const details = status?.termination_details;
  const lifeCycle = [status?.state, state?.life_cycle_state].filter(isSaid);
  const results = [state?.result_state, details?.code].filter(isSaid);
  const said = [details?.message, status?.queue_details?.message, state?.state_message].find(isSaid);
  const message = said && stripVTControlCharacters(said).trim();

  const isKnownEnd = lifeCycle.some((word) => endStates.includes(word)) || results.length > 0;
  if (!isKnownEnd || lifeCycle.some((word) => activeStates.includes(word)))
    return { outcome: 'active', word: lifeCycle[0] ?? 'UNKNOWN', message };

  const isWhole = lifeCycle.length > 0 && results.length > 0;
  if (isWhole && lifeCycle.every((word) => word === 'TERMINATED')) {
    if (results.every((word) => word === success)) return { outcome: 'succeeded', word: success, message };
    if (results.every((word) => word === success || word === partialSuccess))
      return { outcome: 'partial', word: partialSuccess, message };
  }
  const worst = results.find((word) => word !== success && word !== partialSuccess);
  const word = worst ?? lifeCycle.find((word) => word !== 'TERMINATED') ?? 'UNKNOWN';
  return { outcome: 'failed', word, message };
}

/** Whether it ended without success. */
export function endedBadly(standing: Standing, acceptPartialSuccess: boolean): boolean {
  const { outcome } = runVerdict(standing);
  return outcome === 'failed' || (outcome === 'partial' && !acceptPartialSuccess);
}

/** The last attempt at each task, which decides, in the order of the tasks. */
export function lastAttempts(tasks: readonly TaskRun[]): readonly TaskRun[] {
  const last = new Map<string, TaskRun>();
  for (const task of tasks) {
    const known = last.get(task.taskKey);
    if (!known || isLater(task, known)) last.set(task.taskKey, task);
  }
  return [...last.values()];
}

/** The tasks that ended, with success or without; not those that never ran because of other tasks or of a condition. */
export function endedTasks(tasks: readonly TaskRun[]): readonly TaskRun[] {
  return lastAttempts(tasks).filter((task) => {
    const { outcome, word } = runVerdict(task);
    return outcome !== 'active' && !neverRan.includes(word);
  });
}

const neverRan = ['UPSTREAM_FAILED', 'UPSTREAM_CANCELED', 'EXCLUDED', 'DISABLED', 'SKIPPED'];

function isLater(task: TaskRun, other: TaskRun): boolean {
  if (task.attemptNumber !== other.attemptNumber) return task.attemptNumber > other.attemptNumber;
  return task.startTime >= other.startTime;
}

function isSaid(word: string | undefined): word is string {
  return word !== undefined && word !== '';
}
