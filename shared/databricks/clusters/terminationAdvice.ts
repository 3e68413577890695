/** What to do about the usual reasons for which clusters end, by the codes of Databricks' `TerminationReasonCode`. */
const advice: readonly (readonly [codes: readonly string[], advice: string])[] = [
  [
    [
      'AZURE_QUOTA_EXCEEDED_EXCEPTION',
      'AWS_RESOURCE_QUOTA_EXCEEDED',
      'GCP_QUOTA_EXCEEDED',
      'GCP_RESOURCE_QUOTA_EXCEEDED',
    ],
    'The cloud subscription has no quota left for these machines: ask for more, stop other clusters, or take fewer or other nodes.',
  ],
  [
    [
      'CLOUD_PROVIDER_RESOURCE_STOCKOUT',
      'CLOUD_PROVIDER_RESOURCE_STOCKOUT_DUE_TO_MISCONFIG',
      'AWS_INSUFFICIENT_INSTANCE_CAPACITY_FAILURE',
      'GCP_INSUFFICIENT_CAPACITY',
    ],
    'The region has no such machines at the moment: try again later, or take another node type, zone or an instance pool.',
  ],
  [
    [
      'AZURE_RESOURCE_MANAGER_THROTTLING',
      'AZURE_RESOURCE_PROVIDER_THROTTLING',
      'AWS_REQUEST_LIMIT_EXCEEDED',
      'GCP_API_RATE_QUOTA_EXCEEDED',
      'CLUSTER_OPERATION_THROTTLED',
      'REQUEST_THROTTLED',
    ],
    'Too many machines were asked for at once: try again in some minutes, and start fewer clusters at the same time.',
  ],
  [
    ['INIT_SCRIPT_FAILURE', 'GLOBAL_INIT_SCRIPT_FAILURE'],
    'An init script failed: its output is in the cluster’s event log and, with cluster_log_conf, in the init_scripts folder of its logs.',
  ],
  [
    [
      'SUBNET_EXHAUSTED_FAILURE',
      'AWS_INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET_FAILURE',
      'IP_EXHAUSTION_FAILURE',
      'GCP_IP_SPACE_EXHAUSTED',
    ],
    'The workspace’s subnet has no free addresses left: stop other clusters, take fewer nodes, or have the subnet enlarged.',
  ],
  [
    ['SPOT_INSTANCE_TERMINATION', 'AWS_MAX_SPOT_INSTANCE_COUNT_EXCEEDED_FAILURE'],
    'The cloud took its spot machines back: try again, or take on-demand machines (availability) at least for the driver.',
  ],
  [
    ['SELF_BOOTSTRAP_FAILURE', 'BOOTSTRAP_TIMEOUT', 'BOOTSTRAP_TIMEOUT_DUE_TO_MISCONFIG', 'NPIP_TUNNEL_SETUP_FAILURE'],
    'The machines started but could not reach Databricks: check the network’s outbound rules, routes, firewall and DNS.',
  ],
  [
    ['AZURE_VNET_CONFIGURATION_FAILURE', 'NETWORK_CONFIGURATION_FAILURE', 'AZURE_INVALID_DEPLOYMENT_TEMPLATE'],
    'The cloud refused the network or the machines that the workspace asks for: the parameters say which.',
  ],
  [
    ['AZURE_OPERATION_NOT_ALLOWED_EXCEPTION', 'GCP_DENIED_BY_ORG_POLICY', 'AWS_AUTHORIZATION_FAILURE', 'GCP_FORBIDDEN'],
    'The cloud does not allow it: a policy, a lock or a missing right of the subscription is in the way.',
  ],
  [
    ['INSTANCE_POOL_MAX_CAPACITY_REACHED', 'INSTANCE_POOL_CLUSTER_FAILURE', 'INSTANCE_POOL_NOT_FOUND'],
    'The instance pool could not give the machines: check that it exists and its max_capacity.',
  ],
  [
    [
      'INVALID_ARGUMENT',
      'INVALID_SPARK_IMAGE',
      'SPARK_IMAGE_NOT_FOUND',
      'UNSUPPORTED_INSTANCE_TYPE',
      'EOS_SPARK_IMAGE',
    ],
    'The specification asks for what is not offered: check spark_version, node_type_id and spark_conf.',
  ],
  [
    ['SECRET_RESOLUTION_ERROR', 'SECRET_PERMISSION_DENIED'],
    'A secret that the specification refers to could not be read: check its scope, its key and who may read it.',
  ],
  [
    ['DOCKER_IMAGE_PULL_FAILURE', 'IMAGE_PULL_PERMISSION_DENIED', 'CONTAINER_LAUNCH_FAILURE'],
    'The container image could not be fetched or started: check its address and the rights of basic_auth.',
  ],
  [
    ['DRIVER_OUT_OF_MEMORY', 'DRIVER_UNRESPONSIVE', 'SPARK_STARTUP_FAILURE', 'SPARK_ERROR'],
    'The driver did not come up: check spark_conf and the libraries, or take a larger driver; the driver log says more.',
  ],
  [['INACTIVITY'], 'Nobody used it for its autotermination_minutes: raise them if it should stay longer.'],
  [['USER_REQUEST'], 'Somebody terminated it while it started, a person or another pipeline: see its event log.'],
  [['TRIAL_EXPIRED', 'BUDGET_POLICY_LIMIT_ENFORCEMENT_ACTIVATED'], 'The account’s trial or budget is used up.'],
  [
    ['INTERNAL_ERROR', 'CLOUD_PROVIDER_LAUNCH_FAILURE', 'CONTROL_PLANE_REQUEST_FAILURE', 'TEMPORARILY_UNAVAILABLE'],
    'A fault of Databricks or the cloud that often passes: try again.',
  ],
];

const adviceByCode = new Map(advice.flatMap(([codes, text]) => codes.map((code) => [code, text] as const)));

/** One line on what to do about a cluster that ended for this reason; undefined when none is known. */
export function terminationAdvice(code: string): string | undefined {
  return adviceByCode.get(code);
}
