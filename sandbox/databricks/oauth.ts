import { accessTokenSeconds, type Identities } from './identities';
import { toJson } from './json';
import { type ApiAnswer, type ApiRequest, RawAnswer, type Router } from './router';

const accountId = '6f1d2a7c-5b0e-4c93-8a41-2f7be0c3d915';
const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
/** The one scope of the Databricks documentation for service principals. */
const scope = 'all-apis';

/**
 * OAuth for service principals ("Authorize service principal access to Databricks with OAuth"), and what the SDKs ask
 * a host for before they log in. Errors as in RFC 6749 and RFC 8693.
 */
export function addOauthRoutes(
  router: Router,
  identities: Identities,
  { url, workspaceId }: { readonly url: string; readonly workspaceId: string },
): void {
  const issuer = `${url}/oidc`;
  const tokenEndpoint = `${issuer}/v1/token`;
  // The fields are those that Databricks' SDKs read (`HostMetadata`).
  router.addPublic('GET', '/.well-known/databricks-config', () => ({
    oidc_endpoint: issuer,
    account_id: accountId,
    workspace_id: workspaceId,
    cloud: 'AZURE',
    host_type: 'workspace',
    token_federation_default_oidc_audiences: [tokenEndpoint],
  }));
  router.addPublic('GET', '/oidc/.well-known/oauth-authorization-server', () => ({
    issuer,
    authorization_endpoint: `${issuer}/v1/authorize`,
    token_endpoint: tokenEndpoint,
    scopes_supported: [scope],
    grant_types_supported: ['client_credentials', tokenExchange],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  }));
  router.addPublic('POST', '/oidc/v1/token', (request) => answerTokenRequest(request, identities));
}

function answerTokenRequest({ headers, body }: ApiRequest, identities: Identities): ApiAnswer {
  const form = new URLSearchParams(body.toString('utf8'));
  const grantType = form.get('grant_type');
  if (!grantType) return refusal(400, 'invalid_request', 'Missing parameter: grant_type');
  if (grantType === tokenExchange)
    return refusal(400, 'invalid_request', 'No federation policy accepts the subject token');
  if (grantType !== 'client_credentials')
    return refusal(400, 'unsupported_grant_type', `Grant type ${grantType} is not supported`);

  const [clientId, secret] = clientOf(headers.authorization, form);
  const token = identities.issueAccessToken(clientId, secret);
  // The text is from databricks-sql-nodejs issue 279.
  if (token === undefined)
    return refusal(401, 'invalid_client', 'Client authentication failed', { 'www-authenticate': 'Basic' });
  if (!form.get('scope')?.split(' ').includes(scope))
    return refusal(400, 'invalid_scope', `The scope must be ${scope}`);
  return { access_token: token, scope, token_type: 'Bearer', expires_in: accessTokenSeconds };
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
