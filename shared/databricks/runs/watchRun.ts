import { withTimeout, type Context } from '../../agent/context';
import { CancelledError, TaskError } from '../../errors';
import { CallError } from '../../http/errors';
import { poll, TimedOutError } from '../../http/poll';
import type { JobsApi, Run } from '../api/jobs';
import { RunChanges, taskCounts } from './changes';
import { endedBadly, runVerdict } from './verdict';

/** For the request, and again for the run to end. */
const secondsToCancel = 30;

export interface WatchOptions {
  readonly timeoutMinutes: number;
  /** Whether a run that ended as SUCCESS_WITH_FAILURES needs no repair. */
  readonly acceptPartialSuccess: boolean;
  /** How often the failed tasks are run again, in all attempts of the step together. */
  readonly repairAttempts: number;
  /** The page of the run, for messages. */
  readonly url: string;
}

export interface WatchedRun {
  /** As it was last read. */
  readonly run: Run;
  /** Set when it did not end in time: what happened to it. */
  readonly overrun?: string;
}

/**
 * Waits until a run has ended, and repairs it if it fails. Logs every change of state. Transient errors don't end the
 * wait. After the timeout, cancels the run. Rejects with the signal's reason, or with a TaskError when the run can no
 * longer be read; the run itself then continues.
 */
export async function watchRun(
  jobs: JobsApi,
  started: Run,
  options: WatchOptions,
  context: Context,
): Promise<WatchedRun> {
  const { url, timeoutMinutes, repairAttempts, acceptPartialSuccess } = options;
  const { agent, clock, signal } = context;
  const { id } = started;
  const changes = new RunChanges();
  const { deadline } = withTimeout(context, timeoutMinutes);
  let run = started;
  report();

  try {
    await follow(deadline);
    while (isWorthRepairing()) {
      const repairId = await repair();
      if (repairId === undefined) break;
      await follow(deadline, repairId);
    }
    return { run };
  } catch (error) {
    if (error instanceof TimedOutError) {
      const overrun = await giveUp();
      return { run, overrun };
    }
    if (error instanceof CancelledError || !(error instanceof TaskError)) throw error;
    throw new TaskError(`${error.message} The run itself continues: ${url}`, { cause: error });
  }

  function report(): void {
    const lines = changes.lines(run);
    for (const line of lines) agent.log(line);
    const { all, ended } = taskCounts(run);
    if (lines.length > 0 && all > 0)
      agent.progress(Math.floor((100 * ended) / all), `Run ${id}: ${ended} of ${all} tasks ended`);
  }

  /** Reads the run until it has ended and, when it was repaired, includes the repair. */
  async function follow(until: number, repairId?: string): Promise<void> {
    await poll({
      clock,
      signal,
      deadline: until,
      awaited: `run ${id} to end`,
      probe: async (budgetSeconds) => {
        run = await jobs.getRun(id, budgetSeconds);
        report();
      },
      isDone: () =>
        runVerdict(run).outcome !== 'active' && (repairId === undefined || run.repairIds.includes(repairId)),
      onTransient: (error) => agent.log(`Still waiting for run ${id}. ${error.message}`),
    });
  }

  function isWorthRepairing(): boolean {
    // A run that somebody cancelled is not run again.
    const isCancelled = ['CANCELED', 'USER_CANCELED'].includes(runVerdict(run).word);
    return endedBadly(run, acceptPartialSuccess) && !isCancelled && run.repairIds.length < repairAttempts;
  }

  /** The id of the repair; undefined when Databricks refuses it. */
  async function repair(): Promise<string | undefined> {
    const latest = run.repairIds.at(-1);
    agent.log(`Run ${id} failed: repair ${run.repairIds.length + 1} of ${repairAttempts} runs its failed tasks again.`);
    try {
      return await jobs.repairRun(id, latest);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      // It may have been refused because an earlier call, whose answer was lost, took effect.
      const found = (await jobs.getRun(id)).repairIds.at(-1);
      if (found !== latest) return found;
      agent.log(error.message);
      return undefined;
    }
  }

  async function giveUp(): Promise<string> {
    const late = `did not end within ${timeoutMinutes} min`;
    agent.log(`Run ${id} ${late}. Cancelling it.`);
    try {
      await jobs.cancelRun(id, secondsToCancel);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return `${late} and continues, because it could not be cancelled. ${error.message}`;
    }
    try {
      await follow(clock.now() + secondsToCancel * 1000);
      return `${late}, was cancelled and ended as ${runVerdict(run).word}`;
    } catch (error) {
      if (!(error instanceof CallError || error instanceof TimedOutError)) throw error;
      return `${late} and is being cancelled`;
    }
  }
}
