import type { TokenSource } from '../http/tokenSource';

/**
 * Tokens for a principal that has rights on the workspace's Azure resource and is not in the workspace yet: Databricks
 * adds it at its first call
 * (https://learn.microsoft.com/azure/databricks/dev-tools/service-prin-aad-token, "API access for service principals that are Azure Databricks workspace admins").
 */
export function withManagementToken(tokens: TokenSource, management: TokenSource, resourceId: string): TokenSource {
  let used: string | undefined;
  return {
    get identity() {
      return tokens.identity;
    },
    token: (signal) => tokens.token(signal),
    refused(token) {
      if (used !== undefined) management.refused(used);
      return tokens.refused(token);
    },
    async headers(signal) {
      used = await management.token(signal);
      return {
        'X-Databricks-Azure-SP-Management-Token': used,
        'X-Databricks-Azure-Workspace-Resource-Id': resourceId,
      };
    },
  };
}
