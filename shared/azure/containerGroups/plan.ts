import type { ContainerGroup, GroupBody } from './containerInstances';
import { groupDifferences, isImmutable, type GroupDifference } from './difference';
import { digestTag, hasDigest } from './settings';
import { isEnded, isStopped } from './verdict';

/** What has to be done to an existing group. */
export type GroupPlan =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'start' }
  | {
      /** `recreate` when the group has ended, so that nothing is lost. */
      readonly kind: 'update' | 'replace' | 'recreate';
      /** In the words that follow the name of the group. */
      readonly reason: string;
      readonly differences: readonly GroupDifference[];
    };

/**
 * Compares a group with its definition. The fingerprint finds changes of what Azure never returns, such as secrets, and of
 * settings that were removed; the settings themselves show what somebody changed by hand.
 */
export function planGroup(wanted: GroupBody, found: ContainerGroup, digest: string): GroupPlan {
  const isOurs = hasDigest(found, digest);
  const differences = groupDifferences(wanted, found)
    // Azure does not return every setting that it accepted.
    .filter((each) => !isOurs || each.found !== undefined)
    .filter(({ place }) => place !== `tags.${digestTag}`);
  if (isEnded(found)) return { kind: 'recreate', reason: 'has ended and is created again:', differences };
  if (differences.some(isImmutable))
    return { kind: 'replace', reason: 'cannot be updated in place and is replaced:', differences };
  if (differences.length > 0)
    return { kind: 'update', reason: 'differs and is updated, which restarts it:', differences };
  if (!isOurs)
    return {
      kind: 'update',
      reason: 'differs in a setting that Azure does not return, such as a secret, and is updated:',
      differences,
    };
  return { kind: isStopped(found) ? 'start' : 'unchanged' };
}
