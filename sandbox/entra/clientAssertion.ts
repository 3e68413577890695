import { X509Certificate } from 'node:crypto';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import type { Application } from './directory';
import * as refusal from './entraError';
import { fetchJson } from '../http/fetchJson';

export interface AssertionContext {
  readonly application: Application;
  /** The `client_id` of the request. */
  readonly clientId: string;
  /** What an assertion that a certificate signs may be for. */
  readonly audiences: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** Certificates, in PEM, by which issuers over HTTPS are trusted instead of those of the system. */
  readonly issuerCa: string | undefined;
}

/** What a token may be off in time: the default of Microsoft's own libraries. */
const clockTolerance = 300;

/**
 * Verifies a client assertion: one that the application signed with its certificate, or a token of an issuer that it
 * trusts ("certificate credentials", "workload identity federation"). An assertion may come more than once: Microsoft's
 * libraries send theirs until it expires.
 * @throws EntraError
 */
export async function verifyAssertion(assertion: string, context: AssertionContext): Promise<void> {
  let header: ProtectedHeaderParameters;
  let claims: JWTPayload;
  try {
    [header, claims] = [decodeProtectedHeader(assertion), decodeJwt(assertion)];
  } catch {
    throw refusal.malformedAssertion();
  }
  try {
    // Issuers are addresses, applications are not.
    if (claims.iss?.includes('://')) await verifyFederated(assertion, claims, context);
    else await verifySigned(assertion, header, claims, context);
  } catch (error) {
    throw error instanceof errors.JOSEError ? refusalOf(error, claims, context) : error;
  }
}

async function verifySigned(
  assertion: string,
  header: ProtectedHeaderParameters,
  { iss, sub }: JWTPayload,
  { application, clientId, audiences, now }: AssertionContext,
): Promise<void> {
  const { 'x5t#S256': sha256, x5t: sha1 } = header as Readonly<Record<string, unknown>>;
  const presented = sha256 ?? sha1;
  if (typeof presented !== 'string')
    throw refusal.malformedAssertion('Invalid JWT token. No certificate thumbprint specified in token header.');
  if (iss !== clientId || sub !== clientId) throw refusal.assertionOfAnother();
  const thumbprint = Buffer.from(presented, 'base64url').toString('hex').toUpperCase();
  const certificate = application.certificates
    .map((pem) => new X509Certificate(pem))
    .find((one) => (sha256 ? one.fingerprint256 : one.fingerprint).replaceAll(':', '') === thumbprint);
  if (!certificate) throw refusal.unregisteredCertificate(application, thumbprint);
  if (Date.parse(certificate.validTo) < now)
    throw refusal.invalidSignature(
      application,
      `The key used is expired., Thumbprint of key used by client: '${thumbprint}'`,
    );
  await jwtVerify(assertion, certificate.publicKey, {
    algorithms: ['RS256', 'PS256'],
    audience: [...audiences],
    requiredClaims: ['exp', 'nbf', 'jti'],
    currentDate: new Date(now),
    clockTolerance,
  });
}

async function verifyFederated(
  assertion: string,
  { iss: issuer = '', sub: subject = '', aud: audience = [] }: JWTPayload,
  { application, now, issuerCa }: AssertionContext,
): Promise<void> {
  const audiences = [audience].flat();
  const all = application.federatedCredentials;
  if (all.length === 0) throw refusal.noFederatedCredentials(application);
  const ofIssuer = all.filter((one) => one.issuer === issuer);
  if (ofIssuer.length === 0) throw refusal.noMatchingIssuer(issuer);
  const ofSubject = ofIssuer.filter((one) => one.subject === subject);
  if (ofSubject.length === 0) {
    const hasOtherCase = ofIssuer.some((one) => one.subject.toLowerCase() === subject.toLowerCase());
    throw hasOtherCase ? refusal.noMatchingCase(subject) : refusal.noMatchingSubject(subject);
  }
  if (!ofSubject.some((one) => audiences.includes(one.audience ?? 'api://AzureADTokenExchange')))
    throw refusal.noMatchingAudience(audiences.join(' '));
  await jwtVerify(assertion, createLocalJWKSet(await keysOf(issuer, issuerCa)), {
    algorithms: ['RS256'],
    requiredClaims: ['exp'],
    currentDate: new Date(now),
    clockTolerance,
  });
}

/** The keys that an issuer publishes, by OpenID Connect discovery. */
async function keysOf(issuer: string, ca: string | undefined): Promise<JSONWebKeySet> {
  try {
    const configuration = (await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, ca)) as {
      readonly issuer: string;
      readonly jwks_uri: string;
    };
    if (configuration.issuer !== issuer) throw new Error(`The issuer calls itself ${configuration.issuer}`);
    return (await fetchJson(configuration.jwks_uri, ca)) as JSONWebKeySet;
  } catch (error) {
    throw refusal.issuerUnreachable(error);
  }
}

/** What a token that does not verify is answered with. */
function refusalOf(
  error: errors.JOSEError,
  { nbf = 0, exp = 0 }: JWTPayload,
  { application, now }: AssertionContext,
): refusal.EntraError {
  if (error instanceof errors.JWTExpired) return refusal.assertionNotInTime(now, nbf * 1000, exp * 1000);
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === 'missing') return refusal.malformedAssertion();
    return error.claim === 'aud'
      ? refusal.assertionForAnother()
      : refusal.assertionNotInTime(now, nbf * 1000, exp * 1000);
  }
  if (error instanceof errors.JWKSNoMatchingKey) return refusal.invalidSignature(application, 'The key was not found.');
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return refusal.invalidSignature(
      application,
      'The provided signature value did not match the expected signature value.',
    );
  return refusal.malformedAssertion();
}
