import type { Context } from '../agent/context';
import { ownerOf } from './claims';
import { entraDialect } from './dialect';
import type { Resource } from './entraTokens';
import { issuedToken } from './issuedToken';
import { RenewedTokens } from './renewedTokens';
import { tokenClient } from './signIn';

/** The metadata service of an Azure virtual machine; a variable may name another address, as in Azure's SDKs. */
const metadataService = 'http://169.254.169.254';

/** Less than for other services: a machine without managed identities gives no answer. */
const secondsToAnswer = 20;

/**
 * Tokens of the managed identity of the machine that the agent runs on, which needs no secret
 * (https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token).
 */
export function managedIdentityTokens(
  /** Of a user-assigned identity; without it, the system-assigned one is used. */
  clientId: string | undefined,
  resource: Resource,
  context: Context,
): RenewedTokens {
  const service = 'the managed identity endpoint of this machine';
  let owner = '';
  const identity = (): string =>
    (clientId === undefined
      ? 'the system-assigned managed identity'
      : `the user-assigned managed identity ${clientId}`) + `${owner} of the machine that the agent runs on`;
  const baseUrl = context.agent.managedIdentityUrl ?? metadataService;
  const http = tokenClient(
    { baseUrl, service, dialect: entraDialect, whoAsked: () => `The token was requested for ${identity()}.` },
    context,
  );
  return new RenewedTokens({
    ...context,
    identity,
    async issue(isRenewal) {
      const issued = await http.json(
        {
          method: 'GET',
          path: '/metadata/identity/oauth2/token',
          query: { 'api-version': '2018-02-01', resource: resource.id, client_id: clientId },
          headers: { Metadata: 'true' },
          purpose:
            `${isRenewal ? 'renew the sign-in' : 'sign in'} to ${resource.name} as ${identity()} ` +
            '(this needs an agent on an Azure machine that has this identity)',
          hasSecretAnswer: true,
          budgetSeconds: secondsToAnswer,
        },
        issuedToken,
      );
      owner = ownerOf(issued.token);
      return issued;
    },
  });
}
