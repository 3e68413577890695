import { TaskError } from '../../errors';
import { HttpError, isTransient, type CallError } from '../../http/errors';
import type { KubernetesClient } from '../client/client';
import type { Action } from '../client/types';
import { groupOf, isOf, namespaces, titleOf, type KubernetesObject, type Resource } from '../client/resource';
import { schemaFaults, withoutUndeclared } from '../client/schemaFaults';

/** An object to apply, and its resource. */
export interface Planned {
  readonly resource: Resource;
  readonly object: KubernetesObject;
  /** Takes over fields of other managers, as the real call will. */
  readonly isForced?: boolean;
}

/**
 * Checks, before anything is changed, that the caller has all permissions and that the cluster would accept all objects.
 * Throws one TaskError that lists everything that is missing or refused, after what is known to be refused already.
 */
export async function preflight(
  client: KubernetesClient,
  actions: readonly Action[],
  objects: readonly Planned[],
  known: readonly string[] = [],
): Promise<void> {
  const isAllowed = await Promise.all(actions.map((action) => client.canI(action)));
  const missing = actions.filter((_, index) => isAllowed[index] === false).map(ruleText);
  const problems = [...known, ...missing.map((rule) => `The identity lacks the permission to ${rule}.`)];
  // A dry run needs the same permissions.
  if (missing.length === 0) problems.push(...(await refusals(client, objects, known.length > 0)));
  if (problems.length === 0) return;
  const list = problems.map((problem) => `  - ${problem}`).join('\n');
  const grant =
    missing.length > 0
      ? `\nGrant them with a Role and a RoleBinding in the namespace ${client.namespace}. If the cluster uses Azure RBAC, assign the role 'Azure Kubernetes Service RBAC Writer'.`
      : '';
  throw new TaskError(`Nothing was deployed, because the cluster would refuse it:\n${list}${grant}`);
}

/**
 * The refusals of the cluster in a dry run of each object, and the objects that could not be checked besides. Throws the
 * error of such an object where nothing is refused.
 */
async function refusals(
  client: KubernetesClient,
  objects: readonly Planned[],
  isRefused: boolean,
): Promise<readonly string[]> {
  const planned = new Set(objects.filter(({ object }) => isOf(object, namespaces)).map(nameOf));
  const unchecked: CallError[] = [];
  const found = await Promise.all(
    objects.map(async ({ resource, object, isForced = false }) => {
      // A dry run is impossible in a namespace that is created with the objects.
      if (resource.isNamespaced && planned.has(object.metadata?.namespace ?? client.namespace)) return [];
      try {
        const said = await dryRun(client, { resource, object, isForced });
        return said.map((text) => `${titleOf(object)}: ${text}`);
      } catch (error) {
        if (!isTransient(error)) throw error;
        unchecked.push(error);
        return [];
      }
    }),
  );
  const refused = found.flat();
  const [fault] = unchecked;
  if (fault && refused.length === 0 && !isRefused) throw fault;
  return [...refused, ...unchecked.map(({ message }) => message)];
}

/** What the cluster has against one object: all of it, although it stops at a field that it doesn't know. */
async function dryRun(
  client: KubernetesClient,
  { resource, object, isForced = false }: Planned,
): Promise<readonly string[]> {
  const said = new Set<string>();
  let next: KubernetesObject | undefined = object;
  while (next) {
    const faults = await refusalOf(client, { resource, object: next, isForced });
    for (const fault of faults) said.add(fault);
    next = withoutUndeclared(next, faults);
  }
  return [...said];
}

async function refusalOf(
  client: KubernetesClient,
  { resource, object, isForced = false }: Planned,
): Promise<readonly string[]> {
  try {
    await client.apply(resource, object, { isDryRun: true, isForced });
    return [];
  } catch (error) {
    if (!(error instanceof HttpError) || error.isTransient) throw error;
    return schemaFaults(error) ?? [error.serviceMessage || error.message];
  }
}

function nameOf({ object }: Planned): string {
  return object.metadata?.name ?? '';
}

function ruleText({ verb, resource, subresource, name }: Action): string {
  const what = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  const group = groupOf(resource);
  return `${verb} ${what}${group && ` of ${group}`}${name === undefined ? '' : ` (${name})`}`;
}
