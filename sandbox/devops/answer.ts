import { randomUUID } from 'node:crypto';
import { type Answer, jsonType, type Received, type Trace } from '../http/httpServer';
import { isTokenPath, issueToken, type OidcParts } from './oidcTokens';
import { OrganizationError, unexpected } from './organizationError';
import { answerRest, type RestParts } from './rest/answerRest';
import { redirectToSignIn, signInPage, signInPath } from './rest/signIn';

export interface OrganizationParts extends OidcParts {
  /** Of the server, without the organisation. */
  readonly origin: string;
  readonly rest: RestParts;
}

/** What the organisation answers to a request. */
export async function answerRequest(parts: OrganizationParts, received: Received, trace: Trace): Promise<Answer> {
  const path = received.url.pathname;
  const headers = { 'x-vss-e2eid': randomUUID(), activityid: randomUUID() };
  if (path === signInPath) return signInPage(200, headers);
  const document = publicDocument(parts, path);
  if (document) return { status: 200, headers: { ...headers, ...jsonType }, body: toJson(document) };
  if (!isTokenPath(path)) return answerRest(parts.rest, received, trace, headers);
  try {
    return { status: 200, headers: { ...headers, ...jsonType }, body: toJson(await issueToken(parts, received, path)) };
  } catch (thrown) {
    const error = thrown instanceof OrganizationError ? thrown : unexpected(thrown);
    if (error.status === 401 && received.headers['x-tfs-fedauthredirect']?.toString().toLowerCase() !== 'suppress')
      return redirectToSignIn(parts.origin, path, headers);
    return {
      status: error.status,
      headers: {
        ...headers,
        ...jsonType,
        ...(error.status === 401 && { 'www-authenticate': `Bearer, Basic realm="${parts.origin}/", TFS-Federated` }),
      },
      body: toJson(error.body),
      errorCode: error.errorCode,
    };
  }
}

/** What the issuer of tokens says of itself, to everybody; undefined for any other path. */
function publicDocument({ origin, issuer, tokens }: OrganizationParts, path: string): object | undefined {
  const keys = `${issuer}/.well-known/jwks`;
  switch (origin + path) {
    case `${issuer}/.well-known/openid-configuration`:
      return {
        issuer,
        jwks_uri: keys,
        subject_types_supported: ['public', 'pairwise'],
        response_types_supported: ['id_token'],
        claims_supported: ['sub', 'aud', 'exp', 'iat', 'iss', 'nbf', 'jti', 'org_id', 'prj_id', 'def_id', 'run_id'],
        id_token_signing_alg_values_supported: ['RS256'],
        scopes_supported: ['openid'],
      };
    case keys:
      return { keys: [tokens.publicKey] };
    default:
      return undefined;
  }
}

const toJson = (value: object | string) => Buffer.from(JSON.stringify(value));
