import { createHash } from 'node:crypto';
import type { Words } from '../../agent/agent';
import { TaskError } from '../../errors';
import { stringifyJson } from '../../json';
import type { RunsApi, ListedRun, Run, RunRequest } from '../api/runs';
import { endedBadly } from './verdict';

export interface StartOptions {
  /** The same for every attempt of one step of one pipeline run, and different for any other step. */
  readonly seed: string;
  readonly acceptPartialSuccess: boolean;
  readonly words: Words;
  /** Once it aborts, nothing more is started; a call in flight is not aborted. */
  readonly signal: AbortSignal;
  /** Called before each request that starts a run. */
  onSending(): void;
  /** Called as soon as the service has returned the id of a run. */
  onAccepted(runId: string): void;
}

export interface StartedRun {
  readonly run: Run;
  /** Whether an earlier attempt of the same step had started it. */
  readonly isEarlier: boolean;
}

/** More than the agent's 10 retries can start. */
const mostRuns = 25;

/**
 * Attaches to the run that an earlier attempt of this step started, if it is active or has succeeded; otherwise starts
 * a new one. A failed run of an earlier attempt is passed over: it is the reason for the retry.
 *
 * The attempts of a step know nothing of each other. They share the seed, from which the idempotency tokens 0, 1, 2…
 * are derived. A token always stands for the same run, so the first one whose run has not failed is used. But a new run
 * can fail before it is first read (skipped because the job allows no more concurrent runs, for example). That is the
 * result, not a reason to start another run. So the newest runs are listed before the first call: a run belongs to an
 * earlier attempt only if it existed then. This compares the service's ids and times with each other, never with this
 * machine's clock. Where the list lags behind, the result of the old run is used: no run too many is started.
 */
export async function startRun(runs: RunsApi, request: RunRequest, options: StartOptions): Promise<StartedRun> {
  const before = await runs.newestRuns(request.call === 'run-now' ? request.jobId : undefined);
  for (let number = 0; number < mostRuns; number++) {
    options.signal.throwIfAborted();
    options.onSending();
    const id = await runs.startRun(request, idempotencyToken(options.seed, request, number));
    options.onAccepted(id);
    const run = await runs.getRun(id);
    const isEarlier = wasThere(run, before);
    if (!isEarlier || !endedBadly(run, options.acceptPartialSuccess)) return { run, isEarlier };
  }
  const { thisStep, startAgain } = options.words;
  throw new TaskError(`All ${mostRuns} runs that ${thisStep} has started have failed. ${startAgain}.`);
}

/** 64 characters, the most that the API accepts. A request with other content gets another token. */
function idempotencyToken(seed: string, request: RunRequest, number: number): string {
  return createHash('sha256')
    .update(stringifyJson([seed, { ...request }, number]))
    .digest('hex');
}

function wasThere(run: Run, before: readonly ListedRun[]): boolean {
  if (before.some(({ id }) => id === run.id)) return true;
  return before.length > 0 && before.every(({ startTime }) => run.startTime < startTime);
}
