import { RenewedTokens } from './renewedTokens';
import { ownerOf } from './claims';
import { readIssuedToken, type TokenAnswer } from './issuedToken';
import { secondsToSignIn, tokenClient, type SignInSurroundings } from './signIn';

/** An application of Microsoft Entra ID, and where that is. */
export interface EntraApplication {
  readonly clientId: string;
  readonly tenantId: string;
  /** `https://login.microsoftonline.com/` */
  readonly authority: string;
}

/** By what an application proves who it is. */
export interface EntraProof {
  /** For messages: `with the client secret of the connection`. */
  readonly means: string;
  /** The fields of the token request; all of them are secrets but those that the protocol fixes. */
  fields(tokenEndpoint: string): Promise<Readonly<Record<string, string>>>;
  /** What else helps to see why it was refused. */
  describe?(): string;
}

/** What tokens are for. */
export interface Resource {
  /** For messages, such as `Databricks`. */
  readonly name: string;
  /** Its application id or URI. */
  readonly id: string;
}

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Tokens of an application for a resource (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow). */
export function entraTokens(
  { clientId, tenantId, authority }: EntraApplication,
  proof: EntraProof,
  resource: Resource,
  surroundings: SignInSurroundings,
): RenewedTokens {
  const service = 'Microsoft Entra ID';
  let owner = '';
  const identity = (): string => `service principal ${clientId}${owner} of tenant ${tenantId}, ${proof.means}`;
  const path = `/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
  const http = tokenClient(
    {
      baseUrl: authority,
      service,
      whoAsked: () => `It was asked as ${identity()}. ${proof.describe?.() ?? ''}`.trim(),
    },
    surroundings,
  );
  return new RenewedTokens({
    ...surroundings,
    identity,
    async issue(isRenewal) {
      const fields = await proof.fields(authority.replace(/\/$/, '') + path);
      const answer = await http.json<TokenAnswer>({
        method: 'POST',
        path,
        fields: {
          grant_type: 'client_credentials',
          client_id: clientId,
          scope: `${resource.id.replace(/\/$/, '')}/.default`,
          ...fields,
        },
        secrets: Object.values(fields).filter((value) => value !== assertionType),
        purpose: `${isRenewal ? 'renew the sign-in' : 'sign in'} to ${resource.name} (${resource.id})`,
        repeatable: true,
        budgetSeconds: secondsToSignIn,
      });
      const issued = readIssuedToken(service, answer);
      owner = ownerOf(issued.token);
      return issued;
    },
  });
}
