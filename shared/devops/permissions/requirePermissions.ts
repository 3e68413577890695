import { TaskError } from '../../errors';
import { joined } from '../../sentences';
import { nameOf } from '../callerNames';
import type { Devops } from '../devops';
import { protectedAccess } from '../explainRefusal';
import { namespaces, type BitName, type NamespaceName, type SecurityNamespace } from './namespaces';

/** A permission that work needs. */
export interface NeededPermission {
  readonly namespace: SecurityNamespace;
  /** The name of the bit, such as `CreateRepository`. */
  readonly permission: string;
  readonly token: string;
  /** What the token stands for, for messages: `the project 'ml'`. */
  readonly on: string;
}

/** The part of an organization that permissions are evaluated with. */
type Evaluator = Pick<Devops, 'security' | 'caller' | 'isJob'>;

/** A permission of a namespace, for a token of `tokens`. */
export function needed<N extends NamespaceName>(
  namespace: N,
  permission: BitName<N>,
  token: string,
  on: string,
): NeededPermission {
  return { namespace: namespaces[namespace], permission, token, on };
}

/** Those of the permissions that the identity lacks, from one request. */
export async function missingPermissions(
  { security }: Pick<Evaluator, 'security'>,
  permissions: readonly NeededPermission[],
): Promise<readonly NeededPermission[]> {
  const answers = await security.evaluate(
    permissions.map(({ namespace, permission, token }) => ({
      securityNamespaceId: namespace.id,
      token,
      permissions: namespace.bits[permission]?.bit ?? 0,
    })),
  );
  return permissions.filter((_, index) => answers[index] !== true);
}

/**
 * Checks before any change that the identity has all permissions. Throws a TaskError that lists every missing one, with the
 * identity by the name that Azure DevOps shows, and where to grant it.
 */
export async function requirePermissions(devops: Evaluator, permissions: readonly NeededPermission[]): Promise<void> {
  const missing = await missingPermissions(devops, permissions);
  if (missing.length === 0) return;
  throw new TaskError(await describeMissing(devops, missing));
}

/**
 * Makes sure that something which was not found does not exist: Azure DevOps hides from an identity what it may not see.
 * Throws a TaskError when the identity lacks the permission to see it.
 */
export async function requireAbsence(
  devops: Evaluator,
  /** `the repository 'm1'` */
  what: string,
  permissionToSee: NeededPermission,
): Promise<void> {
  const missing = await missingPermissions(devops, [permissionToSee]);
  if (missing.length === 0) return;
  throw new TaskError(
    `Could not determine whether ${what} exists: the identity may not see it. ${await describeMissing(devops, missing)}`,
  );
}

/** Who lacks which permissions, and where to grant them, in sentences. */
export async function describeMissing(devops: Evaluator, missing: readonly NeededPermission[]): Promise<string> {
  const who = nameOf(await devops.caller());
  const hint = devops.isJob ? protectedAccess : '';
  const [only, ...others] = missing;
  if (only !== undefined && others.length === 0)
    return joined(`The identity ${who} lacks the permission ${described(only)}.`, hint);
  const lines = missing.map((each) => `\n  - ${described(each)}`);
  return `The identity ${who} lacks ${missing.length} permissions:${lines.join('')}${hint === '' ? '' : `\n${hint}`}`;
}

function described({ namespace, permission, on }: NeededPermission): string {
  const { shownAs = permission } = namespace.bits[permission] ?? {};
  return `'${shownAs}' (${permission}) on ${on}; grant it in ${namespace.page}`;
}
