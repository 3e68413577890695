import { withTimeout, type Context } from '../../agent/context';
import { CancelledError, TaskError } from '../../errors';
import { CallError } from '../../http/errors';
import { poll, TimedOutError } from '../../http/poll';
import type { RunsApi, Run } from '../api/runs';
import { cancelRun, wasCancelled } from './cancelRun';
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
  runs: RunsApi,
  started: Run,
  options: WatchOptions,
  context: Context,
): Promise<WatchedRun> {
  const watch = new Watch(runs, started, options, withTimeout(context, options.timeoutMinutes));
  try {
    await watch.untilEnd();
    return { run: watch.run };
  } catch (error) {
    if (error instanceof TimedOutError) {
      const overrun = await watch.giveUp();
      return { run: watch.run, ...(overrun !== undefined && { overrun }) };
    }
    if (error instanceof CancelledError || !(error instanceof TaskError)) throw error;
    throw new TaskError(`${error.message} The run itself continues: ${options.url}`, { cause: error });
  }
}

class Watch {
  readonly #changes = new RunChanges();

  constructor(
    private readonly runs: RunsApi,
    /** As it was last read. */
    public run: Run,
    private readonly options: WatchOptions,
    private readonly context: Context,
  ) {
    this.#report();
  }

  /** Follows the run, and its repairs, to the end. */
  async untilEnd(): Promise<void> {
    await this.#follow(this.context.deadline);
    while (this.#isWorthRepairing()) {
      const repairId = await this.#repair();
      if (repairId === undefined) return;
      await this.#follow(this.context.deadline, repairId);
    }
  }

  /** Cancels the run, and says what happened to it; undefined when it ended by itself meanwhile. */
  async giveUp(): Promise<string | undefined> {
    const { agent, clock, signal } = this.context;
    const late = `did not end within ${this.options.timeoutMinutes} min`;
    agent.log(`Run ${this.run.id} ${late}. Cancelling it.`);
    const { is, word, problem, isAccepted } = await cancelRun(this.runs, this.run.id, {
      clock,
      signal,
      secondsToCancel,
      secondsToEnd: secondsToCancel,
      onSeen: (run) => {
        this.run = run;
        this.#report();
      },
    });
    switch (is) {
      case 'cancelled':
        return `${late}, was cancelled and ended as ${word}`;
      case 'ended':
        agent.log(`Run ${this.run.id} ended as ${word} before it was cancelled.`);
        return undefined;
      case 'ending':
        return `${late} and is being cancelled`;
      case 'active':
        if (!isAccepted) return `${late} and continues, because it could not be cancelled. ${problem}`;
        return `${late} and is still ${word}, although Databricks accepted to cancel it`;
      case 'unknown':
        if (!isAccepted) return `${late} and may continue, because it could not be cancelled. ${problem}`;
        return `${late}. Databricks accepted to cancel it, but it could not be read since. ${problem}`;
    }
  }

  /** Reads the run until it has ended and, when it was repaired, includes the repair. */
  async #follow(until: number, repairId?: string): Promise<void> {
    const { agent, clock, signal } = this.context;
    const { id } = this.run;
    await poll({
      clock,
      signal,
      deadline: until,
      awaited: `run ${id} to end`,
      probe: async (budgetSeconds) => {
        this.run = await this.runs.getRun(id, budgetSeconds);
        this.#report();
      },
      isDone: () =>
        runVerdict(this.run).outcome !== 'active' && (repairId === undefined || this.run.repairIds.includes(repairId)),
      onTransient: (error) => agent.log(`Still waiting for run ${id}. ${error.message}`),
    });
  }

  #report(): void {
    const { agent } = this.context;
    const lines = this.#changes.lines(this.run);
    for (const line of lines) agent.log(line);
    const { all, ended } = taskCounts(this.run);
    if (lines.length > 0 && all > 0)
      agent.progress(Math.floor((100 * ended) / all), `Run ${this.run.id}: ${ended} of ${all} tasks ended`);
  }

  #isWorthRepairing(): boolean {
    const { acceptPartialSuccess, repairAttempts } = this.options;
    // A run that somebody cancelled is not run again.
    return (
      endedBadly(this.run, acceptPartialSuccess) &&
      !wasCancelled(this.run) &&
      this.run.repairIds.length < repairAttempts
    );
  }

  /** The id of the repair; undefined when Databricks refuses it. */
  async #repair(): Promise<string | undefined> {
    const { id, repairIds } = this.run;
    const { agent } = this.context;
    const latest = repairIds.at(-1);
    const count = `${repairIds.length + 1} of ${this.options.repairAttempts}`;
    agent.log(`Run ${id} failed: repair ${count} runs its failed tasks again.`);
    try {
      return await this.runs.repairRun(id, latest);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      // It may have been refused because an earlier call, whose answer was lost, took effect.
      const found = (await this.runs.getRun(id)).repairIds.at(-1);
      if (found !== latest) return found;
      agent.log(error.message);
      return undefined;
    }
  }
}
