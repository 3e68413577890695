import assert from 'node:assert/strict';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { importX509, jwtVerify } from 'jose';
import { generate } from 'selfsigned';
import { UnusableError } from '../../../shared/errors';
import { azureIdentity } from '../../../shared/identity/azureIdentity';
import { RecordingServer } from '../../support/recordingServer';
import {
  azureConnection,
  clientId,
  databricks,
  everythingOf,
  fieldsOf,
  makeContext,
  tenantId,
  tokenReply,
} from './signInFixture';

const name = [{ name: 'commonName', value: 'pipelines' }];

describe('An Azure connection with a certificate', () => {
  let entra: RecordingServer;
  let rsa: Pem;
  let other: Pem;
  let ec: Pem;
  before(async () => {
    entra = await RecordingServer.start();
    [rsa, other, ec] = await Promise.all([
      generate(name, { keyType: 'rsa', keySize: 2048, algorithm: 'sha256' }),
      generate(name, { keyType: 'rsa', keySize: 2048, algorithm: 'sha256' }),
      generate(name, { keyType: 'ec', algorithm: 'sha256' }),
    ]);
  });
  after(() => entra.close());
  beforeEach(() => entra.reset(tokenReply('entra-token')));

  const connectionWith = (pem: string) =>
    azureConnection(entra.url, { authenticationType: 'spnCertificate', servicePrincipalCertificate: pem });

  for (const [order, write] of [
    ['the certificate first', ({ cert, private: key }: Pem) => `${cert}\n${key}`],
    ['the key first', ({ cert, private: key }: Pem) => `${key}\n${cert}`],
    ['lines of Windows', ({ cert, private: key }: Pem) => `${key}\n${cert}`.replaceAll(/\r?\n/g, '\r\n')],
    [
      'a key in the older form, and remarks',
      ({ cert, private: key }: Pem) =>
        `Bag Attributes\n  friendlyName: x\n${String(createPrivateKey(key).export({ type: 'pkcs1', format: 'pem' }))}\nBag Attributes\n${cert}`,
    ],
  ] as const) {
    it(`signs an assertion that Microsoft Entra ID accepts, from a PEM with ${order}`, async () => {
      const surroundings = makeContext();
      const tokens = azureIdentity(connectionWith(write(rsa)), surroundings).tokensFor(databricks);
      assert.equal(await tokens.token(), 'entra-token-1');
      const { client_assertion: assertion = '', ...fields } = fieldsOf(entra.requests[0]);
      assert.deepEqual(fields, {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        scope: `${databricks.id}/.default`,
      });
      const audience = `${entra.url}/${tenantId}/oauth2/v2.0/token`;
      const now = surroundings.clock.now();
      const { payload, protectedHeader } = await jwtVerify(assertion, await importX509(rsa.cert, 'PS256'), {
        algorithms: ['PS256'],
        audience,
        issuer: clientId,
        subject: clientId,
        typ: 'JWT',
        currentDate: new Date(now),
      });
      const thumbprint = createHash('sha256').update(new X509Certificate(rsa.cert).raw).digest('base64url');
      assert.deepEqual(protectedHeader, { alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint });
      const seconds = now / 1000;
      assert.deepEqual([payload.nbf, payload.iat, payload.exp], [seconds, seconds, seconds + 600]);
      assert.match(payload.jti ?? '', /^[\da-f-]{36}$/);
    });
  }

  it('signs a new assertion each time', async () => {
    const tokens = azureIdentity(connectionWith(rsa.cert + rsa.private), makeContext()).tokensFor(databricks);
    tokens.refused(await tokens.token());
    await tokens.token();
    const [first, second] = entra.requests.map((request) => fieldsOf(request)['client_assertion']);
    assert.notEqual(first, second);
  });

  it('is reported with the thumbprint of the certificate, as in the portal, when it is refused', async () => {
    entra.reset({
      status: 401,
      body: { error: 'invalid_client', error_description: 'AADSTS700027: The certificate … is not registered.' },
    });
    const tokens = azureIdentity(connectionWith(rsa.cert + rsa.private), makeContext()).tokensFor(databricks);
    const thumbprint = createHash('sha1').update(new X509Certificate(rsa.cert).raw).digest('hex').toUpperCase();
    await assert.rejects(tokens.token(), (error) => {
      assert.ok(error instanceof Error);
      assert.match(
        error.message,
        new RegExp(
          `The token was requested as service principal ${clientId} of tenant ${tenantId}, with the certificate of the ` +
            `connection\\. Its certificate has the thumbprint ${thumbprint}\\. Upload this certificate`,
        ),
      );
      return true;
    });
  });

  const broken: readonly (readonly [string, () => string, RegExp])[] = [
    ['no key', () => rsa.cert, /holds no private key/],
    ['no certificate', () => rsa.private, /holds no certificate/],
    ['nothing that is PEM', () => 'certificate-secret-word', /holds no certificate/],
    [
      'an encrypted key',
      () => rsa.cert + encrypted(rsa.private, 'pkcs8'),
      /is encrypted: store it without a passphrase/,
    ],
    ['an encrypted key in the older form', () => rsa.cert + encrypted(rsa.private, 'pkcs1'), /is encrypted/],
    ['a key that is not RSA', () => ec.cert + ec.private, /is not RSA/],
    ['the key of another certificate', () => rsa.cert + other.private, /does not belong to its certificate/],
    ['a certificate that is cut off', () => cut(rsa.cert) + rsa.private, /certificate can not be read/],
    ['a key that is cut off', () => rsa.cert + cut(rsa.private), /private key can not be read/],
  ];
  for (const [what, pem, problem] of broken) {
    it(`is refused before any request, in one sentence, when it contains ${what}`, () => {
      const { agent, ...rest } = makeContext();
      const given = pem();
      assert.throws(
        () => azureIdentity(connectionWith(given), { agent, ...rest }),
        (error) => {
          assert.ok(error instanceof UnusableError);
          assert.match(error.message, /^The Azure connection has a certificate that can't be used: /);
          assert.match(error.message, problem);
          const said = everythingOf(error) + agent.text('log', 'debug', 'warning', 'error');
          for (const line of given.split('\n'))
            if (line.length > 20 && !line.startsWith('-----')) assert.equal(said.includes(line), false);
          return true;
        },
      );
      assert.equal(entra.requests.length, 0);
    });
  }
});

type Pem = Awaited<ReturnType<typeof generate>>;

function encrypted(key: string, type: 'pkcs1' | 'pkcs8'): string {
  const cipher = { cipher: 'aes-128-cbc', passphrase: 'pass' };
  return String(createPrivateKey(key).export({ type, format: 'pem', ...cipher }));
}

/** Without its middle. */
function cut(pem: string): string {
  const lines = pem.trim().split(/\r?\n/);
  return `${[...lines.slice(0, 3), ...lines.slice(-2)].join('\n')}\n`;
}
