import type { JsonObject } from '../json';
import { dependenciesOf, keyOf } from './jobSettings';
import { canceled, type Ending, succeeded, timedOut } from './jobRun';

type Standing = 'success' | 'failed' | 'canceled' | 'excluded';

function standingOf({ resultState }: Ending): Standing {
  switch (resultState) {
    case 'SUCCESS':
    case 'SUCCESS_WITH_FAILURES':
      return 'success';
    case 'EXCLUDED':
    case 'DISABLED':
      return 'excluded';
    case 'CANCELED':
    case 'UPSTREAM_CANCELED':
      return 'canceled';
    default:
      return 'failed';
  }
}

/**
 * How a task ends without running because of the tasks it depends on, or `undefined` when it runs
 * ("Configure task dependencies" of the Databricks documentation).
 */
export function endingFromUpstream(runIf: string, upstream: readonly Ending[]): Ending | undefined {
  const standings = upstream.map(standingOf);
  if (standings.length === 0 || runIf === 'ALL_DONE') return undefined;
  if (standings.every((standing) => standing === 'excluded')) return excluded;
  const has = (standing: Standing) => standings.includes(standing);
  const otherwise = has('failed') ? upstreamFailed : has('canceled') ? upstreamCanceled : excluded;
  switch (runIf) {
    case 'AT_LEAST_ONE_SUCCESS':
      return has('success') ? undefined : otherwise;
    case 'NONE_FAILED':
      return has('failed') || has('canceled') ? otherwise : undefined;
    case 'AT_LEAST_ONE_FAILED':
      return has('failed') ? undefined : excluded;
    case 'ALL_FAILED':
      return standings.every((standing) => standing === 'failed') ? undefined : excluded;
    default:
      return standings.every((standing) => standing === 'success') ? undefined : otherwise;
  }
}

/** How a run ends, from the latest endings of its tasks: its leaf tasks decide. */
export function endingOfRun(
  tasks: readonly JsonObject[],
  endings: ReadonlyMap<string, Ending>,
  stop: unknown,
  failedLifeCycleState: string,
): Ending {
  if (stop === 'canceled') return canceled;
  if (stop === 'timedOut') return timedOut;
  const dependedOn = new Set(tasks.flatMap(dependenciesOf));
  const standingOfTask = (key: string) => standingOf(endings.get(key) ?? succeeded);
  const keys = tasks.map(keyOf);
  const leaves = keys.filter((key) => !dependedOn.has(key));
  if (leaves.some((key) => standingOfTask(key) === 'failed')) {
    const failed = keys.filter((key) => standingOfTask(key) === 'failed');
    const cause = failed.find((key) => endings.get(key)?.resultState !== 'UPSTREAM_FAILED') ?? failed[0] ?? '';
    const message = (endings.get(cause)?.message ?? '').replace(/\.$/, '');
    return {
      lifeCycleState: failedLifeCycleState,
      resultState: 'FAILED',
      code: 'RUN_EXECUTION_ERROR',
      type: 'CLIENT_ERROR',
      message: `Task ${cause} failed with message: ${message}.`,
    };
  }
  if (leaves.some((key) => standingOfTask(key) === 'canceled')) return canceled;
  if (keys.some((key) => standingOfTask(key) === 'failed')) {
    return { ...succeeded, resultState: 'SUCCESS_WITH_FAILURES', code: 'SUCCESS_WITH_FAILURES' };
  }
  return succeeded;
}

const notRun = { lifeCycleState: 'TERMINATED', code: 'SKIPPED', type: 'CLIENT_ERROR' } as const;
const upstreamFailed: Ending = { ...notRun, resultState: 'UPSTREAM_FAILED', message: 'An upstream task failed.' };
const upstreamCanceled: Ending = {
  ...notRun,
  resultState: 'UPSTREAM_CANCELED',
  message: 'An upstream task was canceled.',
};
const excluded: Ending = { ...notRun, resultState: 'EXCLUDED', message: 'The condition to run the task was not met.' };
