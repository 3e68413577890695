import { invalidParameter } from '../apiError';
import type { Cluster, TerminationReason } from './cluster';

/**
 * The usual troubles, with the codes and types that the Databricks documentation gives them. The text of the quota is
 * from databricks-industry-solutions/pixels issue 24; the other texts are made up.
 */
export const clusterFailures = {
  quota: {
    code: 'AZURE_QUOTA_EXCEEDED_EXCEPTION',
    type: 'CLIENT_ERROR',
    parameters: {
      azure_error_code: 'QuotaExceeded',
      azure_error_message:
        'Operation could not be completed as it results in exceeding approved standardDSv2Family Cores quota. Additional details - Deployment Model: Resource Manager, Location: westeurope, Current Limit: 10, Current Usage: 8, Additional Required: 8, (Minimum) New Limit Required: 16.',
    },
  },
  stockout: {
    code: 'CLOUD_PROVIDER_RESOURCE_STOCKOUT',
    type: 'CLOUD_FAILURE',
    parameters: {
      azure_error_code: 'SkuNotAvailable',
      azure_error_message:
        "The requested VM size for resource 'Following SKUs have failed for Capacity Restrictions: Standard_DS3_v2' is currently not available in location 'westeurope'.",
    },
  },
  initScript: {
    code: 'INIT_SCRIPT_FAILURE',
    type: 'CLIENT_ERROR',
    parameters: {
      instance_id: 'a1b2c3d4e5f6',
      databricks_error_message:
        'Cluster scoped init script /Workspace/Shared/init.sh failed: Script exit status is non-zero',
    },
  },
  subnet: {
    code: 'SUBNET_EXHAUSTED_FAILURE',
    type: 'CLIENT_ERROR',
    parameters: {
      azure_error_code: 'SubnetIsFull',
      azure_error_message:
        'Subnet private with address prefix 10.139.64.0/26 does not have enough capacity for 8 IP addresses.',
    },
  },
  spot: {
    code: 'SPOT_INSTANCE_TERMINATION',
    type: 'CLOUD_FAILURE',
    parameters: {
      instance_id: 'a1b2c3d4e5f6',
      databricks_error_message: 'The spot instance of the driver was evicted.',
    },
  },
} as const satisfies Record<string, TerminationReason>;

export type ClusterFailure = keyof typeof clusterFailures;

/** How a matching cluster goes at its next start or restart. */
export interface ClusterScript {
  /** Every given property must match; no property matches every cluster. */
  readonly matching?: { readonly clusterId?: string; readonly clusterName?: string };
  /** How many starts it serves; all by default. */
  readonly times?: number;
  /** Sandbox seconds until it runs or fails; the usual time by default. */
  readonly startSeconds?: number;
  /** It runs this many sandbox seconds before it fails. Without it, it fails before it ever runs. */
  readonly runSeconds?: number;
  /** One of the usual failures. */
  readonly failure?: ClusterFailure;
  /** Any other reason, instead of `failure`. Without both, the start only takes `startSeconds`. */
  readonly terminationReason?: TerminationReason;
  /** What is left of it after the failure: `TERMINATED` by default. */
  readonly endState?: 'TERMINATED' | 'ERROR' | 'UNKNOWN';
}

/** @throws ApiError when the script names a failure that there isn't. */
export function checkClusterScript({ failure }: ClusterScript): void {
  if (failure !== undefined && !Object.hasOwn(clusterFailures, failure))
    throw invalidParameter(`Unknown failure '${failure}'. Known: ${Object.keys(clusterFailures).join(', ')}.`);
}

export function matchesCluster({ matching = {} }: ClusterScript, cluster: Cluster): boolean {
  return (
    (matching.clusterId ?? cluster.id) === cluster.id &&
    (matching.clusterName === undefined || matching.clusterName === cluster.spec.cluster_name)
  );
}

/** Why the script lets the cluster fail; `undefined` when it does not. */
export function failureOf(script: ClusterScript | undefined): TerminationReason | undefined {
  return script?.terminationReason ?? (script?.failure && clusterFailures[script.failure]);
}
