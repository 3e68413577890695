import assert from 'node:assert/strict';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { type Entra, startEntra } from '../../../sandbox/entra/entra';
import { askToken, databricks, refusalOf, replyOf } from './entraClient';

const client = { client_id: 'b3a1c5d7-2e4f-4a6b-8c9d-0e1f2a3b4c5d', client_secret: 'secret' };

describe('Entra sandbox: discovery', () => {
  let entra: Entra;
  before(async () => {
    entra = await startEntra({ applications: [{ clientId: client.client_id, secrets: [{ value: 'secret' }] }] });
  });
  after(() => entra.close());
  const get = async (path: string) => replyOf(await fetch(entra.url + path));

  it('issues tokens that a resource can verify with the published keys of the tenant', async () => {
    const { json: configuration } = await get(`/${entra.tenantId}/.well-known/openid-configuration`);
    assert.equal(configuration.issuer, entra.accessTokenIssuer(entra.tenantId));
    for (const jwksUri of [String(configuration.jwks_uri), entra.jwksUri]) {
      const { json } = await askToken(entra, client);
      const { payload, protectedHeader } = await jwtVerify(
        String(json.access_token),
        createRemoteJWKSet(new URL(jwksUri)),
        { issuer: entra.accessTokenIssuer(entra.tenantId), audience: databricks, algorithms: ['RS256'] },
      );
      assert.deepEqual([payload.appid, protectedHeader.typ], [client.client_id, 'JWT']);
    }
  });

  it('has new keys at every start', async () => {
    const other = await startEntra();
    try {
      const { json } = await askToken(entra, client);
      await assert.rejects(jwtVerify(String(json.access_token), createRemoteJWKSet(new URL(other.jwksUri))), {
        code: 'ERR_JWKS_NO_MATCHING_KEY',
      });
    } finally {
      await other.close();
    }
  });

  it('returns the endpoints of a tenant', async () => {
    const { tenantId, url } = entra;
    const { json } = await get(`/${tenantId}/v2.0/.well-known/openid-configuration`);
    assert.deepEqual(
      [json.issuer, json.token_endpoint, json.jwks_uri],
      [`${url}/${tenantId}/v2.0`, `${url}/${tenantId}/oauth2/v2.0/token`, `${url}/${tenantId}/discovery/v2.0/keys`],
    );
    assert.deepEqual(refusalOf(await get('/nobody/v2.0/.well-known/openid-configuration')).slice(0, 3), [
      400,
      'invalid_tenant',
      [90002],
    ]);
  });

  it('returns the hosts of its authority', async () => {
    const { tenantId, url } = entra;
    const discover = (endpoint: string) =>
      get(`/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent(endpoint)}`);
    const { host } = new URL(url);
    assert.deepEqual((await discover(`${url}/${tenantId}/oauth2/v2.0/authorize`)).json, {
      tenant_discovery_endpoint: `${url}/${tenantId}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    });
    assert.deepEqual(refusalOf(await discover('https://other.example.com/t/oauth2/v2.0/authorize')).slice(0, 3), [
      400,
      'invalid_instance',
      [50049],
    ]);
  });

  it('returns 404 for other paths', async () => {
    for (const path of ['/', `/${entra.tenantId}`, `/${entra.tenantId}/oauth2/v2.0/authorize`])
      assert.equal((await get(path)).status, 404);
  });

  it('applies faults and logs requests', async () => {
    entra.requests.clear();
    entra.faults.add({ path: '*/token', effect: 'status', status: 503, retryAfter: 2 });
    const response = await fetch(`${entra.url}/${entra.tenantId}/oauth2/v2.0/token`, { method: 'POST' });
    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '2']);
    assert.equal(((await response.json()) as { error: string }).error, 'TEMPORARILY_UNAVAILABLE');
    assert.equal((await askToken(entra, client)).status, 200);
    assert.deepEqual(
      entra.requests.list().map(({ status, fault, user }) => [status, fault, user]),
      [
        [503, 'status', undefined],
        [200, undefined, client.client_id],
      ],
    );
  });
});
