import type { Received, Trace } from '../http/httpServer';
import type { AccessTokens } from './accessTokens';
import { verifyAssertion } from './clientAssertion';
import type { Application, Directory } from './directory';
import * as refusal from './entraError';

export interface TokenParts {
  readonly directory: Directory;
  readonly tokens: AccessTokens;
  readonly clock: { now(): number };
  readonly issuerCa: string | undefined;
}

export interface TokenPlace {
  /** Where the server is. */
  readonly url: string;
  /** As it was asked for. */
  readonly tenantId: string;
  readonly version: 1 | 2;
}

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * The client credentials grant, with a secret or an assertion ("Microsoft identity platform and the OAuth 2.0 client
 * credentials flow"); version 1 takes `resource` instead of `scope` and answers with strings.
 * @throws EntraError
 */
export async function answerTokenRequest(
  parts: TokenParts,
  { url, tenantId, version }: TokenPlace,
  { method, headers, body }: Received,
  trace: Trace,
): Promise<Record<string, string | number>> {
  const { directory, tokens, clock } = parts;
  if (method !== 'POST') throw refusal.notPosted(method);
  if (!directory.hasTenant(tenantId)) throw refusal.tenantNotFound(tenantId);
  const form = new URLSearchParams(body.toString('utf8'));
  const grantType = required(form, 'grant_type');
  if (grantType !== 'client_credentials') throw refusal.unsupportedGrantType(grantType);

  const basic = basicCredentials(headers.authorization);
  const clientId = basic?.id ?? required(form, 'client_id');
  const application = directory.applications.get(clientId.toLowerCase());
  if (application?.tenantId.toLowerCase() !== tenantId.toLowerCase())
    throw refusal.applicationNotFound(clientId, tenantId);
  if (!application.isEnabled) throw refusal.applicationDisabled(application);

  const secret = basic?.secret ?? form.get('client_secret');
  const assertion = form.get('client_assertion');
  if (assertion !== null) {
    if (form.get('client_assertion_type') !== jwtBearer) throw refusal.missingParameter('client_assertion_type');
    const authority = `${url}/${tenantId}`;
    const audiences = [`${authority}/oauth2/v2.0/token`, `${authority}/oauth2/token`, `${authority}/v2.0`];
    const { issuerCa } = parts;
    await verifyAssertion(assertion, { application, clientId, audiences, now: clock.now(), issuerCa });
  } else if (secret) checkSecret(application, secret, clock.now());
  else throw refusal.missingCredential();

  const resource = version === 1 ? required(form, 'resource') : resourceOf(required(form, 'scope'));
  if (!directory.hasResource(resource)) throw refusal.resourceNotFound(resource, tenantId);
  if (application.isBlocked) throw refusal.blockedByConditionalAccess();

  trace.user = clientId;
  const { tokenSeconds } = directory;
  const principal = { ...application, hasSecret: assertion === null };
  const { text, issuedAt, expiresAt } = await tokens.issue(principal, resource, clock.now(), tokenSeconds);
  if (version === 2)
    return { token_type: 'Bearer', expires_in: tokenSeconds, ext_expires_in: tokenSeconds, access_token: text };
  return {
    token_type: 'Bearer',
    expires_in: String(tokenSeconds),
    ext_expires_in: String(tokenSeconds),
    expires_on: String(expiresAt),
    not_before: String(issuedAt),
    resource,
    access_token: text,
  };
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value) throw refusal.missingParameter(name);
  return value;
}

/** Id and secret, which RFC 6749 wants URL-encoded. */
function basicCredentials(
  authorization: string | undefined,
): { readonly id: string; readonly secret: string } | undefined {
  const encoded = /^Basic (\S+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const decoded = new URLSearchParams(Buffer.from(encoded, 'base64').toString('utf8').replace(':', '='));
  const [[id, secret] = ['', '']] = decoded;
  return { id, secret };
}

function checkSecret(application: Application, secret: string, now: number): void {
  const known = application.secrets.find(({ value }) => value === secret);
  if (!known) throw refusal.invalidSecret(application);
  if (known.expiresAt !== undefined && known.expiresAt <= now) throw refusal.expiredSecret(application);
}

/** The resource of `<resource>/.default`; a slash at its end stays and gets into the token. */
function resourceOf(scope: string): string {
  const [only = '', ...others] = scope.trim().split(/\s+/);
  if (others.length > 0) throw refusal.severalScopes(scope);
  if (!only.endsWith('/.default')) throw refusal.notDefaultScope(scope);
  return only.slice(0, -'/.default'.length);
}
