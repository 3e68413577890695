import { isDeepStrictEqual } from 'node:util';
import type { KubernetesClient } from '../client/client';
import type { KubernetesObject, Resource } from '../client/resource';
import { runAnnotationPrefix } from '../manifest/labels';
import { pathsBeyond } from './fieldSet';
import { ownFields } from './managers';

/** The metadata that the API server itself maintains, and that says nothing about what is wanted. */
const maintained = new Set(['managedFields', 'resourceVersion', 'generation']);
const maxTries = 3;

/**
 * An object as it is compared with the live one: another run of a pipeline is not a change. The annotations keep the run
 * that deployed the object.
 */
export function withRunOf<T extends KubernetesObject>(object: T, live: KubernetesObject | undefined): T {
  const present = live?.metadata?.annotations ?? {};
  const { annotations } = object.metadata ?? {};
  if (!annotations) return object;
  const kept = Object.entries(annotations).map(([name, value]) => [
    name,
    name.startsWith(runAnnotationPrefix) ? (present[name] ?? value) : value,
  ]);
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(kept) as typeof annotations } };
}

/** Whether an object would be changed by an apply, or gain fields that we own; `planned` is the answer to its dry run. */
export function isChange(live: KubernetesObject, planned: KubernetesObject): boolean {
  if (!isDeepStrictEqual(contentOf(live), contentOf(planned))) return true;
  return pathsBeyond(ownFields(planned.metadata?.managedFields), ownFields(live.metadata?.managedFields)).length > 0;
}

/**
 * An object as an apply would change it; undefined when it would not. `planned` is the answer to a dry run, if there was one.
 * When somebody wrote the object between the two calls, such as a controller, it is read again: their change is not ours.
 */
export async function changeBy<T extends KubernetesObject>(
  client: KubernetesClient,
  resource: Resource<T>,
  object: T,
  isForced: boolean,
  live: T,
  planned?: T,
): Promise<T | undefined> {
  let [present, next] = [live, planned];
  for (let tries = 1; ; tries++) {
    next ??= (await client.apply(resource, withRunOf(object, present), { isDryRun: true, isForced })).object;
    if (!isChange(present, next)) return undefined;
    if (next.metadata?.resourceVersion === present.metadata?.resourceVersion || tries >= maxTries) return next;
    const read = await client.get(resource, object.metadata?.name ?? '');
    if (!read) return next;
    [present, next] = [read, undefined];
  }
}

/** Without the status, which an apply does not change. */
function contentOf(object: KubernetesObject): unknown {
  const kept = Object.entries(object.metadata ?? {}).filter(([field]) => !maintained.has(field));
  const content = Object.entries(object).filter(([field]) => field !== 'status' && field !== 'metadata');
  return { ...Object.fromEntries(content), metadata: Object.fromEntries(kept) };
}
