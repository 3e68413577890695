/** What to do about the usual reasons why clusters terminate, by the codes of Databricks' `TerminationReasonCode`. */
const advice: readonly (readonly [codes: readonly string[], advice: string])[] = [
  [
    [
      'AZURE_QUOTA_EXCEEDED_EXCEPTION',
      'AWS_RESOURCE_QUOTA_EXCEEDED',
      'GCP_QUOTA_EXCEEDED',
      'GCP_RESOURCE_QUOTA_EXCEEDED',
    ],
    'The cloud subscription has no quota left for these machines: request more quota, stop other clusters, or use fewer or other nodes.',
  ],
  [
    [
      'CLOUD_PROVIDER_RESOURCE_STOCKOUT',
      'CLOUD_PROVIDER_RESOURCE_STOCKOUT_DUE_TO_MISCONFIG',
      'AWS_INSUFFICIENT_INSTANCE_CAPACITY_FAILURE',
      'GCP_INSUFFICIENT_CAPACITY',
    ],
    'The region has no such machines at the moment: try again later, or use another node type, another zone or an instance pool.',
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
    'Too many machines were requested at once: try again in some minutes, and start fewer clusters at the same time.',
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
    'The workspace’s subnet has no free addresses left: stop other clusters, use fewer nodes, or enlarge the subnet.',
  ],
  [
    ['SPOT_INSTANCE_TERMINATION', 'AWS_MAX_SPOT_INSTANCE_COUNT_EXCEEDED_FAILURE'],
    'The cloud reclaimed its spot machines: try again, or use on-demand machines (availability) at least for the driver.',
  ],
  [
    ['SELF_BOOTSTRAP_FAILURE', 'BOOTSTRAP_TIMEOUT', 'BOOTSTRAP_TIMEOUT_DUE_TO_MISCONFIG', 'NPIP_TUNNEL_SETUP_FAILURE'],
    'The machines started but could not reach Databricks: check the network’s outbound rules, routes, firewall and DNS.',
  ],
  [
    ['AZURE_VNET_CONFIGURATION_FAILURE', 'NETWORK_CONFIGURATION_FAILURE', 'AZURE_INVALID_DEPLOYMENT_TEMPLATE'],
    'The cloud refused the network or the machines that the workspace requested: the parameters name them.',
  ],
  [
    ['AZURE_OPERATION_NOT_ALLOWED_EXCEPTION', 'GCP_DENIED_BY_ORG_POLICY', 'AWS_AUTHORIZATION_FAILURE', 'GCP_FORBIDDEN'],
    'The cloud does not allow it, because of a policy, a lock or a missing permission of the subscription.',
  ],
  [
    ['INSTANCE_POOL_MAX_CAPACITY_REACHED', 'INSTANCE_POOL_CLUSTER_FAILURE', 'INSTANCE_POOL_NOT_FOUND'],
    'The instance pool could not provide the machines: check that the pool exists, and its max_capacity.',
  ],
  [
    [
      'INVALID_ARGUMENT',
      'INVALID_SPARK_IMAGE',
      'SPARK_IMAGE_NOT_FOUND',
      'UNSUPPORTED_INSTANCE_TYPE',
      'EOS_SPARK_IMAGE',
    ],
    'The specification requests something that is not available: check spark_version, node_type_id and spark_conf.',
  ],
  [
    ['SECRET_RESOLUTION_ERROR', 'SECRET_PERMISSION_DENIED'],
    'A secret that the specification refers to could not be read: check its scope, its key and its permissions.',
  ],
  [
    ['DOCKER_IMAGE_PULL_FAILURE', 'IMAGE_PULL_PERMISSION_DENIED', 'CONTAINER_LAUNCH_FAILURE'],
    'The container image could not be pulled or started: check its address and the credentials in basic_auth.',
  ],
  [
    ['DRIVER_OUT_OF_MEMORY', 'DRIVER_UNRESPONSIVE', 'SPARK_STARTUP_FAILURE', 'SPARK_ERROR'],
    'The driver did not start: check spark_conf, the libraries and the driver log, or use a larger driver.',
  ],
  [['INACTIVITY'], 'It was idle for its autotermination_minutes: increase them if it should run longer.'],
  [['USER_REQUEST'], 'A person or another pipeline terminated it while it was starting: see its event log.'],
  [['TRIAL_EXPIRED', 'BUDGET_POLICY_LIMIT_ENFORCEMENT_ACTIVATED'], 'The account’s trial or budget is used up.'],
  [
    ['INTERNAL_ERROR', 'CLOUD_PROVIDER_LAUNCH_FAILURE', 'CONTROL_PLANE_REQUEST_FAILURE', 'TEMPORARILY_UNAVAILABLE'],
    'A fault of Databricks or of the cloud, which is often temporary: try again.',
  ],
];

const adviceByCode = new Map(advice.flatMap(([codes, text]) => codes.map((code) => [code, text] as const)));

/** One line of advice on a cluster that was terminated for this reason; undefined when none is known. */
export function terminationAdvice(code: string): string | undefined {
  return adviceByCode.get(code);
}
