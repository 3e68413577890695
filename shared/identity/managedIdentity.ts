import { ownerOf } from './claims';
import type { Resource } from './entraTokens';
import { readIssuedToken, type TokenAnswer } from './issuedToken';
import { RenewedTokens } from './renewedTokens';
import { tokenClient, type SignInSurroundings } from './signIn';

/** The address at which the host of an Azure virtual machine answers it; another may take its place, as in Azure's SDKs. */
const metadataService = 'http://169.254.169.254';

/** Less than for other services: where nothing answers soon, there is none. */
const secondsToAnswer = 20;

/**
 * Tokens of the managed identity of the machine that the agent runs on, which is asked without a secret
 * (https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token).
 */
export function managedIdentityTokens(
  /** Of a user-assigned identity; the machine's own without it. */
  clientId: string | undefined,
  resource: Resource,
  surroundings: SignInSurroundings,
): RenewedTokens {
  const service = 'the managed identity endpoint of this machine';
  let owner = '';
  const identity = (): string =>
    (clientId === undefined
      ? 'the system-assigned managed identity'
      : `the user-assigned managed identity ${clientId}`) + `${owner} of the machine that the agent runs on`;
  const baseUrl = surroundings.agent.managedIdentityUrl ?? metadataService;
  const http = tokenClient({ baseUrl, service, whoAsked: () => `It was asked for ${identity()}.` }, surroundings);
  return new RenewedTokens({
    ...surroundings,
    identity,
    async issue(isRenewal) {
      const answer = await http.json<TokenAnswer>({
        method: 'GET',
        path: '/metadata/identity/oauth2/token',
        query: { 'api-version': '2018-02-01', resource: resource.id, client_id: clientId },
        headers: { Metadata: 'true' },
        purpose:
          `${isRenewal ? 'renew the sign-in' : 'sign in'} to ${resource.name} as ${identity()} ` +
          '(which takes an agent on an Azure machine that has this identity)',
        budgetSeconds: secondsToAnswer,
      });
      const issued = readIssuedToken(service, answer);
      owner = ownerOf(issued.token);
      return issued;
    },
  });
}
