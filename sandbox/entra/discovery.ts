import { accessTokenIssuer } from './accessTokens';
import { unknownInstance } from './entraError';

/** What a tenant says of itself by OpenID Connect discovery, as far as it is there. */
export function openIdConfiguration(url: string, tenantId: string, version: 1 | 2) {
  const authority = `${url}/${tenantId}`;
  const oauth = version === 2 ? `${authority}/oauth2/v2.0` : `${authority}/oauth2`;
  return {
    token_endpoint: `${oauth}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: version === 2 ? `${authority}/discovery/v2.0/keys` : `${authority}/discovery/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid'],
    issuer: version === 2 ? `${authority}/v2.0` : accessTokenIssuer(tenantId),
    authorization_endpoint: `${oauth}/authorize`,
    tenant_region_scope: 'WW',
    cloud_instance_name: new URL(url).host,
  };
}

/**
 * Where the tenant of an authorization endpoint is found, and under which names the cloud is known: what MSAL asks
 * before it trusts an authority.
 * @throws EntraError when the endpoint is of another cloud
 */
export function instanceDiscovery(url: string, query: URLSearchParams) {
  const endpoint = query.get('authorization_endpoint') ?? '';
  const [tenantId] = endpoint.startsWith(`${url}/`) ? endpoint.slice(url.length + 1).split('/') : [];
  if (!tenantId) throw unknownInstance();
  const { host } = new URL(url);
  return {
    tenant_discovery_endpoint: `${url}/${tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}
