import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import { fetchJson } from '../../http/fetchJson';
import type { OrganizationState } from '../organizationState';
import type { Credential } from './caller';

/** By whose tokens people and applications are known. */
export interface EntraTrust {
  /** The `iss` of the access tokens of the tenant. */
  readonly issuer: string;
  readonly jwksUri: string;
  /** In PEM, for HTTPS. */
  readonly ca?: string;
}

/** The application of Azure DevOps at Entra, the same in all tenants. */
const azureDevOps = '499b84ac-1321-427f-aa17-267ca6975798';

/** Knows callers by their Entra tokens; they must be in the organisation. */
export class EntraTokens {
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;

  constructor(
    private readonly trust: EntraTrust,
    private readonly state: OrganizationState,
  ) {
    this.#keys = createRemoteJWKSet(new URL(trust.jwksUri), {
      [customFetch]: async (url) => Response.json(await fetchJson(url, trust.ca)),
    });
  }

  /** Undefined for a token that is not good here. */
  async credentialOf(token: string): Promise<Credential | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        algorithms: ['RS256'],
        issuer: this.trust.issuer,
        audience: azureDevOps,
        currentDate: new Date(this.state.clock.now()),
      });
      const identity = typeof payload['oid'] === 'string' ? this.state.identities.byOrigin(payload['oid']) : undefined;
      return identity && { identity, kind: 'entra', scopes: undefined, repositories: undefined };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}
