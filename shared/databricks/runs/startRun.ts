import { createHash } from 'node:crypto';
import { TaskError } from '../../errors';
import { stringifyJson } from '../../json';
import type { JobsApi, ListedRun, Run, RunRequest } from '../api/jobs';
import { endedBadly } from './verdict';

export interface StartOptions {
  /** The same for every try of one step of one pipeline run, and never the same for two. */
  readonly seed: string;
  readonly acceptPartialSuccess: boolean;
  /** Once it aborts, nothing more is started; a call that is under way is left to its end. */
  readonly signal: AbortSignal;
  /** Told as soon as the service has named a run, before anything else is known of it. */
  onAccepted(runId: string): void;
}

export interface StartedRun {
  readonly run: Run;
  /** Whether an earlier try of the same step had started it. */
  readonly isEarlier: boolean;
}

/** More than the agent's 10 retries can leave behind. */
const mostRuns = 25;

/**
 * Makes sure that one run for this request is under way or has ended well: one that an earlier try of this step left
 * behind, or else a new one. A run of an earlier try that ended badly is passed over: it is what the retry is for.
 *
 * The tries of a step know nothing of each other: they share the seed, from which come the idempotency tokens 0, 1, 2…
 * Each token stands for one run for ever, so the first whose run did not end badly is ours. Only: a new run can end
 * badly before we first look at it (skipped because the job allows no more at a time, say). That is our verdict, not
 * a reason to start another. So the newest runs are listed before anything is asked for: a run is of an earlier try
 * only if it was there then. This compares the service's ids and times with each other, never with this machine's
 * clock. Where the list lags behind, the old run's verdict is taken: no run too many is ever started.
 */
export async function startRun(jobs: JobsApi, request: RunRequest, options: StartOptions): Promise<StartedRun> {
  const before = await jobs.newestRuns(request.call === 'run-now' ? request.jobId : undefined);
  for (let number = 0; number < mostRuns; number++) {
    options.signal.throwIfAborted();
    const id = await jobs.startRun(request, idempotencyToken(options.seed, request, number));
    options.onAccepted(id);
    const run = await jobs.getRun(id);
    const isEarlier = wasThere(run, before);
    if (!isEarlier || !endedBadly(run, options.acceptPartialSuccess)) return { run, isEarlier };
  }
  throw new TaskError(`This step has already started ${mostRuns} runs that ended badly. Start the pipeline anew.`);
}

/** 64 characters, the most that the API takes. A request with other content gets another run. */
function idempotencyToken(seed: string, request: RunRequest, number: number): string {
  return createHash('sha256')
    .update(stringifyJson([seed, { ...request }, number]))
    .digest('hex');
}

function wasThere(run: Run, before: readonly ListedRun[]): boolean {
  if (before.some(({ id }) => id === run.id)) return true;
  return before.length > 0 && run.startTime < Math.min(...before.map(({ startTime }) => startTime));
}
