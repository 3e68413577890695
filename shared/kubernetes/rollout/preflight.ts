import { TaskError } from '../../errors';
import { HttpError } from '../../http/errors';
import type { KubernetesClient } from '../client/client';
import type { Action } from '../client/types';
import { groupOf, namespaces, titleOf, type KubernetesObject, type Resource } from '../client/resource';

/** An object to apply, and its resource. */
export interface Planned {
  readonly resource: Resource;
  readonly object: KubernetesObject;
  /** Takes over fields of other managers, as the real call will. */
  readonly isForced?: boolean;
}

/**
 * Checks, before anything is changed, that the caller has all permissions and that the cluster would accept all objects.
 * Throws one TaskError that lists everything that is missing or refused.
 */
export async function preflight(
  client: KubernetesClient,
  actions: readonly Action[],
  objects: readonly Planned[],
): Promise<void> {
  const isAllowed = await Promise.all(actions.map((action) => client.canI(action)));
  const missing = actions.filter((_, index) => isAllowed[index] === false).map(ruleText);
  const problems = missing.map((rule) => `The identity lacks the permission to ${rule}.`);
  // A dry run needs the same permissions.
  if (problems.length === 0) problems.push(...(await refusals(client, objects)));
  if (problems.length === 0) return;
  const list = problems.map((problem) => `  - ${problem}`).join('\n');
  const grant =
    missing.length > 0
      ? `\nGrant them with a Role and a RoleBinding in the namespace ${client.namespace}. If the cluster uses Azure RBAC, assign the role 'Azure Kubernetes Service RBAC Writer'.`
      : '';
  throw new TaskError(`Nothing was deployed, because the cluster would refuse it:\n${list}${grant}`);
}

/** The refusals of the cluster in a dry run of each object. */
async function refusals(client: KubernetesClient, objects: readonly Planned[]): Promise<readonly string[]> {
  const planned = new Set(objects.filter(({ resource }) => resource.kind === namespaces.kind).map(nameOf));
  const found = await Promise.all(
    objects.map(async ({ resource, object, isForced = false }) => {
      // A dry run is impossible in a namespace that is created with the objects.
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
