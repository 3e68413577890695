import { toJson } from '../json';
import { type ApiAnswer, type ApiRequest, RawAnswer, type Router } from '../router';
import { type Federation, RefusedSubject } from './federation';
import type { Identities } from './identities';

export const accountId = '6f1d2a7c-5b0e-4c93-8a41-2f7be0c3d915';
const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const jsonWebToken = 'urn:ietf:params:oauth:token-type:jwt';
/** The one scope of the Databricks documentation for service principals. */
const scope = 'all-apis';

export interface OauthParts {
  readonly url: string;
  readonly workspaceId: string;
  readonly identities: Identities;
  readonly federation: Federation;
}

export const tokenEndpointOf = (url: string) => `${url}/oidc/v1/token`;

/**
 * OAuth for service principals ("Authorize service principal access to Databricks with OAuth") and for tokens of
 * identity providers ("Authenticate with an identity provider token"), and what the SDKs ask a host for before they
 * log in. Errors as in RFC 6749 and RFC 8693.
 */
export function addOauthRoutes(router: Router, parts: OauthParts): void {
  const { url, workspaceId } = parts;
  const issuer = `${url}/oidc`;
  const tokenEndpoint = tokenEndpointOf(url);
  // The fields are those that Databricks' SDKs read (`HostMetadata`).
  router.addPublic('GET', '/.well-known/databricks-config', () => ({
    oidc_endpoint: issuer,
    account_id: accountId,
    workspace_id: workspaceId,
    cloud: 'AZURE',
    host_type: 'workspace',
    token_federation_default_oidc_audiences: [tokenEndpoint],
  }));
  for (const name of ['oauth-authorization-server', 'openid-configuration'])
    router.addPublic('GET', `/oidc/.well-known/${name}`, () => ({
      issuer,
      authorization_endpoint: `${issuer}/v1/authorize`,
      token_endpoint: tokenEndpoint,
      scopes_supported: [scope],
      grant_types_supported: ['client_credentials', tokenExchange],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    }));
  router.addPublic('POST', '/oidc/v1/token', (request) => answerTokenRequest(request, parts));
}

async function answerTokenRequest(request: ApiRequest, parts: OauthParts): Promise<ApiAnswer> {
  const form = new URLSearchParams(request.body.toString('utf8'));
  const grantType = form.get('grant_type');
  if (!grantType) return refusal(400, 'invalid_request', 'Missing parameter: grant_type');
  if (grantType === tokenExchange) return exchange(form, parts);
  if (grantType !== 'client_credentials')
    return refusal(400, 'unsupported_grant_type', `Grant type ${grantType} is not supported`);

  const [clientId, secret] = clientOf(request.headers.authorization, form);
  // The text is from databricks-sql-nodejs issue 279.
  if (!parts.identities.hasSecret(clientId, secret))
    return refusal(401, 'invalid_client', 'Client authentication failed', { 'www-authenticate': 'Basic' });
  return grant(form, clientId, parts);
}

async function exchange(form: URLSearchParams, parts: OauthParts): Promise<ApiAnswer> {
  const token = form.get('subject_token');
  if (!token) return refusal(400, 'invalid_request', 'Missing parameter: subject_token');
  if (form.get('subject_token_type') !== jsonWebToken)
    return refusal(400, 'invalid_request', `The subject_token_type must be ${jsonWebToken}`);
  const clientId = form.get('client_id') || undefined;
  try {
    const userName = await parts.federation.nameOf(token, clientId);
    if (clientId === undefined && !parts.identities.knows(userName))
      return refusal(
        400,
        'invalid_grant',
        `Failed to process token: no user or service principal is named ${userName}`,
      );
    return grant(form, userName, parts);
  } catch (error) {
    if (error instanceof RefusedSubject) return refusal(400, 'invalid_grant', error.message);
    throw error;
  }
}

function grant(form: URLSearchParams, userName: string, { identities }: OauthParts): ApiAnswer {
  if (!form.get('scope')?.split(' ').includes(scope))
    return refusal(400, 'invalid_scope', `The scope must be ${scope}`);
  const token = identities.issueAccessToken(userName);
  return { access_token: token, scope, token_type: 'Bearer', expires_in: identities.accessTokenSeconds };
}

/** Id and secret of the client, from the Basic header or from the form. */
function clientOf(authorization: string | string[] | undefined, form: URLSearchParams): [string, string] {
  const basic = /^Basic (\S+)$/i.exec(String(authorization))?.[1];
  if (basic === undefined) return [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s);
  return [id, secret];
}

function refusal(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): RawAnswer {
  const answer = Buffer.from(toJson({ error, error_description: description }));
  return new RawAnswer(answer, { status, headers: { 'content-type': 'application/json;charset=UTF-8', ...headers } });
}
