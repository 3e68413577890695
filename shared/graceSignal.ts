/**
 * Aborts some seconds after another signal does, with its reason: for calls whose answer is still needed when the work
 * is given up. Does not keep the process alive.
 */
export function graceSignal(signal: AbortSignal, seconds: number): AbortSignal {
  const late = new AbortController();
  const begin = (): void => {
    const end = AbortSignal.timeout(seconds * 1000);
    end.addEventListener('abort', () => late.abort(signal.reason), { once: true });
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return late.signal;
}
