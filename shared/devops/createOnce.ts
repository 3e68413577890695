import type { Context } from '../agent/context';
import { messageOf, TaskError } from '../errors';
import { isRefusedAs } from './api/refusal';
import { HttpError, isTransient } from '../http/errors';

/** How long after an answer that leaves open what happened the object may still appear, in milliseconds from the answer. */
const looksAfter = [0, 2000, 5000];
/** How often creating is begun in all. */
const mostAttempts = 3;

/**
 * Creates something exactly once. An answer that leaves open whether it was created (a broken connection, a 500, a truncated
 * body) is never followed by another POST before `find` has shown several times, over some seconds, that there is nothing
 * of that natural key; nor is a refusal that can be due to an earlier attempt (it exists already, or Azure DevOps says 404 to
 * it). Rejects with the error of the last attempt.
 *
 * `find` must read by the natural key, such as the project and the name, and return undefined only where the object is absent.
 */
export async function createOnce<T>(
  create: () => Promise<T>,
  find: () => Promise<T | undefined>,
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await create();
    } catch (error) {
      const isOpen = isTransient(error);
      if (!isOpen && !mayBeDone(error)) throw error;
      const found = await lookRepeatedly(find, isOpen || isRefusedAs('alreadyExists', error) ? looksAfter : [0], {
        clock,
        signal,
      }).catch((problem: unknown) => {
        if (!(problem instanceof TaskError)) throw problem;
        throw new TaskError(`${messageOf(error)} Could not determine whether it was created: ${problem.message}`, {
          cause: problem,
        });
      });
      if (found !== undefined) return found;
      if (!isOpen || attempts === mostAttempts) throw error;
    }
  }
}

/** Which exceptions say that something exists is not known of all resources: 400 and 409 both occur, and 404 for a repository. */
function mayBeDone(error: unknown): boolean {
  return error instanceof HttpError && [400, 404, 409].includes(error.status);
}

async function lookRepeatedly<T>(
  find: () => Promise<T | undefined>,
  times: readonly number[],
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
): Promise<T | undefined> {
  let waited = 0;
  for (const time of times) {
    if (time > waited) await clock.sleep(time - waited, signal);
    waited = time;
    const found = await find();
    if (found !== undefined) return found;
  }
  return undefined;
}
