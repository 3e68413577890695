import { differences, type Difference } from '../../comparison/difference';
import { onlyWritten } from '../../comparison/knownBehavior';
import type { Cluster, ClusterSettings } from '../api/clusters';
import { clusterBehaviors } from './knownBehavior';

/** The size can also be changed without asking for a new specification (`clusters/resize`). */
const sizes = ['num_workers', 'autoscale'];

/**
 * Where a cluster differs from its specification as it was written. A setting that nobody wrote, or no longer writes, may
 * have any value. The service or a policy may replace what was asked for (`auto:latest-lts`), so a setting that was last
 * requested with the same value is not reported as a difference, except for the size.
 */
export function clusterDifferences(
  wanted: ClusterSettings,
  { settings, asked }: Pick<Cluster, 'settings' | 'asked'>,
): readonly Difference[] {
  const changed = Object.entries(wanted).filter(
    ([name, value]) =>
      sizes.includes(name) || !(name in asked) || differences(value, asked[name], onlyWritten).length > 0,
  );
  return differences(Object.fromEntries(changed), settings, clusterBehaviors);
}
