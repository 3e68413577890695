import { differences, type Difference } from '../../comparison/difference';
import type { JsonMap } from '../../json';
import { jobBehaviors } from './knownBehavior';

/**
 * Where a job differs from its settings as they were written. What somebody has added to the job by hand, and a reset
 * would remove, is a difference too: all that is there beyond what was written and what Databricks fills in.
 */
export function jobDifferences(wanted: JsonMap, found: JsonMap): readonly Difference[] {
  return differences(wanted, found, jobBehaviors);
}
