import { isRefusal, type Trouble } from '../../http/errors';

/** What to do about a refusal of the API server; undefined where its own words say all. */
export function clientAdvice(trouble: Trouble, azureServerId: string | undefined): string | undefined {
  if (!isRefusal(trouble)) return undefined;
  const { status, serviceMessage } = trouble;
  if (status === 401)
    return azureServerId === undefined
      ? 'The cluster does not accept these credentials: check whether they are for this cluster, and whether they have expired.'
      : `The cluster accepts tokens of its own tenant for the Entra application ${azureServerId} alone: check the tenant of the service connection.`;
  if (status !== 403) return undefined;
  const rule = missingRule(serviceMessage);
  if (/\bAzure\b/i.test(serviceMessage))
    return "Assign the role 'Azure Kubernetes Service RBAC Writer' on the cluster, or on its namespace, to this identity; new roles take some minutes.";
  return rule && `Grant it by a Role and a RoleBinding: ${rule}.`;
}

/** The rule for a Role that allows what the API server says is missing. */
function missingRule(message: string): string | undefined {
  const found =
    /cannot (?<verb>\w+) resource "(?<resource>[^"]+)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]+)")?/.exec(
      message,
    )?.groups;
  if (!found) return undefined;
  const { verb = '', resource = '', group = '', namespace } = found;
  const place = namespace === undefined ? ' (a ClusterRole, as it is in no namespace)' : ` in namespace ${namespace}`;
  return `apiGroups ["${group}"], resources ["${resource}"], verbs ["${verb}"]${place}`;
}
