import type { Context } from '../agent/context';
import { pathSegment } from '../pathSegment';
import { ownerOf } from './claims';
import { entraDialect } from './dialect';
import { issuedToken } from './issuedToken';
import { RenewedTokens } from './renewedTokens';
import { secondsToSignIn, tokenClient } from './signIn';

/** An application in a tenant of Microsoft Entra ID. */
export interface EntraApplication {
  readonly clientId: string;
  readonly tenantId: string;
  /** `https://login.microsoftonline.com/` */
  readonly authority: string;
}

/** How an application proves its identity. */
export interface EntraProof {
  /** For messages: `with the client secret of the connection`. */
  readonly means: string;
  /** The fields of the token request; all are secrets except those that the protocol fixes. */
  fields(tokenEndpoint: string): Promise<Readonly<Record<string, string>>>;
  /** What else helps to see why the proof was refused. */
  describe?(): string;
}

/** The service that a token is for. */
export interface Resource {
  /** For messages, such as `Databricks`. */
  readonly name: string;
  /** The application id or URI of the service. */
  readonly id: string;
}

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Tokens of an application for a resource (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow). */
export function entraTokens(
  { clientId, tenantId, authority }: EntraApplication,
  proof: EntraProof,
  resource: Resource,
  context: Context,
): RenewedTokens {
  const service = 'Microsoft Entra ID';
  let owner = '';
  const identity = (): string => `service principal ${clientId}${owner} of tenant ${tenantId}, ${proof.means}`;
  const path = `/${pathSegment(tenantId)}/oauth2/v2.0/token`;
  const http = tokenClient(
    {
      baseUrl: authority,
      service,
      dialect: entraDialect,
      whoAsked: () => `The token was requested as ${identity()}. ${proof.describe?.() ?? ''}`.trim(),
    },
    context,
  );
  return new RenewedTokens({
    ...context,
    identity,
    async issue(isRenewal) {
      const fields = await proof.fields(authority.replace(/\/$/, '') + path);
      const issued = await http.json(
        {
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
          hasSecretAnswer: true,
          budgetSeconds: secondsToSignIn,
        },
        issuedToken,
      );
      owner = ownerOf(issued.token);
      return issued;
    },
  });
}
