import assert from 'node:assert/strict';
import { decodeJwt, exportJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { Faults } from '../../../sandbox/http/faults';
import { closeServer, jsonType, listen } from '../../../sandbox/http/httpServer';
import { RequestLog } from '../../../sandbox/http/requestLog';
import type { Application } from '../../../sandbox/entra/directory';
import { type Entra, startEntra } from '../../../sandbox/entra/entra';
import {
  type AssertionParts,
  askToken,
  type EntraReply,
  jwtBearer,
  makeCertificate,
  makeIssuerKeys,
  refusalOf,
  signAssertion,
  thumbprint,
} from './entraClient';
import { sharedSigningKeys } from '../../support/sharedKeys';

type Certificate = Awaited<ReturnType<typeof makeCertificate>>;
const hour = 3600;
const nowSeconds = () => Math.floor(Date.now() / 1000);

describe('Entra sandbox: client assertions', () => {
  let entra: Entra;
  let application: Application;
  before(async () => {
    entra = await startEntra({ signingKeys: await sharedSigningKeys() });
  });
  after(() => entra.close());
  beforeEach(() => {
    application = entra.directory.addApplication();
  });

  const present = (assertion: string, version?: 1 | 2): Promise<EntraReply> =>
    askToken(
      entra,
      { client_id: application.clientId, client_assertion_type: jwtBearer, client_assertion: assertion },
      version ? { version } : {},
    );

  it('refuses text that is not a token', async () => {
    assert.deepEqual(refusalOf(await present('nonsense')), [
      400,
      'invalid_request',
      [50027],
      'AADSTS50027: JWT token is invalid or malformed.',
    ]);
  });

  describe('of a certificate', () => {
    let certificate: Certificate;
    let other: Certificate;
    before(async () => {
      [certificate, other] = await Promise.all([makeCertificate(), makeCertificate()]);
    });
    beforeEach(() => {
      application.certificates = [certificate.cert];
    });
    const authority = () => `${entra.url}/${entra.tenantId}`;
    const sign = (parts: AssertionParts = {}, by = certificate) =>
      signAssertion(by, application.clientId, `${authority()}/oauth2/v2.0/token`, parts);
    const refused = async (parts: AssertionParts, by = certificate) => refusalOf(await present(await sign(parts, by)));

    it('accepts PS256 with the SHA-256 thumbprint and RS256 with the SHA-1 thumbprint', async () => {
      const { json } = await present(await sign());
      assert.equal(decodeJwt(String(json.access_token)).appidacr, '2');
      const old = { alg: 'RS256', 'x5t#S256': undefined, x5t: thumbprint(certificate.cert, 'sha1') };
      assert.equal((await present(await sign({ header: old }))).status, 200);
    });

    it('accepts only the token endpoints and the issuer of the tenant as audience', async () => {
      for (const path of ['/oauth2/v2.0/token', '/oauth2/token', '/v2.0'])
        assert.equal((await present(await sign({ claims: { aud: authority() + path } }), 1)).status, 200);
      const [status, error, codes, text] = await refused({ claims: { aud: `${entra.url}/other/oauth2/v2.0/token` } });
      assert.deepEqual([status, error, codes], [401, 'invalid_client', [700023]]);
      assert.match(text, /^AADSTS700023: Client assertion audience claim does not match Realm issuer\./);
    });

    it('accepts an assertion repeatedly until it expires, as documented by Microsoft', async () => {
      const assertion = await sign();
      assert.deepEqual([(await present(assertion)).status, (await present(assertion)).status], [200, 200]);
    });

    it('refuses an assertion that has expired or is not yet valid, and reports when it is valid', async () => {
      const expired = { nbf: 1_700_000_000, exp: 1_700_000_600 };
      const [status, error, codes, text] = await refused({ claims: expired });
      assert.deepEqual([status, error, codes], [401, 'invalid_client', [700024]]);
      assert.match(
        text,
        /^AADSTS700024: Client assertion is not within its valid time range\. Current time: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z, assertion valid from 2023-11-14T22:13:20\.0000000Z, expiry time of assertion 2023-11-14T22:23:20\.0000000Z\. /,
      );
      const early = { nbf: nowSeconds() + hour, exp: nowSeconds() + 2 * hour };
      assert.deepEqual((await refused({ claims: early }))[2], [700024]);
    });

    it('refuses a certificate that is not registered or was removed', async () => {
      const [status, error, codes, text] = await refused({}, other);
      assert.deepEqual([status, error, codes], [401, 'invalid_client', [700027]]);
      const hex = Buffer.from(thumbprint(other.cert, 'sha256'), 'base64url').toString('hex').toUpperCase();
      assert.match(
        text,
        new RegExp(
          `^AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application\\. \\[Reason - The key was not found\\., Thumbprint of key used by client: '${hex}',`,
        ),
      );
      application.certificates = [];
      assert.deepEqual((await refused({}))[2], [700027]);
    });

    it('refuses the signature of another key, and an expired certificate', async () => {
      const stolen = { 'x5t#S256': thumbprint(certificate.cert, 'sha256') };
      const [, , codes, text] = await refused({ header: stolen }, other);
      assert.deepEqual(codes, [700027]);
      assert.match(
        text,
        /Client assertion failed signature validation\. \[Reason - The provided signature value did not/,
      );

      const old = await makeCertificate(new Date('2020-01-01T00:00:00Z'));
      application.certificates.push(old.cert);
      assert.match((await refused({}, old))[3], /^AADSTS700027: .+\[Reason - The key used is expired\.,/);
    });

    it('refuses an assertion of another application', async () => {
      for (const claims of [{ iss: 'another' }, { sub: 'another' }])
        assert.deepEqual((await refused({ claims })).slice(0, 3), [401, 'invalid_client', [700021]]);
    });

    it('refuses an assertion without a thumbprint or another required part', async () => {
      assert.match(
        (await refused({ header: { 'x5t#S256': undefined } }))[3],
        /^AADSTS50027: .+No certificate thumbprint/,
      );
      for (const name of ['exp', 'nbf', 'jti']) assert.deepEqual((await refused({ without: [name] }))[2], [50027]);
    });
  });

  describe('of a federation', () => {
    const subject = 'sc://contoso/models/azure';
    let issuer: string;
    let keys: Awaited<ReturnType<typeof makeIssuerKeys>>;
    let published: JWK[];
    let configuration: Record<string, unknown>;
    let close: () => Promise<void>;
    before(async () => {
      keys = await makeIssuerKeys();
      const { server, url } = await listen(
        {
          answer: ({ url: { pathname } }) => {
            const body = pathname === '/keys' ? { keys: published } : configuration;
            return Promise.resolve({ status: 200, headers: jsonType, body: Buffer.from(JSON.stringify(body)) });
          },
          errorBody: () => '{}',
          faults: new Faults(),
          requests: new RequestLog(),
        },
        0,
      );
      issuer = url;
      close = () => closeServer(server);
    });
    after(() => close());
    beforeEach(async () => {
      published = [{ ...(await exportJWK(keys.publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }];
      configuration = { issuer, jwks_uri: `${issuer}/keys` };
      application.federatedCredentials = [{ issuer, subject }];
    });

    const issue = (claims: JWTPayload = {}, kid = 'one') =>
      new SignJWT({
        iss: issuer,
        sub: subject,
        aud: 'api://AzureADTokenExchange',
        nbf: nowSeconds(),
        exp: nowSeconds() + 300,
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
        .sign(keys.privateKey);
    const refused = async (claims: JWTPayload, kid?: string) => refusalOf(await present(await issue(claims, kid)));
    const advice =
      ' Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation';

    it('issues a token for an assertion of a trusted issuer', async () => {
      const { status, json } = await present(await issue());
      assert.equal(status, 200);
      const { appid, appidacr } = decodeJwt(String(json.access_token));
      assert.deepEqual([appid, appidacr], [application.clientId, '2']);
    });

    it('requires the audience of the credential', async () => {
      application.federatedCredentials = [{ issuer, subject, audience: 'api://own' }];
      assert.equal((await present(await issue({ aud: ['api://own', 'other'] }))).status, 200);
      assert.deepEqual(await refused({}), [
        401,
        'invalid_client',
        [700212],
        `AADSTS700212: No matching federated identity record found for presented assertion audience 'api://AzureADTokenExchange'.${advice}`,
      ]);
    });

    it('compares issuer and subject exactly', async () => {
      assert.deepEqual(await refused({ iss: `${issuer}/` }), [
        401,
        'invalid_client',
        [700211],
        `AADSTS700211: No matching federated identity record found for presented assertion issuer '${issuer}/'.${advice}`,
      ]);
      assert.deepEqual(await refused({ sub: 'sc://contoso/models/other' }), [
        401,
        'invalid_client',
        [700213],
        `AADSTS700213: No matching federated identity record found for presented assertion subject 'sc://contoso/models/other'.${advice}`,
      ]);
      const [, , codes, text] = await refused({ sub: 'sc://Contoso/models/azure' });
      assert.deepEqual(codes, [7002138]);
      assert.match(
        text,
        / The subject matches with case-insensitive comparison, but not with case-sensitive comparison\. /,
      );
    });

    it('reports that the federated credential no longer exists', async () => {
      application.federatedCredentials = [];
      assert.deepEqual(await refused({}), [
        401,
        'invalid_client',
        [70025],
        `AADSTS70025: The client '${application.clientId}'(Pipeline) has no configured federated identity credentials.`,
      ]);
    });

    it('refuses a token that has expired', async () => {
      assert.deepEqual((await refused({ nbf: nowSeconds() - 2 * hour, exp: nowSeconds() - hour }))[2], [700024]);
    });

    it('refuses a token that is not signed by a published key', async () => {
      assert.deepEqual((await refused({}, 'two'))[2], [700027]);
      const others = await makeIssuerKeys();
      published = [{ ...(await exportJWK(others.publicKey)), kid: 'one' }];
      const [status, error, codes, text] = await refused({});
      assert.deepEqual([status, error, codes], [401, 'invalid_client', [700027]]);
      assert.match(text, /^AADSTS700027: Client assertion failed signature validation\./);
    });

    it('reports that the issuer publishes no keys, or has another name', async () => {
      for (const wrong of [{ issuer: 'https://other.example.com', jwks_uri: `${issuer}/keys` }, { issuer }]) {
        configuration = wrong;
        assert.deepEqual(await refused({}), [
          400,
          'invalid_request',
          [90061],
          'AADSTS90061: Request to External OIDC endpoint failed.',
        ]);
      }
    });
  });
});
