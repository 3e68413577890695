import { LogTail } from './logTail';
import type { NotebookOutcome, NotebookRequest, NotebookRunner } from './notebookRunner';

/** What the Python side says, one JSON object at a time: see `run_job` in `notebook_runtime/job.py`. */
type PythonMessage =
  | { readonly kind: 'started' }
  | { readonly kind: 'taskValue'; readonly key: string; readonly value: unknown }
  | FinalMessage;

type FinalMessage = (
  | { readonly kind: 'exited'; readonly result: string }
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly error: string; readonly trace: string }
) & { readonly writtenFiles: readonly { readonly path: string; readonly content: string }[] };

/** Where an interpreter reports to. */
export interface RunListener {
  readonly printed: (bytes: Uint8Array) => void;
  /** One JSON object of the Python side. */
  readonly said: (json: string) => void;
  /** The interpreter is gone and has nothing more to report; the reason counts if it never said how the notebook ended. */
  readonly ended: (reason: string) => void;
}

/** Starts an interpreter for one notebook. The returned function ends it at once, or does nothing if it has ended. */
export type LaunchInterpreter = (listener: RunListener) => () => Promise<void>;

const longestTimerMilliseconds = 2 ** 31 - 1;

/** Runs one notebook in an interpreter of its own, which is gone when this resolves. */
export async function superviseRun(
  request: NotebookRequest,
  signal: AbortSignal,
  launch: LaunchInterpreter,
): Promise<NotebookOutcome> {
  const logs = new LogTail();
  const taskValues: Record<string, unknown> = {};
  const outcomeOf = <Ending>(ending: Ending) => ({ ...ending, logs: logs.text(), taskValues });
  if (signal.aborted) return outcomeOf({ kind: 'canceled' } as const);

  let final: FinalMessage | undefined;
  let timer: NodeJS.Timeout | undefined;
  let cancel = (): void => undefined;
  let stop: () => Promise<void> = () => Promise.resolve();
  const ending = await new Promise<'canceled' | 'timedOut' | { readonly reason: string }>((resolve) => {
    cancel = () => resolve('canceled');
    signal.addEventListener('abort', cancel);
    stop = launch({
      printed: (bytes) => logs.write(bytes),
      said: (json) => {
        const message = JSON.parse(json) as PythonMessage;
        if (message.kind === 'taskValue') {
          taskValues[message.key] = message.value;
        } else if (message.kind !== 'started') {
          final = message;
        } else if (request.timeoutSeconds) {
          const milliseconds = Math.min(request.timeoutSeconds * 1000, longestTimerMilliseconds);
          timer = setTimeout(() => resolve('timedOut'), milliseconds);
        }
      },
      ended: (reason) => resolve({ reason }),
    });
  });
  clearTimeout(timer);
  signal.removeEventListener('abort', cancel);
  await stop();

  if (typeof ending === 'string') return outcomeOf({ kind: ending });
  if (final === undefined) return outcomeOf({ kind: 'failed', error: ending.reason, trace: '' } as const);
  const { writtenFiles, ...said } = final;
  for (const { path, content } of writtenFiles) request.writeFile?.(path, Buffer.from(content, 'base64'));
  return outcomeOf(said);
}

/** A runner out of a function that runs one notebook. Closing it cancels the runs that are under way and waits for their end. */
export function notebookRunner(runOne: NotebookRunner['run']): NotebookRunner {
  const closed = new AbortController();
  const runs = new Set<Promise<NotebookOutcome>>();
  return {
    async run(request, signal) {
      const run = runOne(request, AbortSignal.any([signal, closed.signal]));
      runs.add(run);
      try {
        return await run;
      } finally {
        runs.delete(run);
      }
    },
    async close() {
      closed.abort();
      await Promise.allSettled(runs);
    },
  };
}
