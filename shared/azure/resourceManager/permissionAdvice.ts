import { isRefusal, type Trouble } from '../../http/errors';

const clusterUser = "'Azure Kubernetes Service Cluster User Role'";

/** By the beginning of an action, the built-in role that holds it, and where (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles). */
const roles: readonly (readonly [action: string, role: string])[] = [
  [
    'Microsoft.ContainerService/managedClusters/listClusterAdminCredential',
    "'Azure Kubernetes Service Cluster Admin Role' on the cluster",
  ],
  [
    'Microsoft.ContainerService/managedClusters/accessProfiles',
    `${clusterUser}, or one that holds this action, on the cluster`,
  ],
  ['Microsoft.ContainerService/managedClusters/listClusterUserCredential', `${clusterUser} on the cluster`],
  ['Microsoft.ContainerService/managedClusters/read', `${clusterUser} on the cluster`],
  [
    'Microsoft.ContainerService/managedClusters/',
    "'Contributor' on the cluster, or a role of your own that holds runcommand/action and commandResults/read",
  ],
  ['Microsoft.ContainerInstance/', "'Azure Container Instances Contributor Role' on the resource group"],
  ['Microsoft.ManagedIdentity/userAssignedIdentities/', "'Managed Identity Operator' on the managed identity"],
  ['Microsoft.Network/virtualNetworks/subnets/', "'Network Contributor' on the subnet"],
];

/** What to do when Resource Manager refuses what an identity asks for; undefined when it is no matter of permissions. */
export function permissionAdvice(trouble: Trouble): string | undefined {
  if (!isRefusal(trouble)) return undefined;
  const { status, errorCode, serviceMessage } = trouble;
  if (errorCode === 'InvalidAuthenticationTokenTenant')
    return 'Use a service connection of the tenant that the subscription belongs to.';
  if (status !== 403) return undefined;
  const action = actionOf(serviceMessage);
  const role = roles.find(([beginning]) => action?.toLowerCase().startsWith(beginning.toLowerCase()))?.[1];
  return role === undefined
    ? 'Give it a role that holds the action which the answer names (Azure portal, Access control (IAM)).'
    : `It lacks the action ${action}: give it the role ${role} (Azure portal, Access control (IAM)).`;
}

/** AuthorizationFailed, and LinkedAuthorizationFailed for a resource that another is to use. */
function actionOf(message: string): string | undefined {
  const actions = [...message.matchAll(/perform action(?:\(s\))? '([^']+)'/g)];
  return actions.at(-1)?.[1];
}
