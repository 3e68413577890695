import type { ContainerGroup, GroupBody } from './containerInstances';
import { groupDifferences, isImmutable, type GroupDifference } from './difference';
import { digestTag, hasDigest } from './settings';
import { isEnded, isStopped } from './verdict';

/** What has to be done to a group that there is. */
export type GroupPlan =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'start' }
  | {
      /** `recreate` where nothing is lost: what there is doesn't run any more. */
      readonly kind: 'update' | 'replace' | 'recreate';
      /** In the words that follow the name of the group. */
      readonly reason: string;
      readonly differences: readonly GroupDifference[];
    };

/**
 * Compares a group with what is wanted. The fingerprint tells of what Azure keeps to itself, such as secrets, and of
 * what is no longer wanted; the settings tell what somebody changed by hand.
 */
export function planGroup(wanted: GroupBody, found: ContainerGroup, digest: string): GroupPlan {
  const isOurs = hasDigest(found, digest);
  const differences = groupDifferences(wanted, found)
    // Azure need not give back all that it was told.
    .filter((each) => !isOurs || each.found !== undefined)
    .filter(({ place }) => place !== `tags.${digestTag}`);
  if (isEnded(found)) return { kind: 'recreate', reason: 'has ended and is made anew:', differences };
  if (differences.some(isImmutable))
    return { kind: 'replace', reason: 'can be changed so only by making it anew:', differences };
  if (differences.length > 0) return { kind: 'update', reason: 'differs; updating it starts it again:', differences };
  if (!isOurs) return { kind: 'update', reason: 'differs in what Azure does not show, such as a secret:', differences };
  return { kind: isStopped(found) ? 'start' : 'unchanged' };
}
