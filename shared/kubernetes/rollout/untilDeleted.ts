import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { poll, TimedOutError } from '../../http/poll';
import type { KubernetesClient } from '../client/client';
import { titleOf, type KubernetesObject, type Resource } from '../client/resource';

/** For an object to disappear, also at the deadline. */
const secondsToDisappear = 30;

/** An object whose deletion the cluster has accepted. */
export interface Deleted {
  readonly resource: Resource;
  /** As it was before. */
  readonly object: KubernetesObject;
}

/** An object still exists at the deadline after its deletion; the message names what keeps it. */
export class StillThereError extends TaskError {
  override readonly name = 'StillThereError';
}

/**
 * Waits until objects no longer exist: a finalizer keeps an object after its deletion was accepted. Throws a
 * StillThereError for the first of them at the deadline.
 */
export async function untilDeleted(
  client: KubernetesClient,
  objects: readonly Deleted[],
  { clock, signal, deadline, agent }: Context,
): Promise<void> {
  const open = [...objects];
  let left: KubernetesObject | undefined;
  try {
    await poll({
      clock,
      signal,
      deadline: Math.max(deadline, clock.now() + secondsToDisappear * 1000),
      awaited: 'the deleted objects to disappear',
      probe: async () => {
        for (let [next] = open; next; [next] = open) {
          left = await client.get(next.resource, next.object.metadata?.name ?? '');
          // Another one of the same name was created since.
          if (left && left.metadata?.uid === next.object.metadata?.uid) return;
          open.shift();
        }
      },
      isDone: () => open.length === 0,
      onTransient: (error) => agent.log(`Still waiting for the deletion. ${error.message}`),
    });
  } catch (error) {
    const [next] = open;
    if (!(error instanceof TimedOutError) || error.cause !== undefined || !next) throw error;
    const title = titleOf({ ...next.object, kind: next.resource.kind });
    const { finalizers = [], deletionTimestamp } = left?.metadata ?? {};
    const reason =
      finalizers.length > 0
        ? `its finalizers keep it: ${finalizers.join(', ')}. Check the controller that has to remove them`
        : `the cluster ${deletionTimestamp === undefined ? 'accepted the deletion, but has not begun it' : 'is still deleting it'}. Check the object`;
    throw new StillThereError(`${title} still exists after its deletion: ${reason}, and run again.`, { cause: error });
  }
}

/** Deletes an object, if it exists, and waits until it is gone. */
export async function deleteObject(
  client: KubernetesClient,
  { resource, object }: Deleted,
  context: Context,
): Promise<void> {
  if (await client.delete(resource, object.metadata?.name ?? ''))
    await untilDeleted(client, [{ resource, object }], context);
}
