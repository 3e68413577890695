import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose';
import { fetchJson } from '../../http/fetchJson';
import type { SandboxClock } from '../../clock';

/** Where the keys of an issuer are; found through its OpenID configuration when neither is given. */
export interface KeySource {
  readonly issuer: string;
  readonly jwksUri?: string;
  readonly jwksJson?: string;
}

/** Verifies JSON web tokens of others with the keys that they publish. What was fetched once is kept. */
export class JwtVerifier {
  readonly #keys = new Map<string, JWTVerifyGetKey>();
  readonly #jwksUris = new Map<string, string>();

  constructor(
    private readonly clock: SandboxClock,
    /** In PEM: by which issuers are trusted over HTTPS, instead of those of the system. */
    private readonly issuerCa?: string,
  ) {}

  /**
   * The claims of a token that its issuer signed for one of the audiences and that has not expired on the sandbox
   * clock. @throws JOSEError that says what is wrong with it, or Error when the keys can't be had
   */
  async verify(token: string, source: KeySource, audience: readonly string[]): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, await this.#keysOf(source), {
      issuer: source.issuer,
      audience: [...audience],
      requiredClaims: ['exp'],
      currentDate: new Date(this.clock.now()),
    });
    return payload;
  }

  async #keysOf({ issuer, jwksUri, jwksJson }: KeySource): Promise<JWTVerifyGetKey> {
    if (jwksJson !== undefined) return createLocalJWKSet(JSON.parse(jwksJson) as JSONWebKeySet);
    const uri = jwksUri ?? (await this.#discover(issuer));
    let keys = this.#keys.get(uri);
    if (!keys) {
      keys = createRemoteJWKSet(new URL(uri), {
        cooldownDuration: 0,
        [customFetch]: async (url) => Response.json(await fetchJson(url, this.issuerCa)),
      });
      this.#keys.set(uri, keys);
    }
    return keys;
  }

  /** OpenID Connect Discovery 1.0, 4. */
  async #discover(issuer: string): Promise<string> {
    const kept = this.#jwksUris.get(issuer);
    if (kept !== undefined) return kept;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { issuer: named, jwks_uri: uri } = (await fetchJson(url, this.issuerCa)) as Record<string, unknown>;
    if (named !== issuer || typeof uri !== 'string') throw new Error(`${url} is not the configuration of ${issuer}`);
    this.#jwksUris.set(issuer, uri);
    return uri;
  }
}
