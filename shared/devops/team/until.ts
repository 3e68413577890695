import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { poll, TimedOutError } from '../../http/poll';

/** How long a change may take to appear. */
const secondsToAppear = 60;

/** Probes until there is something. Throws a TaskError when it takes too long; what was made so far is kept. */
export async function until<T>(
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  /** As in `waiting for the members of the team 'churn' to appear`. */
  awaited: string,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = clock.now() + secondsToAppear * 1000;
  try {
    const isDone = (state: T | undefined): boolean => state !== undefined;
    return (await poll({ clock, signal, deadline, awaited, probe, isDone })) as T;
  } catch (error) {
    if (!(error instanceof TimedOutError)) throw error;
    throw new TaskError(`${error.message} Everything that was created so far is kept. Run this step again.`, {
      cause: error,
    });
  }
}
