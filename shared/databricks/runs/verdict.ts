import { stripVTControlCharacters } from 'node:util';
import type { Standing, TaskRun } from '../api/jobs';

/** What to make of a run, or of one of its tasks. */
export interface Verdict {
  readonly outcome: 'active' | 'succeeded' | 'partial' | 'failed';
  /** The word of Databricks' that says it best: `RUNNING`, `SUCCESS`, `FAILED`, `TIMEDOUT`… */
  readonly word: string;
  /** What Databricks has to say about it. */
  readonly message: string | undefined;
}

const activeStates = ['BLOCKED', 'PENDING', 'QUEUED', 'RUNNING', 'TERMINATING', 'WAITING', 'WAITING_FOR_RETRY'];
const endStates = ['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR'];
const success = 'SUCCESS';
const partialSuccess = 'SUCCESS_WITH_FAILURES';

/**
 * Judges by both `status` and its older form `state`, of which either may be missing.
 * It is active as long as one of them says so, or neither tells anything that we know to be an end: a state that
 * Databricks adds one day must not fail a run that goes on. It succeeded only if all that is said of its end is
 * TERMINATED and SUCCESS: a contradiction, a gap or an unknown word is a failure.
 *
 * A run whose task failed ends as INTERNAL_ERROR with the result FAILED, so that state alone says nothing about whose
 * fault it was; nor does TERMINATED say that it went well.
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

/** Whether it ended, and not as it should. */
export function endedBadly(standing: Standing, acceptPartialSuccess: boolean): boolean {
  const { outcome } = runVerdict(standing);
  return outcome === 'failed' || (outcome === 'partial' && !acceptPartialSuccess);
}

/** The last attempt at each task, in the order of the tasks: the one that counts. */
export function lastAttempts(tasks: readonly TaskRun[]): readonly TaskRun[] {
  const last = new Map<string, TaskRun>();
  for (const task of tasks) {
    const known = last.get(task.taskKey);
    if (!known || isLater(task, known)) last.set(task.taskKey, task);
  }
  return [...last.values()];
}

/** The tasks that ended, well or badly; not those that never ran, because of others or of a condition. */
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
