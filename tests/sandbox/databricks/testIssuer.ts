import { type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose';
import { Faults } from '../../../sandbox/http/faults';
import { closeServer, jsonType, listen, type TlsOptions } from '../../../sandbox/http/httpServer';
import { RequestLog } from '../../../sandbox/http/requestLog';

export interface TestIssuer {
  readonly url: string;
  readonly jwks: JSONWebKeySet;
  readonly requests: RequestLog;
  /** Signs with a key that is published; `exp` is five minutes after `iat` if nothing else is said. */
  sign(claims: JWTPayload & { iat: number }): Promise<string>;
  /** Signs from now on with another key, which is published too. */
  rotateKey(): Promise<void>;
  close(): Promise<void>;
}

/** An identity provider with OpenID configuration and keys, and with no opinion on what it signs. */
export async function startTestIssuer(tls?: TlsOptions): Promise<TestIssuer> {
  const jwks: JSONWebKeySet = { keys: [] };
  const requests = new RequestLog();
  let privateKey: CryptoKey;
  const rotateKey = async () => {
    const pair = await generateKeyPair('ES256');
    privateKey = pair.privateKey;
    jwks.keys.push({ ...(await exportJWK(pair.publicKey)), kid: String(jwks.keys.length + 1) });
  };
  await rotateKey();
  const answer = (path: string) =>
    path === '/keys' ? jwks : { issuer: url, jwks_uri: `${url}/keys`, token_endpoint: `${url}/token` };
  const { server, url } = await listen(
    {
      answer: (received) =>
        Promise.resolve({
          status: 200,
          headers: jsonType,
          body: Buffer.from(JSON.stringify(answer(received.url.pathname))),
        }),
      errorBody: (error) => JSON.stringify({ error }),
      faults: new Faults(),
      requests,
      ...(tls && { tls }),
    },
    0,
  );
  return {
    url,
    jwks,
    requests,
    sign: (claims) =>
      new SignJWT({ iss: url, exp: claims.iat + 300, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: String(jwks.keys.length) })
        .sign(privateKey),
    rotateKey,
    close: () => closeServer(server),
  };
}
