import assert from 'node:assert/strict';
import { generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Databricks, DatabricksOptions } from '../../../sandbox/databricks/databricks';
import type { FederationPolicy } from '../../../sandbox/databricks/identity/identityOptions';
import { makeTestCertificates } from '../../support/testCertificates';
import { startTestIssuer, type TestIssuer } from './testIssuer';
import { type Reply, startTestWorkspace, WorkspaceClient } from './workspaceClient';

const trainer = '0f0e0d0c-0b0a-4908-8706-050403020100';
const other = '1f1e1d1c-1b1a-4918-9716-151413121110';
const subject = 'sc://contoso/models/databricks';
const audience = 'api://AzureADTokenExchange';
const request = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  scope: 'all-apis',
};
const mePath = '/api/2.0/preview/scim/v2/Me';

describe('Databricks sandbox: token federation', () => {
  let issuer: TestIssuer;
  let databricks: Databricks;
  before(async () => {
    issuer = await startTestIssuer();
  });
  after(() => issuer.close());
  afterEach(() => databricks.close());

  const start = async (policies: readonly Partial<FederationPolicy>[], options: DatabricksOptions = {}) => {
    ({ databricks } = await startTestWorkspace({
      servicePrincipals: [{ applicationId: trainer }, { applicationId: other }],
      federationPolicies: policies.map((policy) => ({ issuer: issuer.url, ...policy })),
      ...options,
    }));
  };
  const startForTrainer = (policy: Partial<FederationPolicy> = {}) =>
    start([{ id: 'pipelines', servicePrincipal: trainer, subject, audiences: [audience], ...policy }]);
  const sign = (claims: JWTPayload = {}) =>
    issuer.sign({ iat: Math.floor(databricks.clock.now() / 1000), sub: subject, aud: audience, ...claims });

  async function exchange(token: string, form: Record<string, string> = {}): Promise<Pick<Reply, 'status' | 'json'>> {
    const body = new URLSearchParams({ ...request, subject_token: token, ...form });
    const response = await fetch(`${databricks.url}/oidc/v1/token`, { method: 'POST', body });
    return { status: response.status, json: (await response.json()) as Reply['json'] };
  }
  const clientOf = ({ json }: Pick<Reply, 'json'>) => new WorkspaceClient(databricks, json.access_token as string);
  const nameOf = async (reply: Pick<Reply, 'json'>) => (await clientOf(reply).get(mePath)).json.userName;
  /** `error` and `error_description` of a refusal. */
  const refusalOf = async (token: string, form: Record<string, string> = { client_id: trainer }) => {
    const { status, json } = await exchange(token, form);
    assert.equal(status, 400);
    return `${json.error as string}: ${json.error_description as string}`;
  };
  const noPolicy = (claims: { iss?: string; sub?: string; aud?: string } = {}) =>
    'invalid_grant: Failed to process token: TOKEN_INVALID (Ensure a valid federation policy has been configured). ' +
    `Valid federation policy for provided token: {issuer: '${claims.iss ?? issuer.url}', ` +
    `subject: '${claims.sub ?? subject}', audience: '${claims.aud ?? audience}'}`;

  it('exchanges a token of the identity provider for a token of the service principal', async () => {
    await startForTrainer();
    const reply = await exchange(await sign(), { client_id: trainer });
    const { access_token: accessToken, ...rest } = reply.json;
    assert.deepEqual([reply.status, rest], [200, { scope: 'all-apis', token_type: 'Bearer', expires_in: 3600 }]);
    assert.equal(typeof accessToken, 'string');
    assert.equal(await nameOf(reply), trainer);
  });

  it('requests the configuration and the keys of the issuer once, and again for an unknown key', async () => {
    await startForTrainer();
    const before = issuer.requests.list().length;
    for (let count = 0; count < 3; count++)
      assert.equal((await exchange(await sign(), { client_id: trainer })).status, 200);
    await issuer.rotateKey();
    assert.equal((await exchange(await sign(), { client_id: trainer })).status, 200);
    assert.deepEqual(
      issuer.requests
        .list()
        .slice(before)
        .map(({ path }) => path),
      ['/.well-known/openid-configuration', '/keys', '/keys'],
    );
  });

  it('uses the keys of the policy if it has any', async () => {
    await startForTrainer({ issuer: 'https://issuer.invalid', jwksJson: JSON.stringify(issuer.jwks) });
    assert.equal((await exchange(await sign({ iss: 'https://issuer.invalid' }), { client_id: trainer })).status, 200);
    await databricks.close();
    await startForTrainer({ issuer: 'https://issuer.invalid', jwksUri: `${issuer.url}/keys` });
    assert.equal((await exchange(await sign({ iss: 'https://issuer.invalid' }), { client_id: trainer })).status, 200);
  });

  it('returns the policy that would be required when no policy matches', async () => {
    await startForTrainer();
    const wrongSubject = 'p://contoso/models/train';
    assert.equal(await refusalOf(await sign({ sub: wrongSubject })), noPolicy({ sub: wrongSubject }));
    assert.equal(await refusalOf(await sign({ iss: 'https://else' })), noPolicy({ iss: 'https://else' }));
    assert.equal(await refusalOf(await sign(), { client_id: other }), noPolicy());
    assert.equal(await refusalOf(await sign(), {}), noPolicy());
  });

  it('returns both audiences when the policy requires another one', async () => {
    await startForTrainer();
    const refusal = await refusalOf(await sign({ aud: ['api://one', 'api://two'] }));
    assert.match(
      refusal,
      /^invalid_grant: Failed to process token: TOKEN_AUDIENCE_INVALID \(.*'api:\/\/one, api:\/\/two'/,
    );
    assert.ok(refusal.includes(audience));
  });

  it('refuses a token that has expired, has another signature, or is not a JSON web token', async () => {
    await startForTrainer();
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT({ iss: issuer.url, sub: subject, aud: audience })
      .setProtectedHeader({ alg: 'ES256', kid: '1' })
      .setExpirationTime('5 min')
      .sign(privateKey);
    const token = await sign();
    await databricks.clock.advance(300_000);
    for (const [refused, reason] of [
      [token, 'TOKEN_EXPIRED'],
      [forged, 'TOKEN_INVALID'],
      ['eyJ.eyJ.x', 'TOKEN_INVALID'],
    ] as const)
      assert.match(await refusalOf(refused), new RegExp(`^invalid_grant: Failed to process token: ${reason} `));
  });

  it('requires the account ID or its own token endpoint as the audience when the policy has none', async () => {
    await start([{ servicePrincipal: trainer, subject }]);
    const config = await new WorkspaceClient(databricks).get('/.well-known/databricks-config');
    for (const aud of [config.json.account_id as string, `${databricks.url}/oidc/v1/token`])
      assert.equal((await exchange(await sign({ aud }), { client_id: trainer })).status, 200);
    assert.match(await refusalOf(await sign()), /TOKEN_AUDIENCE_INVALID/);
  });

  it('finds the principal of the subject claim with an account-wide policy', async () => {
    await start([{ audiences: [audience], subjectClaim: 'email' }]);
    for (const email of [databricks.users[0]?.userName ?? '', other])
      assert.equal(await nameOf(await exchange(await sign({ email }))), email);
    assert.match(await refusalOf(await sign({ email: 'nobody@example.com' }), {}), /nobody@example\.com/);
    assert.equal(await refusalOf(await sign({ email: other }), { client_id: other }), noPolicy());
  });

  it('refuses requests that do not conform to RFC 8693', async () => {
    await startForTrainer();
    const token = await sign();
    assert.match(await refusalOf('', { client_id: trainer }), /^invalid_request: .*subject_token/);
    assert.match(await refusalOf(token, { subject_token_type: 'saml' }), /^invalid_request: .*subject_token_type/);
    assert.match(await refusalOf(token, { client_id: trainer, scope: 'sql' }), /^invalid_scope: /);
  });

  it('refuses tokens for a revoked policy, while tokens that it issued stay valid', async () => {
    await startForTrainer();
    const reply = await exchange(await sign(), { client_id: trainer });
    databricks.federation.revoke('pipelines');
    assert.equal(await refusalOf(await sign()), noPolicy());
    assert.equal(await nameOf(reply), trainer);
    assert.throws(() => databricks.federation.revoke('pipelines'), /does not exist/);
    databricks.federation.add({ issuer: issuer.url, servicePrincipal: trainer, subject, audiences: [audience] });
    assert.equal((await exchange(await sign(), { client_id: trainer })).status, 200);
  });

  it('issues a token to a service principal that was removed from the workspace, which refuses it', async () => {
    await startForTrainer();
    databricks.identities.remove(trainer);
    const reply = await exchange(await sign(), { client_id: trainer });
    const { status, json } = await clientOf(reply).get(mePath);
    assert.deepEqual([status, json.message], [403, `Unauthorized access to Org: ${databricks.workspaceId}`]);
  });

  it('refuses invalid policies', async () => {
    await assert.rejects(start([{ servicePrincipal: trainer }]), /has a subject/);
    await start([]);
  });

  it('accepts issuers with certificates of a private authority, over TLS', async () => {
    const { ca, server: tls } = await makeTestCertificates();
    const secure = await startTestIssuer(tls);
    const policy = { issuer: secure.url, servicePrincipal: trainer, subject, audiences: [audience] };
    try {
      await start([policy], { issuerCa: ca, tls });
      const iat = Math.floor(databricks.clock.now() / 1000);
      const token = await secure.sign({ iat, sub: subject, aud: audience });
      assert.equal(await databricks.federation.nameOf(token, trainer), trainer);
      await databricks.close();
      await start([policy]);
      assert.match(await refusalOf(token), /^invalid_grant: .*TOKEN_INVALID .*certificate/);
    } finally {
      await secure.close();
    }
  });
});
