/** How many replicas of a canary come nearest to a share, and what share they make. */
export interface CanaryShare {
  readonly replicas: number;
  /** The share of all replicas, and so of new connections. */
  readonly truePercent: number;
  /** Whether that is within 5 points of what was asked for. */
  readonly isHonest: boolean;
}

const toleratedPoints = 5;

/** For a share of 1 to 99 percent beside so many replicas of the stable version: whole pods are all there is. */
export function canaryShare(percent: number, stableReplicas: number): CanaryShare {
  const share = percent / 100;
  const replicas = Math.max(1, Math.round((stableReplicas * share) / (1 - share)));
  const truePercent = (100 * replicas) / (stableReplicas + replicas);
  return { replicas, truePercent, isHonest: Math.abs(truePercent - percent) <= toleratedPoints };
}

/** The fewest replicas of the stable version beside which a share can be had. */
export function stableReplicasFor(percent: number): number {
  let replicas = 1;
  while (!canaryShare(percent, replicas).isHonest) replicas++;
  return replicas;
}
