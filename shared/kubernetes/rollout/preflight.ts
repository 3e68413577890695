import { TaskError } from '../../errors';
import { HttpError } from '../../http/errors';
import type { KubernetesClient } from '../client/client';
import type { Action } from '../client/types';
import { groupOf, namespaces, titleOf, type KubernetesObject, type Resource } from '../client/resource';

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
  readonly refusal?: string;
}

/**
 * Checks, before anything is changed, that the caller has all permissions and that the cluster would accept all objects.
 * Returns the objects as the cluster would store them, in their order; undefined for those in a namespace that is created
 * with them. Throws one TaskError that lists everything that is missing or refused.
 */
export async function preflight(
  client: KubernetesClient,
  actions: readonly Action[],
  objects: readonly Planned[],
): Promise<readonly (KubernetesObject | undefined)[]> {
  const isAllowed = await Promise.all(actions.map((action) => client.canI(action)));
  const missing = actions.filter((_, index) => isAllowed[index] === false).map(ruleText);
  const problems = missing.map((rule) => `The identity lacks the permission to ${rule}.`);
  // A dry run needs the same permissions.
  const checked = problems.length === 0 ? await dryRuns(client, objects) : [];
  problems.push(...checked.flatMap(({ refusal }) => refusal ?? []));
  if (problems.length === 0) return checked.map(({ stored }) => stored);
  const list = problems.map((problem) => `  - ${problem}`).join('\n');
  const grant =
    missing.length > 0
      ? `\nGrant them with a Role and a RoleBinding in the namespace ${client.namespace}. If the cluster uses Azure RBAC, assign the role 'Azure Kubernetes Service RBAC Writer'.`
      : '';
  throw new TaskError(`Nothing was deployed, because the cluster would refuse it:\n${list}${grant}`);
}

/** A dry run of each object. */
async function dryRuns(client: KubernetesClient, objects: readonly Planned[]): Promise<readonly Checked[]> {
  const isNewNamespace = ({ resource, live }: Planned): boolean => resource.kind === namespaces.kind && !live;
  const planned = new Set(objects.filter(isNewNamespace).map(nameOf));
  return await Promise.all(
    objects.map(async ({ resource, object, isForced = false }): Promise<Checked> => {
      // A dry run is impossible in a namespace that is created with the objects.
      if (resource.isNamespaced && planned.has(object.metadata?.namespace ?? client.namespace)) return {};
      try {
        return { stored: (await client.apply(resource, object, { isDryRun: true, isForced })).object };
      } catch (error) {
        if (!(error instanceof HttpError) || error.isTransient) throw error;
        return { refusal: `${titleOf(object)}: ${error.serviceMessage || error.message}` };
      }
    }),
  );
}

function nameOf({ object }: Planned): string {
  return object.metadata?.name ?? '';
}

function ruleText({ verb, resource, subresource, name }: Action): string {
  const what = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  const group = groupOf(resource);
  return `${verb} ${what}${group && ` of ${group}`}${name === undefined ? '' : ` (${name})`}`;
}
