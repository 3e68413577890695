import { createHash, randomUUID } from 'node:crypto';
import { generateKeyPair, importPKCS8, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { generate } from 'selfsigned';
import type { Entra } from '../../../sandbox/entra/entra';

export const databricks = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d';
export const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface EntraReply {
  readonly status: number;
  readonly json: Readonly<Record<string, string | number | readonly number[]>>;
}

export interface Asking {
  readonly version?: 1 | 2;
  readonly tenantId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks for a token for Databricks by client credentials; what the form says wins, what is empty isn't sent. */
export async function askToken(
  { url, tenantId: first }: Entra,
  form: Readonly<Record<string, string>>,
  { version = 2, tenantId = first, headers = {} }: Asking = {},
): Promise<EntraReply> {
  const resource = version === 2 ? { scope: `${databricks}/.default` } : { resource: databricks };
  const fields = Object.entries({ grant_type: 'client_credentials', ...resource, ...form });
  return replyOf(
    await fetch(`${url}/${tenantId}/oauth2${version === 2 ? '/v2.0' : ''}/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(fields.filter(([, value]) => value !== '')),
    }),
  );
}

export async function replyOf(response: Response): Promise<EntraReply> {
  return { status: response.status, json: (await response.json()) as EntraReply['json'] };
}

/** Status, error and AADSTS codes of a refusal, with its sentence: without the ids and the time at its end. */
export function refusalOf({ status, json }: EntraReply): readonly [number, unknown, unknown, string] {
  const [sentence = ''] = String(json.error_description).split(' Trace ID: ');
  return [status, json.error, json.error_codes, sentence];
}

/** A certificate as an application registers it: RSA, signed by itself. */
export async function makeCertificate(notAfterDate?: Date): Promise<{ readonly cert: string; readonly key: string }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'pipeline' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
    ...(notAfterDate && { notBeforeDate: new Date(0), notAfterDate }),
  });
  return { cert, key };
}

/** Base64url of the hash of the certificate itself. */
export function thumbprint(pem: string, algorithm: 'sha1' | 'sha256'): string {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return createHash(algorithm).update(der).digest('base64url');
}

export interface AssertionParts {
  readonly header?: Partial<JWTHeaderParameters>;
  readonly claims?: JWTPayload;
  /** Claims that are left out. */
  readonly without?: readonly string[];
}

/** An assertion as "certificate credentials" describes it, with the newer header, or with what is given instead. */
export async function signAssertion(
  { cert, key }: { readonly cert: string; readonly key: string },
  clientId: string,
  audience: string,
  { header, claims, without = [] }: AssertionParts = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = { alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint(cert, 'sha256'), ...header };
  const payload = {
    aud: audience,
    iss: clientId,
    sub: clientId,
    jti: randomUUID(),
    nbf: now,
    exp: now + 600,
    ...claims,
  };
  return new SignJWT(Object.fromEntries(Object.entries(payload).filter(([name]) => !without.includes(name))))
    .setProtectedHeader(all)
    .sign(await importPKCS8(key, all.alg));
}

/** A fresh key pair of an issuer of tokens. */
export const makeIssuerKeys = () => generateKeyPair('RS256');
