import type { ConnectionOptions } from './agent/tasks/connections';

/** A service connection of the sandbox. */
export interface SandboxConnection {
  readonly name: string;
  /** A GUID; made from the name when absent. */
  readonly id?: string;
  /** `azurerm` by default. */
  readonly type?: 'azurerm' | 'databricksworkspace';
}

/** What connections need to know of the stand-ins: part of the description of the sandbox. */
export interface ConnectionTargets {
  readonly databricks: { readonly url: string; readonly clientId?: string };
  readonly entra: { readonly url: string; readonly tenantId: string; readonly clientId: string };
  readonly azure: { readonly url: string; readonly subscriptionId: string };
}

/** A service connection by which a task reaches the sandbox with tokens of its job: there is no secret. */
export function federatedConnection(
  { name, id, type = 'azurerm' }: SandboxConnection,
  { databricks, entra, azure }: ConnectionTargets,
): ConnectionOptions {
  const own = { name, ...(id !== undefined && { id }), type };
  if (type === 'databricksworkspace')
    return { ...own, url: databricks.url, scheme: 'None', data: { clientId: databricks.clientId ?? '' } };
  return {
    ...own,
    url: azure.url,
    scheme: 'WorkloadIdentityFederation',
    parameters: { serviceprincipalid: entra.clientId, tenantid: entra.tenantId },
    data: { environment: 'AzureCloud', subscriptionId: azure.subscriptionId, environmentAuthorityUrl: entra.url },
  };
}

/** What connections with a secret need to know of the stand-ins. */
export interface SecretTargets {
  readonly kubernetes: { readonly server: string; readonly ca: string; readonly token: string };
  readonly devops: { readonly url: string; readonly personalAccessToken: string };
}

/** A service connection of another type, by which a task reaches the sandbox with a secret, or which no task of the sandbox uses. */
export function secretConnection(name: string, type: string, { kubernetes, devops }: SecretTargets): ConnectionOptions {
  switch (type.toLowerCase()) {
    case 'kubernetes':
      return {
        name,
        type,
        url: kubernetes.server,
        scheme: 'Token',
        parameters: {
          apiToken: Buffer.from(kubernetes.token).toString('base64'),
          serviceAccountCertificate: Buffer.from(kubernetes.ca).toString('base64'),
        },
        data: { authorizationType: 'ServiceAccount' },
      };
    case 'externaltfs':
      return { name, type, url: devops.url, scheme: 'Token', parameters: { apitoken: devops.personalAccessToken } };
    default:
      return { name, type, url: '', scheme: 'None' };
  }
}
