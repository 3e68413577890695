/** The number of canary replicas that comes closest to a share, and the share that they make. */
export interface CanaryShare {
  readonly replicas: number;
  /** The share of all replicas, and so of new connections. */
  readonly actualPercent: number;
  /** Whether that is within 5 points of the requested share. */
  readonly isWithinTolerance: boolean;
}

const toleratedPoints = 5;

/** For a share of 1 to 99 percent beside a number of stable replicas: only whole pods are possible. */
export function canaryShare(percent: number, stableReplicas: number): CanaryShare {
  const share = percent / 100;
  const replicas = Math.max(1, Math.round((stableReplicas * share) / (1 - share)));
  const actualPercent = (100 * replicas) / (stableReplicas + replicas);
  return { replicas, actualPercent, isWithinTolerance: Math.abs(actualPercent - percent) <= toleratedPoints };
}

/** The minimum number of stable replicas beside which a share is possible. */
export function stableReplicasFor(percent: number): number {
  let replicas = 1;
  while (!canaryShare(percent, replicas).isWithinTolerance) replicas++;
  return replicas;
}
