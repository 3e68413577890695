import { TaskError } from '../../errors';
import { isFinalRefusal, isTransient, type CallError } from '../../http/errors';
import type { KubernetesClient } from '../client/client';
import type { Action } from '../client/types';
import { groupOf, isOf, namespaces, titleOf, type KubernetesObject, type Resource } from '../client/resource';
import { schemaFaults, withoutUndeclared } from '../client/schemaFaults';

/** An object to apply, and its resource. */
export interface Planned {
  readonly resource: Resource;
  readonly object: KubernetesObject;
  /** As it is; undefined when there is none. */
  readonly live?: KubernetesObject | undefined;
  /** Takes over fields of other managers, as the real call will. */
  readonly isForced?: boolean;
}

/** An object as the cluster would store it, or why it would not; neither when that can't be known yet. */
interface Checked {
  readonly stored?: KubernetesObject;
  readonly refusals: readonly string[];
}

/**
 * Checks, before anything is changed, that the caller has all permissions and that the cluster would accept all objects.
 * Returns the objects as the cluster would store them, in their order; undefined for those in a namespace that is created
 * with them. Throws one TaskError that lists everything that is missing or refused, after what is known to be refused
 * already; where nothing is, the error of an object that could not be checked.
 */
export async function preflight(
  client: KubernetesClient,
  actions: readonly Action[],
  objects: readonly Planned[],
  known: readonly string[] = [],
): Promise<readonly (KubernetesObject | undefined)[]> {
  const isAllowed = await Promise.all(actions.map((action) => client.canI(action)));
  const missing = actions.filter((_, index) => isAllowed[index] === false).map(ruleText);
  const problems = [...known, ...missing.map((rule) => `The identity lacks the permission to ${rule}.`)];
  // A dry run needs the same permissions.
  const { checked, unchecked } = missing.length === 0 ? await dryRuns(client, objects) : { checked: [], unchecked: [] };
  problems.push(...checked.flatMap(({ refusals }) => refusals));
  const [fault] = unchecked;
  if (fault && problems.length === 0) throw fault;
  problems.push(...unchecked.map(({ message }) => message));
  if (problems.length === 0) return checked.map(({ stored }) => stored);
  const list = problems.map((problem) => `  - ${problem}`).join('\n');
  const grant =
    missing.length > 0
      ? `\nGrant them with a Role and a RoleBinding in the namespace ${client.namespace}. If the cluster uses Azure RBAC, assign the role 'Azure Kubernetes Service RBAC Writer'.`
      : '';
  throw new TaskError(`Nothing was deployed, because the cluster would refuse it:\n${list}${grant}`);
}

/** A dry run of each object, and the passing errors of those that could not be checked. */
async function dryRuns(
  client: KubernetesClient,
  objects: readonly Planned[],
): Promise<{ readonly checked: readonly Checked[]; readonly unchecked: readonly CallError[] }> {
  const isNewNamespace = ({ object, live }: Planned): boolean => isOf(object, namespaces) && !live;
  const planned = new Set(objects.filter(isNewNamespace).map(nameOf));
  const unchecked: CallError[] = [];
  const checked = await Promise.all(
    objects.map(async (each): Promise<Checked> => {
      const { resource, object } = each;
      // A dry run is impossible in a namespace that is created with the objects.
      if (resource.isNamespaced && planned.has(object.metadata?.namespace ?? client.namespace)) return { refusals: [] };
      try {
        return await dryRun(client, each);
      } catch (error) {
        if (!isTransient(error)) throw error;
        unchecked.push(error);
        return { refusals: [] };
      }
    }),
  );
  return { checked, unchecked };
}

/** What the cluster makes of one object, or has against it: all of it, although it stops at a field that it doesn't know. */
async function dryRun(client: KubernetesClient, { resource, object, isForced = false }: Planned): Promise<Checked> {
  const said = new Set<string>();
  for (let next: KubernetesObject | undefined = object; next;) {
    try {
      const stored = (await client.apply(resource, next, { isDryRun: true, isForced })).object;
      if (said.size === 0) return { stored, refusals: [] };
      break;
    } catch (error) {
      if (!isFinalRefusal(error)) throw error;
      const faults = schemaFaults(error) ?? [error.serviceMessage || error.message];
      for (const fault of faults) said.add(fault);
      next = withoutUndeclared(next, faults);
    }
  }
  return { refusals: [...said].map((text) => `${titleOf(object)}: ${text}`) };
}

function nameOf({ object }: Planned): string {
  return object.metadata?.name ?? '';
}

function ruleText({ verb, resource, subresource, name }: Action): string {
  const what = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  const group = groupOf(resource);
  return `${verb} ${what}${group && ` of ${group}`}${name === undefined ? '' : ` (${name})`}`;
}
