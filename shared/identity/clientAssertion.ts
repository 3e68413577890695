import { constants, createPrivateKey, randomUUID, sign, X509Certificate, type KeyObject } from 'node:crypto';
import type { Clock } from '../clock';

/** A certificate with its private key, by which an application proves who it is. */
export interface ClientCertificate {
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
}

/** Reads PEM text with a certificate and its RSA private key, in any order. Throws an Error that says what is missing, never what is there. */
export function readClientCertificate(pem: string): ClientCertificate {
  const certificatePem = block(pem, 'CERTIFICATE');
  const keyPem = block(pem, /-----BEGIN ([A-Z ]*PRIVATE KEY)-----/.exec(pem)?.[1] ?? 'PRIVATE KEY');
  if (certificatePem === undefined) throw new Error('it holds no certificate (BEGIN CERTIFICATE)');
  if (keyPem === undefined) throw new Error('it holds no private key (BEGIN PRIVATE KEY)');
  if (keyPem.includes('ENCRYPTED'))
    throw new Error('its private key is encrypted: store it without a passphrase, the connection keeps it secret');
  const certificate = readOr('its certificate can not be read', () => new X509Certificate(certificatePem));
  const privateKey = readOr('its private key can not be read', () => createPrivateKey(keyPem));
  if (privateKey.asymmetricKeyType !== 'rsa')
    throw new Error('its key is not RSA, the only kind that Microsoft Entra ID takes');
  if (!certificate.checkPrivateKey(privateKey)) throw new Error('its private key does not belong to its certificate');
  return { certificate, privateKey };
}

const lifeSeconds = 600;

/**
 * A signed statement of an application to a token endpoint
 * (https://learn.microsoft.com/entra/identity-platform/certificate-credentials).
 */
export function clientAssertion(
  { certificate, privateKey }: ClientCertificate,
  { clientId, tokenEndpoint }: { readonly clientId: string; readonly tokenEndpoint: string },
  clock: Clock,
): string {
  const now = Math.floor(clock.date() / 1000);
  const thumbprint = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
  const header = { alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint };
  const claims = {
    aud: tokenEndpoint,
    iss: clientId,
    sub: clientId,
    jti: randomUUID(),
    nbf: now,
    iat: now,
    exp: now + lifeSeconds,
  };
  const content = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(content), {
    key: privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
  return `${content}.${signature.toString('base64url')}`;
}

function block(pem: string, kind: string): string | undefined {
  const start = pem.indexOf(`-----BEGIN ${kind}-----`);
  const end = `-----END ${kind}-----`;
  const last = start < 0 ? -1 : pem.indexOf(end, start);
  return last < 0 ? undefined : pem.slice(start, last + end.length);
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function readOr<T>(problem: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(problem, { cause: error });
  }
}
