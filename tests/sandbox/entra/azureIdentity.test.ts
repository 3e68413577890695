import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { decodeJwt, exportJWK, type JWTPayload, SignJWT } from 'jose';
import { type Entra, startEntra } from '../../../sandbox/entra/entra';
import { Faults } from '../../../sandbox/http/faults';
import {
  type Answer,
  closeServer,
  jsonType,
  listen,
  type Received,
  type TlsOptions,
} from '../../../sandbox/http/httpServer';
import { RequestLog } from '../../../sandbox/http/requestLog';
import { makeTestCertificates } from '../../support/testCertificates';
import type { LoginResult, Logins } from './azureIdentityLogins';
import { databricks, makeCertificate, makeIssuerKeys } from './entraClient';

const nobody = '00000000-0000-4000-8000-000000000000';
const connectionId = 'f0c1d2e3-a4b5-4c6d-8e7f-9a0b1c2d3e4f';

/** An organisation of Azure DevOps, as far as it gives tokens of service connections. */
async function startOidcEndpoint(tls: TlsOptions) {
  const { publicKey, privateKey } = await makeIssuerKeys();
  const answerOf = async ({ method, url: { pathname, searchParams }, headers }: Received): Promise<unknown> => {
    if (pathname === '/.well-known/openid-configuration') return { issuer: url, jwks_uri: `${url}/keys` };
    if (pathname === '/keys') return { keys: [{ ...(await exportJWK(publicKey)), kid: 'k' }] };
    assert.deepEqual(
      [method, pathname, searchParams.get('api-version'), headers.authorization],
      ['POST', '/oidctoken', '7.1', 'Bearer job-token'],
    );
    const name = searchParams.get('serviceConnectionId') === connectionId ? 'azure' : 'other';
    const token = await new SignJWT({ sub: `sc://contoso/models/${name}` })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setIssuer(url)
      .setAudience('api://AzureADTokenExchange')
      .setExpirationTime('5 minutes')
      .sign(privateKey);
    return { oidcToken: token };
  };
  const answer = async (received: Received): Promise<Answer> => ({
    status: 200,
    headers: jsonType,
    body: Buffer.from(JSON.stringify(await answerOf(received))),
  });
  const parts = { answer, errorBody: () => '{}', faults: new Faults(), requests: new RequestLog(), tls };
  const { server, url } = await listen(parts, 0);
  return { url, close: () => closeServer(server) };
}

describe('Entra sandbox: @azure/identity logs in over TLS with a private authority', function () {
  this.timeout(60_000);
  let entra: Entra;
  let machine: Entra;
  let closing: (() => Promise<void>)[];
  let results: Readonly<Record<string, LoginResult>>;
  let clientId: string;
  let managedIdentityClientId: string;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'azure-identity-'));
    closing = [() => rm(folder, { recursive: true })];
    const { ca, server } = await makeTestCertificates();
    const certificate = await makeCertificate();
    const [caPath, certificatePath] = [join(folder, 'ca.pem'), join(folder, 'certificate.pem')];
    await writeFile(caPath, ca);
    await writeFile(certificatePath, `${certificate.key}\n${certificate.cert}`);

    const organization = await startOidcEndpoint(server);
    closing.push(organization.close);
    entra = await startEntra({ tls: server, issuerCa: ca });
    machine = await startEntra({ tokenSeconds: 7200 });
    closing.push(
      () => entra.close(),
      () => machine.close(),
    );
    ({ clientId } = entra.directory.addApplication({
      secrets: [{ value: 'right~secret' }],
      certificates: [certificate.cert],
      federatedCredentials: [{ issuer: organization.url, subject: 'sc://contoso/models/azure' }],
    }));
    ({ clientId: managedIdentityClientId } = machine.directory.addManagedIdentity());
    machine.directory.addManagedIdentity();

    const logins: Logins = {
      authorityHost: entra.url,
      tenantId: entra.tenantId,
      wrongTenantId: nobody,
      clientId,
      scope: `${databricks}/.default`,
      secret: 'right~secret',
      certificatePath,
      connectionId,
      systemAccessToken: 'job-token',
      managedIdentityClientId,
    };
    const script = fileURLToPath(new URL('azureIdentityLogins.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
      env: {
        PATH: process.env['PATH'],
        NODE_EXTRA_CA_CERTS: caPath,
        SYSTEM_OIDCREQUESTURI: `${organization.url}/oidctoken`,
        AZURE_POD_IDENTITY_AUTHORITY_HOST: machine.url,
        LOGINS: JSON.stringify(logins),
      },
    });
    results = JSON.parse(stdout) as typeof results;
  });
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  function claimsOf(name: string): JWTPayload & { readonly end: number } {
    const result = results[name];
    assert.ok(result && 'token' in result, JSON.stringify(result));
    return { ...decodeJwt(result.token), end: result.expiresOnTimestamp };
  }
  function messageOf(name: string): string {
    const result = results[name];
    assert.ok(result && 'message' in result, JSON.stringify(result));
    return result.message;
  }

  for (const [name, authentication] of [
    ['secret', '1'],
    ['certificate', '2'],
    ['pipelines', '2'],
  ] as const)
    it(`with ${name}`, () => {
      const { appid, aud, tid, appidacr, exp = 0, end } = claimsOf(name);
      assert.deepEqual([appid, aud, tid, appidacr], [clientId, databricks, entra.tenantId, authentication]);
      assert.ok(Math.abs(end - exp * 1000) < 60_000);
    });

  it('with the same certificate assertion for another resource', () => {
    assert.equal(claimsOf('certificateAgain').aud, 'https://management.azure.com');
  });

  it('with a managed identity over plain HTTP', () => {
    const { appid, aud, exp = 0, end } = claimsOf('managedIdentity');
    assert.deepEqual([appid, aud], [managedIdentityClientId, databricks]);
    assert.ok(Math.abs(end - exp * 1000) < 60_000);
    assert.equal(machine.requests.list()[0]?.query['api-version'], '2018-02-01');
  });

  it('and reports why a sign-in is refused', () => {
    assert.match(messageOf('wrongSecret'), /AADSTS7000215: Invalid client secret provided\./);
    assert.match(messageOf('otherConnection'), /AADSTS700213: .+ 'sc:\/\/contoso\/models\/other'/);
    assert.match(messageOf('anyManagedIdentity'), /Multiple user assigned identities exist/);
    assert.match(messageOf('otherManagedIdentity'), /Identity not found/);
  });

  it('and reports a tenant that does not exist', () => {
    assert.match(messageOf('wrongTenant'), /^endpoints_resolution_error/);
    const asked = entra.requests.list(`/${nobody}/v2.0/.well-known/openid-configuration`);
    assert.deepEqual([...new Set(asked.map(({ errorCode }) => errorCode))], ['AADSTS90002']);
  });
});
