import type { Agent } from '../../agent/agent';
import { CancelledError, TaskError } from '../../errors';
import { CallError } from '../../http/errors';
import { poll, TimedOutError } from '../../http/poll';
import type { JobsApi, Run } from '../api/jobs';
import type { Surroundings } from '../connect';
import { RunChanges, taskCounts } from './changes';
import { endedBadly, runVerdict } from './verdict';

export interface RunSurroundings extends Surroundings {
  readonly report: Pick<Agent, 'log' | 'progress'>;
}

/** For the request, and again to see the run end. */
const secondsToCancel = 30;

export interface WatchOptions {
  readonly timeoutMinutes: number;
  /** Whether a run that ended with failed tasks only is good enough not to be repaired. */
  readonly acceptPartialSuccess: boolean;
  /** How often the failed tasks are run again, all tries of the step together. */
  readonly repairAttempts: number;
  /** The page of the run, for messages. */
  readonly url: string;
}

export interface WatchedRun {
  /** As it was last seen. */
  readonly run: Run;
  /** Set when it did not end in time: what became of it. */
  readonly overrun?: string;
}

/**
 * Follows a run to its end, and repairs it if it ends badly. Tells every change of state. Passing faults don't end the
 * wait. When the time is up, cancels the run. Rejects with the signal's reason, or with a TaskError when the run can
 * no longer be seen; the run itself then goes on.
 */
export async function watchRun(
  jobs: JobsApi,
  started: Run,
  options: WatchOptions,
  { clock, signal, report }: RunSurroundings,
): Promise<WatchedRun> {
  const { url, timeoutMinutes, repairAttempts, acceptPartialSuccess } = options;
  const { id } = started;
  const changes = new RunChanges();
  const deadline = clock.now() + timeoutMinutes * 60_000;
  let run = started;
  tell();

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
    throw new TaskError(`${error.message} The run itself goes on: ${url}`, { cause: error });
  }

  function tell(): void {
    const lines = changes.lines(run);
    for (const line of lines) report.log(line);
    const { all, ended } = taskCounts(run);
    if (lines.length > 0 && all > 0)
      report.progress(Math.floor((100 * ended) / all), `Run ${id}: ${ended} of ${all} tasks ended`);
  }

  /** Looks until the run has ended and, when it was repaired, the repair is part of what is seen. */
  async function follow(until: number, repairId?: string): Promise<void> {
    await poll({
      clock,
      signal,
      deadline: until,
      awaited: `run ${id} to end`,
      probe: async (budgetSeconds) => {
        run = await jobs.getRun(id, budgetSeconds);
        tell();
      },
      isDone: () =>
        runVerdict(run).outcome !== 'active' && (repairId === undefined || run.repairIds.includes(repairId)),
      onTransient: (error) => report.log(`Still waiting for run ${id}. ${error.message}`),
    });
  }

  function isWorthRepairing(): boolean {
    // What somebody cancelled is not to come back.
    const isCancelled = ['CANCELED', 'USER_CANCELED'].includes(runVerdict(run).word);
    return endedBadly(run, acceptPartialSuccess) && !isCancelled && run.repairIds.length < repairAttempts;
  }

  /** The id of the repair; undefined when Databricks refuses it. */
  async function repair(): Promise<string | undefined> {
    const latest = run.repairIds.at(-1);
    report.log(
      `Run ${id} ended badly: repair ${run.repairIds.length + 1} of ${repairAttempts} runs its failed tasks again.`,
    );
    try {
      return await jobs.repairRun(id, latest);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      // Perhaps it was refused because an earlier attempt, whose answer was lost, had been carried out.
      const found = (await jobs.getRun(id)).repairIds.at(-1);
      if (found !== latest) return found;
      report.log(error.message);
      return undefined;
    }
  }

  async function giveUp(): Promise<string> {
    const late = `did not end within ${timeoutMinutes} min`;
    report.log(`Run ${id} ${late}. Cancelling it.`);
    try {
      await jobs.cancelRun(id, secondsToCancel);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return `${late} and goes on, for it could not be cancelled. ${error.message}`;
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
