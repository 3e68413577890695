import type { Change } from '../change';
import type { Devops } from '../devops';
import { describeMissing, missingPermissions, type NeededPermission } from './requirePermissions';

/**
 * The changes, in their order; those become `blocked` for which the identity lacks a permission, with a note that says what
 * to grant. One request finds out for all.
 */
export async function blockedWhereMissing(
  devops: Devops,
  planned: readonly { readonly change: Change; readonly needs: readonly NeededPermission[] }[],
): Promise<readonly Change[]> {
  const missing = new Set(
    await missingPermissions(
      devops,
      planned.flatMap(({ needs }) => needs),
    ),
  );
  const changes: Change[] = [];
  for (const { change, needs } of planned) {
    const lacking = needs.filter((need) => missing.has(need));
    changes.push(
      lacking.length === 0 ? change : { ...change, kind: 'blocked', notes: [await describeMissing(devops, lacking)] },
    );
  }
  return changes;
}
