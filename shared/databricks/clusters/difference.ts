import type { Cluster, ClusterSettings } from '../api/clusters';
import { differences, type Difference } from '../difference';

/** Changed without asking for a new specification too (`clusters/resize`). */
const sizes = ['num_workers', 'autoscale'];

/**
 * Where a cluster differs from its specification as it was written. Only what was written counts: a setting that nobody
 * wrote may have any value, and so may one that somebody no longer writes.
 * The service or a policy may put something else in the place of what was asked for (`auto:latest-lts`): a setting that
 * was last asked for in the same words is no difference, except for the size.
 */
export function clusterDifferences(
  wanted: ClusterSettings,
  { settings, asked }: Pick<Cluster, 'settings' | 'asked'>,
): readonly Difference[] {
  const found = Object.entries(wanted)
    .filter(([name, value]) => value !== null && name !== 'apply_policy_default_values') // which is never shown
    .flatMap(([name, value]) => {
      const isAsAsked = !sizes.includes(name) && name in asked && differences(value, asked[name]).length === 0;
      return isAsAsked ? [] : differences(value, settings[name], {}, [name]);
    })
    .filter(({ path }) => path.join('.') !== 'docker_image.basic_auth'); // nor is this
  // A cluster that scales itself may have the wanted size by chance.
  const isFixed = wanted['num_workers'] !== undefined && !wanted['autoscale'];
  return isFixed && settings['autoscale']
    ? [...found, { path: ['autoscale'], wanted: undefined, found: settings['autoscale'] }]
    : found;
}
