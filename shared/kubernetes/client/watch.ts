import type { Clock } from '../../clock';
import { CallError } from '../../http/errors';
import type { KubernetesClient } from './client';
import type { Selection } from './types';
import type { Resource } from './resource';

/** What was listed, and is to be watched from there. */
export interface Watched extends Selection {
  readonly resource: Resource;
  readonly resourceVersion: string;
}

/** What a watch is good for: it ends early when something changes; a pause has to do where there is none. */
export interface WaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The longest that it may take. */
  readonly seconds: number;
  /** How long to sleep where the watch breaks or is refused. */
  readonly pauseSeconds: number;
}

/** Why a wait ends when nothing went wrong. */
const enough = new Error('A change, or the end of the time.');

/**
 * Resolves as soon as one of these lists may look different, at the latest when the time is up: list anew then, whatever
 * the reason was. So a watch that is too old, breaks off or may not be had costs time alone. Rejects with the signal's reason.
 */
export async function untilChange(
  client: KubernetesClient,
  lists: readonly Watched[],
  { clock, signal, seconds, pauseSeconds }: WaitOptions,
): Promise<void> {
  const end = new AbortController();
  const over = AbortSignal.any([signal, end.signal]);
  const timeoutSeconds = Math.max(1, Math.ceil(seconds));
  const watches = lists.map(({ resource, ...selection }) =>
    client.watch(resource, { ...selection, timeoutSeconds, signal: over }, ({ type }) => {
      if (type !== 'BOOKMARK') end.abort(enough);
    }),
  );
  // The first to end, however it does, ends them all.
  await Promise.all(
    [clock.sleep(seconds * 1000, over), ...watches].map((wait) =>
      wait.then(
        () => end.abort(enough),
        (error: unknown) => end.abort(error),
      ),
    ),
  );
  signal.throwIfAborted();
  const reason: unknown = end.signal.reason;
  if (reason instanceof CallError) await clock.sleep(pauseSeconds * 1000, signal);
  else if (reason !== enough) throw reason;
}
