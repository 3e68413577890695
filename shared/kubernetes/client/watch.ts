import type { Clock } from '../../clock';
import { CallError } from '../../http/errors';
import type { KubernetesClient } from './client';
import type { Selection } from './types';
import type { Resource } from './resource';

/** A list to watch from its version on. */
export interface Watched extends Selection {
  readonly resource: Resource;
  readonly resourceVersion: string;
}

/** How long to wait for a change; a pause replaces a watch that fails. */
export interface WaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The maximum duration. */
  readonly seconds: number;
  /** How long to sleep when the watch fails or is refused. */
  readonly pauseSeconds: number;
}

/** The reason for the end of a wait without an error. */
const enough = new Error('A change, or the end of the wait.');
/** The reason for the end of a wait whose watch reported an error. */
const broken = new Error('The watch is of no use any more.');

/**
 * Resolves as soon as one of these lists may have changed, at the latest when the time is up: read the lists again then,
 * whatever the reason was. So a watch that is too old, breaks off, is forbidden or answered by something else costs only time. Rejects with the signal's
 * reason.
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
      if (type !== 'BOOKMARK') end.abort(type === 'ERROR' ? broken : enough);
    }),
  );
  // The first wait to end, for whatever reason, ends them all.
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
  if (reason === broken || reason instanceof CallError) await clock.sleep(pauseSeconds * 1000, signal);
  else if (reason !== enough) throw reason;
}
