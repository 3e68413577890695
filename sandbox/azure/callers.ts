import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose';
import { fetchJson } from '../http/fetchJson';
import { ArmError, tokenExpired, tokenForOther, tokenInvalid, tokenMissing, tokenOfOtherTenant } from './armError';

/** Who sent a request: an application or a managed identity. */
export interface Caller {
  readonly appId: string;
  readonly objectId: string;
}

/** By whose tokens callers are known. */
export interface TokenIssuer {
  /** The `iss` of the access tokens of the tenant that the subscriptions belong to. */
  readonly issuer: string;
  readonly jwksUri: string;
}

/** The audiences of tokens for Resource Manager in the public cloud. */
export const publicAudiences = [
  'https://management.core.windows.net/',
  'https://management.core.windows.net',
  'https://management.azure.com/',
  'https://management.azure.com',
];

/** Knows callers by their Entra tokens. */
export class Callers {
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;

  constructor(
    private readonly entra: TokenIssuer,
    private readonly audiences: readonly string[],
    private readonly clock: { now(): number },
    issuerCa: string | undefined,
  ) {
    this.#keys = createRemoteJWKSet(new URL(entra.jwksUri), {
      [customFetch]: async (url) => Response.json(await fetchJson(url, issuerCa)),
    });
  }

  /** @throws ArmError when the token is missing, or is not good for Resource Manager */
  async authenticate(authorization: string | undefined): Promise<Caller> {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw tokenMissing();
    const { iss = '', aud, appid, oid } = await this.#verify(token);
    if (iss !== this.entra.issuer) throw tokenOfOtherTenant(iss, this.entra.issuer);
    const audience = [aud].flat().join(',');
    if (!this.audiences.includes(audience)) throw tokenForOther(audience, this.audiences);
    if (typeof appid !== 'string' || typeof oid !== 'string') throw tokenInvalid();
    return { appId: appid, objectId: oid };
  }

  /** Whether a token of this tenant is good for another resource. */
  async isFor(token: string, audience: string): Promise<boolean> {
    try {
      const { iss, aud } = await this.#verify(token);
      return iss === this.entra.issuer && [aud].flat().includes(audience);
    } catch (error) {
      if (error instanceof ArmError) return false;
      throw error;
    }
  }

  /** Who shows a token of this tenant for one of these audiences; nobody where it isn't one. */
  async callerFor(token: string, audiences: readonly string[]): Promise<Caller | undefined> {
    try {
      const { iss, aud, appid, oid } = await this.#verify(token);
      const isFor = iss === this.entra.issuer && [aud].flat().some((each) => audiences.includes(each ?? ''));
      return isFor && typeof appid === 'string' && typeof oid === 'string'
        ? { appId: appid, objectId: oid }
        : undefined;
    } catch (error) {
      if (error instanceof ArmError) return undefined;
      throw error;
    }
  }

  async #verify(token: string): Promise<JWTPayload> {
    const now = this.clock.now();
    try {
      const verified = await jwtVerify(token, this.#keys, { algorithms: ['RS256'], currentDate: new Date(now) });
      return verified.payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw tokenExpired(error.payload.exp ?? 0, Math.floor(now / 1000));
      if (error instanceof errors.JOSEError) throw tokenInvalid();
      throw error;
    }
  }

  /** What a refusal says of where tokens are to be had. */
  challenge(error: string, description: string): string {
    const tenantId = new URL(this.entra.issuer).pathname.split('/')[1] ?? '';
    const authority = `${new URL(this.entra.jwksUri).origin}/${tenantId}`;
    return `Bearer authorization_uri="${authority}", error="${error}", error_description="${description}"`;
  }
}
