import type { KnownBehaviors } from '../../comparison/knownBehavior';

const api = 'https://docs.databricks.com/api/azure/workspace/clusters';
const cli = 'https://github.com/databricks/cli/blob/main/bundle/direct/dresources/configs';

/** How Databricks treats the settings of a cluster, also of one that is part of a job. */
export const clusterBehaviors: KnownBehaviors = [
  { path: 'apply_policy_default_values', is: 'writeOnly', source: `${cli}/jobs.yml` },
  { path: 'docker_image.basic_auth', is: 'writeOnly', source: `${api}/get` },
  // A cluster that scales itself may have the wanted size by chance.
  { path: 'autoscale', is: 'default', unlessWritten: 'num_workers', source: `${api}/edit` },
  // Policies, and the service itself, fill in what they like (`remote_additions_when`, `backend_default`).
  { path: '**', is: 'default', source: `${cli}/clusters.yml` },
];
