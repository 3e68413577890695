import { isRefusal, type Trouble } from '../../http/errors';

/** What to do about a refusal of the API server; undefined when its own message is sufficient. */
export function clientAdvice(trouble: Trouble, azureServerId: string | undefined): string | undefined {
  if (!isRefusal(trouble)) return undefined;
  const { status, serviceMessage } = trouble;
  if (status === 401)
    return azureServerId === undefined
      ? 'The cluster does not accept these credentials. Check that they belong to this cluster and have not expired.'
      : `The cluster accepts only tokens of its own tenant for the Entra application ${azureServerId}. Check the tenant of the service connection.`;
  if (status !== 403) return undefined;
  const rule = missingRule(serviceMessage);
  if (/\bAzure\b/i.test(serviceMessage))
    return "Assign this identity the role 'Azure Kubernetes Service RBAC Writer' on the cluster or on its namespace. A new role takes effect after some minutes.";
  return rule && `Grant it with a Role and a RoleBinding: ${rule}.`;
}

/** The rule for a Role that grants the missing permission. */
function missingRule(message: string): string | undefined {
  const found =
    /cannot (?<verb>\w+) resource "(?<resource>[^"]+)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]+)")?/.exec(
      message,
    )?.groups;
  if (!found) return undefined;
  const { verb = '', resource = '', group = '', namespace } = found;
  const place =
    namespace === undefined ? ' (in a ClusterRole, because it is not namespaced)' : ` in the namespace ${namespace}`;
  return `apiGroups ["${group}"], resources ["${resource}"], verbs ["${verb}"]${place}`;
}
