import type { Condition } from '../types';

/** The conditions with one of them set; its time moves only when its status does. */
export function withCondition(
  all: readonly Condition[] | undefined,
  condition: Condition,
  now: string,
  hasUpdateTime = false,
): Condition[] {
  const before = all?.find(({ type }) => type === condition.type);
  const isSame = before?.status === condition.status;
  const isUnchanged = isSame && before.reason === condition.reason && before.message === condition.message;
  if (isUnchanged) return [...(all ?? [])];
  const next: Condition = {
    ...condition,
    ...(hasUpdateTime && { lastUpdateTime: now }),
    lastTransitionTime: isSame ? (before.lastTransitionTime ?? now) : now,
  };
  return before ? (all ?? []).map((one) => (one === before ? next : one)) : [...(all ?? []), next];
}

export const conditionOf = (all: readonly Condition[] | undefined, type: string): Condition | undefined =>
  all?.find((one) => one.type === type);
