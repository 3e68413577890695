/** How long a call of the host may take, in milliseconds, before the page stops waiting. */
export const callTimeoutMs = 30_000;

/** The call did not end in time. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * The result of a call, or a DeadlineError after `timeoutMs`. A call through the frame has no signal: it ends by itself,
 * and nobody reads its result.
 */
export async function withDeadline<T>(call: Promise<T>, timeoutMs: number = callTimeoutMs): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DeadlineError(`No answer within ${timeoutMs / 1000} seconds.`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([call, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
