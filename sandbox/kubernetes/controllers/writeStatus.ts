import type { Cluster } from '../cluster';
import { equal, type JsonObject } from '../json';
import type { Kinds, Plural } from '../types';

/** How the controllers write. */
export const controllerWrite = { manager: 'kube-controller-manager', fieldValidation: 'Ignore' } as const;

/** Writes the status of an object as its controller sees it, when it has changed. */
export function writeStatus<K extends Plural>(
  { objects }: Cluster,
  plural: K,
  object: Kinds[K],
  status: JsonObject,
  manager: string = controllerWrite.manager,
): void {
  const { namespace, name } = object.metadata;
  if (equal(object.status, status)) return;
  const write = { ...controllerWrite, manager, subresource: 'status' } as const;
  objects.update(plural, namespace, name, (draft) => ({ ...draft, status }), write);
}
