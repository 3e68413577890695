import type { KnownBehaviors } from '../../comparison/knownBehavior';

const api = 'https://docs.databricks.com/api/azure/workspace/clusters';
const cli = 'https://github.com/databricks/cli/blob/main/bundle/direct/dresources/resources.yml';
const cliCode = 'https://github.com/databricks/cli/blob/main/bundle/direct/dresources/cluster.go';

/** How Databricks treats the settings of a cluster, also of one that is part of a job. */
export const clusterBehaviors: KnownBehaviors = [
  { path: 'docker_image.basic_auth', is: 'writeOnly', source: `${api}/get` },
  // Databricks sets the size of a single-node cluster, whatever is written.
  { path: 'num_workers', is: 'ignored', ifWritten: 'is_single_node', source: `${api}/create#is_single_node` },
  { path: 'ssh_public_keys', is: 'set', source: `${api}/create#ssh_public_keys` },
  {
    path: 'data_security_mode',
    is: 'alias',
    values: {
      DATA_SECURITY_MODE_AUTO: ['SINGLE_USER', 'USER_ISOLATION'],
      DATA_SECURITY_MODE_DEDICATED: ['SINGLE_USER'],
      DATA_SECURITY_MODE_STANDARD: ['USER_ISOLATION'],
    },
    source: cliCode,
  },
  // A cluster that scales itself may have the wanted size by chance.
  { path: 'autoscale', is: 'default', unlessWritten: 'num_workers', source: `${api}/edit` },
  // Policies, and the service itself, fill in what they like.
  { path: '**', is: 'default', source: cli },
];

/** A cluster that is part of a job has no `spec`, in which a cluster returns what was last asked for. */
export const jobClusterBehaviors: KnownBehaviors = [
  { path: 'apply_policy_default_values', is: 'writeOnly', source: cli },
  ...clusterBehaviors,
];
