import { randomUUID } from 'node:crypto';
import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type GenerateKeyPairResult,
  type JWK,
  SignJWT,
} from 'jose';

/** For whom a token is. */
export interface Principal {
  readonly clientId: string;
  readonly objectId: string;
  readonly tenantId: string;
  /** Whether it showed a secret; a certificate or an assertion otherwise. */
  readonly hasSecret: boolean;
  /** Of a managed identity. */
  readonly resourceId?: string;
}

export interface AccessToken {
  readonly text: string;
  /** Epoch seconds. */
  readonly issuedAt: number;
  /** Epoch seconds. */
  readonly expiresAt: number;
}

/** The `iss` of all access tokens: their resources take version 1.0. */
export const accessTokenIssuer = (tenantId: string) => `https://sts.windows.net/${tenantId}/`;

/** Signs access tokens with a key of its own. */
export class AccessTokens {
  private constructor(
    private readonly privateKey: CryptoKey,
    /** As it is published. */
    readonly publicKey: JWK & { readonly kid: string },
  ) {}

  static async create(keys: GenerateKeyPairResult | undefined): Promise<AccessTokens> {
    const { privateKey, publicKey } = keys ?? (await generateKeyPair('RS256'));
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    return new AccessTokens(privateKey, { ...jwk, use: 'sig', kid, x5t: kid });
  }

  /** Claims as in "Access token claims reference", version 1.0, of an application that acts for itself. */
  async issue(principal: Principal, resource: string, now: number, seconds: number): Promise<AccessToken> {
    const { clientId, objectId, tenantId, hasSecret, resourceId } = principal;
    const issuedAt = Math.floor(now / 1000);
    const expiresAt = issuedAt + seconds;
    const issuer = accessTokenIssuer(tenantId);
    const claims = {
      appid: clientId,
      appidacr: hasSecret ? '1' : '2',
      idp: issuer,
      idtyp: 'app',
      oid: objectId,
      tid: tenantId,
      uti: randomUUID(),
      ver: '1.0',
      ...(resourceId !== undefined && { xms_mirid: resourceId }),
    };
    const { kid } = this.publicKey;
    const text = await new SignJWT(claims)
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid, x5t: kid })
      .setAudience(resource)
      .setIssuer(issuer)
      .setSubject(objectId)
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(this.privateKey);
    return { text, issuedAt, expiresAt };
  }
}
