import type { CommandContext } from '../commands/commandContext';
import { handleLine } from '../commands/handleLine';
import { runProcess } from '../run/runProcess';
import type { JobState } from '../run/runState';
import type { StepRecord } from '../run/stepRecord';
import type { Restrictions } from '../plan/plan';

/** One try at a step. */
export interface StepRun {
  readonly job: JobState;
  readonly record: StepRecord;
  readonly stepName: string;
  /** Aborts when the step is to end: cancelled, or out of time. */
  readonly signal: AbortSignal;
}

export interface StepProcess {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly restrictions: readonly Restrictions[];
  readonly declaredOutputs?: readonly string[];
  readonly onLine?: (stream: 'stdout' | 'stderr') => void;
}

/** Runs a step's process and carries out the logging commands in its output; its exit code. */
export async function runStepProcess(
  process: StepProcess,
  { job, record, stepName, signal }: StepRun,
): Promise<number> {
  const { clock, timings } = job.run;
  const kill = new AbortController();
  const ended = new AbortController();
  const killLater = async (): Promise<void> => {
    await clock.sleep(timings.outputMilliseconds, ended.signal).then(
      () => kill.abort(),
      () => undefined,
    );
  };
  const context: CommandContext = {
    job,
    record,
    stepName,
    restrictions: process.restrictions,
    declaredOutputs: process.declaredOutputs ?? [],
    onDone: () => void killLater(),
  };
  try {
    return await runProcess({
      ...process,
      onLine: (line, stream) => {
        job.run.onRawLine(line);
        handleLine(line, context);
        process.onLine?.(stream);
      },
      onStart: (processId) => job.processIds.push(processId),
      signal,
      kill: kill.signal,
      clock,
      timings,
    });
  } finally {
    ended.abort();
  }
}
