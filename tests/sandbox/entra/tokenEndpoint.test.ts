import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import type { Application } from '../../../sandbox/entra/directory';
import { type Entra, startEntra } from '../../../sandbox/entra/entra';
import { askToken, databricks, refusalOf, replyOf } from './entraClient';
import { sharedSigningKeys } from '../../support/sharedKeys';

const tenantId = '8f1d7e52-0c4b-4f6a-9d38-5b7a6c2e1f04';
const otherTenantId = '1c2b3a49-5e6d-4788-9f01-a2b3c4d5e6f7';
const clientId = 'b3a1c5d7-2e4f-4a6b-8c9d-0e1f2a3b4c5d';
const objectId = '6d5c4b3a-2f1e-4d0c-9b8a-7f6e5d4c3b2a';
const client = { client_id: clientId, client_secret: 'right~secret' };
const start = 1_800_000_000_000;

describe('Entra sandbox: token endpoint', () => {
  let entra: Entra;
  let now: number;
  let application: Application;
  before(async () => {
    entra = await startEntra({
      signingKeys: await sharedSigningKeys(),
      tenantIds: [tenantId, otherTenantId],
      clock: { now: () => now },
    });
  });
  after(() => entra.close());
  beforeEach(() => {
    now = start;
    entra.requests.clear();
    application = entra.directory.addApplication({
      clientId,
      objectId,
      displayName: 'Trainer',
      secrets: [{ value: 'right~secret' }, { value: 'old~secret', expiresAt: start + 1000 }],
    });
  });

  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
  });

  it('issues a token for a secret in the form', async () => {
    const { status, json } = await askToken(entra, client);
    const { access_token: token, ...rest } = json;
    assert.equal(status, 200);
    assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599 });
    const { uti, ...claims } = decodeJwt(String(token));
    assert.match(String(uti), /./);
    assert.deepEqual(claims, {
      aud: databricks,
      iss: `https://sts.windows.net/${tenantId}/`,
      idp: `https://sts.windows.net/${tenantId}/`,
      appid: clientId,
      appidacr: '1',
      idtyp: 'app',
      oid: objectId,
      sub: objectId,
      tid: tenantId,
      ver: '1.0',
      iat: start / 1000,
      nbf: start / 1000,
      exp: start / 1000 + 3599,
    });
    assert.equal(entra.requests.list('/token')[0]?.user, clientId);
  });

  it('issues a token for a URL-encoded secret in the Basic header', async () => {
    application.secrets.push({ value: 'a:b c+%' });
    const { status } = await askToken(entra, {}, { headers: basic(clientId, 'a:b c+%') });
    assert.equal(status, 200);
    const [code] = refusalOf(await askToken(entra, {}, { headers: basic(clientId, 'wrong') }));
    assert.equal(code, 401);
  });

  it('returns the format of version 1 for a resource, with strings', async () => {
    const { status, json } = await askToken(entra, client, { version: 1 });
    const { access_token: token, ...rest } = json;
    assert.equal(status, 200);
    assert.deepEqual(rest, {
      token_type: 'Bearer',
      expires_in: '3599',
      ext_expires_in: '3599',
      expires_on: String(start / 1000 + 3599),
      not_before: String(start / 1000),
      resource: databricks,
    });
    assert.equal(decodeJwt(String(token)).aud, databricks);
  });

  it('issues tokens for Resource Manager of all clouds and for Kubernetes, and keeps the slash of the scope', async () => {
    for (const resource of [
      'https://management.azure.com',
      'https://management.azure.com/',
      'https://management.core.windows.net/',
      'https://management.usgovcloudapi.net/',
      'https://management.core.usgovcloudapi.net/',
      'https://management.chinacloudapi.cn/',
      'https://management.core.chinacloudapi.cn/',
      '6dae42f8-4368-4678-94ff-3960e28e3630',
    ]) {
      const { json } = await askToken(entra, { ...client, scope: `${resource}/.default` });
      assert.equal(decodeJwt(String(json.access_token)).aud, resource);
    }
  });

  it('ignores the case of the IDs of tenants and applications', async () => {
    const upper = { ...client, client_id: clientId.toUpperCase() };
    assert.equal((await askToken(entra, upper, { tenantId: tenantId.toUpperCase() })).status, 200);
  });

  it('issues tokens with the configured lifetime', async () => {
    entra.directory.tokenSeconds = 20;
    now += 5000;
    const { json } = await askToken(entra, client);
    entra.directory.tokenSeconds = 3599;
    assert.equal(json.expires_in, 20);
    assert.equal(decodeJwt(String(json.access_token)).exp, start / 1000 + 25);
  });

  it('returns an error in all formats of Entra ID', async () => {
    const headers = { 'client-request-id': '11111111-2222-4333-8444-555555555555' };
    const { json } = await askToken(entra, { ...client, client_secret: 'wrong' }, { headers });
    const { trace_id: traceId, ...rest } = json;
    assert.deepEqual(rest, {
      error: 'invalid_client',
      error_description: `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'. Trace ID: ${String(traceId)} Correlation ID: 11111111-2222-4333-8444-555555555555 Timestamp: 2027-01-15 08:00:00Z`,
      error_codes: [7000215],
      timestamp: '2027-01-15 08:00:00Z',
      correlation_id: '11111111-2222-4333-8444-555555555555',
      error_uri: `${entra.url}/error?code=7000215`,
    });
    assert.equal(entra.requests.list('/token')[0]?.errorCode, 'AADSTS7000215');
  });

  it('refuses a secret that was removed or has expired', async () => {
    const old = { ...client, client_secret: 'old~secret' };
    assert.equal((await askToken(entra, old)).status, 200);
    now += 1000;
    const [status, error, codes, text] = refusalOf(await askToken(entra, old));
    assert.deepEqual([status, error, codes], [401, 'invalid_client', [7000222]]);
    assert.match(
      text,
      new RegExp(`^AADSTS7000222: The provided client secret keys for app '${clientId}' are expired\\.`),
    );

    application.secrets = [];
    assert.deepEqual(refusalOf(await askToken(entra, client)).slice(0, 3), [401, 'invalid_client', [7000215]]);
  });

  it('refuses an application that is not in the tenant, is disabled or is blocked', async () => {
    const notFound = (id: string) =>
      `AADSTS700016: Application with identifier '${clientId}' was not found in the directory '${id}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`;
    assert.deepEqual(refusalOf(await askToken(entra, client, { tenantId: otherTenantId })), [
      400,
      'unauthorized_client',
      [700016],
      notFound(otherTenantId),
    ]);

    application.isBlocked = true;
    assert.deepEqual(refusalOf(await askToken(entra, client)), [
      400,
      'invalid_grant',
      [53003],
      'AADSTS53003: Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    ]);

    application.isEnabled = false;
    assert.deepEqual(refusalOf(await askToken(entra, client)), [
      400,
      'unauthorized_client',
      [7000112],
      `AADSTS7000112: Application '${clientId}'(Trainer) is disabled.`,
    ]);

    entra.directory.applications.delete(clientId);
    assert.deepEqual(refusalOf(await askToken(entra, client))[3], notFound(tenantId));
  });

  it('refuses a tenant that does not exist', async () => {
    const [status, error, codes, text] = refusalOf(await askToken(entra, client, { tenantId: 'nobody' }));
    assert.deepEqual([status, error, codes], [400, 'invalid_request', [90002]]);
    assert.match(text, /^AADSTS90002: Tenant 'nobody' not found\. Check to make sure you have the correct tenant ID /);
  });

  it('reports missing parameters', async () => {
    for (const [form, name] of [
      [{ ...client, grant_type: '' }, 'grant_type'],
      [{ ...client, client_id: '' }, 'client_id'],
      [{ ...client, scope: '' }, 'scope'],
    ] as const)
      assert.deepEqual(refusalOf(await askToken(entra, form)), [
        400,
        'invalid_request',
        [900144],
        `AADSTS900144: The request body must contain the following parameter: '${name}'.`,
      ]);
    assert.match(
      refusalOf(await askToken(entra, { ...client, resource: '' }, { version: 1 }))[3],
      /^AADSTS900144: .+ 'resource'\.$/,
    );
    assert.deepEqual(refusalOf(await askToken(entra, { client_id: clientId })), [
      401,
      'invalid_client',
      [7000218],
      "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ]);
    assert.match(
      refusalOf(await askToken(entra, { client_id: clientId, client_assertion: 'a.b.c' }))[3],
      /^AADSTS900144: .+ 'client_assertion_type'\.$/,
    );
  });

  it('refuses other grant types and other methods', async () => {
    assert.deepEqual(refusalOf(await askToken(entra, { ...client, grant_type: 'password' })), [
      400,
      'unsupported_grant_type',
      [70003],
      "AADSTS70003: The app requested an unsupported grant type 'password'.",
    ]);
    const got = await replyOf(await fetch(`${entra.url}/${tenantId}/oauth2/v2.0/token`));
    assert.deepEqual(refusalOf(got), [
      400,
      'invalid_request',
      [900561],
      'AADSTS900561: The endpoint only accepts POST requests. Received a GET request.',
    ]);
  });

  it('accepts one scope, of a resource in the tenant', async () => {
    const refused = async (scope: string) => refusalOf(await askToken(entra, { ...client, scope }));
    assert.deepEqual(await refused('https://graph.example.com/User.Read'), [
      400,
      'invalid_scope',
      [1002012],
      'AADSTS1002012: The provided value for scope https://graph.example.com/User.Read is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
    ]);
    assert.deepEqual((await refused(`openid ${databricks}/.default`)).slice(0, 3), [400, 'invalid_scope', [70011]]);
    const notFound = [400, 'invalid_resource', [500011]];
    const [status, error, codes, text] = await refused('api://nobody/.default');
    assert.deepEqual([status, error, codes], notFound);
    assert.match(
      text,
      new RegExp(
        `^AADSTS500011: The resource principal named api://nobody was not found in the tenant named ${tenantId}\\.`,
      ),
    );
    entra.directory.resources.delete(databricks);
    const refusal = await refused(`${databricks}/.default`);
    entra.directory.resources.add(databricks);
    assert.deepEqual(refusal.slice(0, 3), notFound);
  });
});
