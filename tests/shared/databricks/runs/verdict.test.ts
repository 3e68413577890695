import assert from 'node:assert/strict';
import type { Standing, TaskRun } from '../../../../shared/databricks/api/runs';
import { endedTasks, lastAttempts, runVerdict } from '../../../../shared/databricks/runs/verdict';

const missing = undefined;
const unknown = 'SOMETHING_NEW';
// All values that the Jobs API 2.2 documents (RunLifecycleStateV2State, TerminationCode, RunLifeCycleState, RunResultState).
const states = 'BLOCKED PENDING QUEUED RUNNING TERMINATED TERMINATING WAITING'.split(' ');
const codes = (
  'BREAKING_CHANGE BUDGET_POLICY_LIMIT_EXCEEDED CANCELED CLOUD_FAILURE CLUSTER_ERROR CLUSTER_REQUEST_LIMIT_EXCEEDED ' +
  'DISABLED DRIVER_ERROR FEATURE_DISABLED INTERNAL_ERROR INVALID_CLUSTER_REQUEST INVALID_RUN_CONFIGURATION ' +
  'LIBRARY_INSTALLATION_ERROR MAX_CONCURRENT_RUNS_EXCEEDED MAX_JOB_QUEUE_SIZE_EXCEEDED MAX_SPARK_CONTEXTS_EXCEEDED ' +
  'REPOSITORY_CHECKOUT_FAILED RESOURCE_NOT_FOUND RUN_EXECUTION_ERROR SKIPPED STORAGE_ACCESS_ERROR SUCCESS ' +
  'SUCCESS_WITH_FAILURES UNAUTHORIZED_ERROR USER_CANCELED WORKSPACE_RUN_LIMIT_EXCEEDED'
).split(' ');
const lifeCycleStates =
  'BLOCKED INTERNAL_ERROR PENDING QUEUED RUNNING SKIPPED TERMINATED TERMINATING WAITING_FOR_RETRY'.split(' ');
const resultStates = (
  'CANCELED DISABLED EXCLUDED FAILED MAXIMUM_CONCURRENT_RUNS_REACHED SUCCESS SUCCESS_WITH_FAILURES TIMEDOUT ' +
  'UPSTREAM_CANCELED UPSTREAM_FAILED'
).split(' ');

type Word = string | undefined;

function standing(state: Word, code: Word, lifeCycleState: Word, resultState: Word): Standing {
  return {
    ...((state ?? code) !== undefined && {
      status: { ...(state && { state }), ...(code && { termination_details: { code } }) },
    }),
    ...((lifeCycleState ?? resultState) !== undefined && {
      state: {
        ...(lifeCycleState && { life_cycle_state: lifeCycleState }),
        ...(resultState && { result_state: resultState }),
      },
    }),
  };
}

/** The rule in the shape of a table: every way to say the same end, each with what it may leave out. */
function expected(state: Word, code: Word, lifeCycleState: Word, resultState: Word): string {
  const goesOn = ['BLOCKED', 'PENDING', 'QUEUED', 'RUNNING', 'TERMINATING', 'WAITING', 'WAITING_FOR_RETRY'];
  if (goesOn.includes(state ?? '') || goesOn.includes(lifeCycleState ?? '')) return 'active';
  const saysNoEnd = [missing, unknown].includes(state) && [missing, unknown].includes(lifeCycleState);
  if (saysNoEnd && code === missing && resultState === missing) return 'active';

  const end = [state ?? '-', lifeCycleState ?? '-'].join(' ');
  if (!['TERMINATED TERMINATED', 'TERMINATED -', '- TERMINATED'].includes(end)) return 'failed';
  switch ([code ?? '-', resultState ?? '-'].join(' ')) {
    case 'SUCCESS SUCCESS':
    case 'SUCCESS -':
    case '- SUCCESS':
      return 'succeeded';
    case 'SUCCESS_WITH_FAILURES SUCCESS_WITH_FAILURES':
    case 'SUCCESS_WITH_FAILURES SUCCESS':
    case 'SUCCESS SUCCESS_WITH_FAILURES':
    case 'SUCCESS_WITH_FAILURES -':
    case '- SUCCESS_WITH_FAILURES':
      return 'partial';
    default:
      return 'failed';
  }
}

describe('runVerdict', () => {
  it('holds for every combination of states, results and termination codes, unknown and missing ones among them', () => {
    const counts: Record<string, number> = {};
    for (const state of [...states, unknown, missing])
      for (const code of [...codes, unknown, missing])
        for (const lifeCycleState of [...lifeCycleStates, unknown, missing])
          for (const resultState of [...resultStates, unknown, missing]) {
            const given = standing(state, code, lifeCycleState, resultState);
            const { outcome, word } = runVerdict(given);
            assert.equal(outcome, expected(state, code, lifeCycleState, resultState), JSON.stringify(given));
            if (outcome === 'failed') assert.doesNotMatch(word, /^SUCCESS/, JSON.stringify(given));
            counts[outcome] = (counts[outcome] ?? 0) + 1;
          }
    assert.deepEqual(Object.keys(counts).sort(), ['active', 'failed', 'partial', 'succeeded']);
    assert.equal(counts['succeeded'], 3 * 3, 'each of three ends with each of three results');
  });

  it('reports a run whose task failed by its result, whatever life cycle state it ended in', () => {
    for (const lifeCycleState of ['INTERNAL_ERROR', 'TERMINATED'])
      assert.deepEqual(
        runVerdict({
          state: { life_cycle_state: lifeCycleState, result_state: 'FAILED', state_message: 'Task x failed' },
        }),
        { outcome: 'failed', word: 'FAILED', message: 'Task x failed' },
      );
    assert.equal(runVerdict({ state: { life_cycle_state: 'INTERNAL_ERROR' } }).word, 'INTERNAL_ERROR');
    assert.equal(runVerdict({ state: { life_cycle_state: 'SKIPPED' } }).word, 'SKIPPED');
    assert.equal(runVerdict({ status: { state: 'TERMINATED' } }).word, 'UNKNOWN');
  });

  it('prefers the message of the newer form', () => {
    const { message } = runVerdict({
      status: { state: 'TERMINATED', termination_details: { code: 'CLUSTER_ERROR', message: 'new' } },
      state: { life_cycle_state: 'TERMINATED', result_state: 'FAILED', state_message: 'old' },
    });
    assert.equal(message, 'new');
  });
});

describe('lastAttempts', () => {
  it('gives the last attempt at each task in the order of the tasks', () => {
    const tasks = [task('a', 0, 'FAILED'), task('b', 0, 'SUCCESS'), task('a', 2, 'SUCCESS'), task('a', 1, 'FAILED')];
    assert.deepEqual(
      lastAttempts(tasks).map(({ taskKey, attemptNumber }) => [taskKey, attemptNumber]),
      [
        ['a', 2],
        ['b', 0],
      ],
    );
  });

  it('leaves out of the ended ones those that never ran', () => {
    const tasks = [
      task('a', 0, 'FAILED'),
      task('b', 0, 'UPSTREAM_FAILED'),
      task('c', 0, 'EXCLUDED'),
      task('d', 0, 'SUCCESS'),
    ];
    assert.deepEqual(
      endedTasks(tasks).map(({ taskKey }) => taskKey),
      ['a', 'd'],
    );
  });
});

function task(taskKey: string, attemptNumber: number, result_state: string): TaskRun {
  const state = { life_cycle_state: 'TERMINATED', result_state };
  return {
    id: `${taskKey}${attemptNumber}`,
    taskKey,
    attemptNumber,
    isNotebook: true,
    startTime: 1,
    endTime: 2,
    state,
  };
}
