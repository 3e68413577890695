import type { Context } from '../../agent/context';
import type { KubernetesClient } from '../client/client';
import type { KubernetesObject, Resource } from '../client/resource';
import type { Applied } from '../client/types';
import { confirmApply } from './confirmApply';
import { takeOver, takeoverOf, takeoverText } from './takeOver';

/**
 * Applies an object, and reads it back: throws a TaskError when the cluster does not have it. Takes it over first, and says
 * so, when it was applied on the client side. `planned` is the answer to the dry run of the apply, if there was one.
 */
export async function applyObject<T extends KubernetesObject>(
  client: KubernetesClient,
  resource: Resource<T>,
  object: T,
  {
    live,
    isForced,
    planned,
  }: {
    readonly live: KubernetesObject | undefined;
    readonly isForced: boolean;
    readonly planned: KubernetesObject | undefined;
  },
  { agent }: Context,
): Promise<Applied<T>> {
  const name = object.metadata?.name ?? '';
  let takeover = takeoverOf(live, isForced) && (await takeOver(client, resource, name, isForced));
  let applied = await client.apply(resource, object, { isForced });
  // The fields of an object without owners get one with the first apply: only then is it known what kubectl applied.
  if (!takeover && takeoverOf(applied.object, isForced)) {
    takeover = await takeOver(client, resource, name, isForced);
    applied = await client.apply(resource, object, { isForced });
  }
  await confirmApply(client, resource, applied.object, planned);
  if (takeover) agent.log(takeoverText(takeover, applied.object));
  return applied;
}
