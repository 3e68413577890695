import { isRefusal, type Trouble } from '../../http/errors';

const clusterUser = "'Azure Kubernetes Service Cluster User Role'";

/** By the prefix of an action: the built-in role that grants it, and its scope (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles). */
const roles: readonly (readonly [action: string, role: string])[] = [
  [
    'Microsoft.ContainerService/managedClusters/listClusterAdminCredential',
    "'Azure Kubernetes Service Cluster Admin Role' on the cluster",
  ],
  [
    'Microsoft.ContainerService/managedClusters/accessProfiles',
    `${clusterUser}, or another role that grants this action, on the cluster`,
  ],
  ['Microsoft.ContainerService/managedClusters/listClusterUserCredential', `${clusterUser} on the cluster`],
  ['Microsoft.ContainerService/managedClusters/read', `${clusterUser} on the cluster`],
  [
    'Microsoft.ContainerService/managedClusters/',
    "'Contributor' on the cluster, or a custom role that grants runcommand/action and commandResults/read",
  ],
  ['Microsoft.ContainerInstance/', "'Azure Container Instances Contributor Role' on the resource group"],
  ['Microsoft.MachineLearningServices/registries/', "'AzureML Registry User' on the registry"],
  [
    'Microsoft.MachineLearningServices/locations/',
    "'AzureML Data Scientist' or 'Reader' on the subscription: a role on the workspace does not cover it",
  ],
  ['Microsoft.MachineLearningServices/', "'AzureML Data Scientist' on the workspace"],
  ['Microsoft.ManagedIdentity/userAssignedIdentities/', "'Managed Identity Operator' on the managed identity"],
  ['Microsoft.Network/virtualNetworks/subnets/', "'Network Contributor' on the subnet"],
];

/** What to do when Resource Manager refuses a request; undefined when permissions are not the cause. */
export function permissionAdvice(trouble: Trouble): string | undefined {
  if (!isRefusal(trouble)) return undefined;
  const { status, errorCode, serviceMessage } = trouble;
  if (errorCode === 'InvalidAuthenticationTokenTenant')
    return 'Use a service connection of the tenant of the subscription.';
  if (status !== 403) return undefined;
  const action = actionOf(serviceMessage);
  const role = roles.find(([beginning]) => action?.toLowerCase().startsWith(beginning.toLowerCase()))?.[1];
  return role === undefined
    ? 'Assign it a role that grants the action in the message (Azure portal, Access control (IAM)).'
    : `It lacks the action ${action}. Assign it the role ${role} (Azure portal, Access control (IAM)).`;
}

/** The action in AuthorizationFailed, and in LinkedAuthorizationFailed for a linked resource. */
function actionOf(message: string): string | undefined {
  const actions = [...message.matchAll(/perform action(?:\(s\))? '([^']+)'/g)];
  return actions.at(-1)?.[1];
}
