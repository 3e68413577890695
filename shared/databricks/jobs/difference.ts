import type { Json, JsonMap } from '../../json';
import { differences, type Difference } from '../difference';

/** The lists in a job whose entries the API knows by a name. */
const listKeys = {
  tasks: 'task_key',
  depends_on: 'task_key',
  job_clusters: 'job_cluster_key',
  environments: 'environment_key',
  parameters: 'name',
};

/**
 * What Databricks fills in where nobody wrote anything, and with which value where only that one means nothing.
 * Source: the Jobs API 2.2 reference, and what the Databricks CLI and its Terraform provider have learned to disregard.
 */
const filledIn: readonly (readonly [path: RegExp, value?: Json])[] = [
  [/^(budget_policy_id|deployment|edit_mode|format|parent_path|performance_target|queue|run_as|usage_policy_id)$/],
  [/^max_concurrent_runs$/, 1],
  [/^(schedule|trigger|continuous)\/pause_status$/, 'UNPAUSED'],
  [/^continuous\/task_retry_mode$/, 'NEVER'],
  [/^environments\/[^/]+\/spec\/(client|environment_version)$/],
  [/^tasks\/.*_task\/(file\/)?source$/],
  [/^tasks\/([^/]+|.*\/for_each_task\/task)\/run_if$/, 'ALL_SUCCESS'],
  // Cluster policies fill in whatever they like.
  [/\/new_cluster\//],
];

/**
 * Where a job differs from its settings as they were written. Also counts what somebody has added to the job by hand
 * and a reset would take away: all that is there beyond what was written and what Databricks fills in.
 */
export function jobDifferences(wanted: JsonMap, found: JsonMap): readonly Difference[] {
  return differences(wanted, found, { listKeys, countsUnwritten: isAddedByHand });
}

function isAddedByHand(path: readonly string[], value: Json): boolean {
  const place = path.join('/');
  return !filledIn.some(([pattern, usual]) => pattern.test(place) && (usual === undefined || usual === value));
}
