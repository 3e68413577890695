import { TaskError } from '../../errors';
import { HttpError } from '../../http/errors';
import type { KubernetesClient } from '../client/client';
import type { Action } from '../client/types';
import { groupOf, namespaces, titleOf, type KubernetesObject, type Resource } from '../client/resource';

/** An object to be applied, and what kind it is. */
export interface Planned {
  readonly resource: Resource;
  readonly object: KubernetesObject;
  /** The server takes fields of other managers into account as the real call will. */
  readonly isForced?: boolean;
}

/**
 * Finds out, before anything is touched, whether the caller may do all that is planned and whether the cluster would
 * accept all objects. Throws one TaskError that lists everything that is missing or refused.
 */
export async function preflight(
  client: KubernetesClient,
  actions: readonly Action[],
  objects: readonly Planned[],
): Promise<void> {
  const isAllowed = await Promise.all(actions.map((action) => client.canI(action)));
  const missing = actions.filter((_, index) => isAllowed[index] === false).map(ruleText);
  const problems = missing.map((rule) => `The identity lacks the permission to ${rule}.`);
  // What may not be done can't be tried either.
  if (problems.length === 0) problems.push(...(await refusals(client, objects)));
  if (problems.length === 0) return;
  const list = problems.map((problem) => `  - ${problem}`).join('\n');
  const grant =
    missing.length > 0
      ? `\nGrant it by a Role and a RoleBinding in namespace ${client.namespace}, or, where the cluster uses Azure RBAC, by the role 'Azure Kubernetes Service RBAC Writer'.`
      : '';
  throw new TaskError(`Nothing was deployed, for the cluster would refuse it:\n${list}${grant}`);
}

/** What the cluster says to each object, without keeping any. */
async function refusals(client: KubernetesClient, objects: readonly Planned[]): Promise<readonly string[]> {
  const planned = new Set(objects.filter(({ resource }) => resource.kind === namespaces.kind).map(nameOf));
  const found = await Promise.all(
    objects.map(async ({ resource, object, isForced = false }) => {
      // Nothing can be tried in a namespace that comes with the objects.
      if (resource.isNamespaced && planned.has(object.metadata?.namespace ?? client.namespace)) return undefined;
      try {
        await client.apply(resource, object, { isDryRun: true, isForced });
        return undefined;
      } catch (error) {
        if (!(error instanceof HttpError) || error.isTransient) throw error;
        return `${titleOf(object)}: ${error.serviceMessage || error.message}`;
      }
    }),
  );
  return found.filter((problem) => problem !== undefined);
}

function nameOf({ object }: Planned): string {
  return object.metadata?.name ?? '';
}

function ruleText({ verb, resource, subresource, name }: Action): string {
  const what = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  const group = groupOf(resource);
  return `${verb} ${what}${group && ` of ${group}`}${name === undefined ? '' : ` (${name})`}`;
}
